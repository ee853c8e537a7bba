"""A storm of reorganisations and replacements over a running exchange on a real node.

Deposits are replaced by dearer ones while they wait, losers are mined instead of winners, blocks with deposits
and payouts are taken back and others mined in their place, some with a double spend. When the storm is over,
what the exchange credited must be what the chain holds: each confirmed deposit once, and no other; each withdrawal
paid once; reserves that cover what is owed, to the satoshi.

No reorganisation is deeper than what a deposit needs to be credited, less one block: a deeper one closes the
asset by rule, which is another test.
"""
import json
import random
import subprocess
import time
import urllib.error
import urllib.request

from exchange import BTC, OutsideWallet, compact, fresh_address, i64, okx_headers, wait_for

# A deposit is credited in its third block.
DEPTH = 2
# Limits of waits that end long before, even on a slow machine.
PATIENCE = 600


class Customer:
    def __init__(self, entry):
        self.url, self.name = entry["baseUrl"], entry["name"]
        self.account = {"apiKey": entry["apiKey"], "secret": entry["secret"], "passphrase": entry["password"]}
        self.savings = entry["withdrawAddress"]
        self.address = self.call("GET", "/api/v5/asset/deposit-address?ccy=BTC")[0]["addr"]
        self.script = None

    def call(self, method, target, body=None):
        text = "" if body is None else json.dumps(body)
        request = urllib.request.Request(
            self.url + target, method=method, data=text.encode() if text else None,
            headers=okx_headers(self.account, method, target, text))
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                content = json.load(answer)
        except urllib.error.HTTPError as error:
            content = json.loads(error.read())
        if content["code"] != "0":
            raise RuntimeError(f"{method} {target}: {content}")
        return content["data"]

    def credited(self):
        """Transactions of the deposits that are credited, with their amounts, in satoshi."""
        rows = self.call("GET", "/api/v5/asset/deposit-history?ccy=BTC&limit=100")
        return sorted((row["txId"], satoshi(row["amt"])) for row in rows if row["state"] == "2")


def satoshi(amount):
    whole, _, part = str(amount).partition(".")
    return int(whole) * BTC + int(part.ljust(8, "0"))


