"""Thieves with what customers have: API keys, sessions, recovery channels, their customers' haste."""
import hashlib
import secrets
import threading
import time

import nacl.signing
from scenario import (
    coins, hour_of, must, scenario, sell_off, to_funding, units, withdraw_until_stopped)
from mail import cancel, code_of, is_about
from target import PATIENCE, UNENROLLED, VICTIMS, fresh_address, wait_for


def told(stage, **settings):
    """An exchange whose guard tells customers of changes, and lets them say for a minute that it was not they."""
    target = stage.exchange(notices=True, delays={"newAddress": "60s", "newKey": "60s"}, **settings)
    for name in (*UNENROLLED, "alice"):
        target.operators[0].request(target.internal_url, "POST", "/operator/contacts", {
            "account": name, "email": f"{name}@example.org"})
    return target


class Watchful(threading.Thread):
    """Customers who read their mail, and cancel whatever was not theirs: by the page, or by an answer."""

    def __init__(self, target, names):
        super().__init__(daemon=True)
        self.target, self.waiting, self.cancelled = target, list(names), []
        self.start()

    def run(self):
        end = time.monotonic() + PATIENCE
        while self.waiting and time.monotonic() < end:
            for name in list(self.waiting):
                strange = [each for each in self.target.mail.box(f"{name}@example.org")
                           if not is_about(each, "notices go to this address")]
                if strange:
                    self.cancel(name, strange[0])
            time.sleep(0.3)

    def cancel(self, name, message):
        if len(self.cancelled) % 2:
            self.target.mail.answer(message)
        elif cancel(self.target.public_url, code_of(message))["code"] != "0":
            return  # the exchange has not heard of the notice yet
        self.waiting.remove(name)
        self.cancelled.append(name)


def enrol_thief(stage, target):
    """Gives each customer a key of the thief's and lets it name his address; returns what he asks for."""
    destination, asks = stage.address(), []
    for name in UNENROLLED:
        customer = target.customer(name)
        customer.account["key"] = nacl.signing.SigningKey.generate()
        must(customer.enrol()["code"] == "0", "the thief cannot enrol a key")
    for name in UNENROLLED:
        customer = target.customer(name)
        wait_for("the address", lambda: customer.allow(destination)["code"] == "0", PATIENCE, 0.5)
        asks.append((customer, units(1.9), destination))
    return asks


@scenario("S3", "many phished accounts, one structured withdrawal",
          "API keys of 5 customers who had not enrolled a key", short=True)
def phished_and_told(stage):
    target = told(stage)
    asks = enrol_thief(stage, target)
    owners = Watchful(target, UNENROLLED)
    paid, words = withdraw_until_stopped(stage, target, asks)
    owners.join()
    must(len(owners.cancelled) == len(UNENROLLED), "not every customer could cancel")
    answers = [target.customer(name).enrol(nacl.signing.SigningKey.generate()) for name in UNENROLLED]
    held = sum(answer["code"] == "58204" for answer in answers)
    must(held == len(UNENROLLED), f"the thief could begin again: {answers}")
    return stage.outcome(
        f"enrols his own key for each, 5 x 1.9 to one address; the customers are told and cancel; {paid} paid",
        0, words)


@scenario("S3+", "the same, and nobody reads his mail",
          "API keys of 5 customers who had not enrolled a key, and their mailboxes")
def phished(stage):
    target = stage.exchange()
    asks = enrol_thief(stage, target)
    paid, words = withdraw_until_stopped(stage, target, asks)
    must(paid, "not one was paid: the attack was not the one that is written here")
    return stage.outcome(
        f"enrols his own key for each, 5 x 1.9 to one address; {paid} paid",
        hour_of(target, "online", "guard", "signer"), words)


@scenario("S11", "the signing key replaced through recovery",
          "API key of a customer who has enrolled a key", short=True)
