#!/usr/bin/env python3
"""Lets BDK (rust-bitcoin, miniscript) and embit judge our descriptors and PSBTs; Bitcoin Core decides.

    bitcoin_judge.py PROGRAM [--seed N] [--descriptors N] [--psbts N]

PROGRAM is bitcoin-under-judgement, which does with our code what this script asks. From one seed of
chance come

1. descriptors of every kind, Miniscript included, some of them spoiled: addresses or scripts of all
   branches, BDK's weight of the dearest satisfaction, and whether the text is refused at all;
2. PSBTs of both versions that spend from such descriptors: signed by embit or by us, in two halves that
   are combined, then finished by BDK and by us: the transactions must be equal byte for byte.

Where BDK or embit does not know something, the reason is one of the named exceptions below; they are
counted and printed, and the other judge still has to agree. When $BITCOIND names a bitcoind, it decides
every difference, and each descriptor that neither of the two knows.
"""
import argparse
import collections
import hashlib
import itertools
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import bdkpython as bdk
import pbk
from embit import bip32, ec, psbt as embit_psbt, script as embit_script
from embit.descriptor import Descriptor as EmbitDescriptor
from embit.networks import NETWORKS as EMBIT_NETWORKS
from embit.transaction import Transaction, TransactionInput, TransactionOutput

NETWORKS = {
    "mainnet": (bdk.Network.BITCOIN, bdk.NetworkKind.MAIN, EMBIT_NETWORKS["main"]),
    "regtest": (bdk.Network.REGTEST, bdk.NetworkKind.TEST, EMBIT_NETWORKS["regtest"]),
}
BARE = ("pk(", "multi(", "sortedmulti(")


class Program:
    """A program that answers one question a line: the one under judgement, or BDK."""

    def __init__(self, *command):
        self.command = command
        self.process = None

    def ask(self, **question):
        """Its answer; `None` when it ended instead."""
        if self.process is None:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                text=True, bufsize=1)
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        if answer := self.process.stdout.readline():
            return json.loads(answer)
        self.process.wait()
        self.process = None
        return None

    def sure(self, **question):
        if answer := self.ask(**question):
            return answer
        sys.exit(f"FAIL  the program under judgement ended at {json.dumps(question)[:4000]}")


def bdk_answers():
    """BDK in a process of its own, because a panic in it ends its process."""
    for line in sys.stdin:
        question = json.loads(line)
        if "psbt" in question:
            answer = bdk_finish(question["psbt"])
        else:
            try:
                addresses, weight = bdk_places(question["text"], question["network"], question["indices"])
                answer = {"addresses": addresses, "weight": weight}
            except Refused as refusal:
                answer = {"refusal": str(refusal)}
        print(json.dumps(answer), flush=True)


def bdk_finish(psbt):
    finished = bdk.Psbt(psbt).finalize()
    answer = {"errors": "; ".join(map(str, finished.errors or []))}
    if finished.could_finalize:
        transaction = finished.psbt.extract_tx_unchecked_fee_rate()
        answer["transaction"] = bytes(transaction.serialize()).hex()
    return answer


