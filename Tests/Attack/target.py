"""A whole exchange to attack: a chain, the online server, the guard and three signers, all real processes.

The keys, the customers and their coins are made once, in a template; every scenario gets a copy of it with
ports of its own, so that none sees what another did. The limits below are what the bounds are computed from.
"""
import copy
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import time
import urllib.request

import nacl.signing

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "EndToEnd"))
from exchange import (  # noqa: E402
    i64, text,
    BTC, Installation, OutsideWallet, Program, address_signature, enrolment,
    fresh_address, okx_headers, wait_for)
from mail import MailSystem  # noqa: E402
from signer_line import Line  # noqa: E402

PASSPHRASE = "correct horse battery staple test"
PATIENCE = 300  # seconds; a wait is a condition, and this is when a test calls it hopeless

# In bitcoins, as they stand in the configuration files. Each line of defence has its own, the further back
# the wider, so that a loss tells which of them stopped it.
LIMITS = {
    "online": {
        "refuseAbove": 3, "reviewAbove": 2.5, "delayAbove": 2, "customerHour": 4, "customerDay": 6,
        "assetHour": 8, "assetDay": 12, "countHour": 6},
    "guard": {"perWithdrawal": 2, "budgetHour": 6, "budgetDay": 9},
    "signer": {
        "perTransaction": 4, "budgetHour": 8, "budgetDay": 14, "networkFee": 0.001,
        "feeRateSatsPerVByte": 100},
}
FEE = 10_000  # satoshi that the exchange takes for a withdrawal


def units(bitcoins):
    return round(bitcoins * BTC)


class Customer:
    """A made-up customer: his API key, and a signing key that never leaves his own device."""

    def __init__(self, target, account):
        self.target = target
        self.account = account

    def __getattr__(self, name):
        return self.account[name]

    def ask(self, method, path, body=None):
        """Returns the whole answer, whatever its code."""
        text = "" if body is None else json.dumps(body)
        request = urllib.request.Request(
            self.target.public_url + path, method=method, data=text.encode() or None,
            headers=okx_headers(self.account, method, path, text))
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def call(self, method, path, body=None):
        """Returns the first row of an answer that must be good."""
        answer = self.ask(method, path, body)
        row = (answer.get("data") or [{}])[0]
        if answer.get("code") != "0" or row.get("sCode", "0") != "0":
            raise RuntimeError(f"{self.name}: {method} {path}: {answer}")
        return row

    def enrol(self, key=None):
        public, proof = enrolment(key or self.account["key"], self.account["id"])
        return self.ask(
            "POST", "/api/v5/holdfast/signing-key", {"publicKey": public, "proof": proof})

    def allow(self, address, key=None, signature=None):
        """Puts an address into the book; signed by the customer's key, by `key`, or not at all."""
        self.account["nonce"] = self.account.get("nonce", 0) + 1
        signature = signature or address_signature(
            key or self.account["key"], self.account["id"], address, self.account["nonce"])
        return self.ask("POST", "/api/v5/holdfast/withdrawal-address", {
            "ccy": "BTC", "chain": "BTC-Bitcoin", "toAddr": address, "label": "savings",
            "nonce": str(self.account["nonce"]), "signature": signature})

    def withdraw(self, satoshi, address):
        """Asks for a withdrawal, and returns the answer, whatever it is."""
        return self.ask("POST", "/api/v5/asset/withdrawal", {
            "ccy": "BTC", "amt": f"{satoshi / BTC:.8f}", "dest": "4", "toAddr": address,
            "chain": "BTC-Bitcoin"})

    def withdrawn(self, satoshi, address):
        """Asks until the address may be used, and returns the number of the withdrawal."""
        last = {}

        def attempt():
            last.update(self.withdraw(satoshi, address))
            return last.get("code") == "0"
        try:
            wait_for("a withdrawal to be accepted", attempt, PATIENCE, 0.3)
        except TimeoutError:
            raise RuntimeError(f"{self.name}: {last}") from None
        return last["data"][0]["wdId"]

    def state(self, number):
        """OKX's number of a withdrawal's state: 2 done, -1 failed, -2 cancelled."""
        return self.call("GET", f"/api/v5/asset/withdrawal-history?wdId={number}")["state"]

    def why(self, number):
        return self.call("GET", f"/api/v5/holdfast/withdrawal/{number}")["reason"]

    def transfer(self, amount, currency, source, target):
        return self.ask("POST", "/api/v5/asset/transfer", {
            "ccy": currency, "amt": amount, "from": source, "to": target, "type": "0"})

    def order(self, side, size, price):
        return self.ask("POST", "/api/v5/trade/order", {
            "instId": "BTC-USDT", "tdMode": "cash", "side": side, "ordType": "limit", "sz": size,
            "px": price})

    def balance(self, currency="BTC"):
        row = self.call("GET", f"/api/v5/asset/balances?ccy={currency}")
        return round(float(row.get("availBal") or 0) * BTC)


