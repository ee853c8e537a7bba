"""Thieves between the server and the keys: the guard itself, its key, its link, the records and clocks there."""
import os
import shutil
import struct

import loot
import nacl.signing
from embit.transaction import TransactionOutput
from exchange import i64
from feed import Between, commands_in, journal_of
from loot import HotWallet, Proposal, guard_key, now_ms, payment, script_of
from policies import People, Story
from scenario import hour_of, must, scenario, sell_off, to_funding, units, withdraw_until_stopped
from signer_line import Line, Tap, asks_to_sign
from target import LIMITS, PATIENCE, fresh_address, wait_for

# What the thief writes into a configuration that he owns.
NO_LIMITS = 1_000
SMALL = {**LIMITS["signer"], "perTransaction": 2, "budgetHour": 4, "budgetDay": 6}


def unlimited(section):
    return {key: NO_LIMITS for key in section}


def drain(stage, target, wallet, guard, signers=(1, 2), amount=1.9, known=False, fresh=1,
          persuade=None):
    """Pays the thief for customers that the signers have never seen, until they refuse.

    Where they first want to hear of each other, `persuade` sees to it. Returns how often they signed and
    what they said at last.
    """
    thief, signed = nacl.signing.SigningKey.generate(), 0
    available = wallet.coins()
    while True:
        coin = available.pop(0) if available else None
        if coin is None:
            target.mine()
            available = wallet.coins()
            coin = available.pop(0)
        if coin.value < units(amount) + 10_000:
            target.mine()
            available = wallet.coins()
            coin = available.pop(0)
            must(coin.value >= units(amount) + 10_000, "the hot wallet is empty")
        pay = payment(
            guard, thief, 10_000 + fresh, stage.address(), units(amount), 50_000 + fresh * 100 + signed)
        proposal = Proposal(wallet, [coin], [pay], guard, change_index=30 + fresh * 20 + signed)
        transaction, answer = proposal.send(signers)
        for _ in signers if persuade else ():
            if transaction is None and answer.refusal == "unvouched":
                persuade()
                transaction, answer = proposal.send(signers)
        if transaction is None:
            stage.stop_clock()
            target.mine()
            return signed, f"{answer.refusal}: {answer.words}"
        signed += 1


def stop_guard(target):
    target.guard.kill()


@scenario("M1", "one guard compromised: its key and its link", "the guard's key, the line to the signers", short=True)
def stolen_guard(stage):
    target = stage.exchange()
    wallet, guard = HotWallet(target, 60), guard_key(target)
    stop_guard(target)
    stage.begin()
    # Not the customers whom the signers know ...
    alice = target.customer("alice")
    coin = wallet.coins()[0]
    own = nacl.signing.SigningKey.generate()
    known = Proposal(wallet, [coin], [payment(
        guard, own, alice.id, stage.address(), units(1), 40_000)], guard).ask(1)
    must(known.refusal == "customerKeyChanged", f"a known customer: {known}")
    forged = Proposal(wallet, [coin], [payment(
        guard, own, alice.id, stage.address(), units(1), 40_001,
        signed_address=alice.address)], guard).ask(1)
    must(forged.refusal == "customerSignature", f"her word for another address: {forged}")
    large = Proposal(wallet, [coin], [payment(
        guard, own, 9_999, stage.address(), units(target.limits["signer"]["perTransaction"]), 40_002)],
        guard).ask(1)
    must(large.refusal == "transactionLimit", f"too much at once: {large}")
    # ... but ones that he makes up, as long as the budgets last.
    signed, words = drain(stage, target, wallet, guard)
    return stage.outcome(
        f"alice's key changed, her word bent, too much at once: refused; made-up customers: {signed} x 1.9",
        hour_of(target, "signer"), words)


@scenario("M2", "online server and guard, both their programs under the thief",
          "root on both: every order forged, all limits of both taken away")
