#!/usr/bin/env python3
"""Key holders give signs of life, each at his own terminal, and the public checks them.

    key_holders.py BIN_DIR --folder FOLDER

Seventeen people make keys and sign a roster; three holders beat, one of them by QR pictures alone; a claim is
opened, confirmed and vetoed; one holder beats under duress. Every person sits at a pseudo-terminal, because
holdfast-vault signs nothing for a job. holdfast-guard keeps the log, holdfast-devnet is the chain, and
holdfast-verify, which trusts none of them, says what is proved.
"""
import argparse
import json
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import time

import frames
from cold_round_trip import Devnet, check
from vault import PASSPHRASE, Vault, prefix

HOLDERS = ["alice", "bob", "carol"]
SUCCESSORS = ["anna", "bert", "cora"]
COUNCIL = ["dave", "erin", "frank", "gina", "hugo"]
TRUSTEES = ["tom", "tina", "theo"]
OTHERS = ["oscar", "olga", "paul"]
PEOPLE = HOLDERS + SUCCESSORS + COUNCIL + TRUSTEES + OTHERS
MONITOR = "the passphrase of the monitor"
DAY = 86_400


def ordinary(name):
    return f"{name} is free and well"


def duress(name):
    return f"{name} is as well as ever"


class Terminal:
    """A person at a terminal: runs a command and answers what it asks."""

    def __init__(self, programs):
        self.vault = [*prefix(), str(programs / "holdfast-vault")]

    def run(self, *arguments, passphrase=None, word=None):
        """Returns the exit status and all that stood on the screen. `passphrase` answers what opens a key,
        `word` is typed instead of the one that is asked for."""
        command = [*self.vault, *(str(argument) for argument in arguments)]
        child, screen = pty.fork()
        if child == 0:
            os.execvp(command[0], command)
        seen, answered = "", 0
        end = time.monotonic() + 600
        try:
            while time.monotonic() < end:
                if not select.select([screen], [], [], 5)[0]:
                    continue
                try:
                    piece = os.read(screen, 65536)
                except OSError:
                    break
                if not piece:
                    break
                seen += piece.decode(errors="replace")
                asked = re.search(r"([^\r\n]*): $", seen[answered:])
                if asked:
                    answered = len(seen)
                    os.write(screen, (self.answer(asked[1], passphrase, word) + "\n").encode())
        finally:
            os.close(screen)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status), seen.replace("\r", "")

    @staticmethod
    def answer(question, passphrase, word):
        if asked := re.search(r'type the word "(\w+)"', question):
            return word or asked[1]
        if named := re.match(r"(Ordinary|Duress) passphrase for (\w+)", question):
            return (ordinary if named[1] == "Ordinary" else duress)(named[2])
        if "monitor's file" in question:
            return MONITOR
        if "spending key" in question:
            return PASSPHRASE
        return passphrase


