#!/usr/bin/env python3
"""Kills a loaded exchange with SIGKILL at random moments, and checks each time that nothing is lost.

    kill_nine.py BIN_DIR [--kills 200] [--lanes 1] [--seed N] [--each 20] [--folder DIR] [--keep]

A cycle: customers send signed orders, cancels, amendments, transfers and withdrawals over many
connections, blocks with deposits are mined, and the server is killed. One kill in ten hits a server that is
just starting. Then

1. `holdfast journal verify` executes the journal on disk from its first batch: whole, and its state hash
   is the one that the restarted server recovered;
2. each acknowledged order and withdrawal is there exactly once, under the id that was acknowledged, an
   acknowledged cancel is final, and an unanswered request has left at most one;
3. what the exchange owes is what came in, by asset, and each deposit on the chain is credited once.

Every `--each` kills the exchange begins with an empty folder, and before that the whole history of all
accounts is compared and every unit of fees accounted for. The same seed makes the same choices; what the
server had done by then depends on the machine. `--lanes` runs so many exchanges side by side, each with a
share of the kills: while one waits for its disk or its start, another works. Ends with `N passed, N failed`, exit status 0 if none failed.
"""
import argparse
import asyncio
import collections
import decimal
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import aiohttp

from exchange import BTC, Installation, address_signature, enrolment, fresh_address, okx_headers

CUSTOMERS = 12
CONNECTIONS_EACH = 2
FUNDS_USDT = 10_000_000
PAIR = "BTC-USDT"


class Refused(Exception):
    """The exchange answered that it did not do it."""


class Customer:
    """What one customer asked for and what he was told."""

    def __init__(self, account):
        self.account = account
        self.name = account["name"]
        self.withdraw_to = fresh_address()
        self.deposit_address = None
        self.deposits = {}  # transaction id: satoshi
        self.orders = {}  # clOrdId: acknowledged ordId
        self.unanswered_orders = set()
        self.canceled = set()  # ordId of acknowledged cancels
        self.withdrawals = {}  # clientId: acknowledged wdId
        self.unanswered_withdrawals = set()
        self.live = []  # clOrdIds that may rest


class Exchange:
    """The customers' side of one running server."""

    def __init__(self, installation):
        self.installation = installation
        self.session = None

    async def __aenter__(self):
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=20))
        return self

    async def __aexit__(self, *_):
        await self.session.close()

    async def call(self, customer, method, target, body=None):
        """Returns the rows of an answer; raises Refused for a clear no, other errors for silence."""
        text = "" if body is None else json.dumps(body)
        async with self.session.request(
            method, self.installation.public_url + target, data=text or None,
            headers=okx_headers(customer.account, method, target, text),
        ) as response:
            answer = json.loads(await response.read())
        if answer["code"] != "0":
            row = answer["data"][0] if answer["data"] else {}
            code = row.get("sCode") or answer["code"]
            if code == "50004":  # "does not mean that the request was successful or failed"
                raise ConnectionError(f"the outcome is unknown: {answer['msg']}")
            raise Refused(f"{code} {row.get('sMsg') or answer['msg']}")
        return answer["data"]

    async def patient(self, customer, method, target, body=None):
        """The same, waiting out the limit on requests."""
        while True:
            try:
                return await self.call(customer, method, target, body)
            except Refused as refusal:
                if not str(refusal).startswith("50011"):
                    raise
                await asyncio.sleep(0.1)

    async def pages(self, customer, target, key, newer_than=0):
        """All rows of a list that is paged by `key`, newest first, down to `newer_than`."""
        rows, last = [], None
        while True:
            page = await self.patient(
                customer, "GET", target + (f"&after={last}" if last else ""))
            rows += [row for row in page if int(row[key]) > newer_than]
            if len(page) < 100 or int(page[-1][key]) <= newer_than:
                return rows
            last = page[-1][key]


