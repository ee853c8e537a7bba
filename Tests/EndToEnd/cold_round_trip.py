#!/usr/bin/env python3
"""Coins leave cold storage by QR pictures only.

    cold_round_trip.py BIN_DIR --folder FOLDER

The online side makes a request and shows it as frames; zbar reads the frames; the vault, in a process
without a network, reviews and signs; its frames go back the same way; the online side finishes the
transaction and holdfast-devnet mines it. No file crosses but the texts that zbar read. The vault must
also refuse what pays to a stranger, and cold addresses must be issued, derived again and used once.
"""
import argparse
import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

import frames
from vault import Refused, Vault, prefix

# Five holders, five backups, three trustees; three holders spend at once.
THRESHOLD, COLD_KEYS = 3, 13
COLD = ["--policy", "cold", "--threshold", THRESHOLD, "--holders", 5]
# Three holders, three backups, a council of five.
HOT_KEYS = 11
HOT = ["--policy", "hot", "--threshold", 2, "--holders", 3, "--form", "tr"]

PEOPLE = """\
custodian dave bank-1
custodian erin bank-2
""" + "".join(
    f"key {role}-{n} {role}-person-{n} region-{n}\npassphrase {role}-{n} owner-{n}\n"
    for role, count in (("holder", 5), ("backup", 5), ("trustee", 3)) for n in range(1, count + 1))


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAIL    {what}")
    print(f"ok      {what}", flush=True)


class WatchingHost(Vault):
    """A host that is about to fund cold addresses: it has the online program and no key."""

    def __init__(self, programs):
        self.command = [str(programs / "holdfast")]


class Devnet:
    def __init__(self, programs, folder):
        self.log = folder / "devnet.log"
        self.cookie = folder / "devnet" / ".cookie"
        self.process = subprocess.Popen(
            [programs / "holdfast-devnet", "--datadir", folder / "devnet", "--rpcport", "0"],
            stdout=self.log.open("wb"), stderr=subprocess.STDOUT)
        self.port = self.wait_for_port()

    def wait_for_port(self):
        """Its log names the port that the system gave it."""
        end = time.monotonic() + 300
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise SystemExit(f"devnet ended: {self.log.read_text()}")
            named = re.search(r"\bport=(\d+)", self.log.read_text(errors="replace"))
            if named and self.cookie.exists():
                return int(named[1])
            time.sleep(0.1)
        raise SystemExit("devnet names no port")

    def call(self, method, *parameters):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}",
            json.dumps({"id": 1, "method": method, "params": parameters}).encode(),
            {"Authorization": "Basic "
             + base64.b64encode(self.cookie.read_bytes().strip()).decode()})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["result"]
        except urllib.error.HTTPError as failure:
            raise SystemExit(f"{method}: {failure.read().decode()}") from None

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def cross(source, target, vault, what):
    """Lets zbar read the frames in `source`, and gives the vault nothing but their texts."""
    texts = frames.lines(source)
    heard = target.with_suffix(".lines")
    heard.write_text("\n".join(reversed(texts)) + "\n")
    read = vault.json("read", "--lines", heard, "--out", target)
    print(f"        {what}: {len(texts)} frames, {read['bytes']} bytes, words: {read['words']}")
    return read["words"]


def spend(carrier, folder, online, offline, devnet, coin, change):
    """One round trip; returns the transaction."""
    folder.mkdir()
    (folder / "coin.hex").write_text(coin[2])
    asked = online.json(
        "request", "--policy", "cold-1", "--policies", "online/policies",
        "--coin", f"{folder}/coin.hex:{coin[1]}", "--pay", f"hot-1:1/{change}=20",
        "--pay", f"cold-1:1/{change}=29.999", "--out", folder / "request.psbt",
        "--png", folder / "request-frames", "--carrier", carrier, "--qr-version", "12")
    words = cross(folder / "request-frames", folder / "received.psbt", offline, f"{carrier} request")
    check(words == asked["words"], f"{carrier}: both sides show the same words for the request")
    check((folder / "received.psbt").read_bytes() == (folder / "request.psbt").read_bytes(),
          f"{carrier}: the request is the same, byte for byte")
    said = offline.text(
        "review", folder / "received.psbt", "--policy", "cold-1", "--policies", "vault/policies")
    check("20.00000000 BTC  to the hot wallet, hot-1" in said
          and "29.99900000 BTC  back to this wallet, cold-1 1/" in said
          and "fee           0.00100000 BTC" in said,
          f"{carrier}: the review says in plain language what goes where")
    answers = []
    for holder in range(1, THRESHOLD + 1):
        answer = folder / f"answer-{holder}"
        offline.json(
            "sign", folder / "received.psbt", "--words", words, "--policy", "cold-1", "--policies",
            "vault/policies", "--key", f"vault/cold/holder-{holder}.key", "--out",
            answer.with_suffix(".signed"), "--png", answer, "--carrier", carrier, "--qr-version",
            "12", passphrases=1)
        cross(answer, answer.with_suffix(".psbt"), online, f"{carrier} answer {holder}")
        answers.append(answer.with_suffix(".psbt"))
    try:
        online.text("finish", *answers[1:], "--policy", "cold-1", "--policies", "online/policies")
        check(False, f"{carrier}: one answer too few is not enough")
    except Refused:
        check(True, f"{carrier}: one answer too few is not enough")
    done = online.json("finish", *answers, "--policy", "cold-1", "--policies", "online/policies")
    txid = devnet.call("sendrawtransaction", done["hex"])
    check(txid == done["txid"], f"{carrier}: the node takes the transaction")
    return txid


