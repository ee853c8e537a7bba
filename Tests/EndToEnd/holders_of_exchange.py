"""Key holders of an exchange whose running guard keeps their log."""
import os
import shutil
import time

import key_holders

PATIENCE = 900


class HoldersOfExchange(key_holders.Company):
    """The key holders and their papers, on the exchange's own chain."""

    def __init__(self, programs, folder, exchange):
        self.programs, self.folder, self.exchange = programs, folder, exchange
        self.terminal = key_holders.Terminal(programs)
        self.node = ["--node", f"http://127.0.0.1:{exchange.node_port}", "--cookie",
                     str(folder / "devnet/.cookie")]
        self.log = folder / "key-holders.log"
        self.inbox = folder / "inbox"
        self.made = 0

    def follow(self):
        self.exchange.wallet.mine()
        self.program("holdfast-guard", "key-holders", "follow", "--log", self.log, *self.node)

    def send(self, path):
        """Puts what a person signed where the running guard takes it from, and waits until it did."""
        name = path.name
        os.rename(path, self.inbox / f"{name}.new")
        os.rename(self.inbox / f"{name}.new", self.inbox / name)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if (self.inbox / "taken" / name).exists():
                return
            if (self.inbox / "refused" / name).exists():
                log = (self.folder / "guard.log").read_text(errors="replace").splitlines()
                raise SystemExit("FAIL    the guard refused " + name + "\n" + "\n".join(
                    line for line in log[-400:] if name in line))
            time.sleep(0.1)
        raise SystemExit(f"FAIL    the guard does not take {name}")

    def give(self, name, command, *arguments, **options):
        out, screen = self.sign(name, command, *arguments, **options)
        if out is None:
            raise SystemExit(f"FAIL    {command} of {name}: {screen}")
        self.send(out)

    def live(self, name):
        self.send(self.beat(name))

    def install(self):
        """The monitor's papers, where the guard expects them."""
        secret = self.folder / "monitor-passphrase"
        secret.write_text(f"{key_holders.MONITOR}\n")
        secret.chmod(0o600)
        marks = self.folder / "marks"
        marks.mkdir()
        for path in self.folder.glob("*.marks"):
            shutil.move(path, marks / path.name)

    def keep_log(self):
        """Has the guard keep the log from its next start on."""
        with open(self.folder / "guard.yaml", "a") as file:
            file.write("""
keyHolders:
  log: key-holders.log
  inbox: inbox
  monitorKeyFile: monitor.key
  monitorPassphraseFile: monitor-passphrase
  marks: marks
""")
