#!/usr/bin/env python3
"""The limits of guard and signers are a document that several people sign.

    policies.py BIN_DIR --folder FOLDER

Real processes on the embedded chain. A policy that one person has signed counts for nothing. One that loosens
a limit waits: the old limit holds, across a start, until the delay is over by the machines' own clocks. One
that tightens holds at once. An older version put back, and limits written into the guard's configuration,
change nothing; and a guard whose record is gone, so that it knows no policy, gets no signature.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Attack"))
from target import LIMITS, PATIENCE, Template, units, wait_for  # noqa: E402

PASSPHRASE = "down the rabbit hole\n"
HOUR = 3600
# The online side lets everything through that is asked for here: this is about those behind it.
WIDE = {**LIMITS, "online": {
    "refuseAbove": 9, "reviewAbove": 8, "delayAbove": 7, "customerHour": 50, "customerDay": 60,
    "assetHour": 80, "assetDay": 120, "countHour": 60}}


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAIL    {what}")
    print(f"ok      {what}", flush=True)


class People:
    """Those who may sign, each with a key file of the vault's."""

    def __init__(self, programs, folder):
        self.vault = programs / "holdfast-vault"
        self.folder = folder
        folder.mkdir()
        secret = folder / "passphrase"
        secret.write_text(PASSPHRASE)
        secret.chmod(0o600)
        self.keys = {}
        for name in ("carol", "dave", "erin"):
            made = self.run("keygen", "--out", folder / f"{name}.key", "--label", name, "--kdf", "interactive",
                            "--passphrase-file", secret)
            self.keys[name] = made["publicKey"]

    def run(self, *command, fails=False):
        done = subprocess.run(
            [str(part) for part in (self.vault, *command, "--json")], text=True, capture_output=True)
        if fails:
            assert done.returncode != 0, f"{command} should have been refused"
            return done.stderr
        if done.returncode != 0:
            raise SystemExit(f"FAIL    {command}: {done.stderr}")
        return json.loads(done.stdout)

    def rules(self):
        people = ", ".join(f"{{name: {name}, publicKey: {key}}}" for name, key in self.keys.items())
        return f"signatures: 2, delay: 1h, people: [{people}]"

    def draft(self, target, version, limits, signers, after=None, in_force=None, name=None):
        """Writes a policy and has it signed; returns its file."""
        def row(values):
            return ", ".join(f"{key}: {value}" for key, value in values.items())
        terms = self.folder / "terms.yaml"
        terms.write_text(f"""\
guard:
  limits: {{{row(limits)}}}
  delays: {{{row(target.delays)}}}
  sanctions: {{issuerKey: {target.officer.verify_key.encode().hex()}}}
signers:
  limits: {{{row(target.limits["signer"])}}}
policy: {{{self.rules()}}}
""")
        out = self.folder / f"{name or version}.policy"
        before = [] if after is None else ["--current", after]
        meanwhile = [] if in_force is None else ["--in-force", in_force]
        self.view = self.run("draft-policy", "--terms", terms, *before, *meanwhile, "--out", out)
        assert self.view["version"] == version
        for signer in signers:
            self.sign(out, signer)
        return out

    def sign(self, policy, name):
        return self.run("sign-policy", "--key", self.folder / f"{name}.key", "--passphrase-file",
                        self.folder / "passphrase", policy)


