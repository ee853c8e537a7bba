#!/usr/bin/env python3
"""Lets Bitcoin Core judge the decaying policies, from the ceremony's own files and without Holdfast's code.

    BITCOIND=/path/to/bitcoind policy_judge.py VAULT DEVNET VERIFY [--quick]

VAULT, DEVNET and VERIFY are holdfast-vault, holdfast-devnet and holdfast-verify. Ceremonies make a hot and a cold wallet, each as P2WSH
and as taproot. Then Core alone imports the descriptors, derives the addresses, finds the coins, signs with the
seeds of the key files, and decides what may be spent:

1. The whole matrix at the delays that real wallets have (hot 1008 and 4032 blocks; cold 12960 and 25920, and
   26200 in place of the last tier's 61200, to save time). Every tier spends at its block and not one earlier
   (non-BIP68-final in the mempool, refused in a block), and whom a tier does not name cannot finish a spend
   at any age: one holder, one holder with his own backup, too few of the council.
2. A reorganisation across each tier's maturity takes a spend out of the mempool again, and gives it back.
3. The same wallets with delays of a few blocks on Core and on holdfast-devnet at once: both must give the same
   answers at every height.
4. The table of who is missing, as holdfast-verify matrix computes it: a spend for every row of it, by Core's own
   signing, must open in the very block that the table says, on both nodes, or never be completed.

--quick leaves the cold tiers after the first one out of part 1. Exit status 0 when all held.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import bdkpython as bdk

import devnet_judge
from descriptors_judge import open_key_file, root_key
from devnet_judge import Judge, Node, RPCFailure, free_port, wif

ACCOUNT = "48h/1h/0h/2h"
COIN = 0.001
# Places of each branch whose addresses are compared.
ADDRESSES = 200
FEE = 0.00002

# Who can spend in a tier and in none before it, and who cannot however old a coin is. H, B, R, E: holders, backups,
# council, trustees.
HOT = [
    (["H1 H2", "H1 H3", "H2 H3"], []),
    (["H1 B2", "B1 B3", "B2 H3"], ["H1", "H1 B1", "B3 H3", "H2 R1 R2"]),
    (["R1 R3 R5", "R2 R3 R4"], ["R1 R2", "H1 B1 R4 R5"]),
]
COLD = [
    (["H1 H2 H3", "H1 H3 H5"], []),
    (["B1 H3 B5", "B2 B3 B4", "H1 H2 B4"], ["H1 H2", "H1 B1 H2 B2", "B4 B5"]),
    (["H1 H5 E2", "H2 H3 E1"], ["H1 E1", "H1 B1 E1 E2", "H1 H2"]),
    (["E1 E3", "E2 E3"], ["E1", "E2 H1"]),
]
LETTERS = {"H": "holders", "B": "backups", "R": "council", "E": "trustees"}
# Virtual bytes of one input and one output to a P2WPKH address, by tier, as the design was measured.
SIZES = {
    ("hot", "wsh"): [249, 251, 268], ("hot", "tr"): [159, 197, 201],
    ("cold", "wsh"): [376, 379, 378, 359], ("cold", "tr"): [192, 251, 236, 176],
}


class Failures:
    def __init__(self):
        self.checked, self.problems = 0, []

    def same(self, found, expected, what):
        self.checked += 1
        if found != expected:
            self.problems.append(what)
            print(f"FAIL  {what}: {found}, expected {expected}", flush=True)


class Wallet:
    """The files of one ceremony, with the keys that they hold."""

    def __init__(self, vault, folder, policy, form, delays):
        self.folder = folder
        self.policy, self.form, self.delays = policy, form, [0, *delays]
        self.name = f"{policy} {form}"
        self.tiers = HOT if policy == "hot" else COLD
        words = [f"passphrase of key {number}" for number in range(12 if policy == "hot" else 14)]
        threshold, holders = (2, 3) if policy == "hot" else (3, 5)
        done = subprocess.run(
            [vault, "ceremony", "--network", "regtest", "--policy", policy, "--form", form, "--threshold",
             str(threshold), "--holders", str(holders), "--delays", ",".join(map(str, delays)), "--out", folder,
             "--kdf", "interactive", "--passphrase-stdin", "--json"],
            input="\n".join(words) + "\n", capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"FAIL  the ceremony of {self.name}: {done.stderr}")
        self.record = json.loads(done.stdout)
        self.descriptor = self.record["descriptor"]
        self.accounts = {}
        passphrases = iter(words)
        for letter, role in LETTERS.items():
            for number, entry in enumerate(self.record[role], 1):
                file = open_key_file((folder / f"{entry['label']}.key").read_bytes(), next(passphrases))
                private = root_key(file["seed"], "regtest").derive(bdk.DerivationPath(f"m/{ACCOUNT}"))
                text = re.sub(r"^\[[^]]*\]|/\*$", "", str(private))
                self.accounts[f"{letter}{number}"] = entry["xpub"], text

    def branch(self, branch, people=()):
        """The descriptor of deposits (0) or change (1), with the private keys of `people`."""
        text = self.descriptor.split("#")[0]
        text = re.sub(r"<(\d+);(\d+)>", lambda step: step.group(1 + branch), text)
        for person in people:
            public, private = self.accounts[person]
            text = text.replace(public, private)
        return text


class Coins:
    """Coins of many wallets, one for each spend that is tried."""

    def __init__(self, core):
        self.core = core
        self.secret = f"wpkh({wif('miner')})"
        self.address = self.address_of("miner")

    def address_of(self, label):
        descriptor = self.core.call("getdescriptorinfo", f"wpkh({wif(label)})")["descriptor"]
        return self.core.call("deriveaddresses", descriptor)[0]

    def fund(self, addresses):
        """The transaction that pays one coin to each address, signed."""
        block = self.core.call("generatetoaddress", 1, self.address)[0]
        self.core.call("generatetoaddress", 100, self.address)
        coinbase = self.core.call("getblock", block, 1)["tx"][0]
        value = self.core.call("gettxout", coinbase, 0)["value"]
        outputs = [{address: f"{COIN:.8f}"} for address in addresses]
        outputs.append({self.address: f"{float(value) - COIN * len(addresses) - 0.01:.8f}"})
        psbt = self.core.call("createpsbt", [{"txid": coinbase, "vout": 0}], outputs)
        signed = self.core.call("descriptorprocesspsbt", psbt, [self.secret])
        return signed["hex"]


class Spend:
    """One attempt to spend one coin by some people with the sequence of one tier."""

    def __init__(self, wallet, tier, people, allowed, index):
        self.wallet, self.tier, self.people, self.allowed, self.index = wallet, tier, people, allowed, index
        self.name = f"{wallet.name}, tier {tier}, {people}"
        self.transaction = None

    @property
    def delay(self):
        return self.wallet.delays[self.tier]

    def process(self, core, funding, vout, address, sequence):
        psbt = core.call(
            "createpsbt", [{"txid": funding, "vout": vout, "sequence": sequence}],
            [{address: f"{COIN - FEE:.8f}"}])
        return core.call(
            "descriptorprocesspsbt", psbt,
            [{"desc": self.wallet.branch(0, self.people.split()), "range": [self.index, self.index]}])

    def sign(self, core, funding, vout, address, failures):
        sequence = self.delay if self.tier else 0xFFFFFFFD
        answer = self.process(core, funding, vout, address, sequence)
        failures.same(answer["complete"], self.allowed, f"{self.name} can finish a spend")
        if self.tier and self.allowed:
            early = self.process(core, funding, vout, address, sequence - 1)["complete"]
            failures.same(early, False, f"{self.name} can finish a spend one block too early")
        if answer["complete"]:
            self.transaction = answer["hex"]
            self.id = core.call("decoderawtransaction", self.transaction)["txid"]


def spends_of(wallets, tiers=None):
    spends = []
    for wallet in wallets:
        index = 0
        for tier, (allowed, refused) in enumerate(wallet.tiers):
            if tiers is not None and wallet.policy == "cold" and tier > tiers:
                continue
            for people, may in [(people, True) for people in allowed] + [(people, False) for people in refused]:
                spends.append(Spend(wallet, tier, people, may, index))
                index += 1
    return spends


def addresses_of(vault, wallet, branch, count):
    """The first addresses of a branch, by holdfast-vault."""
    done = subprocess.run(
        [vault, "address", "--descriptor", wallet.folder / "wallet.descriptor", "--index", "0", "--count", str(count),
         "--json", *(["--change"] if branch else [])], check=True, capture_output=True, text=True)
    return [entry["address"] for entry in json.loads(done.stdout)["addresses"]]


def check_import(core, wallets, vault, failures):
    """Core reads the descriptors as the vault wrote them, derives the same addresses and, where it has wallets,
    imports them into one and takes the addresses for its own."""
    has_wallet = "importdescriptors" in core.call("help")
    if has_wallet:
        core.call("createwallet", "watch", True, True)
    compared = 0
    for wallet in wallets:
        info = core.call("getdescriptorinfo", wallet.descriptor)
        failures.same(
            (info["isrange"], info["issolvable"], info["hasprivatekeys"]), (True, True, False),
            f"Core reads the descriptor of {wallet.name}")
        failures.same(
            wallet.descriptor.split("#")[1], info["checksum"], f"the checksum of {wallet.name}")
        deposits = core.call("deriveaddresses", wallet.descriptor, [0, 2])[0]
        failures.same(deposits, wallet.record["firstReceiveAddresses"], f"addresses of {wallet.name}")
        if has_wallet:
            answer = core.call("importdescriptors", [
                {"desc": wallet.descriptor, "timestamp": "now", "range": ADDRESSES - 1, "active": False}])
            failures.same([entry["success"] for entry in answer], [True], f"Core imports {wallet.name}")
        told = core.call("deriveaddresses", wallet.descriptor, [0, ADDRESSES - 1])
        for branch, name in enumerate(("deposits", "change")):
            ours = addresses_of(vault, wallet, branch, ADDRESSES)
            failures.same(
                [place for place in range(ADDRESSES) if ours[place] != told[branch][place]], [],
                f"places of {wallet.name}, {name}, whose addresses differ")
            compared += len(ours)
            if has_wallet:
                strange = [a for a in (ours[0], ours[-1]) if not core.call("getaddressinfo", a)["ismine"]]
                failures.same(strange, [], f"addresses of {wallet.name} that are not the importing wallet's")
    how = "imported into a wallet of Core's" if has_wallet else "read by a Core that has no wallets to import them into"
    return f"{how}: {compared} addresses derived as holdfast-vault does"


def prepare(core, coins, spends, failures):
    """Funds a coin for each spend and signs all of them; returns the height of the coins."""
    addresses = []
    for spend in spends:
        wallet = spend.wallet
        checked = core.call("getdescriptorinfo", wallet.branch(0))["descriptor"]
        addresses.append(core.call("deriveaddresses", checked, [spend.index, spend.index])[0])
    raw = coins.fund(addresses)
    decoded = core.call("decoderawtransaction", raw)
    found = {output["scriptPubKey"].get("address"): output["n"] for output in decoded["vout"]}
    core.call("sendrawtransaction", raw)
    core.call("generatetoaddress", 1, coins.address)
    for spend, address in zip(spends, addresses):
        spend.sign(core, decoded["txid"], found[address], coins.address, failures)
    for wallet in {spend.wallet for spend in spends}:
        scan = core.call("scantxoutset", "start", [{"desc": wallet.descriptor, "range": 100}])
        expected = sum(spend.wallet is wallet for spend in spends)
        failures.same(len(scan["unspents"]), expected, f"coins of {wallet.name} that a scan finds")
    return core.call("getblockcount")


def accepted(core, transaction):
    answer = core.call("testmempoolaccept", [transaction])[0]
    return "accepted" if answer["allowed"] else answer["reject-reason"]


def mined(core, coins, transaction):
    try:
        core.call("generateblock", coins.address, [transaction], False)
        return "mined"
    except RPCFailure as failure:
        return "refused" if "bad-txns-nonfinal" in failure.message else failure.message


def advance(core, coins, height):
    missing = height - core.call("getblockcount")
    while missing > 0:
        step = min(missing, 500)
        core.call("generatetoaddress", step, coins.address)
        missing -= step


def judge_matrix(core, wallets, failures, tiers):
    """Every tier opens at its block and not one before."""
    coins = Coins(core)
    spends = spends_of(wallets, tiers)
    height = prepare(core, coins, spends, failures)
    ready = [spend for spend in spends if spend.transaction]
    for spend in ready:
        if spend.tier == 0:
            failures.same(accepted(core, spend.transaction), "accepted", f"{spend.name} at once")
            core.call("sendrawtransaction", spend.transaction)
        size = core.call("decoderawtransaction", spend.transaction)["vsize"]
        expected = SIZES[spend.wallet.policy, spend.wallet.form][spend.tier]
        # A DER signature is 71 or 72 bytes with its type, seldom less; slots differ in who fills them.
        if spend.wallet.form == "wsh":
            failures.same(abs(size - expected) <= 3, True, f"{spend.name} has {size} vbytes, about {expected}")
        else:
            failures.same(size, expected, f"virtual bytes of {spend.name}")
    core.call("generatetoaddress", 1, coins.address)
    for delay in sorted({spend.delay for spend in ready if spend.tier}):
        due = [spend for spend in ready if spend.tier and spend.delay == delay]
        # The next block is one too early.
        advance(core, coins, height + delay - 2)
        for spend in due:
            failures.same(accepted(core, spend.transaction), "non-BIP68-final", f"{spend.name} early")
            failures.same(mined(core, coins, spend.transaction), "refused", f"{spend.name} in an early block")
        advance(core, coins, height + delay - 1)
        before = core.call("getbestblockhash")
        for spend in due:
            failures.same(accepted(core, spend.transaction), "accepted", f"{spend.name} in time")
            core.call("sendrawtransaction", spend.transaction)
        judge_reorganisation(core, coins, due, before, failures)
        for spend in due:
            answer = core.call("getrawtransaction", spend.id, 1)
            failures.same(answer.get("confirmations", 0) > 0, True, f"{spend.name} confirms")
        print(f"ok    {len(due):>3} spends after {delay} blocks, and not one before", flush=True)
    return len(spends)


def judge_reorganisation(core, coins, due, before, failures):
    """Spends that wait in the mempool, or are mined, when the blocks that made them ripe go away."""
    pool = lambda: sorted(set(core.call("getrawmempool")) & {spend.id for spend in due})
    ids = sorted(spend.id for spend in due)
    failures.same(pool(), ids, "spends in the mempool")
    core.call("invalidateblock", before)
    failures.same(pool(), [], "spends left in the mempool below maturity")
    for spend in due:
        failures.same(accepted(core, spend.transaction), "non-BIP68-final", f"{spend.name} after a reorganisation")
    # Another branch to the same height: an empty block for another miner.
    core.call("generateblock", coins.address_of("another miner"), [])
    for spend in due:
        failures.same(accepted(core, spend.transaction), "accepted", f"{spend.name} on the other branch")
        core.call("sendrawtransaction", spend.transaction)
    block = core.call("generatetoaddress", 1, coins.address)[0]
    failures.same(pool(), [], "spends left when they are mined")
    core.call("invalidateblock", block)
    failures.same(pool(), ids, "spends back in the mempool when their block goes away")
    # Not the very block that is invalid now.
    core.call("generatetoaddress", 1, coins.address_of("another miner"))


def judge_devnet(core, ours, vault, folder, failures):
    """Short delays on both nodes: the same answers at every height."""
    judge = Judge(core, ours)
    wallets = [
        Wallet(vault, folder / f"short-{policy}-{form}", policy, form, [4, 9] if policy == "hot" else [4, 7, 10])
        for policy in ("hot", "cold") for form in ("wsh", "tr")]
    coins = Coins(core)
    devnet_judge.MINE_ADDRESS = coins.address
    spends = spends_of(wallets)
    addresses = []
    for spend in spends:
        checked = core.call("getdescriptorinfo", spend.wallet.branch(0))["descriptor"]
        addresses.append(core.call("deriveaddresses", checked, [spend.index, spend.index])[0])
    first = judge.mine(1, coins.address, core)
    judge.mine(100, coins.address, core)
    coinbase = core.call("getblock", first, 1)["tx"][0]
    outputs = [{address: f"{COIN:.8f}"} for address in addresses] + [{coins.address: "40"}]
    psbt = core.call("createpsbt", [{"txid": coinbase, "vout": 0}], outputs)
    raw = core.call("descriptorprocesspsbt", psbt, [coins.secret])["hex"]
    for node in (core, ours):
        node.call("sendrawtransaction", raw, 0)
    judge.mine(1, coins.address)
    decoded = core.call("decoderawtransaction", raw)
    found = {output["scriptPubKey"].get("address"): output["n"] for output in decoded["vout"]}
    for spend, address in zip(spends, addresses):
        spend.sign(core, decoded["txid"], found[address], coins.address, failures)
    for wallet in wallets:
        judge.both("scantxoutset", "start", [{"desc": wallet.descriptor, "range": 40}])
    ready = [spend for spend in spends if spend.transaction]
    for _ in range(10):
        for spend in ready:
            judge.both("testmempoolaccept", [spend.transaction], ignored=["effective-includes"])
            judge.both("generateblock", coins.address, [spend.transaction], False, ignored=["hash", "hex"])
        judge.mine(1, coins.address)
    for spend in ready:
        judge.both("sendrawtransaction", spend.transaction)
    judge.both("getrawmempool", sort=True)
    tip = core.call("getbestblockhash")
    for node in (core, ours):
        for _ in range(4):
            node.call("invalidateblock", node.call("getbestblockhash"))
    judge.both("getrawmempool", sort=True)
    for spend in ready:
        judge.both("testmempoolaccept", [spend.transaction], ignored=["effective-includes"])
    for _ in range(5):
        judge.mine(1, coins.address)
        judge.both("getrawmempool", sort=True)
    failures.same(core.call("getbestblockhash") != tip, True, "another branch is the chain")
    failures.checked += judge.agreed
    if judge.disagreed:
        failures.problems.append(f"{judge.disagreed} answers of the devnet")
    print(f"{'FAIL' if judge.disagreed else 'ok  '}  {judge.agreed} answers of holdfast-devnet are Core's", flush=True)


def cells_of(verify, wallets, folder):
    """A spend for each row of every wallet's table: the people of its example, in the tier it says."""
    spends = []
    for wallet in wallets:
        done = subprocess.run(
            [verify, "matrix", folder / wallet.folder / "wallet.descriptor", "--json"], capture_output=True,
            text=True, check=True)
        table = json.loads(done.stdout)
        if table["delays"] != wallet.delays:
            raise SystemExit(f"FAIL  the table of {wallet.name} has the delays {table['delays']}")
        last = "R" if wallet.policy == "hot" else "E"
        for index, row in enumerate(table["rows"]):
            people = [name.replace("R", last) for name in row["example"]]
            if "delayBlocks" in row:
                tier, allowed = wallet.delays.index(row["delayBlocks"]), True
            else:
                tier, allowed = len(wallet.delays) - 1, False
            spends.append(Spend(wallet, tier, " ".join(people), allowed, index))
    return spends


