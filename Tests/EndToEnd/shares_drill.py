#!/usr/bin/env python3
"""A holder's seed leaves on printed sheets and comes back from them.

    shares_drill.py BIN_DIR --folder FOLDER

holdfast-vault splits the seed into SLIP-39 shares on PDF sheets; poppler renders them, zbar reads the QR symbols
off the pictures, and pdftotext the words; from these alone the key comes back. One share with a wrong word, one
missing, one from an old set, one that was never printed: each is called by name, and what the right ones give is
not lost. The shamir-mnemonic package of SLIP-39's own authors reads our shares, and we read its.
"""
import argparse
import hashlib
import hmac
import itertools
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys

import shamir_mnemonic

import frames
from cold_round_trip import check
from vault import PASSPHRASE, Vault, prefix

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Judges"))
from descriptors_judge import open_key_file  # noqa: E402

OTHER_WAY = 12


class Drill:
    def __init__(self, programs, folder):
        self.folder = folder
        self.command = [*prefix(), str(programs / "holdfast-vault")]
        self.vault = Vault(programs, is_offline=True)
        self.files = 0

    def words(self, text):
        """A file with the words of one share, as a person would type it."""
        self.files += 1
        path = self.folder / f"share-{self.files}.words"
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path

    def combine(self, record, texts, *arguments, passphrases=0):
        """Exit status and answer of combine-shares for the words in `texts`."""
        paths = [self.words(text) for text in texts]
        done = subprocess.run(
            [*self.command, "combine-shares", "--record", record, "--network", "regtest", *paths,
             *arguments, "--json", *(["--passphrase-stdin"] if passphrases else [])],
            input=f"{PASSPHRASE}\n" * passphrases, capture_output=True, text=True, timeout=600)
        if not done.stdout:
            raise SystemExit(f"FAIL    combine-shares ended {done.returncode}: {done.stderr}")
        if not all(path.read_text().strip() == text for path, text in zip(paths, texts)):
            raise SystemExit("FAIL    the shares are not as they were")
        return done.returncode, json.loads(done.stdout), [str(path) for path in paths]

    def split(self, number, first_bag):
        """Prints a set; returns the record's path and the words of each bag, as zbar saw them."""
        out = self.folder / f"shares-{number}"
        self.vault.text("split-seed", "--key", self.key, "--set", number, "--first-bag", first_bag, "--out",
                        out, passphrases=1)
        sheets = {}
        for pdf in sorted(out.glob("*.pdf")):
            if pdf.stat().st_mode & 0o77:
                raise SystemExit(f"FAIL    {pdf} is open to others")
            (seen,), = frames.page_symbols(pdf)
            typed = dict(re.findall(r"\b(\d+) ([a-z]+)", frames.page_text(pdf)))
            if " ".join(typed[str(n)] for n in range(1, len(seen.split()) + 1)) != seen:
                raise SystemExit(f"FAIL    {pdf}: the words and the symbol differ")
            sheets[pdf.stem] = seen
        return out / "shares.record", sheets


def faults(drill, record, sheets, old):
    """What goes wrong, and what is said then."""
    names = sorted(sheets)
    first, second, third, trustee, copy = (sheets[name] for name in names)
    check(trustee == copy, "both trustees have the same share")
    for pair in itertools.combinations((first, second, third), 2):
        code, answer, _ = drill.combine(record, [*pair, trustee])
        check(code == 0 and answer["isComplete"], "two of the successor's shares and a trustee's: the key")

    words = second.split()
    words[7] = "academic" if words[7] != "academic" else "acid"
    wrong = " ".join(words)
    code, answer, paths = drill.combine(record, [first, wrong, trustee])
    check(code == 1 and len(answer["faults"]) == 2 and paths[1] in answer["faults"][0]
          and "misspelt" in answer["faults"][0] and names[1] in answer["faults"][1],
          "one share with a wrong word is named, and so is what would help")
    code, answer, _ = drill.combine(record, [first, wrong, third, trustee])
    check(code == 3 and answer["isComplete"] and len(answer["faults"]) == 1,
          "with another in its place the key comes back, and the wrong one is still named")
    code, answer, _ = drill.combine(record, [first, " ".join(second.split()[:-1] + ["holdfast"]), trustee])
    check(code == 1 and "word 33 is not in the word list" in answer["faults"][0],
          "a word that no list has is named by its place")

    code, answer, _ = drill.combine(record, [first, trustee])
    check(code == 1 and answer["faults"] == [
        f"group successor: 1 of 2 shares are here; any of {names[1]}, {names[2]} helps"],
        "a missing share is named with the bags that would help")
    code, answer, _ = drill.combine(record, [first, second, third])
    check(code == 1 and names[3] in answer["faults"][0] and names[4] in answer["faults"][0],
          "without a trustee nothing comes back")
    code, answer, _ = drill.combine(record, [first, first, trustee])
    check(code == 1, "the same share twice counts once")

    code, answer, paths = drill.combine(record, [first, old[1], trustee])
    check(code == 1 and paths[1] in answer["faults"][0] and "an older set" in answer["faults"][0],
          "a share of an old set is named")
    code, answer, _ = drill.combine(record, [first, old[0], old[3], second, trustee])
    check(code == 3 and answer["isComplete"] and len(answer["faults"]) == 2,
          "old shares beside enough right ones do no harm")

    # A share with this set's number, right in itself, that nobody printed.
    share = shamir_mnemonic.share.Share.from_mnemonic(second)
    forged = type(share)(**{**share.__dict__, "value": bytes(byte ^ 1 for byte in share.value)}) \
        if hasattr(share, "__dict__") else share._replace(value=bytes(byte ^ 1 for byte in share.value))
    code, answer, paths = drill.combine(record, [first, forged.mnemonic(), trustee])
    check(code == 1 and paths[1] in answer["faults"][0] and "none that was printed" in answer["faults"][0],
          "a forged share is named")