def recovery(stage):
    target = stage.exchange()
    alice, own = target.customer("alice"), nacl.signing.SigningKey.generate()
    destination = stage.address()
    must(alice.enrol(own)["code"] == "0", "the thief cannot enrol a second key")
    wait_for("the address", lambda: alice.allow(destination, own)["code"] == "0", PATIENCE, 0.5)
    paid, words = withdraw_until_stopped(stage, target, [(alice, units(1.9), destination)])
    return stage.outcome("enrols his own key beside hers, 1.9 to his address", 0, words)


@scenario("S12", "the address swapped on the customer's own device",
          "alice's session; her device signs what the thief shows it, and her contact can be changed")
def clipboard_and_told(stage):
    target = told(stage)
    alice, destination = target.customer("alice"), stage.address()
    # The notices shall go elsewhere first.
    answer = alice.ask("POST", "/api/v5/holdfast/contact", {"email": "mallory@example.net"})
    must(answer["code"] == "0", f"the contact cannot be changed: {answer}")
    must(alice.allow(destination)["code"] == "0", "her device did not sign")
    wait_for("the thief to be told too", lambda: len(target.mail.box("mallory@example.net")) >= 2, PATIENCE, 0.3)
    first = alice.withdrawn(units(1.9), destination)
    owners = Watchful(target, ["alice"])
    paid, words = withdraw_until_stopped(stage, target, [(alice, units(1.9), destination)] * 3)
    owners.join()
    must(owners.cancelled, "alice could not cancel")
    must(alice.state(first) == "-2", "what she was robbed of first did not end")
    return stage.outcome(
        f"changes her contact, 4 x 1.9 to an address she signed unread; she is told and cancels; {paid} paid", 0, words)


@scenario("S12+", "the same, and she does not read her mail",
          "alice's session; her device signs what the thief shows it",
          missing="a signature over each withdrawal on a screen of its own")
def clipboard(stage):
    target = stage.exchange()
    alice, destination = target.customer("alice"), stage.address()
    must(alice.allow(destination)["code"] == "0", "her device did not sign")
    paid, words = withdraw_until_stopped(
        stage, target, [(alice, units(1.9), destination)] * 4)
    return stage.outcome(
        f"4 x 1.9 to an address she signed unread; {paid} paid",
        hour_of(target, "customer", "guard"), words)


@scenario("S13", "many small withdrawals under every limit", "API keys of 6 customers")
def many_small(stage):
    target = stage.exchange()
    destination = stage.address()
    for name in VICTIMS:
        answer = target.customer(name).withdraw(units(0.1), destination)
        must(answer["code"] != "0", "a withdrawal to an address of nobody's book was taken")
        answer = target.customer(name).allow(destination, nacl.signing.SigningKey.generate())
        must(answer["code"] != "0", "an address was taken without the customer's signature")
        for _ in range(3):
            sell_off(target, name, 0.5)
    mallory = target.customer("mallory")
    to_funding(target)
    stage.addresses.append(mallory.address)
    paid, words = withdraw_until_stopped(
        stage, target, [(mallory, units(0.45), mallory.address)] * 12)
    return stage.outcome(
        f"12 refused at the door; sells 18 x 0.5 to himself, 12 x 0.45 out; {paid} paid",
        hour_of(target, "customer", "guard"), words)


@scenario("S16", "profit pushed from a victim to the thief", "alice's API key",
          missing="a hold on gains that come from few counterparties")
def pushed(stage):
    target = stage.exchange()
    sell_off(target, "alice", 8.9)
    mallory = target.customer("mallory")
    to_funding(target)
    stage.addresses.append(mallory.address)
    paid, words = withdraw_until_stopped(
        stage, target, [(mallory, units(1.99), mallory.address)] * 4)
    return stage.outcome(
        f"she sells 8.9 at a hundredth to him, 4 x 1.99 out; {paid} paid",
        hour_of(target, "customer", "guard"), words)


