"""Runs holdfast-vault, where it can with the network denied, and holds ceremonies with it."""
import functools
import json
import subprocess

PASSPHRASE = "down the rabbit hole"


@functools.cache
def prefix():
    """A command that gives a program a network of its own with nothing in it, or none if this
    machine does not let us."""
    for command in (["unshare", "-n"], ["unshare", "-r", "-n"]):
        try:
            if subprocess.run([*command, "true"], capture_output=True).returncode == 0:
                return command
        except FileNotFoundError:
            break
    print("note    this machine permits no network namespace: the vault runs with the network it has")
    return []


class Refused(Exception):
    pass


class Vault:
    def __init__(self, programs, is_offline):
        self.command = [*(prefix() if is_offline else []), str(programs / "holdfast-vault")]

    def text(self, *arguments, passphrases=0):
        """Runs a command; one passphrase a line for so many keys goes to its standard input."""
        arguments = [str(argument) for argument in arguments]
        if passphrases:
            arguments.append("--passphrase-stdin")
        done = subprocess.run(
            [*self.command, *arguments], input=f"{PASSPHRASE}\n" * passphrases, text=True,
            capture_output=True, timeout=600)
        if done.returncode != 0:
            raise Refused(f"{' '.join(arguments[:2])}: ended {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def json(self, *arguments, passphrases=0):
        return json.loads(self.text(*arguments, "--json", passphrases=passphrases))

    def ceremony(self, folder, keys, *arguments):
        """Makes a wallet of so many keys, and its guard's key."""
        return self.json(
            "ceremony", "--network", "regtest", "--out", folder, "--kdf", "interactive", *arguments,
            passphrases=keys + 1)

    def register(self, descriptor, name, role, policies):
        """As two people would: read the words, then confirm them."""
        named = ["register", "--descriptor", descriptor, "--name", name, "--role", role,
                 "--policies", policies]
        words = self.json(*named)["words"]
        self.text(*named, "--words", words)
        return words