class Target(Installation):
    """One exchange with everything that belongs to it."""

    def __init__(self, programs, folder, limits=None):
        super().__init__(programs, folder)
        self.limits = copy.deepcopy(limits or LIMITS)
        self.delays = {"newAddress": "2s", "newKey": "1s"}
        self.notices = False  # whether the guard tells owners of changes
        self.confirmations = 2
        self.officer = nacl.signing.SigningKey.generate()  # who signs lists of sanctioned addresses
        self.ladder = ""  # confirmations by amount, as in the configuration
        self.shim = None
        self.guard_server = None  # another address for the guard's feed
        self.customers = {}
        self.prepare()

    # --- files -------------------------------------------------------------------------------------

    def path(self, name):
        return self.folder / name

    def prepare(self):
        """Names the programs; nothing is started."""
        self.devnet = Program(
            [self.programs / "holdfast-devnet", "--datadir", self.path("devnet"), "--rpcport",
             self.node_port], self.path("devnet.log"))
        self.serve = Program(
            [self.programs / "holdfast", "serve", "--config", self.path("holdfast.yaml")],
            self.path("serve.log"))
        self.guard = Program(
            [self.programs / "holdfast-guard", "--config", self.path("guard.yaml")],
            self.path("guard.log"))
        self.signers = [
            Program([self.programs / "holdfast-signer", "--config", self.path(f"signer-{n}.yaml")],
                    self.path(f"signer-{n}.log")) for n in (1, 2, 3)]
        self.data = self.path("serve")

    def write_configuration(self):
        self.guard_key = json.loads(self.path("keys/ceremony.json").read_text())["guardPublicKey"]
        for name in ("guard", "signer-1", "signer-2", "signer-3"):
            self.path(name).mkdir(exist_ok=True, mode=0o700)
        self.path("passphrase").write_text(PASSPHRASE + "\n")
        self.path("passphrase").chmod(0o600)
        self.mail = MailSystem(self.path("mail"))
        self.path("holdfast.yaml").write_text(self.configuration("serve"))
        self.path("guard.yaml").write_text(self.guard_configuration())
        self.sanction()
        for number in (1, 2, 3):
            self.path(f"signer-{number}.yaml").write_text(self.signer_configuration(number))

    def sanction(self, *addresses):
        """Puts a list of sanctioned addresses where the guard looks for it."""
        body = text("holdfast/sanctions/v1") + i64(int(time.time() * 1000)) + struct.pack("<I", len(addresses))
        body += b"".join(text(address) for address in sorted(addresses))
        fresh = self.path("sanctions.new")
        fresh.write_bytes(self.officer.sign(body).signature + body)
        fresh.rename(self.path("sanctions.list"))

    def configuration(self, name):
        text = super().configuration(name)
        start, end = text.index("    limits: "), text.index("  - code: USDT")
        limits = ", ".join(f"{key}: {value}" for key, value in self.limits["online"].items())
        ladder = f"    depositLadder: {self.ladder}\n" if self.ladder else ""
        text = text[:start] + ladder + f"    limits: {{{limits}, delay: 1h, firstUse: 1s}}\n" + text[end:]
        return text.replace(
            "depositConfirmations: 1", f"depositConfirmations: {self.confirmations}").replace(
            "reservesEvery: 100000", "reservesEvery: 1").replace("timeout: 1h", "timeout: 5s").replace(
            "addressCoolingOff: 0s, credentialHold: 0s", "addressCoolingOff: 1s, credentialHold: 1s")

    def guard_configuration(self):
        operators = "\n".join(
            f"  - {{name: {o.name}, publicKey: {o.public_key}}}" for o in self.operators)
        limits = ", ".join(f"{key}: {value}" for key, value in self.limits["guard"].items())
        delays = ", ".join(f"{key}: {value}" for key, value in self.delays.items())
        sockets = "\n".join(
            f"  - {{socket: signer-{n}/link.sock, peerKey: {self.link_key(f'signer-{n}')[1].hex()}}}"
            for n in (1, 2, 3))
        return f"""\
network: regtest
keyFile: keys/guard.key
passphraseFile: passphrase
linkKeyFile: keys/guard.link
descriptorFile: keys/wallet.descriptor
record: guard/record
minimumConfirmations: {self.confirmations}
server: {{url: {self.guard_server or self.internal_url}, tokenFile: guard-token}}
node:
  url: http://127.0.0.1:{self.node_port}
  cookieFile: devnet/.cookie
operators:
{operators}
signers:
{sockets}
signerTimeout: 20s
limits: {{{limits}}}
delays: {{{delays}}}
sanctions: {{file: sanctions.list, issuerKey: {self.officer.verify_key.encode().hex()}}}
{self.mail.section(self.public_url) if self.notices else ""}"""

    def signer_configuration(self, number):
        limits = "\n".join(f"  {key}: {value}" for key, value in self.limits["signer"].items())
        people = "\n".join(
            f"    - {{name: {o.name}, publicKey: {o.public_key}}}" for o in self.operators)
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
  peerKey: {self.link_key('guard')[1].hex()}
