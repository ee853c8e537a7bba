#!/usr/bin/env python3
"""Thousands of withdrawals while everything is killed: each is paid exactly once, and nothing else is.

    withdrawals.py BIN_DIR --folder FOLDER [--count 10000] [--customers 200] [--form wsh|tr] [--seed N]
                   [--every 5] [--pace 2] [--bitcoind PATH]

A whole exchange (server, guard, three signers, a node) serves many customers, who withdraw in waves, six at
least and each of some 200, and ask again when they get no answer. Meanwhile any of the six programs is killed
with SIGKILL and started again, every `--every` seconds on average; blocks are taken back and replaced, blocks
pass without a payout, fees rise so that payouts are replaced, and miners prefer the version that was replaced.
When all is done, every block of the node is read:

1. each withdrawal is exactly one output, to its address and of its amount;
2. what spends a coin of the wallet pays withdrawals or the wallet, and nobody else;
3. what the ledger owes is what the wallet holds on the chain, to the satoshi, and each customer has what is left
   of his deposits;
4. `holdfast journal verify` executes the journal from its first batch, and `holdfast reserves` is content.

Without --bitcoind the node is holdfast-devnet. The same seed makes the same choices; what they meet depends on
the machine. Exit status 0 when all of this holds.
"""
import argparse
import asyncio
import collections
import json
import pathlib
import random
import shutil
import sys
import time

import aiohttp

from exchange import BTC, address_signature, enrolment, fresh_address
from kill_nine import Exchange, Refused
from network import Miner
from storm import reserves, satoshi
from wallet_audit import WalletAudit
from whole_exchange import WholeExchange

# No reorganisation reaches what is credited or final.
DEPTH = WholeExchange.confirmations - 1
SMALLEST = 100_000  # satoshi; the exchange's minimum
FEE = 10_000
CONNECTIONS = 32
WAVE = 200
PATIENCE = 3600


class Customer:
    """One customer and what he was told."""

    def __init__(self, account):
        self.account = account
        self.name = account["name"]
        self.withdraw_to = fresh_address()
        self.deposit_address = None
        self.deposited = 0
        self.withdrawals = {}  # clientId: satoshi

    @classmethod
    async def opened(cls, name, exchange, door):
        """A new customer with a place to withdraw to, which he has signed, and one to deposit to."""
        customer = cls(exchange.open_account(name, 1))
        account = customer.account
        public, proof = enrolment(account["key"], account["id"])
        await door.patient(customer, "POST", "/api/v5/holdfast/signing-key", {"publicKey": public, "proof": proof})
        await door.patient(customer, "POST", "/api/v5/holdfast/withdrawal-address", {
            "ccy": "BTC", "chain": "BTC-Bitcoin", "toAddr": customer.withdraw_to, "label": "test", "nonce": "1",
            "signature": address_signature(account["key"], account["id"], customer.withdraw_to, 1)})
        rows = await door.patient(customer, "GET", "/api/v5/asset/deposit-address?ccy=BTC")
        customer.deposit_address = rows[0]["addr"]
        return customer

    @property
    def spent(self):
        return sum(self.withdrawals.values()) + FEE * len(self.withdrawals)


