#!/usr/bin/env python3
"""Judges the signed transactions of a running installation with Bitcoin Core's own script verification.

    chain_judge.py FOLDER [--at-least 3]

Reads every block from the node of the demonstration in FOLDER and lets libbitcoinkernel (Bitcoin Core's
consensus code, from the package py-bitcoinkernel) verify each input of each transaction under all consensus
flags, and refuse the same input once its witness, its amount or an output is altered. Fails when fewer than
`--at-least` spends by 2 of 3 holders of the hot wallet, whose policy decays, are among them, since then nothing
of ours was judged.
"""
import argparse
import base64
import json
import pathlib
import re
import sys
import urllib.request

import pbk
from pbk.script import PrecomputedTransactionData

FLAGS = pbk.ScriptVerificationFlags.ALL

# What the holders' spends show last: of P2WSH the whole script, which begins with 2 of 3 keys and goes on behind
# OP_IFDUP OP_NOTIF with two locked branches; of taproot the leaf, 2 of 3 by OP_CHECKSIGADD, and a control block
# with the internal key that nobody has (BIP-341).
WITNESS_SCRIPT = re.compile("52(21.{66}){3}53ae7364.+b2.*b2.*68")
LEAF = re.compile("20.{64}ac(20.{64}ba){2}529c")
CONTROL = re.compile("c[01]50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0(.{64})+")


class Node:
    def __init__(self, folder):
        text = (folder / "devnet.yaml").read_text()
        port = re.search(r"^rpcport: (\d+)", text, re.M).group(1)
        self.url = f"http://127.0.0.1:{port}"
        cookie = (folder / "devnet" / ".cookie").read_bytes().strip()
        self.headers = {"Authorization": "Basic " + base64.b64encode(cookie).decode()}

    def call(self, method, *params):
        body = json.dumps({"id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url, body, self.headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["result"]


def satoshi(value):
    return round(value * 100_000_000)


def accepts(spent, raw, index):
    """Whether input `index` may spend `spent[index]`, an amount and a script, of what all inputs spend."""
    transaction = pbk.Transaction(raw)
    outputs = [pbk.TransactionOutput(pbk.ScriptPubkey(program), amount) for amount, program in spent]
    data = PrecomputedTransactionData(transaction, outputs)
    amount, program = spent[index]
    return pbk.ScriptPubkey(program).verify(amount, transaction, data, index, FLAGS)


def is_holders(program, witness):
    """Whether two of three holders spent from the hot wallet."""
    if len(program) != 34:
        return False
    if program[0] == 0:
        return WITNESS_SCRIPT.fullmatch(witness[-1]) is not None
    return len(witness) > 2 and bool(LEAF.fullmatch(witness[-2]) and CONTROL.fullmatch(witness[-1]))


def altered(raw, position):
    return raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--at-least", type=int, default=3)
    arguments = parser.parse_args()
    node = Node(arguments.folder)
    outputs, judged, holders, problems = {}, 0, 0, []
    for height in range(1, node.call("getblockcount") + 1):
        for transaction in node.call("getblock", node.call("getblockhash", height), 2)["tx"]:
            for output in transaction["vout"]:
                outputs[transaction["txid"], output["n"]] = (
                    satoshi(output["value"]), bytes.fromhex(output["scriptPubKey"]["hex"]))
            if "coinbase" in transaction["vin"][0]:
                continue
            raw = bytes.fromhex(transaction["hex"])
            spent = [outputs[spend["txid"], spend["vout"]] for spend in transaction["vin"]]
            for index, spend in enumerate(transaction["vin"]):
                name = f"input {index} of {transaction['txid']}"
                judged += 1
                if not accepts(spent, raw, index):
                    problems.append(f"{name} is refused")
                amount, program = spent[index]
                if accepts([*spent[:index], (amount + 1, program), *spent[index + 1:]], raw, index):
                    problems.append(f"{name} is accepted with another amount")
                # A bit of the first output's amount: signatures must cover it.
                first = raw.index(satoshi(transaction["vout"][0]["value"]).to_bytes(8, "little"))
                if accepts(spent, altered(raw, first), index):
                    problems.append(f"{name} is accepted with another output")
                witness = spend.get("txinwitness", [])
                signature = bytes.fromhex(next(item for item in witness if len(item) > 120))
                if accepts(spent, altered(raw, raw.index(signature) + 10), index):
                    problems.append(f"{name} is accepted with another signature")
                holders += is_holders(program, witness)
    if holders < arguments.at_least:
        problems.append(f"only {holders} spends by 2 of 3 holders; expected {arguments.at_least}")
    for problem in problems:
        print(f"FAIL  {problem}")
    if not problems:
        print(f"ok    libbitcoinkernel accepts {judged} inputs, {holders} of 2 of 3 holders, and refuses each altered")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