@scenario("S18", "holds and limits used up to lock the others out", "5 accounts of his own")
def denial(stage):
    target = stage.exchange()
    asked = []
    for name in UNENROLLED:
        customer = target.customer(name)
        customer.account["key"] = nacl.signing.SigningKey.generate()
        customer.account["address"] = fresh_address()
        must(customer.enrol()["code"] == "0", "no key")
    for name in UNENROLLED:
        customer = target.customer(name)
        wait_for("the address", lambda: customer.allow(customer.address)["code"] == "0", PATIENCE, 0.5)
        for _ in range(5):
            number = customer.withdrawn(units(1.9), customer.address)
            answer = customer.ask("POST", "/api/v5/asset/cancel-withdrawal", {"wdId": number})
            asked.append(answer["code"] == "0")
    stage.begin()
    alice = target.customer("alice")
    number = alice.withdrawn(units(0.5), alice.address)
    target.mining("alice's withdrawal", lambda: alice.state(number) == "2")
    stage.stop_clock()
    return stage.outcome(
        f"asks for 25 x 1.9 and takes {sum(asked)} back; then alice asks for 0.5", 0,
        "nothing to stop: alice is paid", lost=0)


def look_alike():
    """Two addresses that begin and end alike. Whoever has a graphics card needs only one of his own."""
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    prefix, seen = secrets.token_bytes(4), {}
    while True:
        payload = b"\x6f" + prefix + secrets.token_bytes(16)
        payload += hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
        number, text = int.from_bytes(payload, "big"), ""
        while number:
            number, digit = divmod(number, 58)
            text = alphabet[digit] + text
        if text[-4:] in seen and seen[text[-4:]] != text:
            return seen[text[-4:]], text
        seen[text[-4:]] = text


@scenario("S20", "an address that looks like the customer's own",
          "nothing: a payment of dust from an address that begins and ends alike")
def poisoned(stage):
    target = stage.exchange()
    own, thiefs = look_alike()
    must(own[:4] == thiefs[:4] and own[-4:] == thiefs[-4:], "they do not look alike")
    bob = target.customer("bob")
    must(bob.allow(own)["code"] == "0", "no address")
    first = bob.withdrawn(units(0.2), own)
    target.mining("the payment to his own address", lambda: bob.state(first) == "2")
    stage.addresses.append(thiefs)
    stage.begin()
    must(bob.allow(thiefs)["code"] == "0", "the look-alike was refused")
    paid, words = withdraw_until_stopped(stage, target, [(bob, units(1.5), thiefs)])
    return stage.outcome(
        f"bob signs {thiefs[:6]}...{thiefs[-4:]} for {own[:6]}...{own[-4:]} and sends 1.5",
        units(target.limits["guard"]["perWithdrawal"]), words)


@scenario("S15", "two withdrawals of one balance, and amounts that no one has",
          "an account with 1.5 of his own")
def race(stage):
    target = stage.exchange()
    sell_off(target, "victim-1", 1.49)
    mallory = target.customer("mallory")
    own = to_funding(target)
    stage.addresses.append(mallory.address)
    stage.begin()
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(
        mallory.withdraw(units(1.2), mallory.address))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accepted = [answer for answer in answers if answer["code"] == "0"]
    for amount in ("-1", "0", "1e9", "92233720368.54775807", "0.000000001", "NaN", "184467440737.1"):
        answer = mallory.ask("POST", "/api/v5/asset/withdrawal", {
            "ccy": "BTC", "amt": amount, "dest": "4", "toAddr": mallory.address,
            "chain": "BTC-Bitcoin"})
        must(answer["code"] != "0", f"a withdrawal of {amount} was taken")
        mallory.transfer(amount, "BTC", "18", "6")
    for answer in accepted:
        number = answer["data"][0]["wdId"]
        target.mining("what was taken to be paid", lambda: mallory.state(number) == "2")
    target.settle()
    taken = target.paid_to(*stage.addresses)
    must(taken, "nothing was paid")
    return stage.outcome(
        f"12 at once for 1.2 of {coins(own)}, 7 amounts out of range; {len(accepted)} taken", 0,
        "the core carries one out after the other", lost=max(0, taken - own))
