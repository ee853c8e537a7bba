"""Reads every block of a node and follows the wallet's coins, without the exchange's word."""
import collections
import json
import subprocess

from exchange import BTC

# The vault derives so many places at a time.
STEP = 200


class WalletAudit:
    """What came to the wallet, what left it, and what is left."""

    def __init__(self, exchange, places):
        self.exchange, self.places = exchange, places
        self.blocks = self.transactions = self.payments = self.fees = 0
        self.coins = {}  # outpoint: satoshi

    @property
    def held(self):
        return sum(self.coins.values())

    def own_scripts(self, count):
        """The scripts of the first places of both branches; Bitcoin Core must derive the same."""
        scripts = set()
        for branch, flag in enumerate(([], ["--change"])):
            for start in range(0, count, STEP):
                done = subprocess.run(
                    [self.exchange.programs / "holdfast-vault", "address", "--descriptor",
                     self.exchange.folder / "keys/wallet.descriptor", "--index", str(start), "--count", str(STEP),
                     "--json", *flag], check=True, capture_output=True, text=True)
                entries = json.loads(done.stdout)["addresses"]
                scripts.update(entry["scriptPubKey"] for entry in entries)
                if self.exchange.is_real:
                    told = self.exchange.rpc(
                        "deriveaddresses", self.exchange.descriptor, [start, start + STEP - 1])[branch]
                    if told != [entry["address"] for entry in entries]:
                        raise RuntimeError(f"Core derives other addresses of branch {branch} from {start} on")
        return scripts

    def compare(self, wanted):
        """Follows the chain; returns what is wrong with it.

        `wanted` counts (address, satoshi): what must have left the wallet, each so often, and nothing besides.
        """
        own = self.own_scripts(self.places)
        problems, paid = [], collections.Counter()
        for height in range(1, self.exchange.rpc("getblockcount") + 1):
            block = self.exchange.rpc("getblock", self.exchange.rpc("getblockhash", height), 2)
            self.blocks += 1
            for transaction in block["tx"]:
                problems += self.follow(transaction, own, paid)
        self.payments = sum(paid.values())
        for payment, count in (paid - wanted).items():
            problems.append(f"{payment} was paid {count} times too often")
        for payment, count in (wanted - paid).items():
            problems.append(f"{payment} was not paid, {count} times")
        return problems

    def follow(self, transaction, own, paid):
        spent = [(entry.get("txid"), entry.get("vout")) for entry in transaction["vin"]]
        ours = [point for point in spent if point in self.coins]
        total = sum(self.coins.pop(point) for point in ours)
        for output in transaction["vout"]:
            value = round(output["value"] * BTC)
            if output["scriptPubKey"]["hex"] in own:
                self.coins[transaction["txid"], output["n"]] = value
            elif ours:
                paid[output["scriptPubKey"].get("address", output["scriptPubKey"]["hex"]), value] += 1
            total -= value
        if not ours:
            return []
        self.transactions += 1
        self.fees += total
        return [] if len(ours) == len(spent) else [f"{transaction['txid']} spends coins of others besides ours"]