def both(stage):
    limits = {**LIMITS, "online": unlimited(LIMITS["online"]), "guard": unlimited(LIMITS["guard"])}
    target = stage.exchange(limits)
    for name, bitcoins in (("alice", 8.9), ("bob", 6.9)):
        sell_off(target, name, bitcoins)
    mallory = target.customer("mallory")
    to_funding(target)
    stage.addresses.append(mallory.address)
    paid, words = withdraw_until_stopped(
        stage, target, [(mallory, units(1.9), mallory.address)] * 6)
    must(paid, "not one was paid")
    return stage.outcome(
        f"sells all of alice's and bob's coins to himself, 6 x 1.9 out; {paid} paid",
        hour_of(target, "signer"), words)


@scenario("M3", "frames replayed and put into another order", "a tap on the line to a signer, for good")
def replayed(stage):
    target = stage.exchange()
    alice = target.customer("alice")
    taps = [Tap(target.path(f"signer-{number}/link.sock")) for number in (1, 2, 3)]
    target.restart(target.guard)
    number = alice.withdrawn(units(0.3), alice.address)
    target.mining("alice's withdrawal", lambda: alice.state(number) == "2")
    stop_guard(target)
    for tap in taps:
        tap.stop()
    asked = [frame for tap in taps for frame in tap.frames if asks_to_sign(frame)]
    must(asked, "no request was recorded")
    paid = target.paid_to(alice.address)
    stage.begin()
    before = [budget(target, number) for number in (1, 2, 3)]
    sent = answered = 0
    for number in (1, 2, 3):
        for frames in (taps[number - 1].frames, asked[::-1], taps[number % 3].frames):
            try:
                with Line(target.path(f"signer-{number}/link.sock"), seconds=20) as line:
                    # The handshake first, or nobody listens to the rest.
                    for frame in [*taps[number - 1].frames[:1], *frames[-12:]]:
                        line.send(frame)
                        sent += 1
                        line.frame()
                        answered += 1
            except OSError:
                pass
    stage.stop_clock()
    after = [budget(target, number) for number in (1, 2, 3)]
    must(sent, "nothing was replayed")
    target.settle()
    lost = target.paid_to(alice.address) - paid + sum(b - a for a, b in zip(after, before) if b > a)
    return stage.outcome(
        f"{sent} frames in their order, in reverse, and to another signer; {answered} answered", 0,
        "a recorded session opens no other: no budget moves, nothing is paid again", lost=lost)


def budget(target, number):
    with target.line(number) as line:
        return line.hello().budget_hour


@scenario("M4", "change swapped, and outputs that nobody released",
          "the guard's key and the line to the signers", short=True)
def change_swapped(stage):
    target = stage.exchange()
    wallet, guard, alice = HotWallet(target), guard_key(target), target.customer("alice")
    stop_guard(target)
    coin = wallet.coins()[0]

    def honest(withdrawal):
        return Proposal(wallet, [coin], [payment(
            guard, alice.key, alice.id, alice.address, units(0.2), withdrawal)], guard)

    stage.begin()
    refusals = {}

    def attempt(name, proposal):
        answers = [proposal.ask(number) for number in (1, 2, 3)]
        must(all(answer.refusal for answer in answers), f"{name} was signed")
        refusals[name] = answers[0].refusal

    swapped = honest(60_001)
    swapped.transaction.vout[1].script_pubkey = script_of(target, stage.address())
    attempt("change to the thief", swapped)
    extra = honest(60_002)
    extra.transaction.vout[1].value -= units(1)
    extra.transaction.vout.append(
        TransactionOutput(units(1), script_of(target, stage.address())))
    extra.purposes.append(("change", 21))
    attempt("a second change", extra)
    twice = honest(60_003)
    twice.transaction.vout[1].value -= units(0.2)
    twice.transaction.vout.append(
        TransactionOutput(units(0.2), script_of(target, stage.address())))
    twice.purposes.append(("pay", 0))
    attempt("one release paid twice", twice)
    far = honest(60_004)
    far.purposes[1] = ("change", 4_000_000)
    attempt("change where nobody finds it", far)
    burnt = honest(60_005)
    del burnt.transaction.vout[1], burnt.purposes[1]
    attempt("change left to the miner", burnt)
    lied = honest(60_006)
    more = coin.previous.replace(i64(coin.value), i64(coin.value + units(1)))
    must(more != coin.previous, "the coin is not in its own transaction")
    lied.coins = [type(coin)(**{**vars(coin), "previous": more})]
    attempt("a previous transaction that makes more of the coin", lied)
    own = honest(60_007)
    own.transaction.vin[0].txid = bytes.fromhex(target.wallet.coins[-1][0])
    attempt("a foreign coin", own)
    # The same machinery with nothing changed is signed: the refusals above are about the changes.
    transaction, answer = honest(60_000).send()
    must(transaction, f"the honest request is refused too: {answer}")
    stage.stop_clock()
    target.settle(1)
    return stage.outcome(
        f"{len(refusals)} changed requests to all three signers", 0,
        ", ".join(dict.fromkeys(refusals.values())))


