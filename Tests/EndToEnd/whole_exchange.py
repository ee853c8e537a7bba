"""A whole exchange in a throw-away folder: a node, the server, the guard, three signers, each a process of its own.

The node is Bitcoin Core or holdfast-devnet, both on regtest. The guard asks it through a fee market of ours.
"""
import argparse
import asyncio
import json
import pathlib
import secrets
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Judges"))
from devnet_judge import Node, RPCFailure

from exchange import Installation, OutsideWallet, Program, wait_for
from fee_market import FeeMarket

PASSPHRASE = "correct horse battery staple test"
# Three holders, three backups, a council of five, the guard.
KEYS = 12
# A wait that ends long before, even on a slow machine.
PATIENCE = 600


class WholeExchange(Installation):
    """Keys, configuration and processes; what a customer pays for a withdrawal is generous, so that fees may rise."""

    # Blocks until a deposit is credited and a withdrawal final: a reorganisation of fewer changes neither.
    confirmations = 3
    guard_timeout = "30s"
    # More lines of the guard's file.
    guard_extra = ""

    def __init__(self, programs, folder, form="wsh", bitcoind=None):
        super().__init__(programs, folder)
        self.form = form
        self.is_real = bitcoind is not None
        (self.folder / "node").mkdir(exist_ok=True)
        if bitcoind:
            command = [
                bitcoind, "-regtest", f"-datadir={self.folder / 'node'}", f"-rpcport={self.node_port}",
                "-rpcuser=judge", "-rpcpassword=secret", "-listen=0", "-server", "-printtoconsole=0",
                "-rpcthreads=16", "-rpcworkqueue=512"]
        else:
            command = [
                self.programs / "holdfast-devnet", "--datadir", self.folder / "node", "--rpcport",
                self.node_port, "--rpcuser", "judge", "--rpcpassword", "secret"]
        self.node = Program(command, self.folder / "node.log")
        self.client = Node("node", [], self.node_port)
        self.market = FeeMarket(self.node_port)
        self.guard = Program(
            [self.programs / "holdfast-guard", "--config", self.folder / "guard.yaml"], self.folder / "guard.log")
        self.signers = [
            Program(
                [self.programs / "holdfast-signer", "--config", self.folder / f"signer-{number}.yaml"],
                self.folder / f"signer-{number}.log")
            for number in (1, 2, 3)]

    @property
    def killable(self):
        """The programs by name."""
        named = {"serve": self.serve, "guard": self.guard, "node": self.node}
        return named | {f"signer {number}": program for number, program in enumerate(self.signers, 1)}

    # The node

    def rpc(self, method, *params):
        return self.client.call(method, *params)

    def node_keys(self):
        return f"{{url: http://127.0.0.1:{self.node_port}, user: judge, passwordFile: node-password}}"

    def node_answers(self):
        try:
            return self.rpc("getblockcount") is not None
        except (OSError, ValueError):
            return False
        except RPCFailure as failure:
            if failure.code != -28:  # it is starting
                raise
            return False

    def start_chain(self):
        self.node.start()
        wait_for("the node to answer", self.node_answers, PATIENCE, 0.05)
        self.wallet = OutsideWallet(self.rpc)

    # Everything else

    def hold_ceremony(self):
        done = subprocess.run(
            [self.programs / "holdfast-vault", "ceremony", "--network", "regtest", "--threshold", "2", "--holders",
             "3", "--form", self.form, "--out", self.folder / "keys", "--kdf", "interactive",
             "--passphrase-stdin", "--json"],
            input=f"{PASSPHRASE}\n" * KEYS, text=True, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"the ceremony failed: {done.stderr}")
        record = json.loads((self.folder / "keys/ceremony.json").read_text())
        self.guard_key, self.descriptor = record["guardPublicKey"], record["descriptor"]
        self.link_keys = {
            end: self.make_link_key(end) for end in ("guard", "signer-1", "signer-2", "signer-3")}

    def make_link_key(self, end):
        """The public key of an end of the lines between guard and signers."""
        done = subprocess.run(
            [self.programs / "holdfast-vault", "link-key", "--out", self.folder / f"keys/{end}.link", "--json"],
            text=True, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"no link key: {done.stderr}")
        return json.loads(done.stdout)["publicKey"]

    def write_files(self):
        """Everything that the programs read besides the server's configuration."""
        def write(name, content):
            (self.folder / name).write_text(content)
            (self.folder / name).chmod(0o600)

        write("node-password", "secret\n")
        write("passphrase", PASSPHRASE + "\n")
        write("guard-token", secrets.token_urlsafe(32) + "\n")
        write("guard.yaml", self.guard_file())
        (self.folder / "guard").mkdir(exist_ok=True)
        for number in (1, 2, 3):
            (self.folder / f"signer-{number}").mkdir(exist_ok=True)
            write(f"signer-{number}.yaml", self.signer_file(number))

    def people(self, indent):
        return "\n".join(f"{indent}- {{name: {o.name}, publicKey: {o.public_key}}}" for o in self.operators)

    def guard_file(self):
        signers = "\n".join(
            f"  - {{socket: signer-{number}/link.sock, peerKey: {self.link_keys[f'signer-{number}']}}}"
            for number in (1, 2, 3))
        return f"""\
network: regtest
keyFile: keys/guard.key
passphraseFile: passphrase
descriptorFile: keys/wallet.descriptor
record: guard/record
minimumConfirmations: {self.confirmations}
server: {{url: {self.internal_url}, tokenFile: guard-token}}
node: {{url: http://127.0.0.1:{self.market.port}, user: judge, passwordFile: node-password}}
operators:
{self.people("  ")}
linkKeyFile: keys/guard.link
signers:
{signers}
{self.guard_extra}signerTimeout: 30s
limits: {{perWithdrawal: 2, budgetHour: 10000, budgetDay: 10000}}
delays: {{newAddress: 0s, newKey: 0s}}
fees: {{maximumRateSatsPerVByte: 100, replaceAfter: 2s}}
ladder: [{{amount: 0.02, count: 20}}, {{amount: 0.002, count: 40}}]
log: {{level: info}}
"""

    def signer_file(self, number):
        return f"""\
network: regtest
keyFile: keys/holder-{number}.key
passphraseFile: passphrase
descriptorFile: keys/wallet.descriptor
guardKey: {self.guard_key}
record: signer-{number}/record
link:
  socket: signer-{number}/link.sock
  keyFile: keys/signer-{number}.link
  peerKey: {self.link_keys["guard"]}
unfreeze:
  approvals: 2
  delay: 1h
  people:
{self.people("    ")}
limits: {{perTransaction: 20, budgetHour: 10000, budgetDay: 10000, networkFee: 0.02, feeRateSatsPerVByte: 300}}
"""

    def start(self):
        """A ceremony, and everything up."""
        self.hold_ceremony()
        self.write_files()
        self.start_chain()
        # A coin from a block is spendable a hundred blocks later.
        self.wallet.mine(8)
        self.rpc("generatetoaddress", 101, self.wallet.address)
        self.prepare_server("serve-data")
        self.market.start()
        for signer in self.signers:
            signer.start()
        self.start_server()
        self.guard.start()
        wait_for("guard and signers", self.is_up, PATIENCE, 0.1)

    def is_up(self):
        """Whether guard and signers have read their files; a program that ended ends the wait with its last words."""
        for name, program in self.killable.items():
            if not program.is_running:
                raise RuntimeError(f"{name} has ended: {program.last_words()}")
        sockets = [self.folder / f"signer-{number}/link.sock" for number in (1, 2, 3)]
        return all(path.exists() for path in (*sockets, self.folder / "guard/record"))

    def stop(self):
        for program in (self.guard, *self.signers, self.serve, self.node):
            if program:
                program.stop(120)
        self.market.stop()


def tell(story, exchange_type, description):
    """What a program does that tells `story`, a coroutine function, of an exchange of this type."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("programs", metavar="BIN_DIR")
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--bitcoind", help="Bitcoin Core; default: holdfast-devnet")
    options = parser.parse_args()
    shutil.rmtree(options.folder, ignore_errors=True)
    exchange = exchange_type(options.programs, options.folder, "wsh", options.bitcoind)
    try:
        asyncio.run(story(exchange))
    finally:
        exchange.stop()
