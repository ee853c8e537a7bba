"""What a scenario is, and what it reports."""
import dataclasses
import pathlib
import time

from target import BTC, PATIENCE, Target, fresh_address, units

SCENARIOS = []
NOT_YET = "58207"  # the code for an address that is too new


@dataclasses.dataclass
class Scenario:
    number: str
    title: str
    held: str  # what the attacker held
    play: object
    short: bool
    missing: str  # a control that is not built, or empty


def scenario(number, title, held, short=False, missing=""):
    """Registers a scenario: a function of a `Stage` that returns an `Outcome`."""
    def register(function):
        SCENARIOS.append(Scenario(number, title, held, function, short, missing))
        return function
    return register


@dataclasses.dataclass
class Outcome:
    tried: str
    lost: int  # satoshi, measured on the chain
    bound: int  # satoshi, computed from the configured limits
    stopped: str  # what stopped it, in its own words
    seconds: float  # from the first move to that


class Played(Exception):
    """The attack could not be played as written: nothing is known then, and that is a failure."""


class Stage:
    """Where a scenario plays: an exchange of its own, the thief's addresses, and a clock."""

    def __init__(self, template, folder):
        self.template, self.folder = template, pathlib.Path(folder)
        self.targets = []
        self.addresses = []
        self.began = time.monotonic()
        self.stopped = None

    def exchange(self, limits=None, start=True, **settings) -> Target:
        """Returns a fresh copy of the exchange, running unless told otherwise."""
        target = self.template.copy(self.folder / f"exchange-{len(self.targets) + 1}", limits)
        for name, value in settings.items():
            setattr(target, name, value)
        target.write_configuration()
        self.targets.append(target)
        if start:
            target.start()
        self.began = time.monotonic()
        return target

    def begin(self):
        """The preparations are over: the attack begins."""
        self.began = time.monotonic()

    def stop_clock(self):
        """Whoever stops the attack has just done so; the first time counts."""
        if self.stopped is None:
            self.stopped = time.monotonic()

    def address(self):
        """Returns an address of the thief's own."""
        self.addresses.append(fresh_address())
        return self.addresses[-1]

    def outcome(self, tried, bound, stopped, lost=None):
        self.stop_clock()
        if lost is None:
            lost = sum(target.paid_to(*self.addresses) for target in self.targets
                       if self.addresses and target.devnet.is_running)
        return Outcome(tried, lost, bound, stopped, self.stopped - self.began)

    def close(self):
        for target in self.targets:
            target.stop()


def must(condition, words):
    if not condition:
        raise Played(words)


def hour_of(target, *lines):
    """The tightest hour of these lines of defence, in satoshi."""
    names = {"customer": ("online", "customerHour"), "online": ("online", "assetHour"),
             "guard": ("guard", "budgetHour"), "signer": ("signer", "budgetHour")}
    return min(units(target.limits[names[line][0]][names[line][1]]) for line in lines)


def sell_off(target, victim, bitcoins, price="100", buyer="mallory"):
    """What an API key is enough for: the victim's coins go to the thief's account for next to nothing."""
    victim, buyer = target.customer(victim), target.customer(buyer)
    size = f"{bitcoins:.8f}"
    must(victim.transfer(size, "BTC", "6", "18")["code"] == "0", "the coins cannot be moved to trade")
    answer = victim.order("sell", size, price)
    must(answer["code"] == "0", f"the sale is refused: {answer}")
    answer = buyer.order("buy", size, price)
    must(answer["code"] == "0", f"the purchase is refused: {answer}")


def to_funding(target, name="mallory"):
    """Moves all coins of an account where they can be withdrawn from, and returns the satoshi."""
    customer = target.customer(name)
    row = customer.call("GET", "/api/v5/account/balance?ccy=BTC")
    cash = (row.get("details") or [{}])[0].get("availBal", "0")
    if float(cash or 0):
        must(customer.transfer(cash, "BTC", "18", "6")["code"] == "0", "no coins to funding")
    return customer.balance()


def withdraw_until_stopped(stage, target, asks):
    """Asks for withdrawals, [(customer, satoshi, address)], and mines until each is paid or stopped.

    Returns how many were paid, and the words that stopped the first that was not.
    """
    numbers, refused = [], []
    for customer, satoshi, address in asks:
        answer = customer.withdraw(satoshi, address)
        end = time.monotonic() + PATIENCE
        while answer["code"] == NOT_YET and "is new" in answer["msg"] and time.monotonic() < end:
            time.sleep(0.5)
            answer = customer.withdraw(satoshi, address)
        if answer["code"] == "0":
            numbers.append((customer, answer["data"][0]["wdId"]))
        else:
            refused.append(f"{answer['code']} {answer['msg']}")
            stage.stop_clock()

    stopped = {}  # by number: why

    def look():
        for customer, number in numbers:
            row = customer.call("GET", f"/api/v5/holdfast/withdrawal/{number}")
            waits = row["owner"] == "operators" or float(row["until"] or 0) > (time.time() + 60) * 1000
            if row["state"] in ("-1", "-2") or (row["state"] != "2" and waits):
                stage.stop_clock()
                stopped.setdefault(number, row["reason"] or "cancelled by the customer")
            elif number in stopped:
                del stopped[number]
            if row["state"] != "2" and number not in stopped:
                return False
        return True

    target.mining("the withdrawals to be paid or stopped", look)
    target.settle()
    paid = sum(customer.state(number) == "2" for customer, number in numbers)
    stoppers = [*stopped.values(), *refused]
    return paid, (stoppers[0] if stoppers else "nothing")


def coins(satoshi):
    return f"{satoshi / BTC:.8f}".rstrip("0").rstrip(".")
