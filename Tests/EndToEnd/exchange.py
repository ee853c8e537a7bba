"""An exchange in a throw-away folder, for tests that treat it as a user and an operator would.

It writes configuration, starts the programs, and talks to them over HTTP. Nothing here shares code with
the exchange: statements are encoded and signed by PyNaCl, requests by the standard library.
"""
import base64
import ctypes
import datetime
import hashlib
import hmac
import json
import os
import pathlib
import random
import secrets
import signal
import socket
import struct
import subprocess
import time
import urllib.request

import nacl.signing

BTC = 100_000_000
USDT = 1_000_000


def free_ports(count):
    """Ports that nobody listens on, which differ.

    They are below those that the system hands out: a server that is killed must find its port free again.
    """
    chosen = []
    while len(chosen) < count:
        port = random.SystemRandom().randrange(10_000, 20_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in chosen:
            chosen.append(port)
    return chosen


def wait_for(what, condition, seconds=30, pause=0.01):
    """Returns the first true answer of `condition`."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(pause)


class Program:
    """One of our programs with its output in a log file. It dies with this process."""

    def __init__(self, command, log):
        self.command = [str(part) for part in command]
        self.log = log
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL))

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """Ends it as a power cut would, at this instant."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=20):
        if self.is_running:
            self.process.terminate()
            self.process.wait(seconds)

    def last_words(self, count=5):
        lines = pathlib.Path(self.log).read_text(errors="replace").splitlines()
        return "\n".join(lines[-count:])


# --- canonical statements -------------------------------------------------------------------------


def text(value):
    return counted(value.encode())


def counted(value):
    return struct.pack("<I", len(value)) + value


def u64(value):
    return struct.pack("<Q", value)


def i64(value):
    return struct.pack("<q", value)


class Operator:
    """A member of staff with an Ed25519 key of his own."""

    def __init__(self, name):
        self.name = name
        self.key = nacl.signing.SigningKey.generate()
        self.public_key = self.key.verify_key.encode().hex()

    def request(self, url, method, path, body=None):
        """Sends a signed request to the internal listener and returns its answer."""
        data = b"" if body is None else json.dumps(body).encode()
        at, nonce = int(time.time() * 1000), secrets.token_bytes(16)
        statement = (
            text("holdfast/operator-request/v1") + text(self.name) + text(f"{method} {path}")
            + counted(hashlib.sha256(data).digest()) + i64(at) + counted(nonce))
        request = urllib.request.Request(
            url + path, method=method, data=data if body is not None else None,
            headers={
                "Content-Type": "application/json",
                "Holdfast-Operator": self.name,
                "Holdfast-Timestamp": str(at),
                "Holdfast-Nonce": nonce.hex(),
                "Holdfast-Signature": self.key.sign(statement).signature.hex(),
            })
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def attest(self, url, account, asset, amount, units, reference):
        statement = (
            text("holdfast/receipt/v1") + text(self.name) + u64(account["id"]) + text(asset)
            + i64(units) + text(reference))
        return self.request(url, "POST", "/operator/receipts", {
            "account": account["name"], "asset": asset, "amount": amount, "reference": reference,
            "signature": self.key.sign(statement).signature.hex(),
        })


def enrolment(key, account):
    """Returns the public key and the proof that a customer enrols."""
    public = key.verify_key.encode()
    statement = text("holdfast/enrolment/v1") + u64(account) + counted(public)
    return public.hex(), key.sign(statement).signature.hex()


def address_signature(key, account, address, nonce):
    statement = (
        text("holdfast/address/v1") + u64(account) + text("BTC") + text("BTC-Bitcoin")
        + text(address) + u64(nonce))
    return key.sign(statement).signature.hex()


def fresh_address():
    """A regtest address of nobody: pay to the hash of a public key, in Base58Check."""
    payload = b"\x6f" + secrets.token_bytes(20)
    payload += hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, digits = int.from_bytes(payload, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + digits
    return digits


# --- the customers' own coins ----------------------------------------------------------------------


def compact(number):
    return bytes([number]) if number < 0xFD else b"\xfd" + struct.pack("<H", number)


def witness_address(program):
    """The regtest address of a version 0 witness program. See BIP-173."""
    digits, alphabet = [0], "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{byte:08b}" for byte in program)
    bits += "0" * (-len(bits) % 5)
    digits += [int(bits[at:at + 5], 2) for at in range(0, len(bits), 5)]
    check = 1
    for digit in [3, 3, 3, 3, 0, 2, 3, 18, 20] + digits + [0] * 6:  # "bcrt", expanded
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ digit
        for index, mask in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= mask if top >> index & 1 else 0
    digits += [(check ^ 1) >> 5 * (5 - index) & 31 for index in range(6)]
    return "bcrt1" + "".join(alphabet[digit] for digit in digits)


class OutsideWallet:
    """Coins of nobody in particular: whoever shows the script `OP_TRUE` may spend them.

    So it needs no key, and no cryptography but SHA-256. It mines its coins itself.
    """

    SCRIPT = b"\x51"

    def __init__(self, rpc):
        self.rpc = rpc
        program = hashlib.sha256(self.SCRIPT).digest()
        self.output_script = b"\x00\x20" + program
        self.address = witness_address(program)
        self.coins = []  # (transaction id, output, satoshi), change before what was mined

    def mine(self, count=1):
        for block in self.rpc("generatetoaddress", count, self.address):
            coinbase = self.rpc("getblock", block, 2)["tx"][0]
            self.coins.append((coinbase["txid"], 0, round(coinbase["vout"][0]["value"] * BTC)))

    def pay(self, recipients):
        """Pays {address: satoshi} from the first coin that is enough, and returns the transaction."""
        needed = sum(recipients.values()) + 2_000
        coin = next(coin for coin in self.coins if coin[2] >= needed + 1_000)
        self.coins.remove(coin)
        spent, output, value = coin
        change = value - needed
        outputs = [
            (satoshi, bytes.fromhex(self.rpc("validateaddress", address)["scriptPubKey"]))
            for address, satoshi in recipients.items()
        ] + [(change, self.output_script)]
        transaction = (
            struct.pack("<I", 2) + b"\x00\x01"
            + b"\x01" + bytes.fromhex(spent)[::-1] + struct.pack("<I", output) + b"\x00"
            + struct.pack("<I", 0xFFFFFFFD)
            + compact(len(outputs))
            + b"".join(i64(value) + compact(len(script)) + script for value, script in outputs)
            + b"\x01" + compact(len(self.SCRIPT)) + self.SCRIPT
            + struct.pack("<I", 0))
        identifier = self.rpc("sendrawtransaction", transaction.hex())
        self.coins.insert(0, (identifier, len(outputs) - 1, change))
        return identifier


# --- the OKX v5 interface -------------------------------------------------------------------------


def okx_headers(account, method, target, body=""):
    """See OKX v5, "REST authentication"."""
    now = datetime.datetime.now(datetime.timezone.utc)
    at = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"
    mac = hmac.new(account["secret"].encode(), (at + method + target + body).encode(), hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "OK-ACCESS-KEY": account["apiKey"],
        "OK-ACCESS-SIGN": base64.b64encode(mac.digest()).decode(),
        "OK-ACCESS-TIMESTAMP": at,
        "OK-ACCESS-PASSPHRASE": account["passphrase"],
    }


class Installation:
    """Keys, configuration and processes of one exchange: a chain and the online server.

    No guard runs: withdrawals are accepted, judged and queue, which is what this is about.
    """

    # Blocks until a deposit is credited and a withdrawal final.
    confirmations = 1
    # How long the server waits for a guard.
    guard_timeout = "1h"

    def __init__(self, programs, folder):
        self.programs = pathlib.Path(programs).resolve()
        self.folder = pathlib.Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.operators = [Operator("dave"), Operator("erin")]
        self.node_port, = free_ports(1)
        self.use_fresh_ports()
        self.replication = "{}"  # the section of that name in the next configuration
        self.devnet = Program(
            [self.programs / "holdfast-devnet", "--datadir", self.folder / "devnet",
             "--rpcport", self.node_port], self.folder / "devnet.log")
        self.serve = None
        self.data = None

    def use_fresh_ports(self):
        """Lets the next server listen beside one that is still there."""
        self.public_port, self.internal_port = free_ports(2)
        self.public_url = f"http://127.0.0.1:{self.public_port}"
        self.internal_url = f"http://127.0.0.1:{self.internal_port}"

    def hold_ceremony(self):
        # Three holders, three backups, a council of five, the guard.
        passphrases = "correct horse battery staple test\n" * 12
        answer = subprocess.run(
            [self.programs / "holdfast-vault", "ceremony", "--network", "regtest", "--threshold", "2",
             "--holders", "3", "--out", self.folder / "keys", "--kdf", "interactive",
             "--passphrase-stdin", "--json"],
            input=passphrases, text=True, capture_output=True)
        if answer.returncode != 0:
            raise RuntimeError(f"the ceremony failed: {answer.stderr}")
        self.guard_key = json.loads((self.folder / "keys/ceremony.json").read_text())["guardPublicKey"]

    def start_chain(self):
        self.devnet.start()
        cookie = self.folder / "devnet/.cookie"
        wait_for("the chain's cookie", lambda: cookie.exists() and cookie.read_text())
        self.cookie = cookie.read_text().strip()
        wait_for(
            "the chain to answer",
            lambda: self.answers(lambda: self.rpc("getblockcount") is not None))
        # A coin from a block is spendable a hundred blocks later.
        self.wallet = OutsideWallet(self.rpc)
        self.wallet.mine(110)

    @staticmethod
    def answers(attempt):
        try:
            return attempt()
        except (OSError, RuntimeError):
            return False

    def rpc(self, method, *params):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.node_port}/",
            data=json.dumps({"id": 1, "method": method, "params": params}).encode(),
            headers={"Authorization": "Basic " + base64.b64encode(self.cookie.encode()).decode()})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)["result"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method}: {error.read().decode()}") from None

    def node_keys(self):
        """How the server reaches the node."""
        return f"{{url: http://127.0.0.1:{self.node_port}, cookieFile: devnet/.cookie}}"

    def prepare_server(self, name):
        """Gives the server an empty data folder and its configuration."""
        self.data = self.folder / name
        self.configuration_file = self.folder / f"{name}.yaml"
        self.configuration_file.write_text(self.configuration(name))
        self.serve = Program(
            [self.programs / "holdfast", "serve", "--config", self.configuration_file],
            self.folder / f"{name}.log")

    def health(self):
        """The answer of the health endpoint, or nothing while the server does not answer."""
        try:
            with urllib.request.urlopen(self.internal_url + "/health", timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return None

    def start_server(self):
        """Starts the server, waits until both its doors are open, and returns its health."""
        self.serve.start()
        return self.wait_until_up()

    def wait_until_up(self, seconds=30):
        """Waits until both doors of the server are open, and returns its health."""
        def look():
            if not self.serve.is_running:
                raise RuntimeError(f"the server ended by itself:\n{self.serve.last_words()}")
            health = self.health()
            if not health or health.get("status") != "ok":
                return None
            with socket.socket() as probe:
                return health if probe.connect_ex(("127.0.0.1", self.public_port)) == 0 else None

        return wait_for("the server to answer", look, seconds)

    def metrics(self):
        """What the server tells of itself, line by line."""
        with urllib.request.urlopen(self.internal_url + "/metrics", timeout=20) as answer:
            return answer.read().decode().splitlines()

    def owed(self):
        """What the exchange says that it owes, in ledger units, customers and house together."""
        owed = {}
        for line in self.metrics():
            if line.startswith("holdfast_owed_units{"):
                owed[line.split('asset="')[1].split('"')[0]] = int(line.rsplit(" ", 1)[1])
        return owed

    def verify_journal(self):
        """Lets a program of its own execute the whole journal, and returns what it found."""
        answer = subprocess.run(
            [self.programs / "holdfast", "journal", "verify", self.data, "--json"],
            text=True, capture_output=True)
        if answer.returncode != 0:
            raise RuntimeError(f"journal verify: {answer.stdout}{answer.stderr}")
        return json.loads(answer.stdout)

    def open_account(self, name, usdt):
        """Opens an account with an API key and receipts of `usdt`."""
        dave, erin = self.operators
        opened = dave.request(
            self.internal_url, "POST", "/operator/accounts", {"name": name})["account"]
        key = dave.request(
            self.internal_url, "POST", "/operator/api-keys",
            {"account": name, "label": "test", "permissions": "read,trade,withdraw"})
        account = {
            "id": int(opened["id"]), "name": name, "apiKey": key["apiKey"], "secret": key["secret"],
            "passphrase": key["passphrase"], "key": nacl.signing.SigningKey.generate(),
        }
        for operator in (dave, erin):
            operator.attest(
                self.internal_url, account, "USDT", str(usdt), usdt * USDT, f"receipt-{name}")
        return account

    def configuration(self, name):
        """Everything is allowed at once: this is about durability, not about risk."""
        operators = "\n".join(
            f"  - {{name: {o.name}, publicKey: {o.public_key}}}" for o in self.operators)
        limits = (
            "{refuseAbove: 1000000, reviewAbove: 1000000, delayAbove: 1000000, delay: 0s, "
            "customerHour: 1000000, customerDay: 1000000, assetHour: 1000000, assetDay: 1000000, "
            "countHour: 1000000, firstUse: 0s}")
        return f"""\
data: {name}
listen:
  public: 127.0.0.1:{self.public_port}
  internal: 127.0.0.1:{self.internal_port}
api: {{rateLimits: false}}
replication: {self.replication}
log: {{level: notice}}
chain:
  network: regtest
  poll: 50ms
  reservesEvery: 100000
  node: {self.node_keys()}
wallet: {{descriptorFile: keys/wallet.descriptor}}
guard: {{publicKey: {self.guard_key}, tokenFile: guard-token, timeout: {self.guard_timeout}}}
withdrawals: {{addressCoolingOff: 0s, credentialHold: 0s}}
operators:
{operators}
assets:
  - code: BTC
    rail: bitcoin
    decimals: 8
    chain: BTC-Bitcoin
    minimumDeposit: 0.0001
    minimumWithdrawal: 0.001
    withdrawalFee: 0.0001
    depositConfirmations: {self.confirmations}
    withdrawalConfirmations: {self.confirmations}
    limits: {limits}
  - code: USDT
    rail: manual
    decimals: 6
    chain: USDT-Manual
    minimumDeposit: 1
    minimumWithdrawal: 1
    withdrawalFee: 1
    limits: {limits}
instruments:
  - symbol: BTC-USDT
    tickSize: 0.1
    lotSize: 0.00000001
    minimumSize: 0.00001
    maximumSize: 1000
    makerFee: 0.0008
    takerFee: 0.001
    listed: 2026-01-01
"""

    def stop(self):
        for program in (self.serve, self.devnet):
            if program:
                program.stop()