class Company:
    def __init__(self, programs, folder):
        self.programs, self.folder = programs, folder
        self.terminal = Terminal(programs)
        self.devnet = Devnet(programs, folder)
        self.node = ["--node", f"http://127.0.0.1:{self.devnet.port}", "--cookie",
                     str(self.devnet.cookie)]
        self.log = folder / "key-holders.log"
        self.made = 0

    def program(self, name, *arguments, status=0, typed=None):
        done = subprocess.run(
            [self.programs / name, *(str(argument) for argument in arguments)], text=True,
            capture_output=True, input=typed, timeout=600)
        if done.returncode != status:
            raise SystemExit(f"FAIL    {name} {arguments[0]} ended {done.returncode}: "
                             f"{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def follow(self):
        """A block, and the log learns of it."""
        self.devnet.call("generatetoaddress", 1, self.address)
        self.program("holdfast-guard", "key-holders", "follow", "--log", self.log, *self.node)

    def brief(self, name):
        path = self.folder / f"{name}.brief"
        self.program("holdfast-verify", "brief", self.log, "--person", name, "--out", path)
        return path

    def sign(self, name, command, *arguments, passphrase=None, brief=None, **typed):
        """One command of holdfast-vault at one person's terminal; returns the file and the screen."""
        self.made += 1
        out = self.folder / f"{self.made}-{name}.{command}"
        brief = brief or ["--brief", self.brief(name)]
        status, screen = self.terminal.run(
            command, *brief, "--key", self.folder / f"{name}.beat", "--out", out, *arguments,
            passphrase=passphrase or ordinary(name), **typed)
        if status != 0:
            return None, screen
        return out, screen

    def beat(self, name, arguments=(), **options):
        out, screen = self.sign(
            name, "heartbeat", "--memory", self.folder / f"{name}.memory", *arguments, **options)
        if out is None:
            raise SystemExit(f"FAIL    the heartbeat of {name}: {screen}")
        return out

    def take(self, *files, status=0):
        return self.program(
            "holdfast-guard", "key-holders", "take", "--log", self.log, *files, "--monitor-key",
            self.folder / "monitor.key", "--marks", self.folder, "--passphrase-stdin",
            status=status, typed=f"{MONITOR}\n")

    def liveness(self, *arguments, status=0):
        return self.program(
            "holdfast-verify", "liveness", self.log, "--policy", self.policy,
            *(arguments or self.node), status=status)


def found(company, record=None):
    """Keys, wallet, roster and the log's first entries. `record` is that of a ceremony that was held before."""
    folder = company.folder
    record = record or Vault(company.programs, is_offline=True).ceremony(
        folder / "hot", 11, "--policy", "hot", "--threshold", 2, "--holders", 3)
    company.policy = folder / "hot" / "wallet.descriptor"
    company.address = record["firstReceiveAddresses"][0]
    monitor = json.loads(company.program(
        "holdfast-vault", "keygen", "--out", folder / "monitor.key", "--label", "monitor", "--kdf",
        "interactive", "--passphrase-stdin", "--json", typed=f"{MONITOR}\n"))["publicKey"]
    keys = {}
    for name in PEOPLE:
        status, screen = company.terminal.run(
            "beat-key", "--out", folder / f"{name}.beat", "--marks", folder / f"{name}.marks",
            "--label", name, "--kdf", "interactive")
        made = re.search(r"beat key +([0-9a-f]{64})", screen)
        if status != 0 or not made:
            raise SystemExit(f"FAIL    the key of {name}: {screen}")
        keys[name] = made[1]
    for path in folder.glob("*.beat"):
        if path.stat().st_mode & 0o77:
            raise SystemExit(f"FAIL    {path} is open to others")
    check(len(set(keys.values())) == len(PEOPLE), f"{len(PEOPLE)} people made keys for signs of life")

    def owner(name, entry):
        return {"person": name,
                "key": f"[{entry['fingerprint']}/{entry['path']}]{entry['xpub']}" if entry else ""}
    draft = {
        "version": 1, "monitorKey": monitor, "thawHours": 24, "custodians": OTHERS[:2],
        "passphraseOwners": OTHERS[2:],
        "people": [{"name": name, "beatKey": keys[name],
                    "entity": f"{name} & Partners" if name in TRUSTEES else "Holdfast"}
                   for name in PEOPLE],
        "wallets": [{
            "wallet": "hot", "descriptor": record["descriptor"], "threshold": 2,
            "seats": [{"holder": owner(holder, record["holders"][n]),
                       "successor": owner(successor, record["backups"][n])}
                      for n, (holder, successor) in enumerate(zip(HOLDERS, SUCCESSORS))],
            "council": [owner(name, entry) for name, entry in zip(COUNCIL, record["council"])],
            "councilThreshold": 3, "trustees": [owner(name, None) for name in TRUSTEES],
            "trusteeThreshold": 2, "confirmations": 2}]}
    wrong = json.loads(json.dumps(draft))
    wrong["wallets"][0]["seats"][0]["successor"]["person"] = "bob"
    (folder / "wrong.json").write_text(json.dumps(wrong))
    said = company.program(
        "holdfast-vault", "roster", folder / "wrong.json", "--out", folder / "wrong", status=1)
    check("bob" in said and not (folder / "wrong").exists(),
          "a roster in which a holder succeeds another is refused")
    (folder / "draft.json").write_text(json.dumps(draft))
    company.program("holdfast-vault", "roster", folder / "draft.json", "--out", folder / "roster")
    signatures = []
    for name in PEOPLE:
        path = folder / f"{name}.signature"
        status, screen = company.terminal.run(
            "sign-roster", "--roster", folder / "roster", "--key", folder / f"{name}.beat", "--out",
            path, passphrase=ordinary(name))
        if status != 0:
            raise SystemExit(f"FAIL    {name} signs the roster: {screen}")
        signatures.append(path)
    company.follow()
    enact = ["holdfast-guard", "key-holders", "enact", "--log", company.log, "--roster",
             folder / "roster"]
    said = company.program(*enact, *signatures[:-1], status=1)
    check("paul" in said, "a roster that one of its people has not signed is not enacted")
    company.program(*enact, *signatures)


def presence(company):
    """Nothing is signed for a job, for a wrong word or under another past."""
    brief = company.brief("alice")
    words = [*prefix(), company.programs / "holdfast-vault", "heartbeat", "--brief", brief, "--key",
             company.folder / "alice.beat", "--memory", company.folder / "alice.memory", "--out",
             company.folder / "job.heartbeat"]
    for given in (subprocess.DEVNULL, subprocess.PIPE):
        done = subprocess.run(
            words, stdin=given, capture_output=True, text=True, start_new_session=True, timeout=600)
        check(done.returncode != 0 and "takes a person" in done.stderr,
              "a job without a terminal gets no sign of life")
    memory = ["--memory", company.folder / "alice.memory"]
    out, screen = company.sign("alice", "heartbeat", *memory, word="wrong")
    check(out is None and "not the word" in screen, "the wrong word signs nothing")
    asked = set()
    for _ in range(3):
        _, screen = company.sign("alice", "heartbeat", *memory, passphrase="none of the two")
        check("does not open" in screen, "the wrong passphrase signs nothing")
        asked.add(re.search(r'type the word "(\w+)"', screen)[1])
    check(len(asked) > 1, "the word changes each time")
    out, screen = company.sign(
        "bob", "heartbeat", *memory, brief=["--brief", brief])
    check(out is None and "another key" in screen, "nobody signs another's heartbeat")


def beats(company):
    """Three holders beat, alice by pictures only."""
    folder = company.folder
    shown = folder / "brief-frames"
    company.program("holdfast-vault", "show", company.brief("alice"), "--kind", "binary", "--png", shown)
    answer = folder / "answer-frames"
    company.beat("alice", brief=["--brief-frames", shown, "--png", answer])
    (folder / "answer.lines").write_text("\n".join(frames.lines(answer)) + "\n")
    company.program(
        "holdfast-vault", "read", "--lines", folder / "answer.lines", "--out", folder / "alice.1")
    company.take(folder / "alice.1", company.beat("bob"), company.beat("carol"))
    check(True, "three heartbeats are in the log, one of them by QR pictures alone")
    said = company.liveness(*company.node, "--remember", folder / "mark")
    check("3 signed a block in the last 36 h, 1 more than it takes" in said and "\nPROVED" in said,
          "holdfast-verify liveness proves them with a node")
    headers = folder / "headers"
    headers.write_text(company.program("holdfast-verify", "headers", "--from", 1, *company.node))
    check("\nPROVED" in company.liveness("--headers", headers), "and with a file of headers")


def claim(company):
    """A claim that he whom it is about vetoes."""
    company.follow()
    check_file, screen = company.sign(
        "alice", "key-check", "--holder-key", company.folder / "hot" / "holder-1.key")
    if check_file is None:
        raise SystemExit(f"FAIL    the key check: {screen}")
    said = company.take(check_file)
    check("checked" in said, "alice proves her spending key by BIP-322")
    wrong, _ = company.sign(
        "bob", "key-check", "--holder-key", company.folder / "hot" / "holder-3.key")
    said = company.take(wrong, status=1)
    check("no signature by bob's key" in said, "bob cannot prove another's")
    opened, _ = company.sign("carol", "claim", "--about", "bob", "--reason", "unreachable")
    company.take(opened)
    confirmed, _ = company.sign("alice", "confirm", "--claim", 1)
    company.take(confirmed)
    company.follow()
    vetoed = company.beat("bob")
    said = company.take(vetoed)
    check("vetoed" in said, "a claim about bob is opened, confirmed, and vetoed by his heartbeat")
    said = company.take(vetoed, status=1)
    check("sequence" in said, "the same heartbeat does not count twice")


def witness(company):
    """Each device remembers what it signed."""
    company.follow()
    old, kept = company.brief("carol"), company.log.read_bytes()
    saved = company.folder / "old.brief"
    shutil.copy(old, saved)
    company.take(company.beat("carol"))
    company.follow()
    company.take(company.beat("carol"))
    memory = ["--memory", company.folder / "carol.memory"]
    out, screen = company.sign("carol", "heartbeat", *memory, brief=["--brief", saved])
    check(out is None and "Sign nothing" in screen, "a device signs nothing under a past that it denies")
    longer = company.log.read_bytes()
    company.log.write_bytes(kept)
    said = company.liveness(*company.node, "--remember", company.folder / "mark")
    company.log.write_bytes(longer)
    company.liveness(*company.node, "--remember", company.folder / "mark")
    company.log.write_bytes(kept)
    said = company.liveness(*company.node, "--remember", company.folder / "mark", status=1)
    check("NOT PROVED" in said and "it had" in said, "a log that lost entries is found by whoever looked before")
    company.log.write_bytes(longer)
    damaged = bytearray(longer)
    damaged[-200] ^= 1
    company.log.write_bytes(damaged)
    done = subprocess.run(
        [company.programs / "holdfast-verify", "liveness", company.log, "--policy", company.policy,
         *company.node], capture_output=True, text=True)
    check(done.returncode in (1, 2), "a log with a bit turned over is found")
    company.log.write_bytes(longer)


def under_duress(company):
    company.follow()
    free = company.beat("alice")
    forced, screen = company.sign(
        "bob", "heartbeat", "--memory", company.folder / "bob.memory", passphrase=duress("bob"))
    check(forced is not None and abs(forced.stat().st_size - free.stat().st_size) <= 2
          and "duress" not in screen.lower(), "a heartbeat under duress looks like any other")
    said = company.take(free)
    check("frozen" not in said, "a free heartbeat freezes nothing")
    said = company.take(forced)
    check("frozen(1)" in said, "the monitor reads the mark and stops everything")
    said = company.liveness()
    check("suspended" in said and "frozen" in said and "\nPROVED" in said,
          "the public sees the suspension, and that the holders live")
    thaws = [company.sign(name, "thaw")[0] for name in ("alice", "carol")]
    said = company.take(*thaws)
    check("thawing(1" in said, "two holders end it, after a day")
    out, screen = company.sign("dave", "freeze")
    check(out is None and "in force already" in screen, "a second freeze has nothing to stop")


def reminders(company):
    """What is due for whom, from the log alone."""
    def ask(*arguments, status=0):
        return json.loads(company.program(
            "holdfast-verify", "reminders", company.log, "--json", *arguments, status=status))
    company.take(company.beat("carol", arguments=["--stay", f"CH:1:{round(time.time()) + 5 * DAY}",
                                                  "--last-drill", round(time.time()) - 80 * DAY]))
    everything = ask("--all")
    now = everything["at"]
    due = {(item["task"], item["person"]): item["due"] for item in everything["items"]}
    check(set(due) == {("keyCheck", name) for name in HOLDERS} | {("drill", name) for name in HOLDERS}
          | {("itinerary", "carol")} and everything["overdue"] == 0,
          "each holder has a key check and a drill before him, and one a journey that ends")
    check(due["keyCheck", "alice"] >= due["keyCheck", "bob"]
          and abs(due["drill", "carol"] - now - 11 * DAY) < DAY and abs(due["itinerary", "carol"] - now - 5 * DAY) < DAY,
          "each is due when the last one was so long ago")
    check([(item["task"], item["person"]) for item in ask()["items"]] == [("drill", "carol")],
          "only what is due soon is told")
    late = ask("--at", now + 40 * DAY, status=1)
    check({(item["task"], item["person"]) for item in late["items"] if item["isOverdue"]}
          == {("keyCheck", name) for name in HOLDERS} | {("drill", "carol"), ("itinerary", "carol")},
          "and what is overdue ends with status 1")
    said = company.liveness()
    check("drill of the shares, carol (hot wallet), due by" in said and "\nPROVED" in said,
          "the public check shows it beside the rest")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    company = Company(arguments.programs.resolve(), folder)
    try:
        found(company)
        presence(company)
        beats(company)
        claim(company)
        witness(company)
        under_duress(company)
        reminders(company)
    finally:
        company.devnet.stop()
    print("key holders done")


if __name__ == "__main__":
    main()