class Story:
    def __init__(self, target, people):
        self.target, self.people = target, people

    def configure(self, section=True):
        """Writes the configuration files, with who may change the policy or without."""
        target = self.target
        target.path("policies").mkdir(exist_ok=True)
        guard = target.guard_configuration()
        if section:
            guard += f"policy: {{folder: policies, {self.people.rules()}}}\n"
        target.path("guard.yaml").write_text(guard)
        for number in (1, 2, 3):
            target.path(f"signer-{number}.yaml").write_text(
                target.signer_configuration(number) + f"policy: {{{self.people.rules()}}}\n")

    def give(self, policy):
        """Puts a document into the guard's folder, as a person does who has signed it."""
        fresh = self.target.path("policies/arriving")
        shutil.copy(policy, fresh)
        fresh.rename(self.target.path("policies") / policy.name)

    def status(self, name):
        program = self.target.programs / ("holdfast-guard" if name == "guard" else "holdfast-signer")
        return json.loads(subprocess.run(
            [program, "policy", "--config", self.target.path(f"{name}.yaml"), "--json"], text=True,
            capture_output=True, check=True).stdout)

    def statuses(self):
        return [self.status(name) for name in ("guard", "signer-1", "signer-2", "signer-3")]

    def await_version(self, version, waiting=None):
        """Waits until guard and signers all decide by `version`, and until `waiting` waits with them."""
        def look():
            return all(
                status["version"] == version and (status.get("pending") or {}).get("version") == waiting
                for status in self.statuses())
        words = f"policy {version} in force" + (f" and {waiting} to wait" if waiting else "")
        try:
            wait_for(f"{words} everywhere", look, PATIENCE, 0.5)
        except TimeoutError:
            raise SystemExit(f"FAIL    {words}: {self.statuses()}") from None

    def ask(self, bitcoins):
        """Has alice withdraw, and returns whether it was paid, and why not."""
        alice = self.target.customer("alice")
        number = alice.withdrawn(units(bitcoins), alice.address)
        self.target.mining(
            f"{bitcoins} to be paid or refused", lambda: alice.state(number) in ("2", "-1"))
        return alice.state(number) == "2", alice.why(number)

    def is_paid(self, bitcoins):
        return self.ask(bitcoins)[0]

    def is_refused(self, bitcoins):
        paid, why = self.ask(bitcoins)
        return not paid and "above what the guard releases at once" in why

    def restart(self, ahead=0):
        """Starts guard and signers again, with their clocks so many seconds ahead."""
        target = self.target
        for program in (target.guard, *target.signers):
            program.kill()
        for number in (1, 2, 3):
            target.path(f"signer-{number}/link.sock").unlink()
            target.maliciously(target.signers[number - 1], ahead=ahead)
        target.await_signers()
        target.maliciously(target.guard, ahead=ahead)

    def forget(self, ahead=0):
        """Whoever owns the guard's machine and the server's has both forget: the guard its record and who may
        change the policy, the server how many of the guard's orders it has seen."""
        target = self.target
        target.guard.kill()
        target.serve.stop()
        for file in (*target.path("guard").iterdir(), target.path("serve/guard-counter")):
            file.unlink()
        target.serve.start()
        target.await_server()
        self.configure(section=False)
        target.maliciously(target.guard, ahead=ahead)
        wait_for("the guard to know no policy", lambda: target.path("guard/record").exists()
                 and self.status("guard")["version"] == 0, PATIENCE, 0.5)

    def is_refused_by_signers(self, version):
        """Whether each signer has said that it has `version` and the guard has none."""
        said = f"was released under policy 0; the newest here is {version}"
        return all(
            said in self.target.path(f"signer-{n}.log").read_text(errors="replace") for n in (1, 2, 3))

    def logged(self, words):
        return self.target.path("guard.log").read_text(errors="replace").count(words)

    def play(self):
        target, people = self.target, self.people
        limits = dict(target.limits["guard"])  # perWithdrawal: 2
        self.configure()
        target.start()

        first = people.draft(target, 1, limits, ["dave"])
        people.sign(first, "dave")
        self.give(first)
        wait_for("the guard to refuse it", lambda: self.logged("a policy is refused"), PATIENCE, 0.2)
        check(all(status["version"] == 0 for status in self.statuses()),
              "a policy that dave has signed twice, and nobody else, counts for nothing")
        people.run("check-policy", first, fails=True)
        people.sign(first, "erin")
        people.run("check-policy", first)
        self.give(first)
        self.await_version(1)
        check(self.is_paid(0.5), "signed by two, it is in force with guard and signers at once, and they pay")

        second = people.draft(target, 2, {**limits, "perWithdrawal": 3}, ["dave", "carol"], after=first)
        check(people.view["atOnce"] is False and [
            (change["field"], change["old"], change["new"], change["effect"])
            for change in people.view["changes"]
        ] == [("guard.limits.perWithdrawal", "2", "3", "looser")], "the vault shows what a draft loosens")
        self.give(second)
        self.await_version(1, waiting=2)
        pending = self.status("guard")["pending"]
        check(pending["changes"][0]["field"] == "guard.limits.perWithdrawal" and pending["effectiveAt"] > 0,
              "the loosening waits, and the guard shows what it changes and when")
        check(self.is_refused(2.2), "until then the old limit holds: 2.2 is refused")
        self.restart()
        self.await_version(1, waiting=2)
        check(self.status("guard")["pending"] == pending, "the delay is neither lost nor begun anew by a start")
        self.restart(ahead=HOUR + 60)
        self.await_version(2)
        check(self.is_paid(2.2), "when the delay is over by their own clocks, 2.2 is paid")

        third = people.draft(
            target, 3, {**limits, "perWithdrawal": 1}, ["erin", "carol"], after=second)
        check(people.view["atOnce"] is True, "the vault shows that a draft only tightens")
        self.give(third)
        self.await_version(3)
        check(self.is_refused(1.5), "a tightening holds at once: 1.5 is refused")

        other = people.draft(
            target, 3, {**limits, "perWithdrawal": 9}, ["erin", "carol"], after=second, name="other")
        refusals = self.logged("is put back, after version 3")
        self.give(other)
        wait_for("the guard to refuse it", lambda: self.logged("is put back, after version 3") > refusals,
                 PATIENCE, 0.2)
        for policy in (second, third):
            target.path("policies").joinpath(policy.name).unlink()
        target.guard.kill()
        target.limits["guard"]["perWithdrawal"] = 9
        self.configure()
        self.restart(ahead=HOUR + 60)
        self.await_version(3)
        check(self.is_refused(1.5),
              "another version 3, an older one alone in the folder, and the guard's own file change nothing")

        self.forget(ahead=HOUR + 60)
        alice = target.customer("alice")
        address = alice.address
        before = target.paid_to(address)
        alice.withdrawn(units(1.5), address)
        target.mining("the signers to refuse", lambda: self.is_refused_by_signers(3))
        check(target.paid_to(address) == before,
              "a guard whose policies were taken away releases 1.5, and no signer signs it")

        target.guard.kill()
        self.configure()
        for policy in (first, second, third):
            self.give(policy)
        self.restart(ahead=HOUR + 60)
        self.await_version(3)
        check(self.is_paid(0.3), "given all three documents again, it is believed again: nothing is locked")

        fourth = people.draft(
            target, 4, {**limits, "perWithdrawal": 0.5}, ["dave", "carol"], after=third)
        subprocess.run([target.programs / "holdfast-signer", "policy", "--config", target.path("signer-1.yaml"),
                        "--take", fourth], check=True, capture_output=True)
        wait_for("signer 1 to take it", lambda: self.status("signer-1")["version"] == 4, PATIENCE, 0.2)
        check(self.status("guard")["version"] == 3,
              "a tightening laid down at a signer's machine holds there, whatever the guard carries")
        self.give(fourth)
        self.await_version(4)
        check(self.is_refused(0.7) and self.is_paid(0.3), "the guard has it too, and they pay by it")
        target.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", metavar="BIN_DIR", type=pathlib.Path)
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    programs = arguments.programs.resolve()
    template = Template(programs, folder / "template")
    target = template.copy(folder / "exchange", WIDE)
    try:
        Story(target, People(programs, folder / "people")).play()
    finally:
        target.stop()
    print("limits change by signatures and time alone")


if __name__ == "__main__":
    main()