class Core:
    """Bitcoin Core, asked through its command line."""

    def __init__(self, bitcoind):
        self.folder = tempfile.mkdtemp()
        self.chains = {}
        self.bitcoind = pathlib.Path(bitcoind)

    def ask(self, network, method, *params):
        if network not in self.chains:
            folder = pathlib.Path(self.folder) / network
            folder.mkdir()
            chain = [] if network == "mainnet" else ["-regtest"]
            port = 30_000 + (os.getpid() * 2 + len(self.chains)) % 20_000
            node = subprocess.Popen(
                [self.bitcoind, *chain, f"-datadir={folder}", "-listen=0", "-connect=0", "-dnsseed=0",
                 f"-rpcport={port}"], stdout=subprocess.DEVNULL)
            call = [
                self.bitcoind.with_name("bitcoin-cli"), *chain, f"-datadir={folder}", f"-rpcport={port}",
                "-rpcwait"]
            self.chains[network] = node, call
        node, call = self.chains[network]
        done = subprocess.run([*call, method, *params], capture_output=True, text=True)
        return (done.stdout.strip(), None) if done.returncode == 0 else (None, done.stderr.strip())

    def scripts(self, network, descriptor, first, last):
        """The addresses of one branch, as a list; an error's text where it refuses."""
        info, error = self.ask(network, "getdescriptorinfo", descriptor)
        if error:
            return error
        info = json.loads(info)
        ranged = [f"[{first},{last}]"] if info["isrange"] else []
        addresses, error = self.ask(network, "deriveaddresses", info["descriptor"], *ranged)
        return error or json.loads(addresses)

    def end(self):
        for node, call in self.chains.values():
            subprocess.run([*call, "stop"], capture_output=True)
            node.wait(120)
        shutil.rmtree(self.folder, ignore_errors=True)


