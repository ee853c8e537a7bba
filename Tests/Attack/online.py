"""Full root on the online host: its files, its configuration, its clock, its node, its program."""
import os
import shutil
import sqlite3
import struct
import subprocess
import urllib.error
import urllib.request

import exchange
from exchange import Program, free_ports, i64, text, u64
from feed import Fake, Server, chained, commands_in, journal_of
from loot import HotWallet, script_of, unsigned
from scenario import hour_of, must, scenario, sell_off, to_funding, units, withdraw_until_stopped
from signer_line import counted
from target import LIMITS, PASSPHRASE, PATIENCE, fresh_address, wait_for

NO_LIMITS = {key: 1_000 for key in LIMITS["online"]}


@scenario("S5", "limits configured away", "root on the online host: its configuration, every API key")
def configured_away(stage):
    target = stage.exchange({**LIMITS, "online": NO_LIMITS})
    for name, bitcoins in (("alice", 8.9), ("bob", 6.9)):
        sell_off(target, name, bitcoins)
    mallory = target.customer("mallory")
    to_funding(target)
    stage.addresses.append(mallory.address)
    asks = [(mallory, units(2.5), mallory.address)] + [(mallory, units(1.9), mallory.address)] * 4
    paid, words = withdraw_until_stopped(stage, target, asks)
    must(paid, "not one was paid")
    return stage.outcome(
        f"no online limit; sells 15.8 to himself, 2.5 and 4 x 1.9 out; {paid} paid",
        hour_of(target, "guard", "signer"), words)


@scenario("S9", "a balance edited in the database", "root on the online host: every file")
def edited(stage):
    target = stage.exchange()
    mallory = target.customer("mallory")
    stage.addresses.append(mallory.address)
    target.serve.kill()
    # The views that customers see.
    with sqlite3.connect(target.path("serve/views.sqlite")) as views:
        changed = views.execute("UPDATE bills SET balance = 900000000, change = 900000000").rowcount
        changed += views.execute(
            "UPDATE deposits SET account = ?, amount = 900000000", [mallory.id]).rowcount
    must(changed, "nothing to edit in the views")
    target.serve.start()
    target.await_server()
    said = mallory.withdraw(units(1.9), mallory.address)
    must(said["code"] != "0", "the core believed the views")
    # The snapshot from which the server starts.
    target.serve.stop()
    edits = 0
    for snapshot in target.path("serve/snapshots").glob("*.snapshot"):
        data = snapshot.read_bytes()
        edits += data.count(i64(units(1.5)))
        snapshot.write_bytes(data.replace(i64(units(1.5)), i64(units(15))))
    must(edits, "nothing to edit in the snapshots")
    target.serve.start()
    target.await_server()
    again = mallory.withdraw(units(1.9), mallory.address)
    must(again["code"] != "0", "the core believed the snapshot")
    # The journal on disk, chained anew.
    target.serve.kill()
    batches = journal_of(target.data)
    for batch in batches:
        batch.payload = batch.payload.replace(i64(units(7)), i64(units(70)))
    segment, = (target.data / "journal").glob("*.log")
    head = segment.read_bytes()[:32]
    segment.write_bytes(head + b"".join(chained(batches)))
    shutil.rmtree(target.data / "snapshots", ignore_errors=True)
    target.serve.start()
    wait_for("the server to refuse its journal", lambda: not target.serve.is_running, PATIENCE, 0.2)
    stage.stop_clock()
    return stage.outcome(
        f"{changed} rows of the views, {edits} amounts in snapshots, a deposit of 7 made 70 in the journal",
        0, f"{said['code']} {said['msg']}; the server does not start from that journal")


@scenario("O1", "the journal written anew, cut back or forked",
          "root on the online host: he is the feed")
