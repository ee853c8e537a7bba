#!/usr/bin/env python3
"""Lets independent software judge the vault: BDK (rust-bitcoin, miniscript) and PyNaCl (libsodium).

    descriptors_judge.py VAULT [--seed N] [--wallets N]

VAULT is the holdfast-vault binary. Five things are judged, and nothing here shares code with it:

1. Random wallets of every supported kind: BDK makes the keys and derives addresses; the vault must
   derive the same addresses from the descriptor's text, and refuse the text with one changed character.
2. The public keys that the vault derives, against BDK's own derivation of the same extended keys.
3. Key files of a real ceremony: opened here from the documented format alone, their seeds walked
   down the account path by BDK, compared with the file's xpub, the wallet's descriptor and addresses.
4. Signatures of sign-address, over statement bytes encoded here, with the key in the ceremony's
   Ed25519 files.

5. A passphrase typed on a terminal is not shown, and opens the key that it made.

Prints one line for each and exits 0 only if all agree.
"""
import argparse
import hashlib
import hmac
import json
import os
import pathlib
import pty
import random
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile

import bdkpython as bdk
import nacl.bindings
import nacl.pwhash.argon2id
import nacl.signing

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
NETWORKS = {
    "mainnet": (bdk.Network.BITCOIN, bdk.NetworkKind.MAIN),
    "testnet": (bdk.Network.TESTNET, bdk.NetworkKind.TEST),
    "signet": (bdk.Network.SIGNET, bdk.NetworkKind.TEST),
    "regtest": (bdk.Network.REGTEST, bdk.NetworkKind.TEST),
}
KINDS = [
    "wsh(sortedmulti({k},{keys}))",
    "wsh(multi({k},{keys}))",
    "sh(wsh(sortedmulti({k},{keys})))",
    "sh(sortedmulti({k},{keys}))",
    "wpkh({key})",
    "sh(wpkh({key}))",
    "pkh({key})",
    "tr({key})",
]


def with_apostrophes(descriptor):
    """Writes hardened steps of key origins as BDK does. An xpub may end in "h" too: it stays."""
    return re.sub(r"\[[^]]*\]", lambda origin: origin.group().replace("h", "'"), descriptor)


def base58check(payload):
    data = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def root_key(seed, network):
    """BIP-32 master key generation, the one step that BDK offers for mnemonics only."""
    code = hmac.new(b"Bitcoin seed", seed, hashlib.sha512).digest()
    version = 0x0488ADE4 if network == "mainnet" else 0x04358394
    return bdk.DescriptorSecretKey.from_string(
        base58check(version.to_bytes(4, "big") + bytes(9) + code[32:] + b"\0" + code[:32]))