class Chance:
    """Random keys, expressions and descriptors."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        # Deriving roots takes longer than all else, so there are a few, of which every key is a child.
        self.roots = {
            network: [
                bip32.HDKey.from_seed(self.random.randbytes(32), NETWORKS[network][2]["xprv"])
                for _ in range(24)]
            for network in NETWORKS}

    def one_of(self, *choices):
        return self.random.choice(choices)

    def start(self, network, ranged, branches):
        """Begins a descriptor: keys that follow come from `network` and appear once."""
        self.network, self.ranged, self.branches = network, ranged, branches
        self.taken = set()
        self.secrets = {}

    def key(self, x_only=False, single=True):
        """A key expression that has not been used in this descriptor."""
        root = self.random.choice(self.roots[self.network])
        fingerprint = root.my_fingerprint.hex()
        path = [self.random.randrange(1 << 20) | self.one_of(0, 1 << 31) for _ in range(self.random.randint(0, 2))]
        if (fingerprint, tuple(path)) in self.taken:
            return self.key(x_only, single)
        self.taken.add((fingerprint, tuple(path)))
        account = root.derive(path) if path else root
        mark = self.one_of("h", "'")
        origin = "/".join(
            [fingerprint] + [f"{step & 0x7FFFFFFF}{mark if step >> 31 else ''}" for step in path])
        if single and not self.ranged and self.random.random() < 0.6:
            public = account.get_public_key().sec().hex()
            self.secrets[public[2:]] = account.key.secret
            text = public[2:] if x_only and self.random.random() < 0.7 else public
        else:
            text = account.to_public().to_base58()
            if self.random.random() < 0.3:
                text += f"/{self.random.randrange(1000)}"
            if self.branches > 1:
                numbers = self.random.sample(range(20), self.branches)
                text += f"/<{';'.join(map(str, numbers))}>"
            if self.ranged:
                text += "/*"
            self.secrets[text] = account
        return f"[{origin}]{text}" if self.random.random() < 0.7 else text

    def several(self, most, x_only=False):
        count = self.random.randint(1, most)
        keys = [self.key(x_only) for _ in range(count)]
        return f"{self.random.randint(1, count)},{','.join(keys)}"

    def lock(self):
        if self.random.random() < 0.5:
            return f"older({self.one_of(1, 16, 17, 144, 65535, (1 << 22) + 1, (1 << 22) + 300)})"
        return f"after({self.one_of(1, 100, 499_999_999, 500_000_000, 1_700_000_000)})"

    def digest(self):
        function, make = self.one_of(
            ("sha256", lambda x: hashlib.sha256(x)),
            ("hash256", lambda x: hashlib.sha256(hashlib.sha256(x).digest())),
            ("ripemd160", lambda x: hashlib.new("ripemd160", x)),
            ("hash160", lambda x: hashlib.new("ripemd160", hashlib.sha256(x).digest())))
        preimage = self.random.randbytes(32)
        digest = make(preimage).digest()
        self.preimages.append((function, digest, preimage))
        return f"{function}({digest.hex()})"

    def miniscript(self, tap, depth=2):
        """An expression of type B: mostly one that is safe, sometimes one that is not."""
        multi = "multi_a" if tap else "multi"
        pick = self.random.randrange(5 if depth <= 0 else 17)
        more = lambda: self.miniscript(tap, depth - 1)  # noqa: E731
        key = lambda: self.key(tap)  # noqa: E731
        if pick < 2:
            return f"pk({key()})"
        if pick == 2:
            return f"pkh({key()})"
        if pick == 3:
            return f"{multi}({self.several(4, tap)})"
        if pick == 4:
            return f"and_v(v:pk({key()}),{self.lock()})"
        if pick == 5:
            return f"and_v(v:{multi}({self.several(3, tap)}),{self.lock()})"
        if pick == 6:
            return f"or_d(pk({key()}),{more()})"
        if pick == 7:
            return f"or_d({multi}({self.several(3, tap)}),and_v(v:pkh({key()}),{self.lock()}))"
        if pick == 8:
            return f"or_i({more()},{more()})"
        if pick == 9:
            return f"andor(pk({key()}),{self.lock()},{more()})"
        if pick == 10:
            count = self.random.randint(2, 4)
            parts = [f"pk({key()})"] + [
                self.one_of(f"s:pk({key()})", f"a:pkh({key()})") for _ in range(count - 1)]
            if self.random.random() < 0.6:
                parts.append(f"sln:{self.lock()}")
            return f"thresh({self.random.randint(1, len(parts))},{','.join(parts)})"
        if pick == 11:
            return f"and_v(v:{self.digest()},{more()})"
        if pick == 12:
            return f"and_b(pk({key()}),s:pk({key()}))"
        if pick == 13:
            return f"or_b(pk({key()}),a:{multi}({self.several(3, tap)}))"
        if pick == 14:
            return f"t:or_c(pk({key()}),and_v(v:pk({key()}),v:{self.lock()}))"
        if pick == 15:
            return f"and_n(pk({key()}),{more()})"
        return f"j:{more()}" if self.random.random() < 0.2 else f"and_v(vc:pk_k({key()}),{more()})"

    def tree(self, depth):
        if depth == 0 or self.random.random() < 0.4:
            if self.random.random() < 0.15:
                return f"sortedmulti_a({self.several(3, True)})"
            return self.miniscript(True, 1)
        return f"{{{self.tree(depth - 1)},{self.tree(depth - 1)}}}"

    def private_keys(self, branch, index):
        """The private keys, in hexadecimal, of one place of the descriptor."""
        found = set()
        for text, secret in self.secrets.items():
            if isinstance(secret, bytes):
                found.add(secret.hex())
                continue
            for step in text.split("/")[1:]:
                if step.startswith("<"):
                    step = step[1:-1].split(";")[branch]
                secret = secret.child(index if step == "*" else int(step))
            found.add(secret.key.secret.hex())
        return found

    def descriptor(self):
        self.preimages = []
        kind = self.random.randrange(18)
        self.kind = kind
        if kind == 0:
            return f"pkh({self.key()})"
        if kind == 1:
            return f"wpkh({self.key()})"
        if kind == 2:
            return f"sh(wpkh({self.key()}))"
        if kind == 3:
            return f"tr({self.key(True)})"
        if kind == 4:
            return f"sh({self.one_of('multi', 'sortedmulti')}({self.several(6)}))"
        if kind == 5:
            return f"wsh({self.one_of('multi', 'sortedmulti')}({self.several(8)}))"
        if kind == 6:
            return f"sh(wsh({self.one_of('multi', 'sortedmulti')}({self.several(8)})))"
        if kind == 7:
            return f"sh(wsh({self.miniscript(False)}))"
        if kind == 8:
            return f"pk({self.key()})"
        if kind == 9:
            return f"multi({self.several(3)})"
        if kind < 14:
            return f"wsh({self.miniscript(False)})"
        return f"tr({self.key(True)},{self.tree(2)})"

    def spoiled(self, text):
        """The text with one thing changed that may make it invalid."""
        place = self.random.randrange(len(text))
        change = self.random.randrange(4)
        if change == 0:
            return text[:place] + text[place + 1:]
        if change == 1:
            return text[:place] + self.random.choice("()<>{},/*h0123456789abXs:") + text[place + 1:]
        if change == 2:
            return text[:place] + self.random.choice("(){},/'0;:") + text[place:]
        return text + self.one_of(")", "#", "/*", ",", "0")


class Refused(Exception):
    """A judge does not take what it was given."""


def bdk_descriptor(text, network):
    try:
        descriptor = bdk.Descriptor(text, NETWORKS[network][1])
        descriptor.sanity_check()
        return descriptor
    except Exception as error:  # every method has error types of its own
        raise Refused(f"{type(error).__name__}: {error}") from None


def bdk_places(text, network, indices):
    """Addresses in the order of branches and indices, and the weight of the dearest satisfaction."""
    descriptor = bdk_descriptor(text, network)
    singles = descriptor.to_single_descriptors() if descriptor.is_multipath() else [descriptor]
    addresses = None
    if not text.startswith(BARE):  # which have no address
        addresses = [
            str(single.derive_address(index, NETWORKS[network][0])) for single in singles for index in indices]
    return addresses, singles[0].max_weight_to_satisfy()


def embit_places(text, network, indices, branches):
    """Scripts in the order of branches and indices."""
    try:
        if text.startswith(BARE):
            # embit reads Miniscript only inside something; the script is the same there.
            wrapped = EmbitDescriptor.from_string(f"sh({text})")
            derive = lambda descriptor: descriptor.redeem_script()  # noqa: E731
        else:
            wrapped = EmbitDescriptor.from_string(text)
            derive = lambda descriptor: descriptor.script_pubkey()  # noqa: E731
        return [
            derive(wrapped.derive(index, branch_index=branch if branches > 1 else None)).data.hex()
            for branch in range(branches) for index in indices]
    except Exception as error:
        raise Refused(f"{type(error).__name__}: {error}") from None


def thresh_weight(text, place):
    """The weight of the dearest satisfaction of wsh(thresh(...)) of the parts that are made above."""
    if not text.startswith("wsh(thresh("):
        return None
    needed, *parts = text.removeprefix("wsh(thresh(")[:-2].split(",")
    # In bytes with lengths: a signature, a key, an empty item, a one.
    costs = {"pk(": (73, 1), "s:pk(": (73, 1), "a:pkh(": (107, 35), "sln:": (1, 2)}
    found = [
        next((cost for start, cost in costs.items() if part.startswith(start)), None) for part in parts]
    if None in found:
        return None
    # A part that is not satisfied costs its second number; of pk and its wrappers that is less.
    most = max(
        sum(found[index][0 if index in chosen else 1] for index in range(len(found)))
        for chosen in map(set, itertools.combinations(range(len(found)), int(needed))))
    script = len(place["witnessScript"]) // 2
    return most + script + (1 if script < 253 else 3)


class Judge:
    def __init__(self, program, chance, core):
        self.program, self.chance, self.core = program, chance, core
        self.bdk = Program(sys.executable, __file__, "--bdk")
        self.compared = collections.Counter()
        self.exceptions = collections.Counter()
        self.differences = []

    def same(self, what, ours, theirs, about):
        self.compared[what] += 1
        if ours != theirs:
            self.differences.append(f"{what} of {about}\n      ours   {ours}\n      theirs {theirs}")

    def descriptor(self):
        """One descriptor, perhaps spoiled."""
        random = self.chance.random
        network = random.choice(list(NETWORKS))
        self.chance.start(network, random.random() < 0.6, random.choice([1, 1, 2, 2, 3]))
        text = self.chance.descriptor()
        if random.random() < 0.15:
            text = self.chance.spoiled(text)
        first = random.choice([0, 0, 5, random.randrange((1 << 31) - 2)])
        indices = [first, first + 1]
        ours = self.program.sure(do="derive", descriptor=text, network=network, indices=indices)
        answer = self.bdk.ask(text=text, network=network, indices=indices) or {"refusal": "it panics"}
        if "refusal" in answer:
            self.refused(text, network, ours, answer["refusal"])
            if "error" in ours:
                return
        else:
            theirs, weight = answer["addresses"], answer["weight"]
            if "error" in ours:
                self.accepted(text, network, ours["error"])
                return
            if theirs is not None:
                self.same("address by BDK", [place["address"] for place in ours["places"]], theirs, text)
            if "thresh(" in text and ours["weight"] != weight:
                # Its bound takes parts to be satisfied that add most, and not exactly k of them. Counting
                # every choice of k decides, where the whole script is one thresh.
                self.exceptions["BDK's bound for thresh is of another number of satisfied parts"] += 1
                if (counted := thresh_weight(text, ours["places"][0])) is not None:
                    self.same("weight by counting", ours["weight"], counted, text)
            else:
                self.same("weight by BDK", ours["weight"], weight, text)
        try:
            theirs = embit_places(text, network, indices, ours["branches"])
        except Refused as refusal:
            self.unknown_to_embit(text, str(refusal))
        else:
            self.same("script by embit", [place["script"] for place in ours["places"]], theirs, text)
    def psbt(self):
        """One PSBT from creation to the finished transaction."""
        random, chance = self.chance.random, self.chance
        network = random.choice(list(NETWORKS))
        secrets, inputs, outputs, transaction = [], [], [], Transaction(
            version=2, vin=[], vout=[], locktime=random.choice([0, 0, 100, 499_999_999, 1_700_000_000]))
        preimages = []
        for _ in range(random.randint(1, 4)):
            chance.start(network, random.random() < 0.5, random.choice([1, 2]))
            text = chance.descriptor()
            index = random.randrange(1 << 31)
            ours = self.program.sure(do="derive", descriptor=text, network=network, indices=[index])
            if "error" in ours:
                continue
            branch = random.randrange(ours["branches"])
            place = ours["places"][branch]
            amount = random.randrange(10_000, 1 << 40)
            paying = [
                TransactionOutput(random.randrange(1 << 30), embit_script.Script(random.randbytes(25)))
                for _ in range(random.randint(0, 2))]
            number = random.randint(0, len(paying))
            paying.insert(number, TransactionOutput(amount, embit_script.Script(bytes.fromhex(place["script"]))))
            previous = Transaction(
                version=2, vin=[TransactionInput(random.randbytes(32), 0)], vout=paying, locktime=0)
            transaction.vin.append(TransactionInput(
                previous.txid(), number,
                sequence=random.choice([0xFFFFFFFD, 0xFFFFFFFE, 1, 17, 144, 65535, (1 << 22) + 300, 0xFFFFFFFF])))
            inputs.append({
                "descriptor": text, "network": network, "branch": branch, "index": index,
                "previous": previous.serialize().hex(), "amount": amount, "weight": ours["weight"],
                "script": place["script"]})
            secrets.append(chance.private_keys(branch, index))
            preimages.append(chance.preimages)
        if not inputs:
            return
        left = sum(each["amount"] for each in inputs)
        for _ in range(random.randint(1, 3)):
            value = random.randrange(left // 4)
            left -= value
            change = random.random() < 0.3
            script = bytes.fromhex(place["script"]) if change else b"\x00\x14" + random.randbytes(20)
            transaction.vout.append(TransactionOutput(value, embit_script.Script(script)))
            outputs.append(inputs[-1] if change else None)
        version = random.choice([0, 2])
        made = self.program.sure(
            do="create", version=version, transaction=transaction.serialize().hex(), inputs=inputs,
            outputs=outputs)
        about = " + ".join(each["descriptor"] for each in inputs)
        if "error" in made:
            self.differences.append(f"we make no PSBT of {about}\n      {made['error']}")
            return
        self.same("fee", made["fee"], left, about)
        parts = [made["psbt"], made["psbt"]]
        # Half of the keys sign with embit, half with ours; sometimes some are missing.
        keys = [key for some in secrets for key in sorted(some)]
        keys = [key for key in keys if random.random() < 0.9]
        random.shuffle(keys)
        half = random.randint(0, len(keys))
        theirs = embit_psbt.PSBT.from_string(parts[0])
        self.same("transaction by embit", transaction.serialize().hex(), theirs.tx.serialize().hex(), about)
        for index, known in enumerate(preimages):
            for function, digest, preimage in known:
                if random.random() < 0.9:
                    theirs.inputs[index].unknown[HASH_FIELDS[function] + digest] = preimage
        for key in keys[:half]:
            theirs.sign_with(ec.PrivateKey(bytes.fromhex(key)))
        signed = self.program.sure(do="sign", psbt=theirs.to_string(), keys=keys[half:])
        if "error" in signed:
            self.differences.append(f"we do not sign {about}\n      {signed['error']}")
            return
        ours = self.program.sure(do="finalize", psbt=signed["psbt"], inputs=inputs)
        if "error" in ours:
            self.differences.append(f"we do not finish {about}\n      {ours['error']}")
            return
        self.finish(about, inputs, ours, signed["psbt"])

    def finish(self, about, inputs, ours, psbt):
        """Checks what we have finished; lets BDK finish it, and compares. BDK reads version 0 alone."""
        if not ours["open"]:
            self.verify(ours["transaction"], inputs)
        version0 = self.program.sure(do="convert", psbt=psbt, version=0)
        finished = self.bdk.ask(psbt=version0["psbt"])
        if finished is None or "transaction" not in finished:
            self.compared["unfinished by BDK"] += 1
            if ours["open"] and finished is not None:
                return
            problem = "it panics" if finished is None else finished["errors"]
            for reason, holds in BDK_LEAVES_OPEN.items():
                if holds(about, problem):
                    self.exceptions[f"BDK leaves open: {reason}"] += 1
                    return
            self.differences.append(f"only BDK leaves open {about}\n      {problem}\n      {psbt}")
            return
        if ours["open"]:
            self.differences.append(
                f"we leave open {[inputs[index]['descriptor'] for index in ours['open']]}\n      {psbt}")
            return
        theirs = finished["transaction"]
        if theirs == ours["transaction"]:
            self.compared["transaction by BDK"] += 1
        elif len(ours["transaction"]) <= len(theirs):
            # It takes every signature to be as long as the longest, where we count what is there.
            self.exceptions["BDK chooses another satisfaction that is not shorter"] += 1
        else:
            self.same("transaction by BDK", ours["transaction"], theirs, about)

    def verify(self, transaction, inputs):
        """Bitcoin Core's own consensus code checks every input, and each weight is within its limit."""
        spent = [
            pbk.TransactionOutput(pbk.ScriptPubkey(bytes.fromhex(each["script"])), each["amount"])
            for each in inputs]
        whole = pbk.Transaction(bytes.fromhex(transaction))
        data = pbk.script.PrecomputedTransactionData(whole, spent)
        for index, each in enumerate(inputs):
            script = pbk.ScriptPubkey(bytes.fromhex(each["script"]))
            try:
                valid = script.verify(each["amount"], whole, data, index, pbk.ScriptVerificationFlags.ALL)
            except pbk.ScriptVerifyException as problem:
                valid = str(problem)
            self.same("inputs by Core's consensus code", valid, True, each["descriptor"])
        done = Transaction.parse(bytes.fromhex(transaction))
        for spent, each in zip(done.vin, inputs):
            own = len(spent.script_sig.serialize()) - 1
            witness = len(spent.witness.serialize()) - 1 if spent.witness else 0
            self.same(
                "weight within the limit", 4 * own + witness <= each["weight"], True, each["descriptor"])

    # Named exceptions

    def refused(self, text, network, ours, refusal):
        """BDK refuses a text."""
        if "error" in ours:
            self.compared["refusal by BDK"] += 1
            return
        for reason, holds in BDK_REFUSES.items():
            if holds(text, refusal):
                self.exceptions[f"BDK refuses: {reason}"] += 1
                self.ask_core(text, network, ours)
                return
        self.differences.append(f"only BDK refuses {text}\n      {refusal}")

    def accepted(self, text, network, refusal):
        """BDK takes a text that we refuse."""
        for reason, holds in BDK_TAKES.items():
            if holds(text, refusal):
                self.exceptions[f"BDK takes: {reason}"] += 1
                if self.core:
                    answer = self.core.scripts(network, text, 0, 0)
                    if isinstance(answer, list):
                        self.differences.append(f"BDK and Core take {text}\n      {refusal}")
                return
        self.differences.append(f"only we refuse {text}\n      {refusal}")

    def unknown_to_embit(self, text, refusal):
        for reason, holds in EMBIT_REFUSES.items():
            if holds(text, refusal):
                self.exceptions[f"embit refuses: {reason}"] += 1
                return
        self.differences.append(f"only embit refuses {text}\n      {refusal}")

    def ask_core(self, text, network, ours):
        """Core decides where BDK has no opinion."""
        if not self.core or ours["branches"] > 1:
            return
        answer = self.core.scripts(network, text, 0, 0)
        again = self.program.sure(do="derive", descriptor=text, network=network, indices=[0])
        self.same("address by Core", [place["address"] for place in again["places"]], answer, text)