class Load:
    """What customers do until the server is gone. All choices come from the seed."""

    def __init__(self, exchange, customers, cycle, seed):
        self.exchange = exchange
        self.customers = customers
        self.cycle = cycle
        self.seed = seed
        self.acknowledged = 0
        self.refusals = collections.Counter()

    def tasks(self):
        return [
            asyncio.create_task(self.trade(customer, index, connection))
            for index, customer in enumerate(self.customers)
            for connection in range(CONNECTIONS_EACH)
        ]

    async def trade(self, customer, index, connection):
        choices = random.Random(f"{self.seed}/{self.cycle}/{index}/{connection}")
        number = 0
        try:
            while True:
                number += 1
                name = f"k{self.cycle}c{index}x{connection}n{number}"
                try:
                    await self.step(customer, choices, name)
                    self.acknowledged += 1
                except Refused as refusal:
                    self.refusals[str(refusal).split()[0]] += 1
                    await asyncio.sleep(0.01)
        except (aiohttp.ClientError, asyncio.TimeoutError, ConnectionError, json.JSONDecodeError):
            return  # the server is gone

    async def step(self, customer, choices, name):
        kind = choices.random()
        if kind < 0.03:
            await self.withdraw(customer, name)
        elif kind < 0.06:
            await self.transfer(customer, choices)
        elif kind < 0.30 and customer.live:
            await self.cancel(customer, customer.live.pop(choices.randrange(len(customer.live))))
        elif kind < 0.38 and customer.live:
            await self.amend(customer, choices)
        else:
            await self.order(customer, choices, name)

    async def order(self, customer, choices, name):
        side = choices.choice(["buy", "sell"])
        away = decimal.Decimal(choices.randrange(-40, 200)) / 10
        price = 60_000 - away if side == "buy" else 60_000 + away
        customer.unanswered_orders.add(name)
        try:
            rows = await self.exchange.call(customer, "POST", "/api/v5/trade/order", {
                "instId": PAIR, "tdMode": "cash", "side": side, "clOrdId": name,
                "ordType": choices.choice(["limit"] * 8 + ["ioc", "post_only"]),
                "px": str(price), "sz": str(decimal.Decimal(choices.randrange(1, 500)) / 100_000),
            })
        except Refused:
            customer.unanswered_orders.discard(name)
            customer.orders[name] = None  # must not be there
            raise
        customer.unanswered_orders.discard(name)
        customer.orders[name] = rows[0]["ordId"]
        customer.live.append(name)

    async def cancel(self, customer, name):
        rows = await self.exchange.call(
            customer, "POST", "/api/v5/trade/cancel-order", {"instId": PAIR, "clOrdId": name})
        customer.canceled.add(rows[0]["ordId"])

    async def amend(self, customer, choices):
        name = choices.choice(customer.live)
        away = decimal.Decimal(choices.randrange(1, 300)) / 10
        await self.exchange.call(customer, "POST", "/api/v5/trade/amend-order", {
            "instId": PAIR, "clOrdId": name, "newPx": str(60_000 + choices.choice([-1, 1]) * away)})

    async def transfer(self, customer, choices):
        there = choices.random() < 0.5
        await self.exchange.call(customer, "POST", "/api/v5/asset/transfer", {
            "ccy": choices.choice(["BTC", "USDT"]), "amt": "0.001", "type": "0",
            "from": "6" if there else "18", "to": "18" if there else "6"})

    async def withdraw(self, customer, name):
        customer.unanswered_withdrawals.add(name)
        try:
            rows = await self.exchange.call(customer, "POST", "/api/v5/asset/withdrawal", {
                "ccy": "BTC", "amt": "0.001", "dest": "4", "toAddr": customer.withdraw_to,
                "chain": "BTC-Bitcoin", "clientId": name})
        except Refused:
            customer.unanswered_withdrawals.discard(name)
            customer.withdrawals[name] = None
            raise
        customer.unanswered_withdrawals.discard(name)
        customer.withdrawals[name] = rows[0]["wdId"]


def once(kind, customer, found, acknowledged, unanswered, among=None):
    """Problems of `found` {own id: [ids of the exchange]} against what the customer was told."""
    problems = []
    for name, number in acknowledged.items():
        if among is not None and not name.startswith(among):
            continue
        there = found.get(name, [])
        wanted = [] if number is None else [number]
        if there != wanted:
            problems.append(f"{customer.name}: {kind} {name} was told {wanted}, is there {there}")
    for name in unanswered:
        if len(found.get(name, [])) > 1:
            problems.append(f"{customer.name}: unanswered {kind} {name} is there {found[name]}")
    return problems


def by_name(rows, name, number):
    found = collections.defaultdict(list)
    for row in rows:
        found[row[name]].append(row[number])
    return found