class Judge:
    def __init__(self, vault, seed):
        self.vault = vault
        self.random = random.Random(seed)
        self.compared = 0
        self.failures = []

    def run(self, *arguments, stdin="", expect=0):
        done = subprocess.run(
            [self.vault, *map(str, arguments)], input=stdin, capture_output=True, text=True)
        if done.returncode != expect:
            raise SystemExit(
                f"FAIL  {' '.join(map(str, arguments))[:200]}: exit {done.returncode}: {done.stderr}")
        return json.loads(done.stdout) if expect == 0 else done.stderr

    def same(self, ours, theirs, what):
        self.compared += 1
        if ours != theirs:
            self.failures.append(f"{what}: the vault says {ours}, the judge says {theirs}")

    def wallet(self, number):
        """One random wallet of each kind in turn."""
        network = self.random.choice(list(NETWORKS))
        bdk_network, kind = NETWORKS[network]
        template = KINDS[number % len(KINDS)]
        count = self.random.randint(1, 15 if "sh(sorted" in template[:10] else 5) if "{k}" in template else 1
        keys, accounts = [], {}
        for _ in range(count):
            path = "/".join(
                f"{self.random.randrange(1 << 31)}{self.random.choice(['', chr(39), 'h'])}"
                for _ in range(self.random.randint(1, 5)))
            account = root_key(self.random.randbytes(32), network).derive(
                bdk.DerivationPath(f"m/{path}")).as_public()
            text = str(account).removesuffix("/*")
            accounts[text[1:9]] = text
            keys.append(f"{text}/<0;1>/*")
        body = template.format(
            k=self.random.randint(1, count), keys=",".join(keys), key=keys[0])
        theirs = bdk.Descriptor(body, kind)
        text = str(theirs)
        first = self.random.choice([0, self.random.randrange((1 << 31) - 3)])
        for branch, single in enumerate(theirs.to_single_descriptors()):
            ours = self.run(
                "address", "--text", text, "--network", network, "--index", first, "--count", 3,
                "--json", *(["--change"] if branch else []))
            for entry in ours["addresses"]:
                index = entry["index"]
                self.same(
                    entry["address"], str(single.derive_address(index, bdk_network)),
                    f"{text} at {branch}/{index}")
                for key in entry["keys"]:
                    child = bdk.DescriptorPublicKey.from_string(accounts[key["fingerprint"]]).derive(
                        bdk.DerivationPath(f"m/{branch}/{index}"))
                    origin, extended = str(child).removesuffix("/*")[1:].split("]")
                    point = public_key(extended)
                    self.same(
                        (f"{key['fingerprint']}/{key['path']}".replace("h", "'"), key["publicKey"]),
                        (origin, point[2:] if text.startswith("tr(") else point),
                        f"key of {text} at {branch}/{index}")
        place = self.random.randrange(text.index("("), len(text))
        changed = text[:place] + self.random.choice([c for c in "qpzry9x8" if c != text[place]]) + text[place + 1:]
        self.run("address", "--text", changed, "--network", network, "--json", expect=1)
        self.compared += 1

    def ceremony(self, folder):
        network, threshold, holders = "regtest", 2, 3
        words = [f"passphrase of key {n}" for n in range(holders + 1)]
        dice = folder / "dice"
        dice.write_text("".join(
            "".join(self.random.choice("123456") for _ in range(120)) + "\n" for _ in words))
        dice.chmod(0o600)
        out = folder / "keys"
        record = self.run(
            "ceremony", "--policy", "multisig", "--network", network, "--threshold", threshold, "--holders", holders,
            "--out", out, "--kdf", "interactive", "--dice", dice, "--passphrase-stdin", "--json",
            stdin="\n".join(words) + "\n")
        expressions = []
        for n, holder in enumerate(record["holders"]):
            file = open_key_file((out / f"{holder['label']}.key").read_bytes(), words[n])
            root = root_key(file["seed"], network)
            account = str(root.derive(bdk.DerivationPath("m/48h/1h/0h/2h")).as_public())
            account = account.removesuffix("/*")
            self.same(f"[{holder['fingerprint']}/48'/1'/0'/2']{holder['xpub']}", account, "account key")
            self.same(file["xpub"], holder["xpub"], "xpub in the key file")
            expressions.append(f"{account}/<0;1>/*")
        theirs = bdk.Descriptor(
            f"wsh(sortedmulti({threshold},{','.join(expressions)}))", bdk.NetworkKind.TEST)
        self.same(
            with_apostrophes(record["descriptor"].split("#")[0]),
            str(theirs).split("#")[0], "descriptor of the ceremony")
        self.same(
            record["policyID"], hashlib.sha256(record["descriptor"].encode()).hexdigest(), "policy")
        deposits = theirs.to_single_descriptors()[0]
        self.same(
            record["firstReceiveAddresses"],
            [str(deposits.derive_address(n, bdk.Network.REGTEST)) for n in range(3)],
            "first addresses")
        guard = open_key_file((out / "guard.key").read_bytes(), words[-1])
        key = nacl.signing.SigningKey(guard["seed"])
        self.same(record["guardPublicKey"], key.verify_key.encode().hex(), "guard's key")
        address = record["firstReceiveAddresses"][0]
        signed = self.run(
            "sign-address", "--key", out / "guard.key", "--account", 7, "--asset", "BTC", "--chain",
            "BTC-Bitcoin", "--address", address, "--network", network, "--nonce", 3,
            "--passphrase-stdin", "--json", stdin=words[-1])
        statement = (
            text_field("holdfast/address/v1") + struct.pack("<Q", 7) + text_field("BTC")
            + text_field("BTC-Bitcoin") + text_field(address) + struct.pack("<Q", 3))
        self.same(signed["signature"], key.sign(statement).signature.hex(), "signature")


    def terminal(self, folder):
        """Talks to the vault as a person would, on a terminal of its own."""
        def talk(arguments, answers):
            child, terminal = pty.fork()
            if child == 0:
                os.execv(self.vault, [self.vault, *map(str, arguments)])
            shown, answers = b"", list(answers)
            while True:
                if not select.select([terminal], [], [], 60)[0]:
                    os.kill(child, signal.SIGKILL)
                    break
                try:
                    piece = os.read(terminal, 1024)
                except OSError:  # the other side is closed
                    break
                if not piece:
                    break
                shown += piece
                if shown.endswith(b": ") and answers:
                    os.write(terminal, answers.pop(0))
            os.close(terminal)
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()

        key, word = folder / "alice.key", "down the rabbit hole"
        made, shown = talk(
            ["keygen", "--out", key, "--label", "alice", "--kdf", "interactive"],
            [b"short\r", f"mistake\x15{word}s\x7f\r".encode(), f"{word}\r".encode()])
        checked, also = talk(["check-key", key], [f"{word}\r".encode()])
        stopped, _ = talk(["check-key", key], [b"down\x03"])
        self.same((made, checked, stopped), (0, 0, 1), f"keys made on a terminal: {shown} {also}")
        self.same(
            [w for w in ("rabbit", "mistake", "short\r") if w in shown + also], [], "echo")
        seed = open_key_file(key.read_bytes(), word)["seed"]
        public = nacl.signing.SigningKey(seed).verify_key.encode().hex()
        self.same(public in also, True, "public key")