# Where the judges do not know what the standards say, or differ from them: reason and test.
BDK_REFUSES = {
    "it does not know sortedmulti_a (BIP-387)": lambda text, refusal: "sortedmulti_a(" in text,
}
BDK_TAKES = {
    "multipath steps of different lengths, which BIP-389 forbids": (
        lambda text, refusal: refusal.startswith("multipath steps of ")),
}
BDK_LEAVES_OPEN = {
    "miniscript 12.3.7 does not find the keys behind pkh in a tapscript, and may panic": (
        lambda text, problem: (problem == "it panics" or "Could not satisfy Tr descriptor" in problem)
        and "tr(" in text and "pkh(" in text),
}
HASH_FIELDS = {"ripemd160": b"\x0a", "sha256": b"\x0b", "hash160": b"\x0c", "hash256": b"\x0d"}
EMBIT_REFUSES = {}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the bitcoin-under-judgement binary")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--descriptors", type=int, default=1000)
    parser.add_argument("--psbts", type=int, default=1000)
    parser.add_argument("--width", type=int, default=4000, help="how much of a difference is printed")
    options = parser.parse_args()
    began = time.monotonic()
    core = Core(os.environ["BITCOIND"]) if os.environ.get("BITCOIND") else None
    judge = Judge(Program(str(pathlib.Path(options.program).resolve())), Chance(options.seed), core)
    try:
        for _ in range(options.descriptors):
            judge.descriptor()
        for _ in range(options.psbts):
            judge.psbt()
    finally:
        if core:
            core.end()
    for name, count in sorted(judge.exceptions.items()):
        print(f"except  {count:6}  {name}")
    for name, count in sorted(judge.compared.items()):
        print(f"compare {count:6}  {name}")
    for difference in judge.differences[:20]:
        print(f"FAIL    {difference[:options.width]}")
    print(
        f"{'FAIL' if judge.differences else 'ok  '}  {options.descriptors} descriptors and "
        f"{options.psbts} PSBTs judged by BDK and embit{', differences by Bitcoin Core' if core else ''}: "
        f"{sum(judge.compared.values())} comparisons, {sum(judge.exceptions.values())} named exceptions, "
        f"{len(judge.differences)} differences (seed {options.seed}, {time.monotonic() - began:.0f} s)")
    return 1 if judge.differences else 0


if __name__ == "__main__":
    sys.exit(bdk_answers() if sys.argv[1:] == ["--bdk"] else main())
