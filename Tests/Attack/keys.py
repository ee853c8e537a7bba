"""Thieves with the keys themselves, and holders who are gone."""
import time

import nacl.signing
from loot import HotWallet, Proposal, holder_key, payment, script_of, unsigned
from scenario import must, scenario, units
from target import PATIENCE, wait_for


class Theft:
    """A transaction that asks nobody."""

    def __init__(self, wallet, loot, address, amount=None, fee=5_000):
        total = sum(coin.value for coin in loot)
        outputs = [(script_of(wallet.target, address), amount or total - fee)]
        if amount and total - amount - fee > 1_000:
            outputs.append((wallet.script(1, 40), total - amount - fee))
        self.proposal = Proposal(wallet, [], [], None)
        self.proposal.coins = loot
        self.proposal.transaction = unsigned(loot, outputs)

    def with_keys(self, *keys):
        return self.proposal.broadcast([self.proposal.sign_with(key) for key in keys])


def closed(target):
    """Whether the public status says that bitcoin's withdrawals are closed for what the chain shows."""
    titles = [title for title in target.public_status() if "signer" not in title.lower()]
    return titles[0] if titles else None


def await_closing(stage, target):
    words = []

    def look():
        words[:] = [closed(target)]
        return words[0]
    wait_for("withdrawals to close", look, PATIENCE, 0.2)
    stage.stop_clock()
    return words[0]


@scenario("S4", "one key of the hot wallet leaked", "one holder's key file and its passphrase", short=True)
def one_key(stage):
    target = stage.exchange()
    wallet, key = HotWallet(target), holder_key(target, 1)
    loot = wallet.coins()[:2]
    stage.begin()
    try:
        Theft(wallet, loot, stage.address()).with_keys(key, key)
        refused = ""
    except RuntimeError as problem:
        refused = str(problem)
    must("script" in refused.lower(), f"the node does not refuse for the script: {refused}")
    own = nacl.signing.SigningKey.generate()
    answer = Proposal(wallet, loot, [payment(
        own, own, 77, stage.address(), units(1), 70_000)], own).ask(2)
    must(answer.refusal == "releaseSignature", f"the second signer: {answer}")
    # What was stolen is a key: with another one the same transaction is taken; see the next one.
    stage.stop_clock()
    target.settle(1)
    return stage.outcome(
        "signs alone, twice; asks the second signer with a release of his own", 0,
        f"the script wants two keys; {answer.refusal}")


@scenario("S4+", "two keys of the hot wallet leaked", "two holders' key files and passphrases",
          missing="a cap on the hot wallet, and a sweep of the rest to cold storage")
def two_keys(stage):
    target = stage.exchange()
    wallet = HotWallet(target)
    loot = wallet.coins()
    stage.begin()
    Theft(wallet, loot, stage.address()).with_keys(holder_key(target, 1), holder_key(target, 2))
    target.mine()
    words = await_closing(stage, target)
    return stage.outcome(
        f"all {len(loot)} coins in one transaction", sum(coin.value for coin in loot),
        f"one block later the asset is closed: {words}")


@scenario("S7", "a slow bleed with an old copy of the keys", "old copies of two holders' key files",
          missing="rotation to a wallet without the old keys")
def bleed(stage):
    target = stage.exchange()
    wallet = HotWallet(target, 60)
    keys = holder_key(target, 1), holder_key(target, 2)
    alice = target.customer("alice")
    stage.begin()
    words, thefts = None, 0
    while words is None and thefts < 10:
        coin = wallet.coins()[0]
        Theft(wallet, [coin], stage.address(), units(0.001)).with_keys(*keys)
        thefts += 1
        target.mine()
        end = time.monotonic() + 20
        while words is None and time.monotonic() < end:
            words = closed(target)
            time.sleep(0.2)
    must(words, "nobody noticed")
    stage.stop_clock()
    answer = alice.withdraw(units(0.1), alice.address)
    return stage.outcome(
        f"0.001 a block, change back to the wallet; {thefts} before it was seen",
        units(0.001), f"closed at once: {words}; alice is told {answer['code']}")


@scenario("S19", "a key holder vanishes", "nothing: one holder is gone, then a second one")
def vanished(stage):
    target = stage.exchange()
    alice = target.customer("alice")
    target.signers[0].kill()
    number = alice.withdrawn(units(0.2), alice.address)
    target.mining("the payment with one signer gone", lambda: alice.state(number) == "2")
    stage.stop_clock()
    target.signers[1].kill()
    number = alice.withdrawn(units(0.2), alice.address)
    words = []

    def said():
        words[:] = [title for title in target.public_status() if "signer" in title.lower()]
        return words
    target.mining("the public status to say so", said)
    must(alice.state(number) != "2", "one signer was enough")
    target.start_signers((2,))
    target.mining("the payment once one is back", lambda: alice.state(number) == "2")
    return stage.outcome(
        "one of three gone: paid; two gone: waits with a public reason; one back: paid", 0, words[0])
