#!/usr/bin/env python3
"""An exchange two of whose three signers have their keys in PKCS#11 tokens (SoftHSM2), and one in a file.

    hsm.py BIN_DIR --folder FOLDER [--bitcoind PATH]

Keys are made in the tokens by holdfast-signer and put into the ceremony's wallet by holdfast-vault; the signers are
the real processes under their filter of system calls. Each must have seen the other's record, so the tokens also sign what
signers say of one another. Withdrawals are paid with the file's signer stopped (both tokens sign), with a token pulled
out (the other and the file sign), with that token back (the same process signs again), and after a start by two of
three people's shares of the PIN. embit, and Bitcoin Core with --bitcoind, derive the same addresses. libbitcoinkernel, Bitcoin Core's own consensus code, judges each payment. What is wrong at a start
is named: PIN, module, token, key, curve of the wallet.
"""
import asyncio
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Judges"))
from embit.descriptor import Descriptor  # noqa: E402
from embit.networks import NETWORKS  # noqa: E402

from chain_judge import accepts, altered, satoshi  # noqa: E402

from exchange import BTC, wait_for
from kill_nine import Exchange
from whole_exchange import PATIENCE, WholeExchange, tell
from withdrawals import Customer

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "4711 and a few words"
AMOUNT = 200_000
PEOPLE = ("holder", "site-operator", "successor")


def say(text):
    print(f"ok    {text}", flush=True)


def require(condition, what):
    if not condition:
        raise RuntimeError(what)