@scenario("M5", "a replacement that shares no input", "the guard's key and the line to the signers")
def replacement(stage):
    target = stage.exchange()
    wallet, guard, alice = HotWallet(target), guard_key(target), target.customer("alice")
    stop_guard(target)
    available = wallet.coins()
    first = Proposal(wallet, [available[0]], [payment(
        guard, alice.key, alice.id, alice.address, units(0.5), 61_000)], guard)
    before = target.paid_to(alice.address)
    transaction, answer = first.send()
    must(transaction, f"the honest payment is refused: {answer}")
    stage.begin()
    refusals = []
    for name, coin, address, amount in (
            ("another coin", available[1], alice.address, 0.5),
            ("another amount", available[0], alice.address, 0.6)):
        again = Proposal(wallet, [coin], [payment(
            guard, alice.key, alice.id, address, units(amount), 61_000)], guard, fee=9_000)
        answers = [again.ask(number) for number in (1, 2)]
        must(all(answer.refusal for answer in answers), f"{name}: signed")
        refusals.append(answers[0].refusal)
    beside = Proposal(wallet, [available[0]], [payment(
        guard, alice.key, alice.id, alice.address, units(0.5), 61_001)], guard)
    answers = [beside.ask(number) for number in (1, 2)]
    must(all(answer.refusal for answer in answers), "a promised coin: signed")
    stage.stop_clock()
    target.settle(1)
    return stage.outcome(
        "one withdrawal paid again from another coin, with another amount, and its coin to another", 0,
        ", ".join([*refusals, answers[0].refusal]),
        lost=target.paid_to(alice.address) - before - units(0.5))


@scenario("M6", "fees siphoned to a miner who is the thief",
          "the guard's key, the line to the signers, the blocks")
def siphoned(stage):
    # A small hour, or it takes thousands of transactions to use it up; 0.02 of it is spent already.
    signer = {**LIMITS["signer"], "perTransaction": 1, "budgetHour": 0.022, "budgetDay": 0.05}
    target = stage.exchange({**LIMITS, "signer": signer})
    wallet, guard = HotWallet(target, 120), guard_key(target)
    stop_guard(target)
    stage.begin()
    coin = wallet.coins()[0]
    greedy = Proposal(wallet, [coin], [], guard, fee=units(0.01)).gather(units(0.01))
    answer = greedy.ask(1)
    must(answer.refusal == "feeTooHigh", f"a fee of 0.01: {answer}")
    lost = rounds = 0
    fee = 15_000  # 100 satoshi for each of the smallest one's virtual bytes
    while True:
        coin = wallet.coins()[0]
        proposal = Proposal(
            wallet, [coin], [], guard, fee=fee, change_index=20 + rounds).gather(fee)
        transaction, answer = proposal.send()
        if transaction is None:
            stage.stop_clock()
            break
        lost, rounds = lost + fee, rounds + 1
        target.mine()
    must(rounds, f"not one was signed: {answer}")
    return stage.outcome(
        f"a fee of 0.01: refused; gathers one coin over and over at 0.00015 each: {rounds} signed",
        units(signer["budgetHour"]), f"{answer.refusal}: {answer.words}", lost=lost)


