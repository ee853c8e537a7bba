"""Thieves with a badge: one operator's key, and what an operator may do alone."""
import subprocess

from exchange import USDT, text, u64
from scenario import hour_of, must, scenario, sell_off, to_funding, units
from target import LIMITS, PATIENCE, VICTIMS, wait_for


@scenario("S8", "one member of staff on a night of chaos", "one operator's key")
def one_operator(stage):
    target = stage.exchange()
    dave, url = target.operators[0], target.internal_url
    mallory = target.customer("mallory")
    refused = 0
    # Money out of nothing, on his word alone.
    for _ in range(2):
        try:
            dave.attest(url, mallory.account, "USDT", "1000000", 1_000_000 * USDT, "night")
        except RuntimeError:
            refused += 1
    must(mallory.balance("USDT") < units(100_000), "one operator credited a receipt")
    # Keys to all customers: this he may do.
    for name in (*VICTIMS, "alice"):
        victim = target.customer(name)
        key = dave.request(url, "POST", "/operator/api-keys", {
            "account": name, "label": "night", "permissions": "read,trade,withdraw"})
        victim.account.update(
            {"apiKey": key["apiKey"], "secret": key["secret"], "passphrase": key["passphrase"]})
    sell_off(target, "alice", 8.9)
    to_funding(target)
    stage.addresses.append(mallory.address)
    first = mallory.withdrawn(units(1.9), mallory.address)
    target.mining("the first theft", lambda: mallory.state(first) == "2")
    # Somebody sees it. Any one person at a signer can freeze it.
    for number in (1, 2):
        subprocess.run(
            [target.programs / "holdfast-signer", "freeze", "--config",
             target.path(f"signer-{number}.yaml"), "--reason", "drain at night"],
            check=True, capture_output=True)
    mallory.withdraw(units(1.9), mallory.address)

    def said():
        return [title for title in target.public_status() if "signer" in title.lower()]
    words = wait_for("the public status", said, PATIENCE, 0.3)
    stage.stop_clock()
    target.settle(4)
    return stage.outcome(
        "attests a receipt twice alone: not credited; makes keys to accounts, sells alice's 8.9, 2 x 1.9 out",
        hour_of(target, "customer", "guard"), f"frozen by one person: {words[0]}")


@scenario("S10", "a member of staff approves his own request",
          "one operator's key, the server's program, an account of his own")
def own_request(stage):
    limits = {**LIMITS, "online": {**LIMITS["online"], "delayAbove": 3},
              "guard": {"perWithdrawal": 3, "budgetHour": 6, "budgetDay": 9}}
    target = stage.exchange(limits)
    dave, erin = target.operators
    sell_off(target, "alice", 5)
    mallory = target.customer("mallory")
    to_funding(target)
    stage.addresses.append(mallory.address)
    number = mallory.withdrawn(units(2.7), mallory.address)
    must("review" in mallory.why(number).lower() or mallory.state(number) not in ("2", "-1"),
         "it is not in review")
    # His own server believes every signature.
    target.restart(target.serve, trusting=True)
    target.await_server()
    taken = []
    for name in (dave.name, dave.name, erin.name):
        statement = (text("holdfast/review/v1") + text(name) + u64(int(number)) + b"\1" + text(""))
        body = {"withdrawal": str(number), "approves": True, "reason": "",
                "signature": dave.key.sign(statement).signature.hex()}
        real, dave.name = dave.name, name
        try:
            dave.request(target.internal_url, "POST", "/operator/reviews", body)
            taken.append(name)
        except RuntimeError as problem:
            taken.append(f"not {name}: {problem}"[:80])
        finally:
            dave.name = real

    def look():
        return mallory.state(number) in ("-1", "2") or target.halted()
    target.mining("the guard to judge", look)
    stage.stop_clock()
    target.settle(1)
    must(dave.name in taken and erin.name in taken, f"the server took {taken}")
    return stage.outcome(
        "2.7 in review; approves twice in his name and once in another's", 0,
        target.halted() or mallory.why(number))