class TokenExchange(WholeExchange):
    """Holders 1 and 2 have tokens."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        (self.folder / "tokens").mkdir()
        (self.folder / "softhsm2.conf").write_text(
            f"directories.tokendir = {self.folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(self.folder / "softhsm2.conf")
        self.keys = {}  # of each holder with a token: his keys, as the wallet names them
        self.token_folders = {}

    def run(self, program, *arguments, secret=PIN):
        done = subprocess.run(
            [self.programs / program, *map(str, arguments)], input=secret + "\n", text=True, capture_output=True,
            timeout=PATIENCE)
        require(done.returncode == 0, f"{program} {arguments[0]}: {done.stderr}")
        return done.stdout

    def hold_ceremony(self):
        super().hold_ceremony()
        for holder in (1, 2):
            before = set((self.folder / "tokens").iterdir())
            subprocess.run(
                ["softhsm2-util", "--init-token", "--free", "--label", f"signer-{holder}", "--pin", PIN, "--so-pin",
                 "87654321"], check=True, capture_output=True)
            self.token_folders[holder], = set((self.folder / "tokens").iterdir()) - before
            # The wallet names a holder in two of its tiers.
            self.keys[holder] = [self.make_key(holder, name) for name in ("dave", "dave-later")]
            shown = self.run("holdfast-signer", "show-token-key", *self.place(holder, "dave"))
            require(self.keys[holder][0] in shown, "the key shows otherwise than it was made")
            wallet = self.folder / f"keys/wallet-{holder}.descriptor"
            source = self.folder / ("keys/wallet.descriptor" if holder == 1 else "keys/wallet-1.descriptor")
            answer = json.loads(self.run(
                "holdfast-vault", "token-wallet", "--descriptor", source, "--holder", holder, "--out", wallet, "--json",
                *(part for key in self.keys[holder] for part in ("--key", key))))
            # The key file of the ceremony belongs to nothing now.
            (self.folder / f"keys/holder-{holder}.key").unlink()
        shutil.copy(wallet, self.folder / "keys/wallet.descriptor")
        self.descriptor = answer["descriptor"]

    def place(self, holder, key):
        return ["--module", MODULE, "--token", f"signer-{holder}", "--key", key, "--passphrase-stdin"]

    def make_key(self, holder, name):
        told = self.run("holdfast-signer", "make-token-key", *self.place(holder, name))
        require("made in token   yes" in told, "the token does not say that the key was made there")
        return re.search(r"key expression +(\S+)", told)[1]

    def write_files(self):
        super().write_files()
        pin = self.folder / "pin"
        pin.write_text(PIN + "\n")
        pin.chmod(0o600)

    def signer_file(self, number, pin="pinFile: pin", **changes):
        text = super().signer_file(number) + "witnesses: 1\n"
        if number == 3:
            return text
        token = {"module": MODULE, "label": f"signer-{number}", "key": "dave"} | changes
        section = ", ".join(f"{key}: {value}" for key, value in token.items())
        return re.sub(r"keyFile: keys/holder-\d.key\npassphraseFile: passphrase\n",
                      f"token: {{{section}, {pin}}}\n", text, count=1)

    def pull_out(self, holder):
        self.token_folders[holder].rename(self.folder / f"away-{holder}")

    def put_back(self, holder):
        (self.folder / f"away-{holder}").rename(self.token_folders[holder])

    def failure(self, number, *arguments, **changes):
        """What a signer says that cannot start with such a configuration."""
        file = self.folder / "wrong.yaml"
        file.write_text(self.signer_file(number, **changes).replace(f"signer-{number}/", "wrong/"))
        (self.folder / "wrong").mkdir(exist_ok=True)
        done = subprocess.run(
            [self.programs / "holdfast-signer", "--config", file, *map(str, arguments)], text=True, capture_output=True,
            stdin=subprocess.DEVNULL, timeout=PATIENCE)
        require(done.returncode > 0, f"ended {done.returncode}: {done.stderr}")
        return done.stderr

    def log(self, number):
        return (self.folder / f"signer-{number}.log").read_text()

    def pin_in_memory(self, number):
        """Where a signer's memory has the PIN or half of it: whether in pages that no swap and no dump sees. By root alone."""
        regions, process = [], self.signers[number - 1].process.pid
        for line in pathlib.Path(f"/proc/{process}/smaps").read_text().splitlines():
            if head := re.match(r"([0-9a-f]+)-([0-9a-f]+) r", line):
                regions.append((int(head[1], 16), int(head[2], 16), []))
            elif re.match(r"[0-9a-f]+-", line):
                regions.append((0, 0, []))
            elif line.startswith("VmFlags:"):
                regions[-1][2].extend(line.split()[1:])
        found = []
        with open(f"/proc/{process}/mem", "rb", 0) as memory:
            for start, end, flags in regions:
                try:
                    memory.seek(start)
                    content = memory.read(end - start)
                except OSError:  # what the kernel shows to nobody
                    continue
                found += [{"lo", "dd"} <= set(flags) for half in (PIN[:10], PIN[10:]) if half.encode() in content]
        return found

    def restart_signer(self, number):
        self.signers[number - 1].stop(120)
        socket = self.folder / f"signer-{number}/link.sock"
        socket.unlink(missing_ok=True)
        self.signers[number - 1].start()
        wait_for(f"signer {number}", socket.exists, PATIENCE, 0.1)


def wrong_starts(exchange):
    """What is wrong is named, in one line that a person can act on."""
    secret = exchange.folder / "other-pin"
    secret.write_text("not the PIN\n")
    secret.chmod(0o600)
    rows = [
        ("wrong PIN", {"pin": "pinFile: other-pin"}, ()),
        ("is not there", {"module": "/usr/lib/softhsm/absent.so"}, ()),
        ("it has no C_GetFunctionList", {"module": "/lib/x86_64-linux-gnu/libm.so.6"}, ()),
        ("no token with the label lost is there; there is signer-", {"label": "lost"}, ()),
        ("no private key with the label nobody; it has dave", {"key": "nobody"}, ()),
        # The second key of the token is for a tier that no signer serves.
        ("the key is not one of the wallet's", {"key": "dave-later"}, ()),
        ("token.sealedPIN names none", {}, ("--shares",)),
    ]
    for words, changes, arguments in rows:
        if not pathlib.Path(changes.get("module", MODULE)).exists() and "there" not in words:
            continue
        said = exchange.failure(1, *arguments, **changes)
        require(words in said, f"expected \"{words}\", not: {said}")
        require(PIN not in said and "not the PIN" not in said, "the PIN is in a message")
    say(f"{len(rows)} wrong starts: each says what is wrong")


