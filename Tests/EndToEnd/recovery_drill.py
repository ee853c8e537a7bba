#!/usr/bin/env python3
"""Bitcoin Core alone spends cold storage from its printed sheets.

    BITCOIND=/path/to/bitcoind recovery_drill.py BIN_DIR --folder FOLDER

holdfast-vault holds a ceremony and prints the recovery sheets; from there on only the PDFs, poppler,
zbar, bitcoind and bitcoin-cli (beside bitcoind) are used, each person alone with his own sheet. Three
holders spend one coin at once; two trustees, with every holder gone, another one after the last delay. The
steps are those of docs/operations/recovery.md.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time

import frames
from vault import Vault

KEYS = 13  # five holders, five backups, three trustees
DELAY = 18  # blocks; the last tier of the drill's wallet
WALLET = ["--policy", "cold", "--threshold", 3, "--holders", 5, "--delays", f"6,12,{DELAY}"]


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAIL    {what}")
    print(f"ok      {what}", flush=True)


class Core:
    """bitcoind and bitcoin-cli on regtest, without a network."""

    def __init__(self, bitcoind, folder):
        self.folder = folder
        folder.mkdir()
        self.common = ["-regtest", f"-datadir={folder}", "-rpcport=" + str(free_port())]
        self.cli_program = bitcoind.with_name("bitcoin-cli")
        self.process = subprocess.Popen(
            [bitcoind, *self.common, "-listen=0", "-printtoconsole=0"])
        end = time.monotonic() + 300
        while True:
            try:
                self.cli("getblockcount")
                return
            except subprocess.CalledProcessError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise SystemExit("bitcoind does not answer") from None
                time.sleep(0.2)

    def cli(self, *arguments):
        words = [a if isinstance(a, str) else json.dumps(a) for a in arguments]
        done = subprocess.run(
            [self.cli_program, *self.common, *words], check=True, capture_output=True, text=True)
        try:
            return json.loads(done.stdout)
        except json.JSONDecodeError:
            return done.stdout.strip()

    def address(self, public_key):
        """The address of a key, as the new wallet of the rescuers would show one."""
        info = self.cli("getdescriptorinfo", f"wpkh({public_key})")
        return self.cli("deriveaddresses", info["descriptor"])[0]

    def stop(self):
        self.process.terminate()
        self.process.wait(120)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def joined(text, start, stop):
    """What stands between two lines of a sheet, without the line breaks."""
    body = text.split(start, 1)[1].split(stop, 1)[0]
    return "".join(body.split())


def read_sheet(pdf):
    """A sheet as a person reads it: the descriptor, and his own key with its place in it."""
    text = frames.page_text(pdf)
    descriptor = joined(text, "(join the lines without blanks):", "The same as BBQr")
    field = dict(re.findall(r"^\s*(fingerprint|path)\s+(\S+)$", text, re.MULTILINE))
    origin = f"[{field['fingerprint']}/{field['path'].removeprefix('m/')}]"
    public = re.match(r"[tx]pub\w+", joined(text, "account public key", "key words"))[0]
    private = re.match(r"[tx]prv\w+", joined(text, "(extended, BIP-32)", "The wallet"))[0]
    return descriptor, origin, public, private


def own_descriptor(core, descriptor, origin, public, private):
    """The wallet's descriptor with this holder's private key in the place of his public one."""
    body = descriptor.split("#")[0]
    assert origin + public in body, "this sheet belongs to another wallet"
    body = body.replace(origin + public, origin + private)
    return f"{body}#{core.cli('getdescriptorinfo', body)['checksum']}"


def drill(core, sheets):
    read = [read_sheet(sheet) for sheet in sheets]
    check(len({sheet[0] for sheet in read}) == 1, "every sheet prints the same descriptor")
    descriptor = read[0][0]
    for sheet, (_, _, _, private) in zip(sheets, read):
        symbols = frames.page_symbols(sheet)
        check(symbols[0] == [private], f"{sheet.name}: zbar reads the key that is printed")
    info = core.cli("getdescriptorinfo", descriptor)
    check(info["checksum"] == descriptor.split("#")[1],
          "Bitcoin Core confirms the descriptor's checksum as typed off the sheet")

    wallet = [{"desc": descriptor, "range": 999}]
    # In the drill, of all addresses two hold coins: the third for deposits and the first for change.
    deposits, change = core.cli("deriveaddresses", descriptor, [0, 2])
    for address in (deposits[2], change[0]):
        core.cli("generatetoaddress", "1", address)
    target = core.address("02f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9")
    core.cli("generatetoaddress", "100", target)
    found = core.cli("scantxoutset", "start", wallet)
    check(found["success"] and found["total_amount"] == 100 and len(found["unspents"]) == 2,
          "Bitcoin Core finds the wallet's coins on the chain")

    holders = [pair for pair in zip(sheets, read) if pair[0].name.startswith("holder")]
    trustees = [pair for pair in zip(sheets, read) if pair[0].name.startswith("trustee")]
    spend(core, wallet, found["unspents"][0], target, holders, {})
    early = {"sequence": DELAY - 1}
    check(not answers(core, request(core, wallet, found["unspents"][1], target, early), trustees)
          ["complete"], "trustees alone do not finish what does not wait long enough")
    spend(core, wallet, found["unspents"][1], target, trustees, {"sequence": DELAY})
    check(core.cli("scantxoutset", "start", wallet)["total_amount"] == 0,
          "every coin has left the wallet on the chain")


def request(core, wallet, coin, target, options):
    """A transaction of one coin, with what signers need to know."""
    psbt = core.cli(
        "createpsbt", [{"txid": coin["txid"], "vout": coin["vout"], **options}],
        [{target: "49.9995"}])
    return core.cli("utxoupdatepsbt", psbt, wallet)


def answers(core, psbt, people):
    """Each person at his own machine, with his own sheet and the transaction only."""
    signed = []
    for sheet, (text, origin, public, private) in people:
        own = own_descriptor(core, text, origin, public, private)
        answer = core.cli("descriptorprocesspsbt", psbt, [{"desc": own, "range": 999}])
        check(not answer["complete"], f"{sheet.name}: one person alone is not enough")
        signed.append(answer["psbt"])
    return core.cli("finalizepsbt", core.cli("combinepsbt", signed))


def spend(core, wallet, coin, target, people, options):
    final = answers(core, request(core, wallet, coin, target, options), people)
    names = ", ".join(sheet.stem for sheet, _ in people)
    check(final["complete"], f"{names} finish the transaction")
    txid = core.cli("sendrawtransaction", final["hex"])
    core.cli("generatetoaddress", "1", target)
    paid = core.cli("gettxout", txid, "0")
    check(paid["confirmations"] == 1 and paid["scriptPubKey"]["address"] == target,
          f"{names} have spent the coin on the chain")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    bitcoind = os.environ.get("BITCOIND")
    if not bitcoind:
        print("skipped: $BITCOIND is not set, so no Bitcoin Core can hold the drill")
        return
    folder = arguments.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    vault = Vault(arguments.programs.resolve(), is_offline=True)
    vault.ceremony(folder / "keys", KEYS, *WALLET)
    sheets = []
    for label in ("holder-1", "holder-3", "holder-4", "trustee-1", "trustee-2"):
        sheets.append(folder / f"{label}.pdf")
        vault.text(
            "sheet", "--key", folder / f"keys/{label}.key", "--descriptor",
            folder / "keys/wallet.descriptor", "--clear", "--out", sheets[-1], passphrases=1)
    # Paper is all that is left.
    shutil.rmtree(folder / "keys")

    core = Core(pathlib.Path(bitcoind), folder / "core")
    try:
        drill(core, sheets)
    finally:
        core.stop()
    print("recovery drill done")


if __name__ == "__main__":
    main()