def forked(stage):
    words = []
    for name in ("written anew", "cut back"):
        target = stage.exchange(start=False)
        batches = journal_of(target.data)
        if name == "written anew":
            for batch in batches:
                batch.payload = batch.payload.replace(i64(units(7)), i64(units(70)))
        else:
            batches = batches[:-3]
        with Fake(chained(batches)) as fake:
            target.guard_server = fake.url
            target.write_configuration()
            target.start_node()
            target.start_signers()
            target.guard.start()
            wait_for(f"the guard to stop itself: {name}", target.halted, PATIENCE, 0.2)
        words.append(f"{name}: {target.halted()}")
        target.stop()
    # The real server, put back to before bob's withdrawal, goes on from there, so that he has it twice.
    target = stage.exchange()
    bob = target.customer("bob")
    number = bob.withdrawn(units(1.9), bob.address)
    target.mining("bob's withdrawal", lambda: bob.state(number) == "2")
    stage.addresses.append(bob.address)
    paid = target.paid_to(bob.address)
    target.guard.kill()
    target.serve.kill()
    batches = journal_of(target.data)
    before = next(place for place, batch in enumerate(batches)
                  if any(command[0] == 0x11 and u64(bob.id) == command[1:9] for command in commands_in(batch))
                  and batch.sequence > len(journal_of(stage.template.target.data)))
    segment, = (target.data / "journal").glob("*.log")
    data = segment.read_bytes()
    kept = sum(len(batch.sealed()) for batch in batches[:before])
    segment.write_bytes(data[:32 + kept] + bytes(len(data) - 32 - kept))
    shutil.rmtree(target.data / "snapshots", ignore_errors=True)
    target.path("serve/guard-counter").unlink()
    target.serve.start()
    target.await_server()
    # It may have seen by then that the chain has a payment which it knows nothing of.
    again = {}

    def asked():
        again.update(bob.withdraw(units(1.9), bob.address))
        return again["code"] == "0" or "are closed" in again["msg"]
    wait_for("the server, put back, to take the withdrawal or to close them all", asked, PATIENCE, 0.3)
    if again["code"] != "0":
        words.append(f"the server, put back: {again['msg']}")
    for _ in range(len(batches) - before):
        bob.transfer("0.0001", "BTC", "6", "18")
    target.guard.start()
    target.mining("the guard to stop itself: forked", target.halted)
    stage.stop_clock()
    target.settle(1)
    words.append(f"forked: {target.halted()}")
    return stage.outcome(
        "a feed with right hashes over other contents, or without its end; the real server put back to before a "
        "withdrawal", 0, "; ".join(words), lost=target.paid_to(bob.address) - paid)