def same_addresses(exchange, count=20):
    """Libraries by others read the wallet as the vault does."""
    theirs = Descriptor.from_string(exchange.descriptor.split("#")[0])
    for branch, flag in enumerate(([], ["--change"])):
        told = json.loads(exchange.run(
            "holdfast-vault", "address", "--descriptor", exchange.folder / "keys/wallet.descriptor", "--count", count,
            "--json", *flag))
        ours = [entry["address"] for entry in told["addresses"]]
        require(len(set(ours)) == count, "addresses repeat")
        embit = [theirs.derive(index, branch_index=branch).address(NETWORKS["regtest"]) for index in range(count)]
        require(ours == embit, f"embit derives other addresses of branch {branch}")
        if exchange.is_real:
            core = exchange.rpc("deriveaddresses", exchange.descriptor, [0, count - 1])[branch]
            require(ours == core, f"Bitcoin Core derives other addresses of branch {branch}")
    say(f"{2 * count} addresses are {'those of Bitcoin Core and embit' if exchange.is_real else 'those of embit'}")


def judge(exchange, payment):
    """Lets Bitcoin Core's code judge the transaction that pays; returns how many inputs."""
    outputs = {}
    found = None
    for height in range(1, exchange.rpc("getblockcount") + 1):
        for transaction in exchange.rpc("getblock", exchange.rpc("getblockhash", height), 2)["tx"]:
            for output in transaction["vout"]:
                outputs[transaction["txid"], output["n"]] = (
                    satoshi(output["value"]), bytes.fromhex(output["scriptPubKey"]["hex"]))
            if transaction["txid"] == payment:
                found = transaction
    require(found, f"{payment} is in no block")
    raw = bytes.fromhex(found["hex"])
    spent = [outputs[spend["txid"], spend["vout"]] for spend in found["vin"]]
    keys = [re.sub(r"\[.*\]", "", keys[0]) for keys in exchange.keys.values()]
    for index, spend in enumerate(found["vin"]):
        require(accepts(spent, raw, index), f"libbitcoinkernel refuses input {index} of {payment}")
        witness = spend["txinwitness"]
        require(all(key in witness[-1] for key in keys), "the script does not have the tokens' keys")
        for item in witness[:-1]:
            if len(item) > 120:
                signature = bytes.fromhex(item)
                require(not accepts(spent, altered(raw, raw.index(signature) + 10), index), "any signature will do")
    return len(found["vin"])


async def until(what, condition):
    end = asyncio.get_running_loop().time() + PATIENCE
    while not await condition():
        if asyncio.get_running_loop().time() > end:
            raise TimeoutError(f"waited {PATIENCE} s for {what}")
        await asyncio.sleep(0.2)