def records(target, name):
    return sorted(target.path(name).glob("record*"))


def restore(target, name, template):
    """Puts a record back to what it was when the exchange was copied."""
    for file in records(target, name):
        file.unlink()
    for file in records(template, name):
        shutil.copy(file, target.path(name) / file.name)


@scenario("M7", "the guard's record put back to an old copy", "root on the guard's disk and on the server")
def guard_rolled_back(stage):
    limits = {**LIMITS, "online": unlimited(LIMITS["online"]),
              "guard": {"perWithdrawal": 2, "budgetHour": 4, "budgetDay": 9}}
    target = stage.exchange(limits)
    for name, bitcoins in (("alice", 8.9), ("bob", 6.9)):
        sell_off(target, name, bitcoins)
    mallory = target.customer("mallory")
    to_funding(target)
    stage.addresses.append(mallory.address)
    words = ""
    for _ in range(4):
        paid, words = withdraw_until_stopped(
            stage, target, [(mallory, units(1.9), mallory.address)] * 3)
        if not paid:
            break
        target.guard.kill()
        target.serve.kill()
        restore(target, "guard", stage.template.target)
        # The server would notice that the guard's orders are numbered again.
        target.path("serve/guard-counter").unlink()
        target.serve.start()
        target.await_server()
        target.guard.start()
    return stage.outcome(
        "3 x 1.9 against a limit of 4, then the record of before, and again",
        hour_of(target, "signer"), words)


@scenario("M8", "a signer's record put back to an old copy", "root on the signers' disks")
def signer_rolled_back(stage):
    target = stage.exchange()
    alice = target.customer("alice")
    number = alice.withdrawn(units(0.3), alice.address)
    target.mining("alice's withdrawal", lambda: alice.state(number) == "2")
    stage.begin()
    for signer in (1, 2):
        target.signers[signer - 1].kill()
        restore(target, f"signer-{signer}", stage.template.target)
    target.start_signers((1, 2))
    number = alice.withdrawn(units(0.3), alice.address)
    target.settle(3)

    def refused():
        target.mine()
        return target.guard_says("rolledBack")
    wait_for("a signer to notice", refused, PATIENCE, 2)
    stage.stop_clock()
    must(alice.state(number) != "2", "it was paid by signers that had forgotten")
    return stage.outcome(
        "two of three signers put back; the next payout is not signed", 0,
        "rolledBack: the guard has seen entries that these records do not have", lost=0)


def protect(target, text):
    """Gives the signers another line of configuration, and starts them with it."""
    for number in (1, 2, 3):
        file = target.path(f"signer-{number}.yaml")
        file.write_text(file.read_text() + text)
        target.signers[number - 1].kill()
    target.start_signers()


def carry(target, numbers=(1, 2, 3)):
    """Tells the signers what the others say, as the guard would, until nothing is new."""
    words = {}
    for _ in range(3):
        for number in numbers:
            with target.line(number) as line:
                words[number] = line.witness([words[n] for n in words if n != number])


@scenario("M9", "signers' records put back, and nobody left to notice",
          "the guard's key, root on two signers' disks")
def all_rolled_back(stage):
    target = stage.exchange({**LIMITS, "signer": SMALL})
    protect(target, "witnesses: 2\n")
    wallet, guard = HotWallet(target, 140), guard_key(target)
    stop_guard(target)
    stage.begin()
    total, words = 0, ""
    for turn in range(3):
        signed, words = drain(
            stage, target, wallet, guard, fresh=turn + 1, persuade=lambda: carry(target))
        total += signed
        for signer in (1, 2):
            target.signers[signer - 1].kill()
            restore(target, f"signer-{signer}", stage.template.target)
        target.start_signers((1, 2))
    must(words.startswith("rolledBack"), words)
    return stage.outcome(
        f"the hour's budget of {SMALL['budgetHour']} three times over; {total} x 1.9 signed",
        hour_of(target, "signer"), words)