def give_order(target, counter, command):
    """Gives the server an order of the guard's with a signature of nobody's."""
    statement = text("holdfast/guard-order/v1") + u64(counter) + counted(command)
    request = urllib.request.Request(
        target.internal_url + "/internal/guard", data=os.urandom(64) + statement, method="POST",
        headers={"Authorization": "Bearer " + target.path("guard-token").read_text().strip(),
                 "Content-Type": "application/octet-stream"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@scenario("O2", "the server's program replaced: addresses, keys, releases and payouts forged",
          "root on the online host: a malicious build that believes every signature", short=True)
def malicious_build(stage):
    target = stage.exchange()
    alice, bob = target.customer("alice"), target.customer("bob")
    thief = stage.address()
    target.restart(target.serve, trusting=True)
    target.await_server()
    answer = alice.allow(thief, signature=os.urandom(64).hex())
    must(answer["code"] == "0", f"the malicious server did not take an address: {answer}")
    answer = bob.ask("POST", "/api/v5/holdfast/signing-key", {
        "publicKey": os.urandom(32).hex(), "proof": os.urandom(64).hex()})
    bob.allow(thief, signature=os.urandom(64).hex())
    paid, words = withdraw_until_stopped(
        stage, target, [(alice, units(1.9), thief), (bob, units(1.9), thief)])
    must(not paid, "a forged address was paid")
    # Now without asking the guard: the release, and the payout itself, under no signature of his.
    target.guard.kill()
    number = int(alice.withdrawn(units(1.9), thief))
    counter = iter(range(1 << 40, 1 << 41))
    release = b"\x16" + u64(number) + counted(os.urandom(64))
    wait_for("the forged release to be journaled",
             lambda: give_order(target, next(counter), release)[0] == 200, 60, 0.5)
    wallet = HotWallet(target)
    coin = wallet.coins()[0]
    fee = 2_000
    change = coin.value - units(1.9) - fee
    index = 2
    must(wallet.places, "no places")
    while True:
        transaction = unsigned([coin], [
            (script_of(target, thief), units(1.9)), (wallet.script(1, index), change)])
        command = (
            b"\x17" + u64(1) + struct.pack("<I", 1) + u64(number) + struct.pack("<I", 1)
            + counted(bytes.fromhex(coin.transaction)[::-1]) + struct.pack("<I", coin.output)
            + b"\x01" + struct.pack("<I", index) + i64(change) + i64(fee)
            + counted(transaction.serialize()) + counted(transaction.txid()[::-1]))
        status, said = give_order(target, next(counter), command)
        if status == 200 or index > 10:
            break
        index += 1
    must(status == 200, f"the forged payout was not journaled: {status} {said}")
    target.guard.start()
    wait_for("the guard to stop itself", target.halted, PATIENCE, 0.3)
    stage.stop_clock()
    target.settle(1)
    return stage.outcome(
        "addresses signed by nobody, a key without proof; then a release and a payout in the guard's name",
        0, f"{words}; {target.halted()}")


@scenario("O3", "the server's program replaced: receipts and operators forged",
          "root on the online host: a malicious build that believes every signature")
def forged_receipts(stage):
    target = stage.exchange()
    target.restart(target.serve, trusting=True)
    target.await_server()
    mallory = target.customer("mallory")
    stage.addresses.append(mallory.address)
    dave, erin = target.operators
    own = type(dave)("dave"), type(erin)("erin")  # their names, his keys
    for forger in own:
        forger.attest(target.internal_url, mallory.account, "USDT", "900000", 900_000_000_000, "forged")
    wait_for("the guard to stop itself", target.halted, PATIENCE, 0.3)
    stage.stop_clock()
    # With the money of nobody he buys coins that a customer offers at the market's price, and asks for them.
    alice = target.customer("alice")
    alice.transfer("5", "BTC", "6", "18")
    mallory.transfer("900000", "USDT", "6", "18")
    alice.order("sell", "5", "100")
    mallory.order("buy", "5", "100")
    to_funding(target)
    mallory.withdraw(units(1.9), mallory.address)
    target.settle(3)
    return stage.outcome(
        "a receipt of 900000 USDT in two operators' names, coins bought with it, 1.9 out", 0,
        target.halted())


@scenario("O4", "deposits on a chain of the thief's own", "root on the online host: its node is his")
def private_chain(stage):
    target = stage.exchange()
    mallory = target.customer("mallory")
    stage.addresses.append(mallory.address)
    deposit = mallory.call("GET", "/api/v5/asset/deposit-address?ccy=BTC")["addr"]
    target.serve.kill()
    target.devnet.kill()
    shutil.copytree(target.path("devnet"), target.path("private/devnet"),
                    ignore=shutil.ignore_patterns("lock", ".lock"))
    target.start_node()
    real, target.node_port = (target.node_port, target.cookie), free_ports(1)[0]
    private = Program(
        [target.programs / "holdfast-devnet", "--datadir", target.path("private/devnet"), "--rpcport",
         target.node_port], target.path("private.log"))
    private.start()
    try:
        cookie = target.path("private/devnet/.cookie")

        def up():
            target.cookie = cookie.read_text().strip()
            return target.rpc("getblockcount") is not None
        wait_for("the private chain", lambda: cookie.exists() and target.answers(up), PATIENCE, 0.2)
        target.wallet.pay({deposit: units(5)})
        target.mine(3)
        (text_, place) = (target.path("holdfast.yaml").read_text(), "cookieFile: devnet/.cookie")
        target.path("holdfast.yaml").write_text(
            text_.replace(place, "cookieFile: private/devnet/.cookie").replace(
                f"http://127.0.0.1:{real[0]}", f"http://127.0.0.1:{target.node_port}"))
        target.serve.start()
        target.await_server()
        wait_for("the forged deposit to be credited", lambda: mallory.balance() >= units(5), PATIENCE, 0.3)
        stage.begin()
        number = mallory.withdrawn(units(1.9), mallory.address)
        target.node_port, target.cookie = real
        words = []

        def look():
            words[:] = [target.halted()]
            return words[0]
        target.mining("the guard to stop itself", look)
        stage.stop_clock()
        target.settle(1)
        must(mallory.state(number) != "2", "it was paid")
    finally:
        private.kill()
    return stage.outcome("a deposit of 5 that only his chain has, credited; 1.9 out", 0,
                         words[0])


class Front(Server):
    """Answers the customers in the server's place, with one word of its own."""

    def __init__(self, target, old, new):
        super().__init__()
        self.behind, self.old, self.new = target.public_url, old.encode(), new.encode()

    def get(self, door):
        request = urllib.request.Request(self.behind + door.path, headers={
            name: value for name, value in door.headers.items() if name.upper().startswith("OK-ACCESS")})
        with urllib.request.urlopen(request, timeout=60) as answer:
            door.answer(200, answer.read().replace(self.old, self.new), "application/json")


@scenario("O5", "another wallet's deposit address shown", "root on the online host: he answers the customers",
          missing="deposit addresses that a customer can verify")
def other_wallet(stage):
    target = stage.exchange()
    # The program itself takes no other wallet ...
    target.serve.kill()
    answer = subprocess.run(
        [target.programs / "holdfast-vault", "ceremony", "--network", "regtest", "--policy", "multisig",
         "--threshold", "1", "--holders", "1", "--out", target.path("thief"), "--kdf", "interactive",
         "--passphrase-stdin", "--json"], input=f"{PASSPHRASE}\n" * 2, text=True, capture_output=True)
    must(answer.returncode == 0, answer.stderr)
    configuration = target.path("holdfast.yaml")
    honest = configuration.read_text()
    configuration.write_text(honest.replace(
        "descriptorFile: keys/wallet.descriptor", "descriptorFile: thief/wallet.descriptor"))
    target.serve.start()
    wait_for("the server to refuse another wallet", lambda: not target.serve.is_running, PATIENCE, 0.2)
    configuration.write_text(honest)
    target.serve.start()
    target.await_server()
    # ... but whoever answers in its place shows what he likes.
    bob, thief = target.customer("bob"), stage.address()
    path = "/api/v5/asset/deposit-address?ccy=BTC"
    with Front(target, bob.call("GET", path)["addr"], thief) as front:
        real, target.public_url = target.public_url, front.url
        shown = bob.call("GET", path)["addr"]
        target.public_url = real
    must(shown == thief, "the customer saw his own address")
    before = bob.balance()
    target.wallet.pay({shown: units(1)})
    target.mine(3)
    must(bob.balance() == before, "it was credited")
    stage.stop_clock()
    return stage.outcome(
        "another wallet in the configuration: the server does not start; another address in an answer: bob pays 1",
        units(1), "nothing: bob misses his deposit")


@scenario("S17", "the rules turned off and the server's clock moved",
          "root on the online host: its configuration and its clock")
def server_clock(stage):
    target = stage.exchange({**LIMITS, "online": NO_LIMITS}, delays={"newAddress": "1h", "newKey": "1s"})
    sell_off(target, "alice", 8.9)
    mallory = target.customer("mallory")
    to_funding(target)
    target.restart(target.serve, ahead=3 * 3600)
    target.await_server()
    thief = stage.address()
    # His own requests carry the server's time.
    real = exchange.datetime.datetime

    class Later(real):
        @classmethod
        def now(cls, zone=None):
            return real.now(zone) + exchange.datetime.timedelta(hours=3)
    exchange.datetime.datetime = Later
    try:
        answer = mallory.allow(thief)
        must(answer["code"] == "0", f"the address was not taken: {answer}")
        target.restart(target.serve, ahead=6 * 3600)
        target.await_server()

        class Evening(Later):
            @classmethod
            def now(cls, zone=None):
                return real.now(zone) + exchange.datetime.timedelta(hours=6)
        exchange.datetime.datetime = Evening
        number = mallory.withdrawn(units(1.9), thief)

        def held():
            return "new to the guard" in mallory.why(number)
        target.mining("the guard to hold it", held)
        stage.stop_clock()
        words = mallory.why(number)
        target.settle(3)
    finally:
        exchange.datetime.datetime = real
    return stage.outcome(
        "every rule off, six hours passed by its clock; 1.9 to a new address at once", 0, words)


@scenario("O6", "a poisoned address book", "root on the online host: a malicious build that believes every signature")
def poisoned_book(stage):
    target = stage.exchange()
    alice, bob = target.customer("alice"), target.customer("bob")
    # The thief's own account has his address, signed by himself: he copies the entry into alice's book.
    mallory = target.customer("mallory")
    stage.addresses.append(mallory.address)
    target.restart(target.serve, trusting=True)
    target.await_server()
    stage.begin()
    nonce = mallory.account["nonce"]
    copied = exchange.address_signature(mallory.key, mallory.id, mallory.address, nonce)
    answer = alice.allow(mallory.address, signature=copied)
    must(answer["code"] == "0", f"the malicious server did not take it: {answer}")
    # Bob's word for his own address, under the thief's address.
    word = exchange.address_signature(bob.key, bob.id, bob.address, bob.account["nonce"] + 1)
    answer = bob.allow(mallory.address, signature=word)
    must(answer["code"] == "0", f"the malicious server did not take it: {answer}")
    paid, words = withdraw_until_stopped(stage, target, [
        (alice, units(1.9), mallory.address), (bob, units(1.9), mallory.address)])
    # An entry that was taken out of the book, put back with the signature of that time.
    entries = bob.call("GET", "/api/v5/holdfast/withdrawal-addresses")
    must(entries, "no address book")
    again = bob.ask("POST", "/api/v5/holdfast/withdrawal-address", {
        "ccy": "BTC", "chain": "BTC-Bitcoin", "toAddr": fresh_address(), "label": "again", "nonce": "1",
        "signature": os.urandom(64).hex()})
    must(again["code"] != "0", "a used number was taken again")
    return stage.outcome(
        "an entry of another account, a word for another address, a used number", 0, words)


@scenario("O7", "a destination on a sanctions list", "an account of his own")
def sanctioned(stage):
    target = stage.exchange()
    bob, listed = target.customer("bob"), stage.address()
    must(bob.allow(listed)["code"] == "0", "no address")
    target.sanction(listed)
    wait_for("the guard to take the list", lambda: target.guard_says("addresses=1 "), PATIENCE, 0.1)
    paid, words = withdraw_until_stopped(stage, target, [(bob, units(0.5), listed)])
    return stage.outcome(
        f"0.5 of his own to an address that a list forbids; {paid} paid", hour_of(target, "customer"), words)
