#!/usr/bin/env python3
"""Judges the signed transactions of a running installation with Bitcoin Core's own script verification.

    chain_judge.py FOLDER [--at-least 3]

Reads every block from the node of the demonstration in FOLDER and lets libbitcoinkernel (Bitcoin Core's
consensus code, from the package py-bitcoinkernel) verify each input of each transaction under all consensus
flags, and refuse the same input once its witness, its amount or an output is altered. Fails when fewer than
`--at-least` spends of a 2-of-3 witness script are among them, since then nothing of ours was judged.
"""
import argparse
import base64
import json
import pathlib
import re
import sys
import urllib.request

import pbk

FLAGS = pbk.ScriptVerificationFlags.ALL & ~pbk.ScriptVerificationFlags.TAPROOT


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


def accepts(script, amount, raw, index):
    return script.verify(amount, pbk.Transaction(raw), None, index, FLAGS)


def altered(raw, position):
    return raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--at-least", type=int, default=3)
    arguments = parser.parse_args()
    node = Node(arguments.folder)
    outputs, judged, multisig, problems = {}, 0, 0, []
    for height in range(1, node.call("getblockcount") + 1):
        for transaction in node.call("getblock", node.call("getblockhash", height), 2)["tx"]:
            for output in transaction["vout"]:
                outputs[transaction["txid"], output["n"]] = (
                    satoshi(output["value"]), bytes.fromhex(output["scriptPubKey"]["hex"]))
            raw = bytes.fromhex(transaction["hex"])
            for index, spend in enumerate(transaction["vin"]):
                if "coinbase" in spend:
                    continue
                amount, program = outputs[spend["txid"], spend["vout"]]
                script = pbk.ScriptPubkey(program)
                name = f"input {index} of {transaction['txid']}"
                judged += 1
                if not accepts(script, amount, raw, index):
                    problems.append(f"{name} is refused")
                if accepts(script, amount + 1, raw, index):
                    problems.append(f"{name} is accepted with another amount")
                # A bit of the first output's amount: signatures must cover it.
                first = raw.index(satoshi(transaction["vout"][0]["value"]).to_bytes(8, "little"))
                if accepts(script, amount, altered(raw, first), index):
                    problems.append(f"{name} is accepted with another output")
                witness = spend.get("txinwitness", [])
                signature = bytes.fromhex(next(item for item in witness if len(item) > 120))
                if accepts(script, amount, altered(raw, raw.index(signature) + 10), index):
                    problems.append(f"{name} is accepted with another signature")
                # OP_2, three keys of 33 bytes, OP_3 OP_CHECKMULTISIG.
                if len(program) == 34 and re.fullmatch("52(21.{66}){3}53ae", witness[-1]):
                    multisig += 1
    if multisig < arguments.at_least:
        problems.append(f"only {multisig} spends of a 2-of-3 script; expected {arguments.at_least}")
    for problem in problems:
        print(f"FAIL  {problem}")
    if not problems:
        print(f"ok    libbitcoinkernel accepts {judged} inputs, {multisig} of them 2-of-3, and refuses each altered")
    return 1 if problems else 0


sys.exit(main())