def text_field(text):
    return struct.pack("<I", len(text.encode())) + text.encode()


def public_key(extended):
    """The last 33 bytes of an extended public key."""
    number = 0
    for digit in extended:
        number = number * 58 + BASE58.index(digit)
    return number.to_bytes(82, "big")[45:78].hex()


def open_key_file(data, passphrase):
    """Reads version 1 of the format from its description in Sources/Signing/KeyFile.swift."""
    assert data[:12] == b"HOLDFAST KEY"
    assert hashlib.sha256(data[:-32]).digest() == data[-32:]
    version, length, kind = struct.unpack_from("<HIB", data, 12)
    assert (version, length) == (1, len(data))
    at = 19

    def take(count):
        nonlocal at
        at += count
        return data[at - count:at]

    def number(form):
        return struct.unpack(form, take(struct.calcsize(form)))[0]

    file = {"label": take(number("<I")).decode(), "created": number("<q")}
    if kind == 1:
        file["network"], file["fingerprint"] = number("<B"), take(4).hex()
        file["path"] = [number("<I") for _ in range(number("<I"))]
        file["xpub"] = take(number("<I")).decode()
    else:
        file["public"] = take(32).hex()
    assert number("<B") == 1
    passes, memory, salt = number("<Q"), number("<Q"), take(16)
    assert number("<B") == 1
    nonce = take(24)
    key = nacl.pwhash.argon2id.kdf(32, passphrase.encode(), salt, opslimit=passes, memlimit=memory)
    header = data[:at]
    file["seed"] = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
        take(48), header, nonce, key)
    assert at == len(data) - 32
    return file


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("vault", help="the holdfast-vault binary")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wallets", type=int, default=48)
    options = parser.parse_args()
    judge = Judge(str(pathlib.Path(options.vault).resolve()), options.seed)
    for number in range(options.wallets):
        judge.wallet(number)
    with tempfile.TemporaryDirectory() as folder:
        judge.ceremony(pathlib.Path(folder))
        judge.terminal(pathlib.Path(folder))
    for failure in judge.failures[:10]:
        print(f"FAIL  {failure}")
    print(
        f"{'FAIL' if judge.failures else 'ok  '}  {options.wallets} random wallets and one ceremony "
        f"judged by BDK and PyNaCl: {judge.compared} comparisons, "
        f"{len(judge.failures)} differences (seed {options.seed})")
    return 1 if judge.failures else 0


if __name__ == "__main__":
    sys.exit(main())