@scenario("M10", "the signers' clocks moved", "the guard's key, the time of two signers' machines")
def clocks(stage):
    target = stage.exchange({**LIMITS, "signer": SMALL})
    genesis = target.rpc("getblockheader", target.rpc("getblockhash", 0), False)
    protect(target, f"headers: {{checkpoint: {genesis}, height: 0, maximumAge: 2h}}\n")
    target.mine()
    height = target.rpc("getblockcount")

    def followed():
        with target.line(1) as one, target.line(2) as two:
            return one.headers() == two.headers() == height
    wait_for("the headers to reach the signers", lambda: quietly(followed), PATIENCE, 1)
    wallet, guard = HotWallet(target, 140), guard_key(target)
    stop_guard(target)
    stage.begin()
    total, last = 0, []
    for turn, ahead in enumerate((0, 3_700, 90_000)):
        for signer in (1, 2):
            target.restart(target.signers[signer - 1], ahead=ahead or 0)
        target.await_signers((1, 2))
        wait_for("the signers", lambda: answers(target), PATIENCE, 0.3)
        signed, words = drain_at(stage, target, wallet, guard, ahead, turn + 1)
        total += signed
        last.append(words)
    must(last[1].startswith("budgetExceeded") and last[2].startswith("clock"), str(last))
    return stage.outcome(
        f"an hour ahead, then a day: {total} x 1.9 signed", hour_of(target, "signer"),
        "; ".join(last[1:]))


def quietly(look):
    try:
        return look()
    except OSError:
        return False


def answers(target):
    try:
        return all(budget(target, number) is not None for number in (1, 2))
    except OSError:
        return False


def drain_at(stage, target, wallet, guard, ahead, fresh):
    """As drain, with releases of the hour that the signers believe in."""
    real = loot.now_ms
    loot.now_ms = lambda: real() + ahead * 1000
    try:
        return drain(stage, target, wallet, guard, fresh=fresh)
    finally:
        loot.now_ms = real


@scenario("S6", "an approval that was never taken back",
          "a release that the guard signed long ago, and one of a payment already made", short=True)
def stale(stage):
    target = stage.exchange()
    wallet, guard, alice = HotWallet(target), guard_key(target), target.customer("alice")
    stop_guard(target)
    stage.begin()
    now = now_ms()
    refusals = []
    for name, changes in (
            ("expired", {"released": now - 7_200_000, "expires": now - 3_600_000}),
            ("from the future", {"released": now + 7_200_000, "expires": now + 9_000_000}),
            ("of another chain", {"chain": "BTC-Lightning"})):
        answer = Proposal(wallet, [wallet.coins()[0]], [payment(
            guard, alice.key, alice.id, alice.address, units(1), 62_000, **changes)], guard).ask(1)
        must(answer.refusal == "releaseTerms", f"{name}: {answer}")
        refusals.append(name)
    paid_before = target.paid_to(alice.address)
    coin = wallet.coins()[0]
    # Withdrawal 1 is alice's, paid while the exchange was made.
    answers = [Proposal(wallet, [coin], [payment(
        guard, alice.key, alice.id, alice.address, units(0.01), 1)], guard).ask(n) for n in (1, 2, 3)]
    refused = [answer.refusal for answer in answers if answer.refusal]
    must(len(refused) >= 2 and set(refused) == {"alreadyPaid"}, f"paid again: {answers}")
    stage.stop_clock()
    return stage.outcome(
        f"releases {', '.join(refusals)}; one of a withdrawal that was paid", 0,
        "releaseTerms, alreadyPaid", lost=target.paid_to(alice.address) - paid_before)


