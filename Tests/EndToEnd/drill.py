#!/usr/bin/env python3
"""The 16 October drill: key holders vanish, and customers are paid all the same.

    drill.py BIN_DIR --folder FOLDER [--short]

Real processes: the server, its guard, signers, the embedded chain, and holdfast-vault at each person's terminal.
Their time of day is set forward by the C library's clock (clock.c); none of them has an option for it.

One holder vanishes at the worst moment, with withdrawals asked for and every signer without power: not one
withdrawal is delayed. Then a second one vanishes: nobody can sign; withdrawals queue, with a public reason and a
promise of news; the monitor claims both seats; nobody vetoes; the successors take their places; a new wallet on new
signers takes over; old coins come by the old wallet's second tier; the checks run, one payment goes ahead, and the
queue is paid. Every customer has to the unit what he should. At last nobody cooperates at all, and the coins move by
the chain's own locks alone. --short leaves out the days in which nothing new happens.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request

import drill_clock
import key_holders
from exchange import BTC, Program, address_signature, enrolment, fresh_address, wait_for
from float import Exchange, satoshi
from holders_of_exchange import HoldersOfExchange
from key_holders import COUNCIL, OTHERS, TRUSTEES, ordinary
from vault import Refused, Vault

PATIENCE = 900
HOUR, DAY = 3600, 86_400
BLOCKS_A_DAY = 144
TIER_1, TIER_2 = 1008, 4032  # blocks; the hot wallet's own locks
FEE = 10_000  # satoshi, for a withdrawal
# Above either a withdrawal is delayed; both are generous to a slow machine.
PROMPT, PROMPT_BLOCKS = HOUR, 6
DEPOSIT = 50_000_000
NEXT = ["nina", "nora", "ned"]  # successors of the new wallet
# What was published in 2020: the dates are OKEx's own announcements, counted from 16 October.
PUBLISHED = [
    (0, "one key holder is out of touch; all withdrawals stop, though every coin is there"),
    (34, "a date for reopening is announced"),
    (41, "withdrawals reopen"),
]


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAIL    {what}")
    print(f"ok      {what}", flush=True)


class Installed(Exchange):
    """The exchange of the drill: one wallet, and later another in its place."""

    guard_timeout = "24h"  # the clock leaps

    def configuration(self, name):
        text = super().configuration(name)
        if self.former:
            text = text.replace(
                "wallet: {descriptorFile: keys/wallet.descriptor}",
                "wallet: {descriptorFile: keys/second.descriptor, "
                "formerDescriptorFiles: [keys/wallet.descriptor], rotationFee: 0.001}")
        return text

    def __init__(self, programs, folder):
        self.former = False
        super().__init__(programs, folder)

    def rewrite(self):
        """The same installation with the new wallet: other keys, other signers, the same books."""
        self.former = True
        self.configuration_file.write_text(self.configuration("serve"))
        guard = (self.folder / "guard.yaml").read_text().replace(
            "descriptorFile: hot/wallet.descriptor",
            "descriptorFile: hot2/wallet.descriptor\nformerDescriptorFiles: [hot/wallet.descriptor]")
        signers = []
        for number in (1, 2, 3):
            old, new = f"signer-{number}", f"signer-{number + 3}"
            guard = guard.replace(f"{old}/", f"{new}/").replace(self.link_keys[old], self.link_keys[new])
            text = (self.folder / f"{old}.yaml").read_text()
            (self.folder / f"{new}.yaml").write_text(
                text.replace("hot/", "hot2/").replace(old, new))
            (self.folder / new).mkdir()
            signers.append(Program(
                [self.programs / "holdfast-signer", "--config", self.folder / f"{new}.yaml"],
                self.folder / f"{new}.log"))
        (self.folder / "guard.yaml").write_text(guard)
        return signers


class Drill:
    def __init__(self, programs, folder, is_short):
        self.programs, self.folder, self.is_short = programs, folder, is_short
        self.clock = drill_clock.Clock()
        self.exchange = Installed(programs, folder)
        self.company = HoldersOfExchange(programs, folder, self.exchange)
        self.vault = Vault(programs, is_offline=True)
        self.alive = []
        self.timeline = []
        self.waits = []  # (seconds of the drill's time, blocks) between request and payment
        self.received = {}  # address: [(transaction, height, satoshi)], as the chain has it
        self.looked_at = 0  # blocks of it
        self.explains = False
        self.customers = []
        self.zero = 0.0

    # Time

    def note(self, what):
        day = self.clock.days - self.zero
        self.timeline.append((day, what))
        print(f"day {day:5.2f}  {what}", flush=True)

    def tip(self):
        return self.exchange.rpc("getblockcount")

    def settle(self):
        """Waits until server and guard have the node's last block."""
        def look():
            self.look_after()
            try:
                with urllib.request.urlopen(self.exchange.internal_url + "/ready", timeout=30) as answer:
                    return json.load(answer)["height"] == self.tip()
            except urllib.error.HTTPError:
                return False  # right after the clock has leapt
        wait_for("the books to reach the chain", look, PATIENCE, 0.1)

    def look_after(self):
        for program in [*self.exchange.others, self.exchange.serve]:
            if program not in self.gone and not program.is_running:
                raise SystemExit(f"FAIL    it ended by itself: {program.command[0]} {program.last_words(12)}")

    def advance(self, seconds):
        """Time goes by with blocks in it; whoever lives gives his daily sign; operators explain in time."""
        end = self.clock.seconds + seconds
        while self.clock.seconds < end:
            step = min(3 * HOUR, end - self.clock.seconds)
            self.clock.advance(step)
            self.exchange.wallet.mine(round(BLOCKS_A_DAY * step / DAY))
            self.settle()
            if self.explains and any(
                    each["endsLater"] for each in self.running()):
                self.explain("We wait for the key holders, and tell how it stands every three hours.")
            for name in self.alive:
                if self.clock.seconds - self.last_beat.get(name, -DAY) >= 20 * HOUR:
                    self.company.live(name)
                    self.last_beat[name] = self.clock.seconds

    def wait(self, what, condition, mines=True):
        def look():
            self.look_after()
            answer = condition()
            if not answer and mines and self.exchange.rpc("getrawmempool"):
                self.exchange.wallet.mine()
            return answer
        try:
            return wait_for(what, look, PATIENCE, 0.2)
        except TimeoutError as late:
            logs = "\n".join(
                f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-8:])
                for log in sorted(self.folder.glob("*.log")))
            raise SystemExit(f"FAIL    {late}\n{logs}\n{json.dumps(self.service(), indent=1)}") from None

    # What the public sees

    def service(self):
        return self.exchange.okx(None, "GET", "/api/v5/holdfast/service")[0]

    def bitcoin(self):
        return next(each for each in self.service()["assets"] if each["ccy"] == "BTC")

    def running(self):
        found = self.bitcoin()["suspensions"]
        for each in found:
            each["endsLater"] = each["state"] == "suspended"
        return found

    def page(self):
        with urllib.request.urlopen(f"{self.exchange.public_url}/status", timeout=30) as answer:
            return answer.read().decode()

    def explain(self, text):
        self.decide(0, "explain", "keyHolder", text)

    def decide(self, operator, action, about, text):
        """An operator's word, by the operators' own program."""
        from exchange import text as field, u64
        who = self.exchange.operators[operator]
        number = who.request(self.exchange.internal_url, "GET", "/operator/service")["nextNumber"]
        actions = ["suspend", "explain", "lift"]
        classes = ["keyHolder", "chainOutage", "securityIncident", "hotRefill", "regulator", "maintenance",
                   "solvencyBreach"]
        statement = (
            field("holdfast/service/v1") + field(who.name) + field("BTC") + bytes([actions.index(action)])
            + bytes([classes.index(about)]) + field(text) + u64(number))
        return who.request(self.exchange.internal_url, "POST", "/operator/service", {
            "asset": "BTC", "action": action, "class": about, "text": text, "number": number,
            "signature": who.key.sign(statement).signature.hex()})

    # Customers

    def open(self, name):
        account = self.exchange.open_account(name, 1_000)
        public, proof = enrolment(account["key"], account["id"])
        self.exchange.okx(account, "POST", "/api/v5/holdfast/signing-key", {"publicKey": public, "proof": proof})
        account["to"] = fresh_address()
        self.exchange.okx(account, "POST", "/api/v5/holdfast/withdrawal-address", {
            "ccy": "BTC", "chain": "BTC-Bitcoin", "toAddr": account["to"], "label": "home", "nonce": "1",
            "signature": address_signature(account["key"], account["id"], account["to"], 1)})
        account["address"] = self.deposit_address(account)
        account["expected"] = 0
        account["paid"] = []  # satoshi of each withdrawal
        account["asked"] = []
        self.customers.append(account)
        return account

    def deposit_address(self, account):
        return self.exchange.okx(account, "GET", "/api/v5/asset/deposit-address?ccy=BTC")[0]["addr"]

    def balance(self, account):
        rows = self.exchange.okx(account, "GET", "/api/v5/asset/balances?ccy=BTC")
        return satoshi(rows[0]["bal"]) if rows else 0

    def deposit(self, payments):
        """{customer's address: satoshi}, credited when this returns."""
        self.exchange.wallet.pay(payments)
        self.exchange.wallet.mine(2)
        for account in self.customers:
            account["expected"] += payments.get(account["address"], 0) + payments.get(account.get("old"), 0)
        self.wait("the deposits", lambda: all(
            self.balance(account) == account["expected"] for account in self.customers))

    def withdraw(self, account, amount):
        row, = self.exchange.okx(account, "POST", "/api/v5/asset/withdrawal", {
            "ccy": "BTC", "amt": f"{amount / BTC:.8f}", "dest": "4", "toAddr": account["to"], "fee": "0.0001",
            "chain": "BTC-Bitcoin"})
        account["asked"].append((row["wdId"], amount, self.clock.now, self.tip()))
        return row["wdId"]

    def stage(self, account, number):
        return self.exchange.okx(account, "GET", f"/api/v5/holdfast/withdrawal?wdId={number}")[0]

    def wait_for_payments(self):
        """Everything that was asked for is paid; notes how long each waited. Returns the payments."""
        paid = []
        for account in self.customers:
            for number, amount, asked, height in account["asked"]:
                self.wait(f"withdrawal {number}", lambda: (
                    self.stage(account, number)["stage"] == "confirmed"))
                waited = self.clock.now - asked
                transaction = self.stage(account, number)["txId"]
                payment, = [each for each in self.payments(account) if each[0] == transaction]
                self.waits.append((waited, payment[1] - height))
                account["expected"] -= amount + FEE
                account["paid"].append(amount)
                paid.append(payment)
            account["asked"] = []
        return paid

    def payments(self, account):
        """What the customer has been paid on the chain: (transaction, height, satoshi)."""
        while self.looked_at < self.tip():
            self.looked_at += 1
            block = self.exchange.rpc("getblock", self.exchange.rpc("getblockhash", self.looked_at), 2)
            for made in block["tx"]:
                for output in made["vout"]:
                    self.received.setdefault(output["scriptPubKey"].get("address"), []).append(
                        (made["txid"], self.looked_at, round(output["value"] * BTC)))
        return self.received.get(account["to"], [])

    def all_were_prompt(self, count, when):
        seconds, blocks = (max(each) for each in zip(*self.waits))
        check(len(self.waits) == count and seconds <= PROMPT and blocks <= PROMPT_BLOCKS,
              f"{when}: {len(self.waits)} of {count} withdrawals are paid; none took longer than {seconds:.0f} s, "
              f"or {blocks} blocks")

    def balances_hold(self, when):
        """Every customer has what he should, in the books and on the chain."""
        for account in self.customers:
            held = sum(amount + FEE for _, amount, _, _ in account["asked"])
            now = self.balance(account)
            if now != account["expected"]:
                raise SystemExit(f"FAIL    {account['name']} has {now}, {account['expected']} with {held} held")
            paid = sorted(amount for _, _, amount in self.payments(account))
            if paid != sorted(account["paid"]):
                raise SystemExit(f"FAIL    the chain pays {account['name']} {paid}; he asked for {account['paid']}")
        total = sum(sum(account["paid"]) for account in self.customers)
        check(True, f"{when}: to the unit, every customer has his balance, and on the chain the {total / BTC:.8f} BTC "
              "that he asked for, each withdrawal once")

    # The story

    def begin(self):
        os.chdir(self.folder)
        self.gone = []
        self.last_beat = {}
        self.exchange.others = []
        self.exchange.start_chain()
        key_holders.found(self.company)
        self.exchange.guard_key = json.loads(
            (self.folder / "hot/ceremony.json").read_text())["guardPublicKey"]
        (self.folder / "keys").mkdir()
        shutil.copy("hot/wallet.descriptor", "keys/wallet.descriptor")
        for end in ["guard", *(f"signer-{n}" for n in range(1, 7))]:
            self.vault.text("link-key", "--out", f"keys/{end}.link")
            self.exchange.link_keys[end] = self.vault.text("link-key", "--show", f"keys/{end}.link").split()[-1]
        self.company.install()
        self.exchange.prepare_server("serve")
        self.exchange.others = self.exchange.prepare_others(None)
        self.company.keep_log()
        with open(self.folder / "guard.yaml", "a") as file:
            file.write("reopening: {drainPerHour: 100}\n")
        for program in self.exchange.others[1:]:
            program.start()
        self.exchange.start_server()
        self.exchange.others[0].start()
        self.wait("the guard's inbox", lambda: (self.folder / "inbox/refused").exists())
        self.alive = ["alice", "bob", "carol"]
        for name in self.alive:
            self.company.live(name)
            self.last_beat[name] = self.clock.seconds
        for number in range(4):
            self.open(f"customer{number}")
        for _ in range(3):
            self.deposit({account["address"]: DEPOSIT for account in self.customers})
        self.wait("the key holders' margin", lambda: (
            (holders := self.service()["keyHolders"]) and holders["margin"] == "1"))
        # A new exchange opens as one that was stopped does: its holders prove their keys first.
        for number, name in ((1, "alice"), (2, "bob")):
            self.company.give(name, "key-check", "--holder-key", self.folder / f"hot/holder-{number}.key")
        self.wait("the opening", lambda: self.service()["state"] == "open")
        check(True, "three key holders live, one more than it takes; two proved their keys; all is open")

    def one_vanishes(self):
        self.zero = self.clock.days
        self.note("16 October: holder 1 vanishes, with withdrawals asked for and all signers without power")
        self.alive.remove("alice")
        for program in self.exchange.others[1:]:
            program.kill()
            self.gone.append(program)
        for account in self.customers:
            self.withdraw(account, 1_000_000)
        for program in self.exchange.others[2:4]:
            self.gone.remove(program)
            program.start()
        self.note("the signers of holders 2 and 3 are opened again; that of holder 1 stays dark")
        self.wait_for_payments()
        self.all_were_prompt(len(self.customers), "one holder gone")
        self.balances_hold("one holder gone")
        days = 1 if self.is_short else 3
        for day in range(days):
            self.advance(DAY)
            self.withdraw(self.customers[day % 4], 500_000)
            self.wait_for_payments()
        if not self.is_short:
            self.wait("the public margin", lambda: self.service()["keyHolders"]["margin"] == "0")
            self.wait("lower limits", lambda: self.bitcoin()["state"] == "throttled")
            self.note("holder 1 is missing: margin 0, limits are halved, the operators are paged")
            self.withdraw(self.customers[3], 500_000)
            self.wait_for_payments()
        self.all_were_prompt(len(self.customers) + (1 if self.is_short else 4), "days later")

    def two_vanish(self):
        self.note("holder 2 vanishes, and his signer loses power")
        self.alive.remove("bob")
        self.suspended_at, self.suspended_since = self.clock.days, self.clock.now
        program = self.exchange.others[2]
        program.kill()
        self.gone.append(program)
        self.wait("the public reason", lambda: self.bitcoin()["state"] == "suspended")
        said = self.running()[0]
        self.note(f"withdrawals queue: {said['text']}")
        check(said["reasonClass"] and said["evidence"] and said["stillWorks"]
              and int(said["nextUpdateBy"]) - int(said["since"]) <= 4 * HOUR * 1000,
              "the suspension says its class, its evidence, what still works and when news come")
        currency = next(row for row in self.exchange.okx(
            self.customers[0], "GET", "/api/v5/asset/currencies?ccy=BTC"))
        check(currency["canWd"] is False and currency["suspension"], "asset/currencies says that nothing leaves")
        status = self.exchange.okx(None, "GET", "/api/v5/system/status")
        check(any(row["state"] == "ongoing" for row in status), "system/status announces it")
        queued = [self.withdraw(account, 2_000_000) for account in self.customers]
        cancelled = self.withdraw(self.customers[0], 3_000_000)
        self.exchange.okx(
            self.customers[0], "POST", "/api/v5/asset/cancel-withdrawal", {"wdId": cancelled})
        self.customers[0]["asked"].pop()
        self.wait("the queue", lambda: self.bitcoin()["queueDepth"] == str(len(queued)))
        worth = self.bitcoin()["queueValue"]
        check(satoshi(worth) == len(queued) * 2_000_000 and f"<p>{len(queued)} withdrawals of together {worth} BTC wait"
              in self.page(),
              f"{len(queued)} withdrawals queue and one was taken back; data and page say how many, and {worth} BTC")
        self.balances_hold("nobody can sign")
        check('class="kept"' in self.page(), "the page is as it should be while the promise is kept")
        # Somebody who asks for a little and takes it back, again and again, keeps no promise.
        self.clock.advance(2 * HOUR)
        promised = {each["text"]: each["nextUpdateBy"] for each in self.running()}
        teasing = self.withdraw(self.customers[0], 100_000)
        self.wait("the longer queue", lambda: self.bitcoin()["queueDepth"] == str(len(queued) + 1))
        self.exchange.okx(
            self.customers[0], "POST", "/api/v5/asset/cancel-withdrawal", {"wdId": teasing})
        self.customers[0]["asked"].pop()
        check({each["text"]: each["nextUpdateBy"] for each in self.running()} == promised,
              "a queue that changes puts no update off")
        self.clock.advance(2 * HOUR + 60)
        self.wait("the page to turn red", lambda: 'class="missed"' in self.page())
        check(self.service()["updateMissed"], "a missed promise turns the page red")
        self.explain("Two key holders are out of touch. Their successors take over within nine days.")
        self.wait("the page", lambda: 'class="kept"' in self.page())
        check("successors take over" in self.page(), "an operator explains, and the page is as it should be again")
        self.explains = True

    def successors(self):
        holders = lambda: self.service()["keyHolders"]
        while holders()["claims"] != "2":
            if self.clock.days - self.suspended_at > 7:
                raise SystemExit("FAIL    the chain's own tier opens before the monitor claims")
            self.advance(3 * HOUR)
        self.note("the monitor opens claims about holders 1 and 2: nobody had to ask it")
        check(any("key holder" in each["text"] for each in self.running()),
              "the public reason names the key holders")
        for claim in (1, 2):
            for name in ("carol", "tom", "tina"):
                self.company.give(name, "confirm", "--claim", claim)
        self.note("holder 3 and two trustees confirm both; for 72 hours a sign of life would end them")
        while holders()["claims"] != "0":
            self.advance(3 * HOUR)
        self.note("nobody vetoed: the successors' keys are in service")
        for name in ("anna", "bert"):
            self.company.live(name)
            self.last_beat[name] = self.clock.seconds
            self.alive.append(name)
        self.wait("the checks", lambda: any(each["state"] == "checking" for each in self.running()))
        check(holders()["live"] == "3", "three live again")
        said = self.company.liveness()
        check("\nPROVED" in said, "holdfast-verify proves it from the public log and a node")

    def rotate(self):
        """A new wallet on new signers, in which the lost keys have no part."""
        company, folder = self.company, self.folder
        record = self.vault.ceremony(
            folder / "hot2", 11, "--policy", "hot", "--threshold", 2, "--holders", 3)
        # Each signer's wallet is handed over as a record of BIP-129, and each checks its own key in it.
        self.vault.text("wallet-record", "--descriptor", "hot2/wallet.descriptor", "--out", "hot2/wallet.bsms")
        for number in (1, 2, 3):
            self.vault.text("check-record", "hot2/wallet.bsms", "--key", f"hot2/holder-{number}.key")
        # The old guard's key goes on: the core and the signers know the guard by it.
        shutil.copy("hot2/wallet.descriptor", "keys/second.descriptor")
        draft = json.loads((folder / "draft.json").read_text())
        draft["version"] = 2
        draft["people"] = [p for p in draft["people"] if p["name"] not in ("alice", "bob", "cora")]
        for name in NEXT:
            status, screen = company.terminal.run(
                "beat-key", "--out", folder / f"{name}.beat", "--marks", folder / "marks" / f"{name}.marks",
                "--label", name, "--kdf", "interactive")
            made = re.search(r"beat key +([0-9a-f]{64})", screen)
            if status != 0 or not made:
                raise SystemExit(f"FAIL    the key of {name}: {screen}")
            draft["people"].append({"name": name, "beatKey": made[1], "entity": "Holdfast"})

        def owner(name, entry):
            return {"person": name, "key": f"[{entry['fingerprint']}/{entry['path']}]{entry['xpub']}"}
        wallet = draft["wallets"][0]
        wallet["descriptor"] = record["descriptor"]
        wallet["seats"] = [
            {"holder": owner(holder, record["holders"][n]), "successor": owner(NEXT[n], record["backups"][n])}
            for n, holder in enumerate(("anna", "bert", "carol"))]
        wallet["council"] = [owner(name, entry) for name, entry in zip(COUNCIL, record["council"])]
        (folder / "draft2.json").write_text(json.dumps(draft))
        company.program("holdfast-vault", "roster", folder / "draft2.json", "--out", folder / "roster2")
        enacted = folder / "second"
        enacted.mkdir()
        shutil.copy(folder / "roster2", enacted / "roster")
        for name in ["anna", "bert", "carol", *NEXT]:
            status, screen = company.terminal.run(
                "sign-roster", "--roster", folder / "roster2", "--key", folder / f"{name}.beat", "--out",
                enacted / f"{name}.signature", passphrase=ordinary(name))
            if status != 0:
                raise SystemExit(f"FAIL    {name} signs the roster: {screen}")
        company.send(enacted)
        self.note("a new wallet without the lost keys; its roster is signed and in force")

        guard, serve = self.exchange.others[0], self.exchange.serve
        for program in [guard, *self.exchange.others[1:]]:
            program.stop()
        serve.stop()
        signers = self.exchange.rewrite()
        for program in signers:
            program.start()
        self.gone = []
        self.exchange.others = [guard, *signers]
        self.exchange.start_server()
        guard.start()
        for account in self.customers:
            account["old"], account["address"] = account["address"], self.deposit_address(account)
        check(all(account["old"] != account["address"] for account in self.customers),
              "every customer is shown another deposit address")
        self.exchange.wallet.mine()  # a server says how far it is from its first block on
        self.wait("the signers", lambda: not any("signer" in each["text"] for each in self.running()))
        self.note("server, guard and three new signers serve the new wallet")

    def former_coins(self):
        """The coins of the old wallet by the server, which are those that the chain has for its descriptor."""
        self.settle()
        found = self.exchange.operator("GET", "/operator/rotation")
        coins = {coin["outpoint"]: coin["satoshi"] for coin in found["coins"]}
        chain = {f"{coin['txid']}:{coin['vout']}": round(coin["amount"] * BTC) for coin in self.unspent("hot")}
        if coins != chain:
            raise SystemExit(f"FAIL    coins of the old wallet: the server has {coins}, the chain {chain}")
        self.sweep_place = found["sweepIndex"]
        return found["coins"]

    def unspent(self, wallet):
        """The coins of a wallet of ours, by the node alone."""
        lines = (self.folder / wallet / "wallet.descriptor").read_text().splitlines()
        text = next(line for line in lines if "(" in line and "#" in line)
        found = []
        for branch in self.branches(text):
            found += self.exchange.rpc("scantxoutset", "start", [{"desc": branch, "range": 200}])["unspents"]
        return found

    def bring_over(self, name):
        """Holder 3 and a successor bring over what is old enough for the old wallet's second tier."""
        former = self.former_coins()
        ripe = [coin for coin in former if coin["age"] >= TIER_1]
        if not ripe:
            return len(former)
        sweep = self.folder / name
        sweep.mkdir()
        coins = []
        for number, coin in enumerate(ripe):
            (sweep / f"{number}.hex").write_text(coin["transaction"])
            coins += ["--coin", f"{sweep}/{number}.hex:{coin['outpoint'].split(':')[1]}"]
        if not (self.folder / "policies").exists():
            self.vault.register("hot/wallet.descriptor", "old-1", "cold", "policies")
            self.vault.register("hot2/wallet.descriptor", "hot-2", "hot", "policies")
        named = ["--policy", "old-1", "--policies", "policies"]
        amount = sum(coin["satoshi"] for coin in ripe) - 300 * len(ripe) - 300
        self.vault.text(
            "request", *named, *coins, "--pay", f"hot-2:1/{self.sweep_place}={amount / BTC:.8f}",
            "--after-blocks", TIER_1, "--out", sweep / "request.psbt")
        words = self.vault.json("review", sweep / "request.psbt", *named)["words"]
        answers = []
        for key in ("holder-3", "backup-1"):
            answers.append(sweep / f"{key}.psbt")
            self.vault.json(
                "sign", sweep / "request.psbt", "--words", words, *named, "--key", f"hot/{key}.key", "--out",
                answers[-1], passphrases=1)
        done = self.vault.json("finish", *answers, *named)
        self.exchange.rpc("sendrawtransaction", done["hex"])
        self.exchange.wallet.mine(2)
        self.settle()
        left = self.former_coins()
        self.note(f"{len(ripe)} coins come to the new wallet by the old one's 7-day tier; {len(left)} are younger")
        return len(left)

    def reopen(self):
        while not any(coin["age"] >= TIER_1 for coin in self.former_coins()):
            self.advance(3 * HOUR)
        self.bring_over("first-sweep")
        check(not any("not a payout" in each["text"] for each in self.running()),
              "the sweep is known for what it is, no outflow that nobody explains")
        for number, name in ((1, "anna"), (3, "carol")):
            self.company.give(name, "key-check", "--holder-key", self.folder / f"hot2/holder-{number}.key")
        self.note("two holders prove the new wallet's keys")
        self.wait("the reopening", lambda: self.bitcoin()["queueDepth"] == "0")
        self.wait("the end of the queue", lambda: self.bitcoin()["state"] == "open")
        self.reopened_at = self.clock.days
        self.note("checks passed, the queue is paid: open")
        queued = sum(len(account["asked"]) for account in self.customers)
        paid = self.wait_for_payments()
        heights = {transaction: height for transaction, height, _ in paid}
        first = min(heights, key=heights.get)
        alone = sum(transaction == first for transaction, _, _ in paid)
        check(len(paid) == queued == len(self.customers), f"all {queued} of the queue are paid")
        check(alone == 1 and all(
            height > heights[first] for transaction, height in heights.items() if transaction != first),
            f"one payment went ahead, in block {heights[first]}; the others followed in block "
            f"{min(height for transaction, height in heights.items() if transaction != first)}")
        self.balances_hold("reopened")
        history = [each for each in self.service()["history"] if int(each["since"]) >= self.suspended_since * 1000]
        check({"key_holder", "maintenance"} <= {each["reasonClass"] for each in history}
              and any(each["state"] == "suspended" for each in history)
              and any(each["state"] == "checking" for each in history),
              f"the public history of these days has {len(history)} entries, with the suspension and the checks")

    def aftermath(self):
        """The old wallet is watched for ever."""
        self.deposit({self.customers[1]["old"]: DEPOSIT})
        check(True, "what a customer pays to his old address is still credited")
        while self.bring_over(f"sweep-{self.clock.seconds}") > 0:
            self.advance(DAY)
        self.note("everything of the old wallet has come over")
        self.waits = []
        self.withdraw(self.customers[1], 2_000_000)
        self.wait_for_payments()
        self.all_were_prompt(1, "open again")
        self.balances_hold("rotated")
        done = subprocess.run(
            [self.programs / "holdfast", "reserves", "--config", "serve.yaml", "--json"],
            text=True, capture_output=True, timeout=300)
        check(done.returncode == 0, "reserves hold")
        self.exchange.serve.stop()
        self.exchange.verify_journal()
        check(True, "a program of its own executes the whole journal to the same end")

    def lost_log(self):
        """The disk with the key holders' log is gone, and the only copy is a day old."""
        company, guard = self.company, self.exchange.others[0]
        copy = company.log.read_bytes()
        self.advance(DAY)
        company.live("carol")  # her second sign of life that the copy has not
        published = lambda: self.service()["keyHolders"]
        guard.stop()
        company.log.write_bytes(copy)
        guard.start()
        self.wait("the guard to stop itself", lambda: any("cut back" in each["text"] for each in self.running()))
        lost, asked = published(), self.withdraw(self.customers[2], 1_000_000)
        self.note(f"the key holders' log is lost with {lost['logCount']} entries; the guard stops itself")
        guard.stop()
        accept = ["holdfast-guard", "key-holders", "accept-log", "--log", company.log]
        words = {}
        for number, name in ((1, "anna"), (2, "bert")):
            words[name], screen = company.sign(
                name, "accept-log", "--memory", self.folder / f"{name}.memory", "--holder-key",
                self.folder / f"hot2/holder-{number}.key", "--lost-entries", lost["logCount"], "--lost-head",
                lost["logHead"])
            if words[name] is None:
                raise SystemExit(f"FAIL    {name} accepts the copy: {screen}")
        said = company.program(*accept, words["anna"], status=1)
        check("it needs 2" in said, "one person does not put another log in the place of the lost one")
        company.program(*accept, words["anna"], words["bert"])
        company.program("holdfast-guard", "resume", "--config", self.folder / "guard.yaml")
        guard.start()
        self.wait("the guard to go on", lambda: int(published()["logCount"]) > int(lost["logCount"]))
        self.wait("the freeze", lambda: any("stopped everything" in each["text"] for each in self.running()))
        self.note("two holders accept the copy, which begins frozen")
        # Whose device remembers more than the copy has signs nothing until he accepts it, too.
        out, screen = company.sign("carol", "heartbeat", "--memory", self.folder / "carol.memory")
        check(out is None and "another past" in screen, "the third holder's device denies the copy")
        late, _ = company.sign(
            "carol", "accept-log", "--memory", self.folder / "carol.memory", "--holder-key",
            self.folder / "hot2/holder-3.key", "--lost-entries", lost["logCount"], "--lost-head", lost["logHead"])
        check(late is not None, "until she accepts it herself")
        for name in self.alive:
            company.live(name)
            self.last_beat[name] = self.clock.seconds
        for name in ("anna", "carol"):
            company.give(name, "thaw")
        self.advance(DAY + 3 * HOUR)
        self.wait("the checks", lambda: any(each["state"] == "checking" for each in self.running()))
        for number, name in ((1, "anna"), (3, "carol")):
            company.give(name, "key-check", "--holder-key", self.folder / f"hot2/holder-{number}.key")
        self.wait("the reopening", lambda: self.bitcoin()["state"] == "open")
        self.wait(f"withdrawal {asked}", lambda: (
            self.stage(self.customers[2], asked)["stage"] == "confirmed"))
        self.waits = []
        self.wait_for_payments()
        self.balances_hold("with another log")
        self.note("a day later the holders have thawed it: open")
        said = company.liveness(*company.node, "--policy", self.folder / "hot2/wallet.descriptor")
        check("BREAK" in said and "anna, bert put this log" in said and "\nPROVED" in said,
              "everybody who checks the log sees the break, and who accepted it")

    def nobody(self):
        """Everybody is gone but the council: the chain's own locks, and nobody's leave."""
        for program in self.exchange.others:
            program.stop()
        self.exchange.others = []
        descriptor = (self.folder / "hot2/wallet.descriptor")
        self.vault.ceremony(self.folder / "rescue", 3, "--policy", "multisig", "--threshold", 2, "--holders", 3)
        for wallet, name, role in (("hot2", "lost-1", "cold"), ("rescue", "rescue-1", "cold")):
            self.vault.register(f"{wallet}/wallet.descriptor", name, role, "rescue-policies")
        found = self.unspent("hot2")
        total = sum(round(coin["amount"] * BTC) for coin in found)
        check(found and total > 0, f"{len(found)} coins of together {total / BTC:.8f} BTC are the wallet's")
        sweep = self.folder / "last"
        sweep.mkdir()
        coins = []
        for number, coin in enumerate(found):
            block = self.exchange.rpc("getblockhash", coin["height"])
            made = next(tx for tx in self.exchange.rpc("getblock", block, 2)["tx"] if tx["txid"] == coin["txid"])
            (sweep / f"{number}.hex").write_text(made["hex"])
            coins += ["--coin", f"{sweep}/{number}.hex:{coin['vout']}"]
        named = ["--policy", "lost-1", "--policies", "rescue-policies"]
        amount = total - 500 * len(found) - 500
        self.vault.text(
            "request", *named, *coins, "--pay", f"rescue-1:0/0={amount / BTC:.8f}", "--after-blocks", TIER_2,
            "--out", sweep / "request.psbt")
        words = self.vault.json("review", sweep / "request.psbt", *named)["words"]
        answers = []
        for number in (1, 2, 3):
            answers.append(sweep / f"council-{number}.psbt")
            self.vault.json(
                "sign", sweep / "request.psbt", "--words", words, *named, "--key",
                f"hot2/council-{number}.key", "--out", answers[-1], passphrases=1)
        try:
            self.vault.text("finish", *answers[1:], *named)
            check(False, "two of the council are not enough")
        except Refused:
            check(True, "two of the council are not enough")
        done = self.vault.json("finish", *answers, *named)
        try:
            self.exchange.rpc("sendrawtransaction", done["hex"])
            check(False, "the chain takes nothing before its time")
        except RuntimeError as refusal:
            check("non-BIP68-final" in str(refusal), "the chain takes nothing before its time")
        ages = ["coin-ages", descriptor, *self.company.node, "--places", 200, "--margin", 0]
        said = self.company.program("holdfast-verify", *ages)
        check("nothing to move" in said, "holdfast-verify sees no coin in the last tier")
        began = self.clock.days
        youngest = max(coin["height"] for coin in found)
        missing = TIER_2 - (self.tip() + 1 - youngest)
        while missing > 0:
            count = min(missing, BLOCKS_A_DAY)
            self.clock.advance(round(DAY * count / BLOCKS_A_DAY))
            self.exchange.wallet.mine(count)
            missing -= count
        said = self.company.program("holdfast-verify", *ages, status=1)
        check(f"is open for the first of {len(found)} coins of {total / BTC:.8f} BTC" in said,
              "and then every coin, of which it warns")
        txid = self.exchange.rpc("sendrawtransaction", done["hex"])
        self.exchange.wallet.mine()
        paid = self.exchange.rpc("gettxout", txid, 0)
        check(paid and round(paid["value"] * BTC) == amount, "three of the council move every coin")
        self.alone = self.clock.days - began
        print(f"        {self.alone:.1f} days after everybody left, with nobody's leave", flush=True)

    @staticmethod
    def branches(text):
        """The descriptor of each branch; a node works out the checksum itself."""
        body = text.split("#")[0].strip()
        return [re.sub(r"<(\d+);(\d+)>", lambda m, n=n: m[n + 1], body) for n in (0, 1)]

    def table(self):
        print("\nday     this exchange")
        for day, what in self.timeline:
            print(f"{day:6.2f}  {what}")
        print("\nday     the design published in 2020")
        for day, what in PUBLISHED:
            print(f"{day:6.2f}  {what}")
        dark = self.reopened_at - self.suspended_at
        print(f"\nwithdrawals stopped: one holder gone, here 0 days, there 41; "
              f"two gone, here {dark:.1f} days; everybody gone, coins free after {self.alone:.1f} days", flush=True)
        check(dark < 41 and dark <= 8.5, "two lost holders cost less than the chain's own week and a day")

    def run(self):
        self.begin()
        self.one_vanishes()
        self.two_vanish()
        self.successors()
        self.rotate()
        self.reopen()
        self.lost_log()
        self.aftermath()
        self.nobody()
        self.table()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--short", action="store_true", help="leave out the days in which nothing new happens")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    if "DRILL_CLOCK" not in os.environ:
        shutil.rmtree(folder, ignore_errors=True)
    drill_clock.enter(folder)
    drill = Drill(arguments.programs.resolve(), folder / "exchange", arguments.short)
    try:
        drill.run()
    finally:
        for program in [*drill.exchange.others, drill.exchange.serve, drill.exchange.devnet]:
            if program:
                program.stop()
    print("drill done")


if __name__ == "__main__":
    main()
