#!/usr/bin/env python3
"""Lets Bitcoin Core judge holdfast-devnet.

Both programs get the same calls and must give the same answers: results, error codes and messages.
Blocks are mined by either in turn and handed to the other, so each checks the other's blocks, and
both stay on one chain. Core alone creates and signs the transactions.

    BITCOIND=/path/to/bitcoind DEVNET=.build/debug/holdfast-devnet Tests/Judges/devnet_judge.py

Exit status 0 when every comparison agreed. Only the standard library is used.
"""

import base64
import hashlib
import http.client
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from decimal import Decimal


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RPCFailure(Exception):
    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


class Node:
    def __init__(self, name, command, port):
        self.name, self.command, self.port = name, command, port
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            try:
                self.call("getblockcount")
                return
            except RPCFailure as failure:
                if failure.code != -28:
                    raise
            except OSError:
                pass
            if self.process.poll() is not None:
                raise SystemExit(f"{self.name} ended with {self.process.returncode}")
            time.sleep(0.1)
        raise SystemExit(f"{self.name} does not answer")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=60)

    def http(self, body, user="judge", password="secret", method="POST"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        connection.request(method, "/", body, {"Authorization": f"Basic {token}"})
        response = connection.getresponse()
        content = response.read().decode()
        connection.close()
        return response.status, content

    def call(self, method, *params):
        _, content = self.http(json.dumps(
            {"id": 1, "method": method, "params": list(params)}, default=str))
        answer = json.loads(content, parse_float=Decimal)
        if answer["error"]:
            raise RPCFailure(answer["error"]["code"], answer["error"]["message"])
        return answer["result"]


# Encodings


def sha256d(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def base58check(payload):
    data = payload + sha256d(payload)[:4]
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def wif(label):
    return base58check(b"\xef" + hashlib.sha256(label.encode()).digest() + b"\x01")


def compact(number):
    if number < 0xFD:
        return bytes([number])
    return b"\xfd" + struct.pack("<H", number)


def script_number(number):
    if number == 0:
        return b"\0"
    if number <= 16:
        return bytes([0x50 + number])
    data = number.to_bytes((number.bit_length() + 8) // 8, "little")
    return bytes([len(data)]) + data


class Tx:
    """A transaction as lists that a test bends before it is sent."""

    def __init__(self, inputs, outputs, version=2, locktime=0):
        # inputs: (txid, vout, sequence, scriptSig, witness), outputs: (sats, script)
        self.inputs, self.outputs = inputs, outputs
        self.version, self.locktime = version, locktime

    def bytes(self, witness=True):
        witness = witness and any(i[4] for i in self.inputs)
        data = struct.pack("<I", self.version) + (b"\0\x01" if witness else b"")
        data += compact(len(self.inputs))
        for txid, vout, sequence, script, _ in self.inputs:
            data += bytes.fromhex(txid)[::-1] + struct.pack("<I", vout)
            data += compact(len(script)) + script + struct.pack("<I", sequence)
        data += compact(len(self.outputs))
        for value, script in self.outputs:
            data += struct.pack("<q", value) + compact(len(script)) + script
        if witness:
            for *_, stack in self.inputs:
                data += compact(len(stack)) + b"".join(compact(len(s)) + s for s in stack)
        return data + struct.pack("<I", self.locktime)

    def hex(self):
        return self.bytes().hex()

    def txid(self):
        return sha256d(self.bytes(False))[::-1].hex()


class Judge:
    # Fields that tell of the program and its moment, not of the chain.
    IGNORED = {
        "warnings", "usage", "time_added", "disk_size", "verificationprogress", "maxmempool", "size_on_disk",
        "unbroadcast", "unbroadcastcount", "optimal",
    }

    def __init__(self, core, devnet):
        self.core, self.devnet = core, devnet
        self.agreed = self.disagreed = 0
        self.last_miner = devnet

    def report(self, what, core, devnet):
        if core == devnet:
            self.agreed += 1
            return
        self.disagreed += 1
        print(f"DISAGREE {what}\n  core:   {core}\n  devnet: {devnet}", flush=True)

    def clean(self, value, ignored):
        if isinstance(value, dict):
            return {k: self.clean(v, ignored) for k, v in value.items() if k not in ignored}
        if isinstance(value, list):
            return [self.clean(v, ignored) for v in value]
        return value

    def outcome(self, node, method, params, ignored, codes_only):
        try:
            return self.clean(node.call(method, *params), ignored)
        except RPCFailure as failure:
            return ("error", failure.code, None if codes_only else failure.message)

    def both(self, method, *params, ignored=(), codes_only=False, sort=False, order=False):
        """Compares one call; returns Core's outcome."""
        ignored = self.IGNORED | set(ignored)
        outcomes = [
            self.outcome(node, method, params, ignored, codes_only)
            for node in (self.core, self.devnet)]
        if sort:
            outcomes = [sorted(o) if isinstance(o, list) else o for o in outcomes]
        shown = [str(p)[:90] for p in params]
        if order and all(isinstance(o, dict) for o in outcomes):
            self.report(f"order of {method}{shown}", list(outcomes[0]), list(outcomes[1]))
        self.report(f"{method}{shown}", *outcomes)
        return outcomes[0]

    def raw(self, body, **options):
        """Compares HTTP status and text."""
        self.report(f"HTTP {str(body)[:90]}", *[n.http(body, **options) for n in (self.core, self.devnet)])

    def mine(self, count, address, miner=None):
        """Mines with one program, hands the blocks to the other."""
        miner = miner or (self.core if self.last_miner is self.devnet else self.devnet)
        self.last_miner = miner
        other = self.core if miner is self.devnet else self.devnet
        for block in miner.call("generatetoaddress", count, address):
            answer = other.call("submitblock", miner.call("getblock", block, 0))
            self.report(f"{other.name} takes block of {miner.name}", None, answer)
        return self.both("getbestblockhash")

    def send(self, tx, **options):
        text = tx if isinstance(tx, str) else tx.hex()
        self.both("testmempoolaccept", [text], ignored=["effective-includes"])
        return self.both("sendrawtransaction", text, **options)


def keys(core, label, form):
    """An address of a kind, with its descriptor, public and private."""
    private = [wif(f"{label} {index}") for index in range(3)]
    info = core.call("getdescriptorinfo", form.format(*private))
    address = core.call("deriveaddresses", info["descriptor"])[0]
    script = core.call("validateaddress", address)["scriptPubKey"]
    return {
        "address": address, "script": script, "descriptor": info["descriptor"],
        "secret": form.format(*private)}


FORMS = {
    "pkh": "pkh({0})", "wpkh": "wpkh({0})", "sh-wpkh": "sh(wpkh({0}))", "tr": "tr({0})",
    "wsh-multi": "wsh(sortedmulti(2,{0},{1},{2}))", "sh-multi": "sh(multi(2,{0},{1}))",
    "sh-wsh": "sh(wsh(multi(1,{0},{1})))",
}
ANYONE = bytes.fromhex("0020") + hashlib.sha256(b"\x51").digest()
MINE_ADDRESS = None


def coinbase_of(core, height):
    return core.call("getblock", core.call("getblockhash", height), 1)["tx"][0]


def sign(core, kind, txid, outputs):
    """Spends output 0 of `txid`, whose descriptor's private keys Core gets for this once."""
    psbt = core.call("createpsbt", [{"txid": txid, "vout": 0, "sequence": 0xFFFFFFFD}], outputs)
    signed = core.call("descriptorprocesspsbt", psbt, [kind["secret"]])
    assert signed["complete"], (kind, signed)
    return signed["hex"]


def judge_fresh(j):
    for method in ("getblockchaininfo", "getblockcount", "getbestblockhash", "getmempoolinfo",
                   "gettxoutsetinfo", "getrawmempool"):
        j.both(method, order=True)
    genesis = j.both("getblockhash", 0)
    for verbosity in (0, 1, 2, 3, True, False):
        j.both("getblock", genesis, verbosity)
    j.both("getblockheader", genesis)
    j.both("getblockheader", genesis, False)
    j.both("getrawtransaction", "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b")


def judge_errors(j):
    zero, bad = "00" * 32, "zz" * 32
    for call in (
        ("getblockhash", -1), ("getblockhash", 10**6), ("getblockhash", "a"), ("getblockhash", 1.5),
        ("getblockhash", 2**40), ("getblock", zero), ("getblock", bad), ("getblock", "00"),
        ("getblock", 5), ("getblock", zero, "x"), ("getblockheader", zero), ("getblockheader", bad),
        ("getblockheader", zero, 1), ("getrawtransaction", zero), ("getrawtransaction", bad),
        ("getrawtransaction", zero, 1, zero), ("gettxout", zero, 0), ("gettxout", zero, "a"),
        ("gettxout", zero, -1), ("sendrawtransaction", "00"), ("sendrawtransaction", "xx"),
        ("sendrawtransaction", 5), ("sendrawtransaction", "00", "abc"), ("sendrawtransaction", "00", 2),
        ("testmempoolaccept", []), ("testmempoolaccept", ["00"]), ("testmempoolaccept", "00"),
        ("testmempoolaccept", [7]), ("decoderawtransaction", "00"), ("decoderawtransaction", "zz"),
        ("generatetoaddress", 1, "nonsense"), ("generatetoaddress", "1", "nonsense"),
        ("generateblock", "nonsense", []), ("generateblock", MINE_ADDRESS, [zero]),
        ("generateblock", MINE_ADDRESS, ["00"]), ("submitblock", "00"), ("submitblock", "zz"),
        ("invalidateblock", zero), ("invalidateblock", "1"), ("reconsiderblock", zero),
        ("estimatesmartfee", 0), ("estimatesmartfee", 1009), ("estimatesmartfee", 6, "x"),
        ("estimatesmartfee", 6), ("estimatesmartfee", 6, "economical"),
        ("scantxoutset", "status"), ("scantxoutset", "abort"), ("scantxoutset", "walk"),
        ("scantxoutset", "start"), ("scantxoutset", "start", [1]), ("scantxoutset", "start", [{}]),
        ("scantxoutset", "start", [{"desc": "raw(51)", "range": [3, 1]}]),
        ("scantxoutset", "start", [{"desc": "raw(51)", "range": [-3, 1]}]),
        ("scantxoutset", "start", [{"desc": "raw(51)", "range": "x"}]),
        ("getmempoolentry", zero), ("getrawmempool", True, True), ("nosuchmethod",),
        ("help", "nosuchmethod"), ("gettxoutsetinfo", "x"), ("validateaddress", "nonsense"),
        ("validateaddress", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
        ("validateaddress", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3"), ("validateaddress", ""),
        ("validateaddress", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        ("validateaddress", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"),
        ("validateaddress", "BCRT1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KYGT080"),
        ("validateaddress", "bcrt1pw508d6qejxtdg4y5r3zarvary0c5xw7k0ylrhn"),
    ):
        j.both(*call)
    # The text is Core's own help, or its own words for what is wrong with a descriptor.
    for call in (("getblockcount", 1), ("getblock",), ("getblock", zero, 1, 2),
                 ("scantxoutset", "start", ["nonsense"]), ("scantxoutset", "start", ["raw(51)#00000000"])):
        j.both(*call, codes_only=True)


def judge_envelope(j):
    for body in (
        "x", "", "{}", "[]", "5", '"a"', '{"method":5}', '{"method":"getblockcount"}',
        '{"id":"a","method":"getblockcount","params":5}', '{"method":"nosuch","id":null}',
        '{"jsonrpc":"2.0","method":"getblockcount","id":3}', '{"jsonrpc":"2.0","method":"getblockcount"}',
        '{"jsonrpc":"2.0","method":"nosuch","id":3}', '{"jsonrpc":"3.0","method":"getblockcount","id":3}',
        '{"jsonrpc":"1.0","method":"getblockcount","id":3}', '{"jsonrpc":2,"method":"getblockcount","id":3}',
        '[7,{"method":"getblockcount","id":1},{"method":"nosuch","id":2}]',
        '[{"jsonrpc":"2.0","method":"getblockcount"}]',
        '[{"jsonrpc":"2.0","method":"getblockcount"},{"jsonrpc":"2.0","method":"getbestblockhash","id":9}]',
        '{"id":1,"method":"getblockhash","params":{"height":0}}',
        '{"id":1,"method":"getblockhash","params":{"nosuch":0}}',
        '{"id":1,"method":"getblockhash","params":[99999]}',
        '{"id":1,"method":"getblock","params":{"verbose":false,"blockhash":"%s"}}' % ("00" * 32),
    ):
        j.raw(body)
    j.raw('{"method":"getblockcount"}', password="wrong")
    j.raw('{"method":"getblockcount"}', user="nobody")
    j.raw("", method="GET")


def judge_spends(j, kinds, coins):
    core = j.core
    for name, kind in kinds.items():
        txid = coins.pop(name)
        good = sign(core, kind, txid, [{kind["address"]: "49.9"}, {"data": "00" * 20}])
        j.both("decoderawtransaction", good)
        bad = good[:-60] + ("0" if good[-60] != "0" else "1") + good[-59:]
        j.both("testmempoolaccept", [bad], ignored=["effective-includes"])
        if name == "wpkh":
            j.both("testmempoolaccept", [good, good])
            j.both("sendrawtransaction", good, 0.00001)
            j.both("sendrawtransaction", good, 0.00001, 1)
        # Every byte of the signature counts.
        raw = bytearray.fromhex(good)
        raw[-70] ^= 1
        j.both("testmempoolaccept", [raw.hex()], ignored=["effective-includes"])
        j.send(good)
        j.send(good)
        entry = core.call("decoderawtransaction", good)["txid"]
        j.both("getmempoolentry", entry, ignored=["time"])
        j.both("getrawtransaction", entry, 1)
        j.both("gettxout", entry, 0)
        j.both("gettxout", txid, 0)
        j.both("gettxout", txid, 0, False)
    j.both("getrawmempool", sort=True)
    j.both("getmempoolinfo", order=True)
    block = j.mine(1, MINE_ADDRESS, j.devnet)
    j.both("getrawmempool")
    for verbosity in (0, 1, 2, 3):
        j.both("getblock", block, verbosity)
    for name, kind in kinds.items():
        j.both("scantxoutset", "start", [f"addr({kind['address']})"])
    for txid in core.call("getblock", block, 1)["tx"]:
        for verbosity in (0, 1, 2):
            j.both("getrawtransaction", txid, verbosity)
        j.both("getrawtransaction", txid, 1, block)
        j.both("getrawtransaction", txid, 1, core.call("getblockhash", 1))
        if txid != core.call("getblock", block, 1)["tx"][0]:
            j.both("sendrawtransaction", core.call("getrawtransaction", txid))


class Open:
    """Coins that a witness of OP_TRUE spends."""

    def __init__(self, j):
        self.j, self.coins = j, []

    def take(self):
        return self.coins.pop(0)

    def spend(self, coin, outputs, sequence=0xFFFFFFFD, version=2, locktime=0, witness=None):
        stack = [b"\x51"] if witness is None else witness
        return Tx([(coin[0], coin[1], sequence, b"", stack)], outputs, version, locktime)


def p2wsh(script):
    return bytes.fromhex("0020") + hashlib.sha256(script).digest()


def judge_refusals(j, open_coins):
    core = j.core
    height = core.call("getblockcount")
    coin = open_coins.take()
    value = coin[2]
    spend = open_coins.spend
    pay = lambda amount: [(amount, ANYONE)]
    immature = (coinbase_of(core, height - 5), 0)
    cases = [
        spend(immature, pay(1000000)),
        spend(("11" * 32, 0), pay(1000000)),
        spend((coin[0], 7), pay(1000000)),
        spend(coin, pay(value + 1)),
        spend(coin, pay(value)),
        spend(coin, pay(value - 5)),
        spend(coin, pay(-1)),
        spend(coin, pay(22_000_000 * 10**8)),
        spend(coin, []),
        spend(coin, pay(20_000_000 * 10**8) + pay(20_000_000 * 10**8)),
        spend(coin, [(value - 1000 - 100, ANYONE), (100, ANYONE)]),
        spend(coin, [(value - 200, ANYONE), (100, ANYONE), (100, ANYONE)]),
        spend(coin, [(value - 329 - 1000, ANYONE), (329, ANYONE)]),
        spend(coin, [(value - 10000, b"\x51")]),
        spend(coin, [(value - 10000, b"\x6a" + b"\x04test")]),
        spend(coin, pay(value - 10000), version=4),
        spend(coin, pay(value - 10000), version=0),
        spend(coin, pay(value - 10000), locktime=height + 1),
        spend(coin, pay(value - 10000), locktime=2_000_000_000),
        spend(coin, pay(value - 10000), sequence=2000),
        spend(coin, pay(value - 10000), sequence=(1 << 22) | 2000),
        spend(coin, pay(value - 10000), witness=[]),
        spend(coin, pay(value - 10000), witness=[b"\x52"]),
        spend(coin, pay(value - 10000), witness=[b"\x01", b"\x51"]),
        spend(coin, pay(value - 2 * 10**8)),
        Tx([(coin[0], coin[1], 0xFFFFFFFD, b"\x51", [b"\x51"])], pay(value - 10000)),
        Tx([(coin[0], coin[1], 0xFFFFFFFD, b"\x75", [b"\x51"])], pay(value - 10000)),
        Tx([(coin[0], coin[1], 0xFFFFFFFD, b"", [b"\x51"])] * 2, pay(value - 10000)),
        Tx([("00" * 32, 0xFFFFFFFF, 0xFFFFFFFF, b"\x51\x51\x51", [])], pay(10000)),
        Tx([("00" * 32, 0xFFFFFFFF, 0xFFFFFFFF, b"", []), (coin[0], coin[1], 0, b"", [b"\x51"])], pay(1)),
    ]
    for index, case in enumerate(cases):
        j.send(case)
        # What the mempool refuses for policy alone, a block may hold.
        j.both("generateblock", MINE_ADDRESS, [case.hex()], False, ignored=["hash", "hex"])
    # Replacement
    first = spend(coin, pay(value - 10000))
    j.send(first)
    child = spend((first.txid(), 0), pay(value - 20000))
    j.send(child)
    j.both("getrawmempool", True, ignored=["time"])
    for fee in (5000, 10000, 20000, 20005, 20100):
        j.send(spend(coin, pay(value - fee)))
        j.both("getrawmempool", sort=True)
    # A replacement that spends an output of what it replaces
    other = open_coins.take()
    parent = spend(other, pay(other[2] // 2 - 1000) + pay(other[2] // 2))
    j.send(parent)
    tangled = Tx(
        [(other[0], other[1], 0xFFFFFFFD, b"", [b"\x51"]), (parent.txid(), 0, 0xFFFFFFFD, b"", [b"\x51"])],
        pay(other[2] - 50000))
    j.send(tangled)
    # Packages
    a = open_coins.take()
    one = spend(a, pay(a[2] - 1000))
    two = spend((one.txid(), 0), pay(a[2] - 2000))
    rival = spend(a, pay(a[2] - 3000))
    for package in ([one, two], [two, one], [one, rival], [one, spend((one.txid(), 9), pay(1))]):
        j.both("testmempoolaccept", [t.hex() for t in package], ignored=["effective-includes", "effective-feerate"])
    # A long chain of unconfirmed transactions
    coin = open_coins.take()
    value, outpoint = coin[2], coin
    for _ in range(66):
        value -= 1000
        link = spend(outpoint, pay(value))
        j.both("sendrawtransaction", link.hex())
        outpoint = (link.txid(), 0)
    j.both("getrawmempool", True, ignored=["time"])
    j.mine(1, MINE_ADDRESS, j.devnet)
    j.both("getrawmempool")


def judge_locks(j, open_coins):
    """Absolute and relative locks: too early, and on time."""
    core = j.core
    height = core.call("getblockcount")
    mediantime = core.call("getblockchaininfo")["mediantime"]
    scripts = {
        "cltv height": (script_number(height + 5) + b"\xb1\x75\x51", 0xFFFFFFFD, height + 5),
        "cltv time": (script_number(mediantime + 2) + b"\xb1\x75\x51", 0xFFFFFFFD, mediantime + 2),
        "csv blocks": (script_number(4) + b"\xb2\x75\x51", 4, 0),
        "csv time": (script_number((1 << 22) | 1) + b"\xb2\x75\x51", (1 << 22) | 1, 0),
    }
    coin = open_coins.take()
    share = (coin[2] - 10000) // len(scripts)
    fund = open_coins.spend(coin, [(share, p2wsh(s[0])) for s in scripts.values()])
    j.send(fund)
    j.mine(1, MINE_ADDRESS)
    attempts = []
    for index, (script, sequence, locktime) in enumerate(scripts.values()):
        outputs = [(share - 5000, ANYONE)]
        make = lambda seq, lock, version=2: Tx(
            [(fund.txid(), index, seq, b"", [script])], outputs, version, lock)
        attempts.append([
            make(sequence, locktime),
            make(0xFFFFFFFE, max(locktime - 1, 0)),
            make(0xFFFFFFFF, locktime),
            make(max(sequence - 1, 0), locktime),
            make(sequence, locktime, 1),
        ])
    for _ in range(6):
        for attempt in attempts:
            for tx in attempt:
                j.both("testmempoolaccept", [tx.hex()], ignored=["effective-includes"])
                j.both("generateblock", MINE_ADDRESS, [tx.hex()], False, ignored=["hash", "hex"])
        j.mine(1, MINE_ADDRESS)
    for attempt in attempts:
        j.send(attempt[0])
    j.mine(1, MINE_ADDRESS)
    j.both("getrawmempool", sort=True)


def judge_reorganisation(j, open_coins):
    core, devnet = j.core, j.devnet
    coin, rival = open_coins.take(), open_coins.take()
    kept = open_coins.spend(coin, [(coin[2] - 1000, ANYONE)])
    follower = open_coins.spend((kept.txid(), 0), [(coin[2] - 2000, ANYONE)])
    lost = open_coins.spend(rival, [(rival[2] - 1000, ANYONE)])
    winner = open_coins.spend(rival, [(rival[2] - 5000, ANYONE)])
    base = j.mine(1, MINE_ADDRESS)
    for tx in (kept, lost):
        j.send(tx)
    one = j.mine(1, MINE_ADDRESS)
    j.send(follower)
    two = j.mine(1, MINE_ADDRESS)
    j.both("invalidateblock", one)
    for method in ("getbestblockhash", "getblockchaininfo", "gettxoutsetinfo"):
        j.both(method)
    j.both("getrawmempool", sort=True)
    j.both("getrawmempool", True, ignored=["time", "height"])
    for block in (one, two):
        j.both("getblockheader", block)
        j.both("getblock", block, 2)
    j.both("getrawtransaction", kept.txid(), 1)
    j.both("getrawtransaction", kept.txid(), 1, one)
    # The other branch confirms a conflict.
    block = devnet.call("generateblock", MINE_ADDRESS, [winner.hex()])["hash"]
    j.report("core takes the rival", None, core.call("submitblock", devnet.call("getblock", block, 0)))
    j.both("getrawmempool", sort=True)
    j.both("getrawtransaction", lost.txid(), 1)
    j.both("reconsiderblock", one)
    j.both("getbestblockhash")
    j.both("getrawmempool", sort=True)
    j.both("getrawtransaction", winner.txid(), 1)
    # Two branches of equal work: the one seen first
    tip = j.both("getbestblockhash")
    j.both("invalidateblock", tip)
    block = devnet.call("generateblock", MINE_ADDRESS, [])["hash"]
    j.report("core takes the equal", None, core.call("submitblock", devnet.call("getblock", block, 0)))
    j.both("getbestblockhash")
    j.both("reconsiderblock", tip)
    j.both("getbestblockhash")
    j.both("getblockheader", block)
    # A longer rival branch by blocks alone
    j.both("invalidateblock", two)
    blocks = devnet.call("generatetoaddress", 2, MINE_ADDRESS)
    texts = [devnet.call("getblock", b, 0) for b in blocks]
    devnet.call("invalidateblock", blocks[0])
    j.both("reconsiderblock", two)
    for text in texts:
        j.report("rival block", core.call("submitblock", text) in (None, "inconclusive"), True)
    j.both("reconsiderblock", blocks[0])
    j.both("getbestblockhash")
    j.both("gettxoutsetinfo")
    j.both("getrawmempool", sort=True)
    j.mine(1, MINE_ADDRESS)
    j.both("submitblock", texts[0])
    j.both("getblockchaininfo")


def judge_blocks(j):
    """Blocks with one thing wrong each, freshly mined."""
    core, devnet = j.core, j.devnet
    template = bytes.fromhex(devnet.call("generateblock", MINE_ADDRESS, [], False)["hex"])
    head, body = template[:80], template[81:]

    def coinbase(raw):
        tx = core.call("decoderawtransaction", raw.hex())
        entry = tx["vin"][0]
        return Tx(
            [("00" * 32, 0xFFFFFFFF, entry["sequence"], bytes.fromhex(entry["coinbase"]),
              [bytes.fromhex(w) for w in entry.get("txinwitness", [])])],
            [(int(o["value"] * 10**8), bytes.fromhex(o["scriptPubKey"]["hex"])) for o in tx["vout"]],
            tx["version"], tx["locktime"])

    def solve(header, wanted=True):
        header = bytearray(header)
        for nonce in range(1000):
            header[76:80] = struct.pack("<I", nonce)
            if (sha256d(header)[31] < 0x7F) == wanted:
                return bytes(header)
        raise AssertionError

    def block(change, header=None, wanted=True, merkle=None, extra=b""):
        tx = coinbase(body)
        change(tx)
        root = merkle or sha256d(tx.bytes(False))
        raw = bytearray(head[:36] + root + head[68:])
        if header:
            header(raw)
        count = b"\x02" if extra else b"\x01"
        return (solve(raw, wanted) + count + tx.bytes() + extra).hex()

    def put(offset, data):
        def change(raw):
            raw[offset:offset + len(data)] = data
        return change

    same = lambda tx: None
    info = core.call("getblockchaininfo")
    cases = {
        "too much": block(lambda tx: tx.outputs.__setitem__(0, (tx.outputs[0][0] + 1, tx.outputs[0][1]))),
        "wrong height": block(lambda tx: tx.inputs.__setitem__(0, (*tx.inputs[0][:3], b"\x51\x51", tx.inputs[0][4]))),
        "short coinbase": block(lambda tx: tx.inputs.__setitem__(0, (*tx.inputs[0][:3], b"\x51", tx.inputs[0][4]))),
        "wrong merkle root": block(same, merkle=b"\1" * 32),
        "no proof of work": block(same, wanted=False),
        "wrong bits": block(same, put(72, struct.pack("<I", 0x207FFFFE))),
        "too old": block(same, put(68, struct.pack("<I", info["mediantime"]))),
        "too new": block(same, put(68, struct.pack("<I", int(time.time()) + 8000))),
        "old version": block(same, put(0, struct.pack("<I", 3))),
        "unknown parent": block(same, put(4, b"\7" * 32)),
        "wrong commitment": block(lambda tx: tx.outputs.__setitem__(1, (0, tx.outputs[1][1][:-1] + b"\0"))),
        "wrong nonce size": block(lambda tx: tx.inputs.__setitem__(0, (*tx.inputs[0][:4], [b"\0" * 31]))),
        "witness without commitment": block(lambda tx: tx.outputs.pop()),
        "not final": block(lambda tx: setattr(tx, "locktime", info["blocks"] + 5)),
        "two coinbases": None,
        "nothing": None,
    }
    two = coinbase(body)
    root = sha256d(sha256d(two.bytes(False)) * 2)
    cases["two coinbases"] = block(same, merkle=root, extra=two.bytes())
    empty = bytearray(head)
    empty[36:68] = b"\0" * 32
    cases["nothing"] = (solve(empty) + b"\0").hex()
    for name, text in cases.items():
        j.both("submitblock", text)
        j.both("submitblock", text)
    # Without the reserved value in the witness the block is completed.
    bare = block(lambda tx: tx.inputs.__setitem__(0, (*tx.inputs[0][:4], [])))
    j.both("submitblock", bare)
    j.both("submitblock", bare)
    j.both("getbestblockhash")


def judge_scans(j, kinds):
    core = j.core
    xpub = "tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstxYSnhyswJ76uZPStJRJCTKvosUCJZL5B"
    point = core.call("getdescriptorinfo", f"pk({wif('other')})")["descriptor"].split("(")[1].split(")")[0]
    other = base58check(
        bytes.fromhex("043587cf" + "00" * 9) + hashlib.sha256(b"chain").digest() + bytes.fromhex(point))
    forms = [
        f"wpkh({xpub}/0/*)", f"pkh({xpub}/1/*)", f"sh(wpkh({xpub}/2/*))", f"tr({xpub}/3/*)",
        f"wsh(sortedmulti(2,[d34db33f/48h/1h/0h/2h]{xpub}/0/*,[00aabbcc/48h/1h/0h/2h]{other}/0/*))",
        f"wsh(multi(1,{xpub}/4/*,{other}/4/*))", f"sh(wsh(sortedmulti(1,{xpub}/5/*,{other}/5/*)))",
        f"sh(sortedmulti(1,{xpub}/6/*,{other}/6/*))",
    ]
    for form in forms:
        descriptor = core.call("getdescriptorinfo", form)["descriptor"]
        for address in core.call("deriveaddresses", descriptor, [3, 4]):
            j.mine(1, address)
        j.both("scantxoutset", "start", [descriptor])
        j.both("scantxoutset", "start", [form])
        for span in (3, [3, 3], [0, 2], [4, 9]):
            j.both("scantxoutset", "start", [{"desc": descriptor, "range": span}])
    both = f"wsh(sortedmulti(2,[d34db33f/48h/1h/0h/2h]{xpub}/<0;1>/*,[00aabbcc/48h/1h/0h/2h]{other}/<0;1>/*))"
    j.both("scantxoutset", "start", [{"desc": both, "range": 5}])
    for kind in kinds.values():
        j.both("scantxoutset", "start", [f"raw({kind['script']})", f"addr({kind['address']})"])
        j.both("scantxoutset", "start", [kind["descriptor"]])
        j.both("validateaddress", kind["address"])


def main():
    global MINE_ADDRESS
    bitcoind, devnet = os.environ.get("BITCOIND"), os.environ.get("DEVNET")
    if not bitcoind or not devnet:
        raise SystemExit("set BITCOIND and DEVNET to the two programs")
    folder = tempfile.mkdtemp(prefix="devnet-judge-")
    os.mkdir(f"{folder}/core")
    ports = free_port(), free_port()
    core = Node("core", [
        bitcoind, "-regtest", f"-datadir={folder}/core", f"-rpcport={ports[0]}", "-rpcuser=judge",
        "-rpcpassword=secret", "-txindex=1", "-listen=0", "-server", "-printtoconsole=0"], ports[0])
    ours = Node("devnet", [
        devnet, "--datadir", f"{folder}/devnet", "--rpcport", str(ports[1]), "--rpcuser", "judge",
        "--rpcpassword", "secret"], ports[1])
    try:
        core.start()
        ours.start()
        j = Judge(core, ours)
        MINE_ADDRESS = core.call("decodescript", "51")["segwit"]["address"]
        judge_fresh(j)
        judge_errors(j)
        judge_envelope(j)
        kinds = {name: keys(core, name, form) for name, form in FORMS.items()}
        coins = {}
        for name, kind in kinds.items():
            block = j.mine(1, kind["address"])
            coins[name] = core.call("getblock", block, 1)["tx"][0]
        first_open = core.call("getblockcount") + 1
        j.mine(20, MINE_ADDRESS, core)
        j.mine(100, MINE_ADDRESS, ours)
        open_coins = Open(j)
        for height in range(first_open, first_open + 20):
            txid = coinbase_of(core, height)
            value = int(core.call("gettxout", txid, 0)["value"] * 10**8)
            open_coins.coins.append((txid, 0, value))
        judge_spends(j, kinds, coins)
        judge_refusals(j, open_coins)
        judge_locks(j, open_coins)
        judge_reorganisation(j, open_coins)
        judge_blocks(j)
        judge_scans(j, kinds)
        before = ours.call("getblockchaininfo")["bestblockhash"], sorted(ours.call("getrawmempool"))
        ours.kill()
        ours.start()
        after = ours.call("getblockchaininfo")["bestblockhash"], sorted(ours.call("getrawmempool"))
        j.report("devnet after kill -9", before, after)
        j.both("gettxoutsetinfo")
        j.both("getblockchaininfo")
        j.mine(1, MINE_ADDRESS, ours)
        print(f"{j.agreed} agreed, {j.disagreed} disagreed")
        return 1 if j.disagreed else 0
    finally:
        core.stop()
        ours.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