class Run:
    def __init__(self, exchange, options, seed):
        self.exchange, self.options = exchange, options
        self.choices = random.Random(seed)
        self.miner = Miner(exchange, random.Random(f"{seed}/chain"), DEPTH, options.pace)
        self.customers = []
        self.kills = collections.Counter()
        self.retries = 0
        self.done = asyncio.Event()
        self.began = time.monotonic()

    def say(self, text):
        print(f"{time.monotonic() - self.began:6.0f} s  {text}", flush=True)

    # Before the storm

    async def begin(self):
        """Opens the accounts and credits what is going to be withdrawn, in many coins."""
        each, more = divmod(self.options.count, self.options.customers)
        async with Exchange(self.exchange) as door:
            for index in range(self.options.customers):
                customer = await Customer.opened(f"customer{index}", self.exchange, door)
                # Amounts that differ, so that an output belongs to one withdrawal.
                for number in range(each + (index < more)):
                    customer.withdrawals[f"w{index}n{number}"] = SMALLEST + number
                self.customers.append(customer)
        await asyncio.to_thread(self.fund)

    def fund(self):
        coins = max(2, self.options.coins // len(self.customers))
        for start in range(0, len(self.customers), 50):
            group = self.customers[start:start + 50]
            for _ in range(coins):
                amounts = {}
                for customer in group:
                    share = customer.spent // coins + self.choices.randrange(20_000, 200_000)
                    customer.deposited += share
                    amounts[customer.deposit_address] = share
                self.exchange.wallet.pay(amounts)
        self.exchange.rpc("generatetoaddress", DEPTH + 1, self.exchange.wallet.address)
        wanted = sum(customer.deposited for customer in self.customers)
        end = time.monotonic() + PATIENCE
        while self.exchange.owed()["BTC"] != wanted:
            if time.monotonic() > end:
                raise TimeoutError("the deposits are not credited")
            time.sleep(0.1)

    # The storm

    async def withdraw(self, door, turn, customer, name):
        """Asks until there is an answer: the exchange takes a name once."""
        amount = customer.withdrawals[name]
        body = {
            "ccy": "BTC", "amt": f"{amount / BTC:.8f}", "dest": "4", "toAddr": customer.withdraw_to,
            "chain": "BTC-Bitcoin", "clientId": name}
        end = time.monotonic() + PATIENCE
        is_repeated = False
        async with turn:
            while True:
                try:
                    await door.call(customer, "POST", "/api/v5/asset/withdrawal", body)
                    return
                except Refused as refusal:
                    # What was never answered may have been taken.
                    if is_repeated and "is used already" in str(refusal):
                        return
                    raise
                except (aiohttp.ClientError, asyncio.TimeoutError, ConnectionError, json.JSONDecodeError):
                    self.retries += 1
                    is_repeated = True
                    if time.monotonic() > end:
                        raise
                    await asyncio.sleep(0.2)

    async def ask_for_all(self):
        turn = asyncio.Semaphore(CONNECTIONS)
        wanted = [(customer, name) for customer in self.customers for name in customer.withdrawals]
        self.choices.shuffle(wanted)
        # In waves with a kill between two: however quick, it is not over unharmed.
        waves = max(len(self.exchange.killable), len(wanted) // WAVE)
        async with Exchange(self.exchange) as door:
            for number in range(waves):
                while sum(self.kills.values()) < number:
                    await asyncio.sleep(0.1)
                await asyncio.gather(*(
                    self.withdraw(door, turn, customer, name) for customer, name in wanted[number::waves]))
        self.say(f"{len(wanted)} withdrawals are asked for, {self.retries} requests had no answer")

    async def something_happens(self):
        """Waits until any withdrawal has gone on: how long the programs take to come back is the machine's."""
        before = await asyncio.to_thread(self.open_withdrawals)
        for _ in range(1200):
            now = await asyncio.to_thread(self.open_withdrawals)
            if self.done.is_set() or (before and now and (now != before or not any(now.values()))):
                return
            before = before or now
            await asyncio.sleep(0.25)

    async def kill_on(self):
        """Kills a program now and then, mostly when work goes on, sometimes again while it starts."""
        programs = self.exchange.killable
        # Each once, then any.
        first = sorted(programs)
        self.choices.shuffle(first)
        while not self.done.is_set():
            await asyncio.sleep(self.choices.expovariate(1 / self.options.every))
            if self.choices.random() < 0.85:
                await self.something_happens()
            name = first.pop() if first else self.choices.choice(sorted(programs))
            program = programs[name]
            if self.done.is_set():
                return
            for other, running in programs.items():
                if not running.is_running:
                    raise RuntimeError(f"{other} ended by itself:\n{running.last_words(20)}")
            program.kill()
            self.kills[name] += 1
            await asyncio.sleep(self.choices.uniform(0, 1.5))
            program.start()
            if self.choices.random() < 0.15:
                await asyncio.sleep(self.choices.uniform(0, 0.5))
                program.kill()
                self.kills[name] += 1
                program.start()
            if name == "node":
                self.miner.node_starts += 1

    async def watch(self):
        """Until nothing is under way any more; says how far it is."""
        end = time.monotonic() + PATIENCE
        told = time.monotonic()
        while True:
            await asyncio.sleep(0.5)
            if self.miner.failure:
                raise RuntimeError(f"the miner: {self.miner.failure!r}")
            states = await asyncio.to_thread(self.open_withdrawals)
            if states is not None and not sum(states.values()) and self.is_asked:
                return
            if time.monotonic() - told > 15:
                told = time.monotonic()
                under_way = ", ".join(f"{count} {state}" for state, count in (states or {}).items() if count)
                self.say(f"{under_way or 'no answer'}; {sum(self.kills.values())} kills")
            if time.monotonic() > end:
                raise TimeoutError(f"withdrawals are still under way: {states}")

    def open_withdrawals(self):
        try:
            lines = self.exchange.metrics()
        except (OSError, ValueError):
            return None
        return {
            line.split('state="')[1].split('"')[0]: int(line.rsplit(" ", 1)[1]) for line in lines
            if line.startswith("holdfast_withdrawals_open{")}

    async def rage(self):
        await asyncio.to_thread(self.miner.learn)
        self.miner.start()
        self.is_asked = False
        killer = asyncio.create_task(self.kill_on())
        watcher = asyncio.create_task(self.watch())
        asking = asyncio.create_task(self.ask_for_all())
        running = {killer, watcher, asking}
        try:
            while not watcher.done():
                ended, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    task.result()  # or why it ended
                self.is_asked = asking.done()
        finally:
            self.done.set()
            for task in (killer, watcher, asking):
                task.cancel()
            await asyncio.gather(killer, watcher, asking, return_exceptions=True)
            # The end may have come between a kill and the start after it, and the miner's last step needs a node.
            for program in self.exchange.killable.values():
                if not program.is_running:
                    program.start()
            self.miner.node_starts += 1
            self.miner.may_end.set()
            await asyncio.to_thread(self.miner.join)

    # After the storm

    async def settle(self):
        """Compares everything; returns what is wrong."""
        self.exchange.wait_until_up(PATIENCE)
        problems = await self.compare_accounts()
        # One address for each customer, and change in parts for each payout, of which most pay many.
        audit = WalletAudit(self.exchange, max(1000, 8 * self.options.customers))
        problems += await asyncio.to_thread(
            audit.compare, collections.Counter(
                (customer.withdraw_to, amount) for customer in self.customers
                for amount in customer.withdrawals.values()))
        owed = self.exchange.owed()["BTC"]
        if audit.held != owed:
            problems.append(f"the wallet holds {audit.held} satoshi, owed are {owed}")
        problems += reserves(self.exchange.programs, self.exchange.configuration_file)
        self.exchange.stop()
        report = self.exchange.verify_journal()
        self.say(
            f"{audit.blocks} blocks read: {audit.payments} payments in {audit.transactions} transactions for "
            f"{audit.fees} satoshi, {audit.held} left in the wallet; the journal verifies, "
            f"{report['batches']} batches")
        return problems

    async def compare_accounts(self):
        problems = []
        async with Exchange(self.exchange) as door:
            for customer in self.customers:
                rows = await door.pages(
                    customer, "/api/v5/asset/withdrawal-history?ccy=BTC&limit=100", "wdId")
                found = sorted((row["clientId"], satoshi(row["amt"]), row["state"]) for row in rows)
                wanted = sorted((name, amount, "2") for name, amount in customer.withdrawals.items())
                if found != wanted:
                    wrong = [entry for entry in found if entry not in wanted][:3]
                    problems.append(
                        f"{customer.name} has {len(found)} withdrawals, wanted {len(wanted)}, such as {wrong}")
                balances = await door.patient(customer, "GET", "/api/v5/asset/balances?ccy=BTC")
                left = sum(satoshi(row["bal"]) for row in balances)
                if left != customer.deposited - customer.spent:
                    problems.append(f"{customer.name} has {left}, should {customer.deposited - customer.spent}")
        return problems

    def summary(self):
        killed = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        happened = ", ".join(f"{count} {what}" for what, count in sorted(self.miner.counts.items()))
        return f"{self.options.count} withdrawals paid once under {sum(self.kills.values())} kills ({killed}); {happened}"


async def play(exchange, options, seed):
    run = Run(exchange, options, seed)
    exchange.start()
    await run.begin()
    run.say(f"{options.customers} customers have their deposits")
    await run.rage()
    run.say("the storm is over")
    problems = await run.settle()
    for problem in problems:
        print(f"FAIL  {problem}")
    run.say(run.summary())
    return not problems


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", metavar="BIN_DIR")
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--customers", type=int, default=200)
    parser.add_argument("--coins", type=int, default=600, help="coins that are deposited before")
    parser.add_argument("--form", choices=["wsh", "tr"], default="wsh")
    parser.add_argument("--seed", type=int, help="default: a random one, which is printed")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two kills, on average")
    parser.add_argument("--pace", type=float, default=2.0, help="seconds between two blocks, on average")
    parser.add_argument("--bitcoind", help="Bitcoin Core; default: holdfast-devnet")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    print(f"seed {seed}, folder {options.folder}", flush=True)
    shutil.rmtree(options.folder, ignore_errors=True)
    exchange = WholeExchange(options.programs, options.folder, options.form, options.bitcoind)
    try:
        good = asyncio.run(play(exchange, options, seed))
    finally:
        exchange.stop()
    if not good:
        print(f"FAIL  seed {seed}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