unfreeze:
  approvals: 2
  delay: 24h
  people:
{people}
limits:
{limits}
"""

    # --- the line to the signers ---------------------------------------------------------------------

    def make_link_keys(self):
        """The keys with which guard and signers shake hands."""
        for name in ("guard", "signer-1", "signer-2", "signer-3"):
            subprocess.run([self.programs / "holdfast-vault", "link-key", "--out",
                            self.path(f"keys/{name}.link")], check=True, capture_output=True)

    def link_key(self, name):
        """Returns the secret and the public part of a link key."""
        content = self.path(f"keys/{name}.link").read_bytes()
        return content[-32:], content[-64:-32]

    def line(self, number, is_stranger=False, seconds=120):
        """Opens the line to a signer with the guard's link key, stolen, or as a stranger."""
        own = os.urandom(32) if is_stranger else self.link_key("guard")[0]
        return Line(self.path(f"signer-{number}/link.sock"),
                    (own, self.link_key(f"signer-{number}")[1]), seconds)

    # --- processes -----------------------------------------------------------------------------------

    def maliciously(self, program, trusting=False, ahead=0):
        """Starts a program as whoever owns its machine would: see malicious.c."""
        settings = {"LD_PRELOAD": str(self.shim)}
        if trusting:
            settings["HOLDFAST_ATTACK_TRUST"] = "1"
        if ahead:
            settings["HOLDFAST_ATTACK_CLOCK"] = str(ahead)
        honest, program.command = program.command, [
            "/usr/bin/env", *(f"{key}={value}" for key, value in settings.items()), *program.command]
        program.start()
        program.command = honest

    def start_node(self):
        self.devnet.start()
        cookie = self.path("devnet/.cookie")
        wait_for("the chain's cookie", lambda: cookie.exists() and cookie.read_text(), PATIENCE)

        def look():
            self.cookie = cookie.read_text().strip()
            return self.rpc("getblockcount") is not None
        wait_for("the chain to answer", lambda: self.answers(look), PATIENCE, 0.1)

    def start_signers(self, numbers=(1, 2, 3)):
        for number in numbers:
            self.path(f"signer-{number}/link.sock").unlink(missing_ok=True)
            self.signers[number - 1].start()
        self.await_signers(numbers)

    def await_signers(self, numbers=(1, 2, 3)):
        for number in numbers:
            wait_for(
                f"signer {number} to listen",
                self.path(f"signer-{number}/link.sock").exists, PATIENCE)

    def await_server(self):
        def look():
            if not self.serve.is_running:
                raise RuntimeError(f"the server ended by itself:\n{self.serve.last_words()}")
            health = self.health()
            return health if health and health.get("status") == "ok" else None
        health = wait_for("the server to answer", look, PATIENCE, 0.1)

        def public():
            with urllib.request.urlopen(self.public_url + "/api/v5/public/time", timeout=5):
                return True
        wait_for("the public door to open", lambda: self.answers(public), PATIENCE, 0.1)
        return health

    def start(self):
        self.start_node()
        self.start_signers()
        self.serve.start()
        self.await_server()
        self.guard.start()

    def restart(self, program, **maliciously):
        program.kill()
        if maliciously:
            self.maliciously(program, **maliciously)
        else:
            program.start()

    def stop(self):
        for program in (self.guard, self.serve, *self.signers, self.devnet):
            if program.is_running:
                program.kill()

    # --- what anybody can see ------------------------------------------------------------------------

    def mine(self, count=1):
        self.rpc("generatetoaddress", count, fresh_address())

    def paid_to(self, *addresses):
        """Satoshi that the chain's unspent outputs pay to these addresses."""
        answer = self.rpc("scantxoutset", "start", [f"addr({address})" for address in addresses])
        return round(answer["total_amount"] * BTC)

    def mining(self, what, condition, seconds=PATIENCE):
        """Waits for a condition while blocks are found: for what waits for one, and now and then one more.

        The guard looks at the wallet again after each block, so they must not come faster than it looks.
        """
        last = [time.monotonic()]

        def look():
            passed = time.monotonic() - last[0]
            if passed > 10 or (passed > 2 and self.rpc("getrawmempool")):
                last[0] = time.monotonic()
                self.mine()
            return condition()
        return wait_for(what, look, seconds, 0.2)

    def settle(self, blocks=2):
        """Lets whatever is on its way arrive."""
        for _ in range(blocks):
            self.mine()
            time.sleep(3)

    def public_status(self):
        with urllib.request.urlopen(self.public_url + "/api/v5/system/status", timeout=20) as answer:
            return [row["title"] for row in json.load(answer)["data"]]

    def guard_says(self, words):
        return words in self.path("guard.log").read_text(errors="replace")

    def halted(self):
        """Why the guard stopped itself, by its own log."""
        log = self.path("guard.log").read_text(errors="replace")
        found = re.search(r"reason=(.+?) \[holdfast_guard\] the guard has stopped itself", log) or re.search(
            r"signers, halted: (.+?) \[holdfast_guard\] order", log)
        return found[1][:200] if found else None

    def customer(self, name):
        return Customer(self, self.customers[name])