def judge_cells(core, ours, vault, verify, folder, failures):
    """The computed table against both nodes, block by block."""
    judge = Judge(core, ours)
    wallets = []
    for policy in ("hot", "cold"):
        for form in ("wsh", "tr"):
            name = f"cells-{policy}-{form}"
            wallet = Wallet(vault, folder / name, policy, form, [3, 6] if policy == "hot" else [3, 5, 7])
            wallet.folder = name
            wallets.append(wallet)
    coins = Coins(core)
    spends = cells_of(verify, wallets, folder)
    addresses = []
    for spend in spends:
        checked = core.call("getdescriptorinfo", spend.wallet.branch(0))["descriptor"]
        addresses.append(core.call("deriveaddresses", checked, [spend.index, spend.index])[0])
    first = judge.mine(1, coins.address, core)
    judge.mine(100, coins.address, core)
    coinbase = core.call("getblock", first, 1)["tx"][0]
    value = core.call("gettxout", coinbase, 0)["value"]
    outputs = [{address: f"{COIN:.8f}"} for address in addresses]
    outputs.append({coins.address: f"{float(value) - COIN * len(addresses) - 0.01:.8f}"})
    psbt = core.call("createpsbt", [{"txid": coinbase, "vout": 0}], outputs)
    raw = core.call("descriptorprocesspsbt", psbt, [coins.secret])["hex"]
    for node in (core, ours):
        node.call("sendrawtransaction", raw, 0)
    judge.mine(1, coins.address)
    decoded = core.call("decoderawtransaction", raw)
    found = {output["scriptPubKey"].get("address"): output["n"] for output in decoded["vout"]}
    for spend, address in zip(spends, addresses):
        spend.sign(core, decoded["txid"], found[address], coins.address, failures)
    ready = [spend for spend in spends if spend.transaction]
    for age in range(1, 8):
        for spend in ready:
            answer = judge.both("testmempoolaccept", [spend.transaction], ignored=["effective-includes"])[0]
            expected = "accepted" if spend.delay <= age else "non-BIP68-final"
            failures.same(
                "accepted" if answer["allowed"] else answer["reject-reason"], expected,
                f"cell {spend.name}, {age} blocks old")
        judge.mine(1, coins.address)
    failures.checked += judge.agreed
    if judge.disagreed:
        failures.problems.append(f"{judge.disagreed} answers of the devnet")
    never = len(spends) - len(ready)
    print(f"ok    {len(ready)} cells of the computed table open in their block on both nodes, {never} never",
          flush=True)