async def story(exchange):
    await asyncio.to_thread(exchange.start)
    wrong_starts(exchange)
    same_addresses(exchange)
    process = pathlib.Path(f"/proc/{exchange.signers[0].process.pid}")
    require("Seccomp:\t2" in (process / "status").read_text(), "the signer has no filter of system calls")
    is_root = os.geteuid() == 0
    if is_root:
        places = exchange.pin_in_memory(1)
        require(places and all(places), f"the PIN is in memory that can be swapped or dumped: {places}")
        say("a running signer has its PIN in locked pages alone")
    async with Exchange(exchange) as door:
        alice = await Customer.opened("alice", exchange, door)
        exchange.wallet.pay({alice.deposit_address: 20_000_000})
        exchange.wallet.mine(exchange.confirmations)
        await until("the deposit", lambda: asyncio.to_thread(lambda: exchange.owed()["BTC"] == 20_000_000))

        async def withdraw():
            rows = await door.call(alice, "POST", "/api/v5/asset/withdrawal", {
                "ccy": "BTC", "amt": f"{AMOUNT / BTC:.8f}", "dest": "4", "toAddr": alice.withdraw_to,
                "chain": "BTC-Bitcoin"})
            return rows[0]["wdId"]

        async def paid(withdrawal):
            async def look():
                row = (await door.call(alice, "GET", f"/api/v5/holdfast/withdrawal?wdId={withdrawal}"))[0]
                if row["state"] == "2":
                    found.append(row["txId"])
                    return True
                exchange.wallet.mine()
                return False

            found = []
            await until(f"withdrawal {withdrawal}", look)
            return await asyncio.to_thread(judge, exchange, found[0])

        async def heard(number):
            """Pays until a signer has signed that was started anew: before, it has to hear from all the others."""
            before = exchange.log(number).count("event=signed")
            while exchange.log(number).count("event=signed") == before:
                await paid(await withdraw())

        for number in (1, 2, 3):
            await heard(number)
        say("withdrawals are paid by signers with tokens and one with a file, who vouch for one another's records")

        exchange.signers[2].stop(120)
        inputs = await paid(await withdraw())
        say(f"without the file both tokens sign; libbitcoinkernel accepts {inputs} input(s), and no altered one")

        exchange.restart_signer(3)
        await heard(3)
        exchange.pull_out(1)
        await paid(await withdraw())
        require("code=keyAway" in exchange.log(1), "the signer without its token does not say so")
        require(exchange.signers[0].is_running, "the signer without its token has ended")
        say("with a token pulled out its signer refuses by name, and the others pay")

        exchange.put_back(1)
        exchange.signers[2].stop(120)
        await paid(await withdraw())
        say("with the token back the same process signs again")

        # A start by shares of the PIN, no holder needed in particular.
        shared = exchange.folder / "shared"
        exchange.run(
            "holdfast-vault", "share-pin", "--label", "signer-1", "--out", shared, "--share-threshold", "2",
            *(part for person in PEOPLE for part in ("--share-among", person)), "--passphrase-stdin")
        exchange.restart_signer(3)
        await heard(3)
        (exchange.folder / "signer-1.yaml").write_text(exchange.signer_file(1, pin="sealedPIN: shared/signer-1.pin"))
        exchange.signers[0].command += [
            str(part) for person in PEOPLE[1:] for part in ("--share-file", shared / f"signer-1.{person}.share")]
        exchange.restart_signer(1)
        await heard(1)
        exchange.signers[2].stop(120)
        await paid(await withdraw())
        say("two of three people's shares of the PIN start it again")

        exchange.restart_signer(3)
        await heard(3)
        exchange.run("holdfast-signer", "freeze", "--config", exchange.folder / "signer-1.yaml", "--reason", "a test")
        freeze = exchange.folder / "signer-1/record.freeze"
        await until("the freeze", lambda: asyncio.to_thread(lambda: not freeze.exists()))
        before = exchange.log(1).count("event=signed")
        await paid(await withdraw())
        require(exchange.log(1).count("event=signed") == before, "a frozen signer has signed")
        require(exchange.signers[0].is_running, "the frozen signer has ended")
        require(not is_root or not exchange.pin_in_memory(1), "a frozen signer has the PIN")
        say("frozen, it has forgotten the PIN and signs no more though its token is there, and the others pay")
    logs = "".join(exchange.log(number) for number in (1, 2, 3))
    require(PIN not in logs, "the PIN is in a log")


def main():
    tell(story, TokenExchange, __doc__)
    print("ok    two of three signers with keys in PKCS#11 tokens pay, and one or the other may be away")


if __name__ == "__main__":
    main()