# --- the template ------------------------------------------------------------------------------------

ENROLLED = {"alice": 9, "bob": 7}
UNENROLLED = {f"newcomer-{n}": 2 for n in range(1, 6)}
VICTIMS = {f"victim-{n}": 1.5 for n in range(1, 7)}
THIEF = "mallory"


def compile_shim(folder):
    shim = pathlib.Path(folder) / "malicious.so"
    source = pathlib.Path(__file__).with_name("malicious.c")
    compiler = shutil.which("clang") or shutil.which("cc")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], check=True)
    return shim


class Template:
    """An exchange with customers and coins, stopped, to be copied."""

    def __init__(self, programs, folder):
        self.target = target = Target(programs, folder)
        self.shim = target.shim = compile_shim(folder)
        target.hold_ceremony()
        target.make_link_keys()
        target.path("guard-token").write_text(os.urandom(32).hex() + "\n")
        target.path("guard-token").chmod(0o600)
        target.write_configuration()
        target.start_chain()
        target.start_signers()
        target.serve.start()
        target.await_server()
        target.guard.start()
        self.fill()
        target.stop()

    def fill(self):
        target = self.target
        deposits = {**ENROLLED, **UNENROLLED, **VICTIMS, THIEF: 0}
        for name in deposits:
            target.customers[name] = target.open_account(name, 300_000 if name == THIEF else 1)
        pay = {}
        for name, bitcoins in deposits.items():
            if bitcoins:
                row = target.customer(name).call("GET", "/api/v5/asset/deposit-address?ccy=BTC")
                pay[row["addr"]] = units(bitcoins)
        target.wallet.pay(pay)
        target.mine(3)
        for name in (*ENROLLED, *VICTIMS, THIEF):
            customer = target.customer(name)
            assert customer.enrol()["code"] == "0"
            customer.account["address"] = fresh_address()
            wait_for(
                f"{name}'s address to be taken",
                lambda: customer.allow(customer.address).get("code") == "0", PATIENCE, 0.5)
        for name, bitcoins in deposits.items():
            wait_for(
                f"{name}'s deposit",
                lambda: target.customer(name).balance() == units(bitcoins), PATIENCE, 0.2)
        thief = target.customer(THIEF)
        assert thief.transfer("300000", "USDT", "6", "18")["code"] == "0"
        # The signers learn whose keys they are; and what follows is not refused for being broken.
        for name in ENROLLED:
            customer = target.customer(name)
            number = customer.withdrawn(units(0.01), customer.address)
            target.mining(f"{name}'s withdrawal", lambda: customer.state(number) == "2")

    def copy(self, folder, limits=None):
        """Returns another exchange with the same past."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.target.folder, folder, ignore=lambda at, names: [
            name for name in names if name.endswith(".sock") or name == "lock"
            or (at == str(self.target.folder) and name.endswith((".log", ".so")))])
        target = Target(self.target.programs, folder, limits)
        target.shim = self.shim
        target.operators = self.target.operators
        target.customers = copy.deepcopy(self.target.customers)
        target.wallet = OutsideWallet(target.rpc)
        target.wallet.coins = list(self.target.wallet.coins)
        target.write_configuration()
        return target