@scenario("S2", "a request altered on its way", "the wires between server, guard and signers")
def altered(stage):
    target = stage.exchange()
    alice, thief = target.customer("alice"), stage.address()
    # On the line to the signers: what he cannot read he can only change blindly.
    hits = []

    def change(payload):
        if len(payload) > 200:
            hits.append(payload)
            payload = payload[:100] + bytes([payload[100] ^ 1]) + payload[101:]
        return payload

    taps = [Tap(target.path(f"signer-{number}/link.sock"), change) for number in (1, 2, 3)]
    target.restart(target.guard)
    number = alice.withdrawn(units(0.3), alice.address)

    def refused():
        target.mine()
        return target.guard_says("a payout has too few signatures")
    wait_for("the signers to refuse", refused, PATIENCE, 4)
    must(hits, "nothing was altered on the line")
    stage.stop_clock()
    for tap in taps:
        tap.stop()
    target.restart(target.guard)
    target.mining("alice's withdrawal once nobody alters it", lambda: alice.state(number) == "2")
    # On the feed: the guard reads of another address than she signed.
    with Between(target, alice.address.encode(), thief.encode()) as between:
        target.guard_server = between.url
        target.write_configuration()
        target.restart(target.guard)
        alice.withdrawn(units(0.3), alice.address)
        wait_for("the guard to stop itself", target.halted, PATIENCE, 1)
        must(between.altered, "nothing was altered in the feed")
    target.settle(1)
    return stage.outcome(
        "bytes changed in the frames to the signers, and the address in the journal to the guard", 0,
        f"the signers refuse; the guard: {target.halted()}")


@scenario("M11", "the guard's clock moved", "the guard's time, and root on the server")
def guard_clock(stage):
    limits = {**LIMITS, "online": unlimited(LIMITS["online"]),
              "guard": {"perWithdrawal": 2, "budgetHour": 4, "budgetDay": 9}}
    target = stage.exchange(limits)
    for name, bitcoins in (("alice", 8.9), ("bob", 6.9)):
        sell_off(target, name, bitcoins)
    mallory = target.customer("mallory")
    to_funding(target)
    stage.addresses.append(mallory.address)
    paid, _ = withdraw_until_stopped(stage, target, [(mallory, units(1.9), mallory.address)] * 3)
    target.restart(target.guard, ahead=3_700)

    def refused():
        return target.guard_says("is from the future")
    target.mining("the signers to refuse releases of tomorrow", refused)
    target.settle()
    # Back again: its record is of a later hour, and time stands still for it until that has come.
    target.restart(target.guard)
    target.settle()
    return stage.outcome(
        f"3 x 1.9 against a limit of 4, then an hour ahead and back; {paid} paid before",
        hour_of(target, "guard"), "releaseTerms: a release is from the future")


@scenario("M14", "the guard's limits configured away",
          "root on the guard's machine and on the online host: every file")
def guard_configured_away(stage):
    target = stage.exchange({**LIMITS, "online": unlimited(LIMITS["online"])}, start=False)
    story = Story(target, People(target.programs, target.path("people")))
    story.configure()
    target.start()
    story.give(story.people.draft(target, 1, target.limits["guard"], ["dave", "erin"]))
    story.await_version(1)
    sell_off(target, "alice", 8.9)
    mallory = target.customer("mallory")
    to_funding(target)
    stage.addresses.append(mallory.address)
    stage.begin()
    target.limits["guard"] = unlimited(LIMITS["guard"])
    story.configure()
    target.restart(target.guard)
    paid, words = withdraw_until_stopped(stage, target, [(mallory, units(3.9), mallory.address)])
    must(not paid, "the guard believed its file")
    story.forget()
    mallory.withdrawn(units(3.9), mallory.address)
    target.mining("the signers to refuse", lambda: story.is_refused_by_signers(1))
    target.settle()
    return stage.outcome(
        "limits of 1 000 in its file, then its record and its policies gone too: 3.9 each time", 0,
        f"{words}; then the signers: released under policy 0; the newest here is 1")