class Storm:
    def __init__(self, node, customers, internal_url, seed, say=print):
        self.node, self.customers, self.internal_url, self.say = node, customers, internal_url, say
        self.random = random.Random(seed)
        self.wallet = OutsideWallet(node.call)
        self.paid = []  # (transaction id, customer, satoshi): all that was ever sent to a customer
        self.withdrawals = []  # (customer, id, satoshi)
        self.counts = dict.fromkeys(("deposits", "races", "losers mined", "reorganisations", "double spends"), 0)
        for customer in customers:
            customer.script = bytes.fromhex(node.call("validateaddress", customer.address)["scriptPubKey"])

    # Transactions

    def transaction(self, coin, outputs, fee):
        """Spends a coin of anybody's to outputs (script, satoshi); the rest but the fee comes back."""
        spent, index, value = coin
        outputs = [*outputs, (self.wallet.output_script, value - fee - sum(amount for _, amount in outputs))]
        return (
            b"\x02\0\0\0\0\x01\x01" + bytes.fromhex(spent)[::-1] + index.to_bytes(4, "little") + b"\0"
            + (0xFFFFFFFD).to_bytes(4, "little") + compact(len(outputs))
            + b"".join(i64(amount) + compact(len(script)) + script for script, amount in outputs)
            + b"\x01" + compact(len(self.wallet.SCRIPT)) + self.wallet.SCRIPT + b"\0\0\0\0").hex()

    def pay(self, customer, amount, coin, fee):
        raw = self.transaction(coin, [(customer.script, amount)], fee)
        self.paid.append((self.node.call("decoderawtransaction", raw)["txid"], customer, amount))
        return raw

    def amount(self):
        return self.random.randrange(200_000, 5_000_000)

    def deposit(self):
        """Pays a customer; half of the time the payment is replaced while it waits, and any may be mined."""
        coin = self.wallet.coins.pop()
        customer = self.random.choice(self.customers)
        first = self.pay(customer, self.amount(), coin, 1_000)
        self.node.call("sendrawtransaction", first)
        self.counts["deposits"] += 1
        if self.random.random() < 0.5:
            self.pause()
            other = self.random.choice(self.customers)
            second = self.pay(other, self.amount(), coin, 30_000)
            self.node.call("sendrawtransaction", second)
            self.counts["races"] += 1
            if self.random.random() < 0.5:
                self.pause()
                self.node.call("generateblock", fresh_address(), [first])
                self.counts["losers mined"] += 1
        self.open_coins.append(coin)

    def withdraw(self):
        customer = self.random.choice(self.customers)
        amount = self.random.randrange(200_000, 900_000)
        try:
            row = customer.call("POST", "/api/v5/asset/withdrawal", {
                "ccy": "BTC", "amt": f"{amount / BTC:.8f}", "dest": "4", "toAddr": customer.savings,
                "chain": "BTC-Bitcoin"})[0]
        except RuntimeError as error:
            # The rules of the exchange may say no; then nothing is owed.
            self.say(f"      no withdrawal: {str(error)[:120]}")
            return
        self.withdrawals.append((customer, row["wdId"], amount))

    # The chain

    def mine(self, count=1):
        # To somebody else each time, so that no block equals one that was taken back.
        for _ in range(count):
            self.node.call("generatetoaddress", 1, fresh_address())

    def reorganise(self):
        depth = self.random.randint(1, DEPTH)
        height = self.node.call("getblockcount")
        if height - depth < self.start:
            return
        blocks = [self.node.call("getblockhash", at) for at in range(height - depth + 1, height + 1)]
        gone = {name for block in blocks for name in self.node.call("getblock", block, 1)["tx"]}
        self.node.call("invalidateblock", blocks[0])
        self.counts["reorganisations"] += 1
        left = depth + 1
        taken_back = [entry for entry in self.paid if entry[0] in gone]
        if taken_back and self.random.random() < 0.6:
            # Whoever paid takes his coin elsewhere on the new branch.
            victim = self.random.choice(taken_back)[0]
            coin = next(coin for coin in self.open_coins if self.spends(victim, coin))
            thief = self.transaction(coin, [], self.random.randrange(40_000, 90_000))
            self.node.call("generateblock", fresh_address(), [thief])
            self.counts["double spends"] += 1
            left -= 1
        self.mine(left)

    def spends(self, name, coin):
        raw = self.spent.get(name)
        if raw is None:
            spent = self.node.call("getrawtransaction", name, 1)["vin"][0]
            raw = self.spent[name] = (spent["txid"], spent["vout"])
        return raw == coin[:2]

    def is_confirmed(self, name):
        try:
            return self.node.call("getrawtransaction", name, 1).get("confirmations", 0) > 0
        except Exception as failure:
            if "No such mempool or blockchain transaction" in str(failure):
                return False
            raise

    # The exchange

    def height(self):
        with urllib.request.urlopen(self.internal_url + "/metrics", timeout=60) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith("holdfast_chain_height"):
                    return int(line.split()[-1].split(".")[0])
        raise RuntimeError("no chain height among the metrics")

    def caught_up(self):
        wait_for(
            "the exchange to see the tip", lambda: self.height() == self.node.call("getblockcount"), PATIENCE, 0.05)

    def pause(self):
        """Sometimes the exchange sees each step, sometimes only the end of several."""
        if self.random.random() < 0.5:
            self.caught_up()

    def rage(self, rounds):
        self.spent, self.open_coins = {}, []
        known = {customer.name: set(customer.credited()) for customer in self.customers}
        # Coins that no reorganisation reaches, mature all of them.
        self.wallet.mine(rounds + 1)
        self.mine(100)
        self.start = self.node.call("getblockcount")
        self.caught_up()
        for number in range(rounds):
            self.deposit()
            self.pause()
            if number in (rounds // 3, 2 * rounds // 3):
                self.withdraw()
            if self.random.random() < 0.7:
                self.mine()
            self.pause()
            if self.random.random() < 0.6:
                self.reorganise()
            self.pause()
        problems = self.settle(known)
        return problems

    @property
    def summary(self):
        told = ", ".join(f"{count} {what}" for what, count in self.counts.items())
        return f"{told}, {len(self.withdrawals)} withdrawals"

    def settle(self, known):
        """Ends the storm and compares; returns what is wrong."""
        for _ in range(8):
            self.mine()
            self.caught_up()
        problems = []
        for customer in self.customers:
            expected = sorted(
                (name, amount) for name, owner, amount in self.paid
                if owner is customer and self.is_confirmed(name))

            def fresh():
                return sorted(entry for entry in customer.credited() if entry not in known[customer.name])

            try:
                wait_for("deposits to be credited", lambda: fresh() == expected, PATIENCE, 0.2)
            except TimeoutError:
                problems.append(f"{customer.name} is credited {fresh()}, the chain has {expected}")
        problems += self.unpaid()
        return problems

    def scan(self, address):
        """The coins at an address; a node makes one scan at a time, and the exchange scans too."""
        def answer():
            try:
                return self.node.call("scantxoutset", "start", [f"addr({address})"])
            except Exception as failure:
                if "Scan already in progress" in str(failure):
                    return None
                raise

        return wait_for("a scan", answer, PATIENCE, 0.1)["unspents"]

    def unpaid(self):
        problems = []
        for customer, identifier, amount in self.withdrawals:
            def row():
                return customer.call("GET", f"/api/v5/asset/withdrawal-history?wdId={identifier}")[0]

            def is_done():
                if row()["state"] == "2":
                    return True
                self.mine()
                self.caught_up()
                return False

            try:
                wait_for(f"withdrawal {identifier}", is_done, PATIENCE, 1)
            except TimeoutError:
                problems.append(f"withdrawal {identifier} of {customer.name} is {row()}")
                continue
            paid = [output for output in self.scan(customer.savings) if satoshi(output["amount"]) == amount]
            wanted = sum(entry[0] is customer and entry[2] == amount for entry in self.withdrawals)
            if len(paid) != wanted:
                problems.append(f"{amount} satoshi are paid {len(paid)} times to {customer.name}, wanted {wanted}")
        return problems


def reserves(programs, configuration):
    """What is wrong with the reserves."""
    def rows():
        done = subprocess.run(
            [programs / "holdfast", "reserves", "--config", configuration, "--json"], capture_output=True, text=True)
        if done.returncode != 0:
            return [f"holdfast reserves ended {done.returncode}: {done.stderr}"]
        return [
            f"{row['asset']} is not covered: {row}" for row in json.loads(done.stdout)["assets"] if not row["covered"]]

    end = time.monotonic() + PATIENCE
    while (found := rows()) and time.monotonic() < end:
        time.sleep(1)
    return found