class Run:
    """One exchange from its first batch on, killed again and again."""

    def __init__(self, installation, number, seed):
        self.installation = installation
        self.number = number
        self.seed = seed
        self.customers = []
        self.last_order = 0
        self.last_withdrawal = 0
        self.acknowledged = 0

    async def begin(self):
        installation = self.installation
        installation.prepare_server(f"run{self.number}")
        installation.start_server()
        for index in range(CUSTOMERS):
            self.customers.append(
                Customer(installation.open_account(f"customer{index}", FUNDS_USDT)))
        async with Exchange(installation) as exchange:
            for customer in self.customers:
                account = customer.account
                public, proof = enrolment(account["key"], account["id"])
                await exchange.patient(
                    customer, "POST", "/api/v5/holdfast/signing-key",
                    {"publicKey": public, "proof": proof})
                await exchange.patient(
                    customer, "POST", "/api/v5/holdfast/withdrawal-address", {
                        "ccy": "BTC", "chain": "BTC-Bitcoin", "toAddr": customer.withdraw_to,
                        "label": "test", "nonce": "1",
                        "signature": address_signature(
                            account["key"], account["id"], customer.withdraw_to, 1)})
                rows = await exchange.patient(
                    customer, "GET", "/api/v5/asset/deposit-address?ccy=BTC")
                customer.deposit_address = rows[0]["addr"]
            self.deposit({customer: 3 * BTC for customer in self.customers})
            installation.wallet.mine()
            await self.wait_for_deposits(exchange)
            for customer in self.customers:
                for currency, amount in (("BTC", "2"), ("USDT", "5000000")):
                    await exchange.patient(customer, "POST", "/api/v5/asset/transfer", {
                        "ccy": currency, "amt": amount, "from": "6", "to": "18", "type": "0"})

    def deposit(self, amounts):
        """Sends {customer: satoshi} to their deposit addresses in one transaction, not mined yet."""
        transaction = self.installation.wallet.pay(
            {customer.deposit_address: satoshi for customer, satoshi in amounts.items()})
        for customer, satoshi in amounts.items():
            customer.deposits[transaction] = satoshi

    async def wait_for_deposits(self, exchange):
        """Until every block's deposit is credited, and then checks that each is there once."""
        problems = []
        for customer in self.customers:
            wanted = sorted(customer.deposits)
            end = time.monotonic() + 20
            while True:
                rows = await exchange.patient(
                    customer, "GET", "/api/v5/asset/deposit-history?ccy=BTC&limit=100")
                credited = sorted(row["txId"] for row in rows if row["state"] == "2")
                if len(credited) >= len(wanted) or time.monotonic() > end:
                    break
                await asyncio.sleep(0.03)
            if credited != wanted:
                problems.append(f"{customer.name}: deposits {credited} are not {wanted}")
        return problems

    async def cycle(self, number, choices):
        """Loads, kills, restarts and checks; returns the problems found."""
        installation = self.installation
        async with Exchange(installation) as exchange:
            load = Load(exchange, self.customers, number, self.seed)
            tasks = load.tasks()
            if not await self.is_loaded(load):
                return [f"no request was acknowledged; refusals: {dict(load.refusals)}"]
            end = asyncio.get_running_loop().time() + choices.uniform(0, 0.3)
            if choices.random() < 0.3:
                # Seen in the mempool, in a block, or neither, when the server dies.
                amounts = {customer: choices.randrange(10_000, BTC // 10)
                           for customer in choices.sample(self.customers, 3)}
                await asyncio.to_thread(self.deposit, amounts)
                await asyncio.sleep(choices.uniform(0, 0.2))
                await asyncio.to_thread(installation.wallet.mine)
            await asyncio.sleep(max(0, end - asyncio.get_running_loop().time()))
            installation.serve.kill()
            await asyncio.gather(*tasks)
        self.acknowledged += load.acknowledged
        if choices.random() < 0.1:
            installation.serve.start()
            await asyncio.sleep(choices.uniform(0, 0.4))
            if not installation.serve.is_running:
                return [f"the server ended by itself:\n{installation.serve.last_words()}"]
            installation.serve.kill()
        report = installation.verify_journal()
        health = installation.start_server()
        problems = self.compare_state(report, health)
        async with Exchange(installation) as exchange:
            problems += await self.check_requests(exchange, f"k{number}c")
            problems += await self.wait_for_deposits(exchange)
            problems += self.check_owed()
        return problems

    @staticmethod
    async def is_loaded(load):
        """Waits for the first acknowledgement."""
        for _ in range(1000):
            if load.acknowledged:
                return True
            await asyncio.sleep(0.01)
        return False

    def compare_state(self, report, health):
        recovered = health.get("recovered")
        if recovered is None:
            return ["GET /health does not say what was recovered"]
        replayed = {"batch": report["batches"], "stateHash": report["stateHash"]}
        told = {"batch": recovered.get("batch"), "stateHash": recovered.get("stateHash")}
        return [] if replayed == told else [f"recovered {told}, the replay gives {replayed}"]

    async def check_requests(self, exchange, among=None):
        """Compares what customers were told with what is there; all of it, or one cycle's."""
        order_mark = 0 if among is None else self.last_order
        withdrawal_mark = 0 if among is None else self.last_withdrawal
        problems = []

        async def check(customer):
            pending, finished, withdrawals = await asyncio.gather(
                exchange.pages(
                    customer, "/api/v5/trade/orders-pending?instType=SPOT&limit=100", "ordId",
                    order_mark),
                exchange.pages(
                    customer, "/api/v5/trade/orders-history?instType=SPOT&limit=100", "ordId",
                    order_mark),
                exchange.pages(
                    customer, "/api/v5/asset/withdrawal-history?ccy=BTC&limit=100", "wdId",
                    withdrawal_mark))
            orders = pending + finished
            problems.extend(once(
                "order", customer, by_name(orders, "clOrdId", "ordId"), customer.orders,
                customer.unanswered_orders, among))
            problems.extend(once(
                "withdrawal", customer, by_name(withdrawals, "clientId", "wdId"),
                customer.withdrawals, customer.unanswered_withdrawals, among))
            for row in pending:
                if row["ordId"] in customer.canceled:
                    problems.append(f"{customer.name}: order {row['ordId']} is live, was canceled")
            for row in orders:
                self.last_order = max(self.last_order, int(row["ordId"]))
            for row in withdrawals:
                self.last_withdrawal = max(self.last_withdrawal, int(row["wdId"]))
            return orders

        self.orders = await asyncio.gather(*(check(customer) for customer in self.customers))
        return problems

    def check_owed(self):
        """What came in, and never left: nothing is paid out without a guard."""
        wanted = {
            "BTC": sum(sum(customer.deposits.values()) for customer in self.customers),
            "USDT": CUSTOMERS * FUNDS_USDT * 1_000_000,
        }
        owed = self.installation.owed()
        return [] if owed == wanted else [f"owed {owed}, came in {wanted}"]

    async def audit(self):
        """The whole history of everyone, and where every unit is."""
        async with Exchange(self.installation) as exchange:
            problems = await self.check_requests(exchange)
            held = collections.Counter()
            for customer in self.customers:
                for row in await exchange.patient(customer, "GET", "/api/v5/asset/balances"):
                    held[row["ccy"]] += decimal.Decimal(row["bal"])
                rows = await exchange.patient(customer, "GET", "/api/v5/account/balance")
                for row in rows[0]["details"]:
                    held[row["ccy"]] += decimal.Decimal(row["cashBal"])
            # OKX writes a fee that was charged as a negative number.
            for orders in self.orders:
                for row in orders:
                    held[row["feeCcy"]] -= decimal.Decimal(row["fee"] or 0)
        owed = self.installation.owed()
        for currency, units in (("BTC", 10**8), ("USDT", 10**6)):
            if held[currency] * units != owed[currency]:
                problems.append(
                    f"customers and fees have {held[currency]} {currency}, owed are "
                    f"{decimal.Decimal(owed[currency]) / units}")
        return problems


async def prove(installation, kills, each, seed):
    choices = random.Random(seed)
    passed = failed = acknowledged = audits = 0
    began = time.monotonic()
    run = None

    async def audit():
        nonlocal failed, audits
        problems = await run.audit()
        audits += 1
        if problems:
            failed += 1
            print(f"audit after run {run.number}: " + "\n  ".join(problems[:10]), flush=True)
        installation.serve.kill()

    for number in range(1, kills + 1):
        if (number - 1) % each == 0:
            if run:
                await audit()
                acknowledged += run.acknowledged
            run = Run(installation, 1 + number // each, seed)
            await run.begin()
        try:
            problems = await run.cycle(number, choices)
        except (RuntimeError, TimeoutError, Refused, aiohttp.ClientError, OSError) as error:
            problems = [f"{type(error).__name__}: {error}"]
        if problems:
            failed += 1
            print(f"kill {number}: " + "\n  ".join(problems[:10]), flush=True)
            if not installation.serve.is_running:
                print("the exchange does not come back; stopping", flush=True)
                break
        else:
            passed += 1
        if number % 20 == 0 or number == kills:
            print(
                f"{number} kills, {acknowledged + run.acknowledged} requests acknowledged, "
                f"{failed} failed, {time.monotonic() - began:.0f} s", flush=True)
    if installation.serve.is_running:
        await audit()
    print(f"{audits} audits of the whole history")
    print(f"{passed} passed, {failed} failed")
    return failed == 0 and passed == kills


def run_lanes(arguments, seed, folder):
    """Runs every lane as a program of its own, and adds up what they say."""
    shares = [
        arguments.kills // arguments.lanes + (lane < arguments.kills % arguments.lanes)
        for lane in range(arguments.lanes)]
    lanes = []
    for lane, kills in enumerate(shares):
        command = [
            sys.executable, __file__, arguments.programs, "--kills", str(kills), "--each",
            str(arguments.each), "--seed", str(seed + lane), "--folder", str(folder / f"lane{lane}")]
        if arguments.keep:
            command.append("--keep")
        log = open(folder / f"lane{lane}.log", "wb+")
        lanes.append((subprocess.Popen(command, stdout=log, stderr=log), log, kills))
    began = time.monotonic()
    good, passed, failed, acknowledged = True, 0, 0, 0
    try:
        for lane, (process, log, kills) in enumerate(lanes):
            status = process.wait()
            log.seek(0)
            lines = log.read().decode(errors="replace").splitlines()
            counts = re.search(r"(\d+) passed, (\d+) failed", lines[-1] if lines else "")
            progress = [re.search(r" (\d+) requests acknowledged", line) for line in lines]
            good = good and status == 0 and counts and int(counts[1]) == kills
            passed += int(counts[1]) if counts else 0
            failed += int(counts[2]) if counts else 1
            acknowledged += max([int(found[1]) for found in progress if found], default=0)
            if status != 0:
                print(f"lane {lane}, seed {seed + lane}:\n  " + "\n  ".join(lines[-20:]), flush=True)
    finally:
        for process, log, _ in lanes:
            if process.poll() is None:
                process.terminate()
                process.wait()
            log.close()
    print(
        f"{passed + failed} kills in {arguments.lanes} lanes, {acknowledged} requests acknowledged, "
        f"{time.monotonic() - began:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return bool(good)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(__doc__.splitlines()[4:]))
    parser.add_argument("programs", metavar="BIN_DIR", help="folder of the built programs")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--lanes", type=int, default=1, help="exchanges side by side")
    parser.add_argument("--each", type=int, default=20, help="kills before an empty folder")
    parser.add_argument("--seed", type=int, help="default: a random one, which is printed")
    parser.add_argument("--folder", help="where the data goes; default: a temporary folder")
    parser.add_argument("--keep", action="store_true", help="keep the folder also when all is well")
    arguments = parser.parse_args()
    if arguments.kills < 1 or arguments.each < 1 or not 1 <= arguments.lanes <= arguments.kills:
        parser.error("--kills and --each are at least 1, --lanes between 1 and --kills")
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(2**32)
    folder = pathlib.Path(arguments.folder or tempfile.mkdtemp(prefix="holdfast-kill-"))
    print(f"seed {seed}, folder {folder}", flush=True)
    if arguments.lanes > 1:
        folder.mkdir(parents=True, exist_ok=True)
        good = run_lanes(arguments, seed, folder)
        if good and not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"kept {folder}")
        sys.exit(0 if good else 1)
    installation = Installation(arguments.programs, folder)
    good = False
    try:
        installation.hold_ceremony()
        installation.start_chain()
        good = asyncio.run(prove(installation, arguments.kills, arguments.each, seed))
    finally:
        installation.stop()
        if good and not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"kept {folder}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