def core_node(bitcoind, folder):
    folder.mkdir()
    port = free_port()
    return Node("core", [
        bitcoind, "-regtest", f"-datadir={folder}", f"-rpcport={port}", "-rpcuser=judge", "-rpcpassword=secret",
        "-txindex=1", "-listen=0", "-server", "-printtoconsole=0"], port)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("vault", type=pathlib.Path)
    parser.add_argument("devnet", type=pathlib.Path)
    parser.add_argument("verify", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    bitcoind = os.environ.get("BITCOIND")
    if not bitcoind:
        raise SystemExit("set BITCOIND to the program")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="policy-judge-"))
    failures = Failures()
    nodes = []
    try:
        nodes.append(core_node(bitcoind, folder / "core"))
        core = nodes[0]
        core.start()
        wallets = [
            Wallet(options.vault, folder / f"{policy}-{form}", policy, form,
                   [1008, 4032] if policy == "hot" else [12960, 25920, 26200])
            for policy in ("hot", "cold") for form in ("wsh", "tr")]
        how = check_import(core, wallets, options.vault, failures)
        print(f"ok    descriptors of {len(wallets)} ceremonies {how}", flush=True)
        count = judge_matrix(core, wallets, failures, 0 if options.quick else None)
        print(f"ok    {count} spends by {len(wallets)} wallets tried", flush=True)
        nodes.append(core_node(bitcoind, folder / "core-short"))
        nodes[1].start()
        port = free_port()
        nodes.append(Node("devnet", [
            options.devnet, "--datadir", folder / "devnet", "--rpcport", str(port), "--rpcuser", "judge",
            "--rpcpassword", "secret"], port))
        nodes[2].start()
        judge_devnet(nodes[1], nodes[2], options.vault, folder, failures)
        judge_cells(nodes[1], nodes[2], options.vault, options.verify, folder, failures)
    finally:
        for node in nodes:
            node.stop()
        shutil.rmtree(folder, ignore_errors=True)
    verdict = "FAIL" if failures.problems else "ok  "
    print(f"{verdict}  {failures.checked} checks of the decaying policies, {len(failures.problems)} failed")
    return 1 if failures.problems else 0


if __name__ == "__main__":
    sys.exit(main())