def issue(folder, offline, online, watching):
    """Cold addresses: issued offline, sent by one symbol, derived again by two hosts."""
    key = offline.json(
        "keygen", "--out", "vault/issuer.key", "--label", "issuer", "--kdf", "interactive",
        passphrases=1)["publicKey"]
    named = ["--policy", "cold-1", "--issuer", key]
    watched = ["cold-addresses", "--wallet", "online/cold-1.descriptor", "--issuer", key]
    for number in (1, 2):
        offline.text(
            "issue-addresses", *named, "--policies", "vault/policies", "--batches", "vault/batches",
            "--key", "vault/issuer.key", "--count", 40, "--address-cap", 50, "--epoch", 202604,
            "--epoch-cap", 1000, passphrases=1)
        batch = pathlib.Path(f"vault/batches/00000{number}.batch")
        offline.text("show", batch, "--kind", "binary", "--png", folder / f"batch-{number}")
        for host in ("first-host", "second-host"):
            (folder / host).mkdir(exist_ok=True)
            cross(folder / f"batch-{number}", folder / host / batch.name, online, f"batch {number}")
    lists = []
    for host in ("first-host", "second-host"):
        seen = watching.json(*watched, "--batches", folder / host, "--list")
        check([b["firstIndex"] for b in seen["batches"]] == [0, 40],
              f"{host}: two batches, the second begins where the first ended")
        lists.append(seen["addresses"])
    check(lists[0] == lists[1] and len(set(lists[0])) == 40, "both hosts derive the same addresses")
    vaults = online.json(
        "verify-addresses", *named, "--policies", "online/policies", "--batches",
        folder / "first-host", "--list")
    check(vaults["addresses"] == lists[0], "so does the vault's own program")
    fund = [*watched, "--batches", folder / "first-host", "--address"]
    said = watching.json(*fund, lists[0][3], "--amount", 50)["question"]
    check((said["ok"], said["batch"], said["index"]) == (True, 2, 43),
          "an address that was issued may get what its cap allows")
    elsewhere = online.json("address", "--descriptor", "online/hot/wallet.descriptor", "--count", 1)
    for address, amount, reason in (
        (lists[0][3], "50.00000001", "above its cap"),
        (elsewhere["addresses"][0]["address"], "1", "in none of the batches"),
    ):
        try:
            watching.text(*fund, address, "--amount", amount)
            check(False, f"nothing is sent to what is {reason}")
        except Refused as refusal:
            check("ended 1" in str(refusal), f"nothing is sent to what is {reason}")
    found = online.json("find-address", lists[0][3], "--policies", "online/policies")
    check((found["wallet"], found["branch"], found["index"]) == ("cold-1", 0, 43),
          "an address is found in its wallet")
    forged = folder / "second-host" / "000002.batch"
    altered = bytearray(forged.read_bytes())
    altered[-1] ^= 1
    forged.write_bytes(altered)
    try:
        watching.text(*watched, "--batches", forged.parent)
        check(False, "a batch that was changed is refused")
    except Refused as refusal:
        check("not signed by the issuing key" in str(refusal), "a batch that was changed is refused")


def stranger(folder, offline, online, coin):
    """Whoever owns the online side can make any request; the vault signs none to a stranger."""
    folder.mkdir()
    online.ceremony(
        "online/thief", 1, "--policy", "multisig", "--threshold", 1, "--holders", 1)
    shutil.copytree("online/policies", "online/lying")
    online.register("online/thief/wallet.descriptor", "thief-1", "hot", "online/lying")
    (folder / "coin.hex").write_text(coin[2])
    words = online.json(
        "request", "--policy", "cold-1", "--policies", "online/lying", "--coin",
        f"{folder}/coin.hex:{coin[1]}", "--pay", "thief-1:1/0=49.999", "--out",
        folder / "request.psbt", "--png", folder / "frames")["words"]
    cross(folder / "frames", folder / "received.psbt", offline, "a thief's request")
    try:
        offline.text(
            "sign", folder / "received.psbt", "--words", words, "--policy", "cold-1", "--policies",
            "vault/policies", "--key", "vault/cold/holder-1.key", "--out", folder / "signed.psbt",
            passphrases=1)
        check(False, "the vault refuses to pay a stranger")
    except Refused as refusal:
        check("output 0 pays to a stranger" in str(refusal) and not (folder / "signed.psbt").exists(),
              "the vault refuses to pay a stranger")