def restored(drill, record, sheets):
    names = sorted(sheets)
    out = drill.folder / "restored.key"
    code, _, _ = drill.combine(
        record, [sheets[names[0]], sheets[names[2]], sheets[names[4]]], "--out", out, "--kdf",
        "interactive", passphrases=1)
    seed = open_key_file(out.read_bytes(), PASSPHRASE)["seed"]
    check(code == 0 and seed == drill.seed, "the key file that was restored holds the same seed")


def package(drill, sheets):
    """The package of SLIP-39's authors, both ways."""
    names = sorted(sheets)
    for chosen in ((0, 1, 3), (1, 2, 4), (0, 2, 3)):
        found = shamir_mnemonic.combine_mnemonics([sheets[names[n]] for n in chosen])
        if found != drill.seed:
            raise SystemExit("FAIL    shamir-mnemonic gives another seed")
    account = drill.xpub
    for number in range(OTHER_WAY):
        groups = shamir_mnemonic.generate_mnemonics(
            2, [(2, 3), (1, 1)], drill.seed, extendable=number % 2 == 0, iteration_exponent=number % 3)
        identifier = shamir_mnemonic.share.Share.from_mnemonic(groups[0][0]).identifier
        lines = ["# holdfast seed shares", "key: holder-1", f"account: {account}", f"set: {number + 1}",
                 f"identifier: {identifier}", "groups needed: 2"]
        for name, threshold, group in (("successor", 2, groups[0]), ("trustees", 1, groups[1])):
            lines.append(f"group: {name} {threshold}")
            for bag, words in enumerate(group):
                digest = hmac.new(b"holdfast/seed-share/v1", words.encode(), hashlib.sha256).hexdigest()
                lines.append(f"sheet: {name}-{bag} {digest[:16]}")
        record = drill.folder / f"package-{number}.record"
        record.write_text("\n".join(lines) + "\n")
        chosen = random.Random(number).sample(groups[0], 2) + groups[1]
        code, answer, _ = drill.combine(record, chosen)
        if code != 0:
            raise SystemExit(f"FAIL    our program does not read the package's shares: {answer}")
    check(True, f"shamir-mnemonic reads our shares (3 ways), and we read its ({OTHER_WAY} splittings)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    drill = Drill(arguments.programs.resolve(), folder)
    made = drill.vault.ceremony(
        folder / "keys", 1, "--policy", "multisig", "--threshold", 1, "--holders", 1)
    drill.key, drill.xpub = folder / "keys" / "holder-1.key", made["holders"][0]["xpub"]
    drill.seed = open_key_file(drill.key.read_bytes(), PASSPHRASE)["seed"]
    _, old = drill.split(1, 101)
    record, sheets = drill.split(2, 201)
    check(sorted(sheets) == [f"bag-{n}" for n in range(201, 206)] and len(set(sheets.values())) == 4,
          "five sheets are printed and read back from the picture")
    faults(drill, record, sheets, [old[name] for name in sorted(old)])
    restored(drill, record, sheets)
    package(drill, sheets)
    print("shares drill done")


if __name__ == "__main__":
    main()