@scenario("M12", "frames that are none, and forged requests without end",
          "the guard's link key, the line to a signer")
def flood(stage):
    target = stage.exchange()
    wallet = HotWallet(target)
    stop_guard(target)
    thief = nacl.signing.SigningKey.generate()
    stage.begin()
    path = target.path("signer-1/link.sock")
    for junk in (b"", b"\0" * 64, b"HFLK" + b"\xff" * 64, os.urandom(4_096)):
        with Line(path, seconds=20) as line:
            try:
                line.send(junk)
                line.socket.shutdown(1)
                line.frame()
            except OSError:
                pass
    answers, coin = [], wallet.coins()[0]
    with target.line(1) as line:
        for number in range(300):
            forged = Proposal(wallet, [coin], [payment(
                thief, thief, 88, fresh_address(), units(1), 90_000 + number)], thief).bytes()
            answers.append(line.sign(forged))
            if answers[-1].refusal == "frozen":
                stage.stop_clock()
                break
    must(all(answer.refusal for answer in answers), "a forged request was signed")
    must(answers[-1].refusal == "frozen", "the signer does not freeze")
    # The other two go on for the customers.
    target.guard.start()
    alice = target.customer("alice")
    number = alice.withdrawn(units(0.1), alice.address)
    target.mining("alice's withdrawal by the other two", lambda: alice.state(number) == "2")
    return stage.outcome(
        f"4 streams of noise, {len(answers)} forged requests; the other two signers go on", 0,
        f"{answers[-1].refusal}: {answers[-1].words}")


@scenario("M13", "releases that were taken back, carried to the signers",
          "root on the online host, the line to the signers, the guard's link key")
def kept_releases(stage):
    target = stage.exchange()
    sell_off(target, "alice", 2)
    mallory = target.customer("mallory")
    own = to_funding(target)
    releases = []
    while len(releases) < 6:
        number = mallory.withdrawn(units(1.9), mallory.address)

        def stage_of():
            return mallory.call("GET", f"/api/v5/holdfast/withdrawal/{number}")["stage"]
        wait_for("the release", lambda: stage_of() not in ("delayed", "approved", "guard_held"), PATIENCE, 0.02)
        answer = mallory.ask("POST", "/api/v5/asset/cancel-withdrawal", {"wdId": number})
        if answer["code"] != "0":
            target.mining("a payout that came too fast", lambda: mallory.state(number) == "2")
            break
        for command in (c for batch in journal_of(target.data) for c in commands_in(batch)):
            if command[0] == 0x16 and struct.unpack("<Q", command[1:9])[0] == int(number):
                releases.append((int(number), command[13:]))
    must(releases, "not one release could be kept")
    must(to_funding(target) >= own - units(1.9001) - 1, "his balance is not back")
    stage.begin()
    target.guard.kill()
    before = target.paid_to(mallory.address)  # what he withdrew honestly, where cancelling came too late
    wallet, words = HotWallet(target), []
    coin = wallet.coins()[0]
    for number, recorded in releases:
        proposal = Proposal(wallet, [coin], [payment(
            None, mallory.key, mallory.id, mallory.address, units(1.9), number, recorded=recorded,
            nonce=mallory.account["nonce"])], None)
        try:
            target.line(1, is_stranger=True).sign(proposal.bytes())
            must(False, "a signer listens to a stranger")
        except OSError as problem:
            words.append(str(problem))
        # With the guard's link key, and still not his signing key.
        answers = [proposal.ask(signer) for signer in (1, 2, 3)]
        must(all(answer.refusal for answer in answers), "a release that was taken back was signed")
        words.append(answers[0].refusal)
    stage.stop_clock()
    target.settle(1)
    return stage.outcome(
        f"{len(releases)} x 1.9 released and cancelled, the balance back; the releases to the signers, as a stranger "
        "and with the guard's link key", 0, ", ".join(dict.fromkeys(words)),
        lost=target.paid_to(mallory.address) - before)