def ceremony(folder, offline):
    """Cold storage begins with people who cannot reach it by themselves."""
    (folder / "people").write_text(PEOPLE.replace("custodian erin", "custodian holder-person-2"))
    try:
        offline.ceremony("vault/cold", COLD_KEYS, *COLD, "--people", folder / "people")
        check(False, "no ceremony is held where a holder keeps a vault")
    except Refused as refusal:
        check("holder-person-2 has a key, so he cannot keep a vault" in str(refusal)
              and not pathlib.Path("vault/cold").exists(),
              "no ceremony is held where a holder keeps a vault")
    (folder / "people").write_text(PEOPLE)
    record = offline.ceremony("vault/cold", COLD_KEYS, *COLD, "--people", folder / "people")
    kept = pathlib.Path("vault/cold/ceremony.people")
    check(record["peopleDigest"] == hashlib.sha256(kept.read_bytes()).hexdigest(),
          "the ceremony's record holds the digest of who is who")
    set_up(offline)


def set_up(offline):
    """The records of BIP-129, sealed under a session's token, give every holder the same wallet."""
    session = ["--token", "a54044308ceac9b7"]
    offline.text("key-record", "--key", "vault/cold/holder-1.key", *session, "--out",
                 "vault/holder-1.bsms", passphrases=1)
    written = offline.json("wallet-record", "--descriptor", "vault/cold/wallet.descriptor", *session,
                           "--out", "vault/cold.bsms")
    read = offline.json("check-record", "vault/cold.bsms", "--key", "vault/cold/holder-1.key",
                        *session, "--descriptor-out", "vault/from-record.descriptor")
    check(read["firstAddress"] == written["firstAddress"]
          and pathlib.Path("vault/from-record.descriptor").read_text()
          == pathlib.Path("vault/cold/wallet.descriptor").read_text(),
          "a wallet's record gives the same descriptor file back")
    try:
        offline.text("check-record", "vault/cold.bsms", "--key", "vault/cold/holder-1.key")
        check(False, "a sealed record needs its token")
    except Refused:
        check(True, "a sealed record needs its token")


def story(folder, offline, online, watching, devnet):
    for place in ("vault", "online"):
        (folder / place).mkdir()
    ceremony(folder, offline)
    online.ceremony("online/hot", HOT_KEYS, *HOT)
    for name, role, home, home_side, away, away_side in (
        ("cold-1", "cold", "vault", offline, "online", online),
        ("hot-1", "hot", "online", online, "vault", offline),
    ):
        own = f"{home}/{role}/wallet.descriptor"
        home_side.text("show", own, "--kind", "text", "--png", folder / f"{name}-frames")
        copy = folder / away / f"{name}.descriptor"
        cross(folder / f"{name}-frames", copy, away_side, f"{name}'s descriptor")
        words = {home_side.register(own, name, role, f"{home}/policies"),
                 away_side.register(copy, name, role, f"{away}/policies")}
        check(len(words) == 1, f"both sides register {name} under the same words")
    issue(folder, offline, online, watching)

    cold = online.json("address", "--descriptor", "online/cold-1.descriptor", "--count", 3)
    coins = []
    for entry in cold["addresses"]:
        block = devnet.call("generatetoaddress", 1, entry["address"])[0]
        txid = devnet.call("getblock", block)["tx"][0]
        coins.append((txid, 0, devnet.call("getrawtransaction", txid, False, block)))
    hot = online.json(
        "address", "--descriptor", "online/hot/wallet.descriptor", "--change", "--count", 3)
    elsewhere = hot["addresses"][2]["address"]
    devnet.call("generatetoaddress", 100, elsewhere)
    for index, carrier in enumerate(("bbqr", "ur")):
        txid = spend(carrier, folder / carrier, online, offline, devnet, coins[index], index)
        devnet.call("generatetoaddress", 1, elsewhere)
        paid = devnet.call("gettxout", txid, 0)
        check(paid["value"] == 20 and paid["confirmations"] == 1
              and paid["scriptPubKey"]["address"] == hot["addresses"][index]["address"],
              f"{carrier}: the hot wallet has its coins on the chain")
    stranger(folder / "stranger", offline, online, coins[2])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    programs = arguments.programs.resolve()
    folder = arguments.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.chdir(folder)
    offline, online = Vault(programs, is_offline=True), Vault(programs, is_offline=False)
    if prefix():
        seen = subprocess.run([*prefix(), "cat", "/proc/net/dev"], check=True, capture_output=True,
                              text=True).stdout
        check(re.findall(r"(\w+):", seen) == ["lo"],
              f"the vault runs where there is no network: {' '.join(prefix())}")
    devnet = Devnet(programs, folder)
    try:
        story(folder, offline, online, WatchingHost(programs), devnet)
    finally:
        devnet.stop()
    print("cold round trip done")


if __name__ == "__main__":
    main()
