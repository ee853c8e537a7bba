#!/usr/bin/env python3
"""The hot wallet keeps its size: too much goes to cold storage, too little comes back.

    float.py BIN_DIR --folder FOLDER

Real processes on the embedded chain: server, guard, three signers, and the vault in a process without a
network. What is above the band arrives at addresses that the vault issued; a withdrawal above what is hot
waits with a public reason, its place and amount; the vault signs the refill that the server asks for; the
withdrawal is paid; reserves hold all along. While one of three key holders gives no sign of life less is kept hot.
At last the same exchange without a cold wallet says so.
"""
import argparse
import base64
import json
import os
import pathlib
import shutil
import subprocess
import urllib.error
import urllib.request

import key_holders
from exchange import (
    BTC, Installation, Program, address_signature, enrolment, fresh_address, okx_headers, wait_for)
from holders_of_exchange import HoldersOfExchange
from vault import Refused, Vault

PATIENCE = 600
HOT_KEYS = 11  # three holders, three backups, a council of five
COLD = ["--policy", "multisig", "--threshold", 2, "--holders", 3]


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAIL    {what}")
    print(f"ok      {what}", flush=True)


class Exchange(Installation):
    """An exchange with guard and signers."""

    def __init__(self, programs, folder):
        super().__init__(programs, folder)
        self.cold_section = ""
        self.others = []  # the guard and the signers, once they run
        self.link_keys = {}  # the public part of each end of the signers' lines

    def configuration(self, name):
        return super().configuration(name).replace(
            "timeout: 1h}", "timeout: 5s}").replace("reservesEvery: 100000", "reservesEvery: 1") \
            + self.cold_section

    def prepare_others(self, cold):
        """Writes the configuration of guard and signers, with the cold wallet or without."""
        secret = self.folder / "passphrase"
        secret.write_text("down the rabbit hole\n")
        secret.chmod(0o600)
        section = "" if not cold else f"cold: {{{cold}}}\n"
        staff = "\n".join(
            f"  - {{name: {o.name}, publicKey: {o.public_key}}}" for o in self.operators)
        moves = ("" if not cold else
                 f"cold: {{{cold}, targetBasisPoints: 1000, smallestMove: 0.01}}\n")
        links = self.link_keys
        lines = "\n".join(
            f"  - {{socket: signer-{n}/link.sock, peerKey: {links[f'signer-{n}']}}}" for n in (1, 2, 3))
        (self.folder / "guard.yaml").write_text(f"""\
network: regtest
keyFile: hot/guard.key
passphraseFile: passphrase
descriptorFile: hot/wallet.descriptor
record: guard/record
minimumConfirmations: 1
server: {{url: {self.internal_url}, tokenFile: guard-token}}
node: {{url: "http://127.0.0.1:{self.node_port}", cookieFile: devnet/.cookie}}
operators:
{staff}
linkKeyFile: keys/guard.link
signers:
{lines}
limits: {{perWithdrawal: 100, budgetHour: 1000, budgetDay: 1000}}
delays: {{newAddress: 0s, newKey: 0s}}
{moves}""")
        (self.folder / "guard").mkdir(exist_ok=True)
        programs = [Program(
            [self.programs / "holdfast-guard", "--config", self.folder / "guard.yaml"],
            self.folder / "guard.log")]
        for number in (1, 2, 3):
            (self.folder / f"signer-{number}.yaml").write_text(f"""\
network: regtest
keyFile: hot/holder-{number}.key
passphraseFile: passphrase
descriptorFile: hot/wallet.descriptor
guardKey: {self.guard_key}
record: signer-{number}/record
link:
  socket: signer-{number}/link.sock
  keyFile: keys/signer-{number}.link
  peerKey: {links["guard"]}
unfreeze:
  approvals: 2
  delay: 1h
  people:
{staff}
limits: {{perTransaction: 100, budgetHour: 1000, budgetDay: 1000, networkFee: 0.001,
  feeRateSatsPerVByte: 100}}
{section}""")
            (self.folder / f"signer-{number}").mkdir(exist_ok=True)
            programs.append(Program(
                [self.programs / "holdfast-signer", "--config",
                 self.folder / f"signer-{number}.yaml"], self.folder / f"signer-{number}.log"))
        return programs

    def okx(self, account, method, target, body=None):
        """The rows of an answer of the customers' interface."""
        data = json.dumps(body) if body is not None else ""
        headers = okx_headers(account, method, target, data) if account else {}
        request = urllib.request.Request(
            self.public_url + target, method=method, headers=headers,
            data=data.encode() if data else None)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                found = json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {target}: {error.read().decode()}") from None
        if found["code"] != "0":
            raise RuntimeError(f"{method} {target}: {found}")
        return found["data"]

    def operator(self, method, path, body=None):
        return self.operators[0].request(self.internal_url, method, path, body)

    def float(self):
        return self.operator("GET", "/operator/float")


def satoshi(text):
    whole, _, part = text.partition(".")
    return int(whole) * BTC + int(part.ljust(8, "0"))


class Story:
    def __init__(self, exchange, offline, online):
        self.exchange, self.offline, self.online = exchange, offline, online
        self.addresses = []

    def wait(self, what, condition):
        """Waits, and mines whatever the wallets have sent meanwhile."""
        def look():
            for program in self.exchange.others:
                if not program.is_running:
                    raise SystemExit(f"FAIL    it ended by itself: {program.last_words()}")
            answer = condition()
            if not answer and self.exchange.rpc("getrawmempool"):
                self.exchange.wallet.mine()
            return answer
        try:
            return wait_for(what, look, PATIENCE, 0.2)
        except TimeoutError as late:
            logs = "\n".join(
                f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-8:])
                for log in self.exchange.folder.glob("*.log"))
            raise SystemExit(f"FAIL    {late}\n{logs}\n{self.exchange.float()}") from None

    def hold_ceremonies(self):
        self.online.ceremony("hot", HOT_KEYS, "--policy", "hot", "--threshold", 2, "--holders", 3)
        self.exchange.guard_key = json.loads(
            pathlib.Path("hot/ceremony.json").read_text())["guardPublicKey"]
        pathlib.Path("keys").mkdir()
        shutil.copy("hot/wallet.descriptor", "keys/wallet.descriptor")
        for end in ("guard", "signer-1", "signer-2", "signer-3"):
            self.online.text("link-key", "--out", f"keys/{end}.link")
            self.exchange.link_keys[end] = self.online.text(
                "link-key", "--show", f"keys/{end}.link").split()[-1]
        pathlib.Path("vault").mkdir()
        self.offline.ceremony("vault/cold", 3, *COLD)
        self.offline.register("vault/cold/wallet.descriptor", "cold-1", "cold", "vault/policies")
        self.offline.register("hot/wallet.descriptor", "hot-1", "hot", "vault/policies")
        shutil.copy("vault/cold/wallet.descriptor", "cold.descriptor")
        self.issuer = self.offline.json(
            "keygen", "--out", "vault/issuer.key", "--label", "issuer", "--kdf", "interactive",
            passphrases=1)["publicKey"]
        named = ["--policy", "cold-1", "--issuer", self.issuer, "--policies", "vault/policies",
                 "--batches", "vault/batches"]
        self.offline.text(
            "issue-addresses", *named, "--key", "vault/issuer.key", "--count", 30, "--address-cap",
            2, "--epoch", 1, "--epoch-cap", 100, passphrases=1)
        self.addresses = self.offline.json("verify-addresses", *named, "--list")["addresses"]

    def open_account(self):
        account = self.exchange.open_account("alice", 1_000)
        public, proof = enrolment(account["key"], account["id"])
        self.exchange.okx(account, "POST", "/api/v5/holdfast/signing-key",
                          {"publicKey": public, "proof": proof})
        account["to"] = fresh_address()
        self.exchange.okx(account, "POST", "/api/v5/holdfast/withdrawal-address", {
            "ccy": "BTC", "chain": "BTC-Bitcoin", "toAddr": account["to"], "label": "home",
            "nonce": "1",
            "signature": address_signature(account["key"], account["id"], account["to"], 1)})
        row, = self.exchange.okx(account, "GET", "/api/v5/asset/deposit-address?ccy=BTC")
        self.exchange.wallet.pay({row["addr"]: 10 * BTC})
        self.exchange.wallet.mine(2)
        self.alice = account
        self.wait("alice's coins", lambda: any(
            satoshi(each["availBal"]) == 10 * BTC
            for each in self.exchange.okx(account, "GET", "/api/v5/asset/balances?ccy=BTC")))

    def withdraw(self, amount):
        row, = self.exchange.okx(self.alice, "POST", "/api/v5/asset/withdrawal", {
            "ccy": "BTC", "amt": amount, "dest": "4", "toAddr": self.alice["to"], "fee": "0.0001",
            "chain": "BTC-Bitcoin"})
        return row["wdId"]

    def withdrawal(self, number):
        row, = self.exchange.okx(self.alice, "GET", f"/api/v5/holdfast/withdrawal?wdId={number}")
        return row

    def wait_for_payment(self, number):
        return self.wait(
            f"withdrawal {number}",
            lambda: (row := self.withdrawal(number))["stage"] == "confirmed" and row)

    def coins_at(self, addresses):
        """What the chain's blocks paid to each address, once each."""
        found = {}
        for height in range(self.exchange.rpc("getblockcount") + 1):
            block = self.exchange.rpc("getblock", self.exchange.rpc("getblockhash", height), 2)
            for transaction in block["tx"]:
                for output in transaction["vout"]:
                    address = output["scriptPubKey"].get("address")
                    if address in addresses:
                        found.setdefault(address, []).append(round(output["value"] * BTC))
        return found

    def reserves(self):
        done = subprocess.run(
            [self.exchange.programs / "holdfast", "reserves", "--config", "serve.yaml", "--json"],
            text=True, capture_output=True, timeout=300)
        check(done.returncode == 0, f"reserves hold: {done.stdout.strip()}{done.stderr}")

    def sweep(self):
        self.wait_for_payment(self.withdraw("0.1"))
        check(self.exchange.float()["coldAddresses"]["left"] == 0,
              "nothing is swept before addresses are registered")
        batch = next(pathlib.Path("vault/batches").iterdir()).read_bytes()
        forged = batch[:10] + bytes([batch[10] ^ 1]) + batch[11:]
        try:
            self.exchange.operator("POST", "/operator/cold-batches", {"batch": forged.hex()})
            check(False, "a batch with a wrong signature is refused")
        except RuntimeError as refusal:
            check("not signed" in str(refusal), "a batch with a wrong signature is refused")
        taken = self.exchange.operator("POST", "/operator/cold-batches", {"batch": batch.hex()})
        check(taken["count"] == 30, "the vault's batch is registered")
        status = self.wait("the sweep", lambda: (
            now := self.exchange.float())["cold"] != "0" and satoshi(now["cold"]) > 0 and now)
        coins = self.coins_at(set(self.addresses))
        used = self.addresses[:len(coins)]
        check(set(coins) == set(used) and all(len(each) == 1 for each in coins.values()),
              f"the chain shows a sweep to the first {len(used)} cold addresses, each used once")
        check(all(each <= 2 * BTC for coin in coins.values() for each in coin),
              "none got more than its cap")
        check(sum(sum(each) for each in coins.values()) == satoshi(status["cold"]),
              f"{status['cold']} BTC are cold, as the books say")
        owed = satoshi(status["owed"])
        check(abs(satoshi(status["hot"]) - owed // 10) < BTC // 100,
              f"the float is at its target: {status['hot']} of {status['owed']} BTC")
        self.reserves()

    def refill(self):
        large = self.withdraw("4")
        row = self.wait("the queue", lambda: (
            now := self.withdrawal(large))["queuePosition"] and now["stage"] == "guard_held" and now)
        check("refill from cold storage" in row["reason"] and row["cancelable"],
              f"the customer sees why it waits: {row['reason']}")
        check(row["queuePosition"] == "1" and satoshi(row["queueAmount"]) == 4 * BTC,
              "and its place and the amount of the queue")
        said = self.wait("the public reason", lambda: [
            each["title"] for each in self.exchange.okx(None, "GET", "/api/v5/system/status")])
        check(any("refill from cold storage" in each for each in said),
              f"so does everybody: {said[0]}")
        asked = self.wait("the request", lambda: (
            now := self.exchange.float())["refill"] and now)
        check(asked["refill"]["state"] == "open"
              and asked["waiting"][0]["withdrawal"] == large,
              f"operators see a request of {asked['refill']['amount']} BTC")
        made = self.exchange.operator("GET", "/operator/refill")
        pathlib.Path("refill.psbt").write_bytes(base64.b64decode(made["psbt"]))
        named = ["--policy", "cold-1", "--policies", "vault/policies"]
        said = self.offline.text("review", "refill.psbt", *named)
        check("to the hot wallet, hot-1" in said and "back to this wallet, cold-1 1/" in said,
              "the vault sees where it goes")
        words = self.offline.json("review", "refill.psbt", *named)["words"]
        answers = []
        for holder in (1, 2):
            answers.append(f"answer-{holder}.psbt")
            self.offline.json(
                "sign", "refill.psbt", "--words", words, *named, "--key",
                f"vault/cold/holder-{holder}.key", "--out", answers[-1], passphrases=1)
        done = self.offline.json("finish", *answers, *named)
        self.exchange.rpc("sendrawtransaction", done["hex"])
        self.exchange.wallet.mine()
        self.wait_for_payment(large)
        ended = self.wait("the end of the request", lambda: (
            now := self.exchange.float())["refill"]["state"] == "arrived" and now)
        check(not ended["waiting"], "the refill arrived, and the withdrawal is paid")
        check(not self.exchange.okx(None, "GET", "/api/v5/system/status"),
              "nothing is suspended any more")
        balances = self.exchange.okx(self.alice, "GET", "/api/v5/asset/balances?ccy=BTC")
        check(satoshi(balances[0]["bal"]) == 10 * BTC - (41 * BTC // 10) - 20_000,
              "the refill was credited to nobody")
        self.reserves()

    def status_page(self):
        with urllib.request.urlopen(f"{self.exchange.public_url}/status", timeout=30) as answer:
            return answer.read().decode()

    def missing_holder(self):
        """Three people hold the hot wallet's keys, and one of them gives no sign of life."""
        guard = self.exchange.others[0]
        company = HoldersOfExchange(self.exchange.programs, self.exchange.folder, self.exchange)
        key_holders.found(company, json.loads(pathlib.Path("hot/ceremony.json").read_text()))
        guard.stop()
        company.install()
        company.keep_log()
        guard.start()
        self.wait("the guard's inbox", lambda: pathlib.Path("inbox/refused").exists())
        before = self.exchange.float()
        check(before["targetBasisPoints"] == before["usualTargetBasisPoints"] == 1000,
              "without key holders to count the float is as usual")
        for name in ("alice", "bob"):
            company.live(name)
        # With no holder's sign of life nothing left; it goes on as after every suspension.
        service = lambda: self.exchange.okx(None, "GET", "/api/v5/holdfast/service")[0]
        self.wait("the checks", lambda: service()["state"] == "checking")
        for number, name in ((1, "alice"), (2, "bob")):
            company.give(name, "key-check", "--holder-key", self.exchange.folder / f"hot/holder-{number}.key")
        now = self.wait("the smaller float", lambda: (
            now := self.exchange.float())["targetBasisPoints"] == 500 and now)
        check(now["usualTargetBasisPoints"] == 1000, "with one of three holders missing the target is half of the usual")
        said = service()["float"]
        check(said == {"target": "0.05", "usualTarget": "0.1", "reason": "key_holder"}
              and "and not 10 % as usual, because a key holder is missing" in self.status_page(),
              "the status page and holdfast/service say so, and why")
        swept = self.wait("what is too much to become cold", lambda: (
            now := self.exchange.float()) and satoshi(now["cold"]) > satoshi(before["cold"]) and now)
        check(abs(satoshi(swept["hot"]) - satoshi(swept["owed"]) // 20) < BTC // 100,
              f"a higher share is cold: {swept['hot']} of {swept['owed']} BTC stay hot")
        company.live("carol")
        self.wait("the usual float", lambda: self.exchange.float()["targetBasisPoints"] == 1000)
        check("as usual" not in self.status_page(), "her sign of life brings the usual target back")
        self.reserves()

    def run(self, start):
        self.hold_ceremonies()
        self.exchange.start_chain()
        cold = f"descriptorFile: cold.descriptor, issuerKey: {self.issuer}"
        self.exchange.cold_section = f"cold: {{{cold}}}\n"
        start(cold)
        self.open_account()
        self.sweep()
        self.refill()
        self.missing_holder()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    programs = arguments.programs.resolve()
    folder = arguments.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.chdir(folder)
    exchange = Exchange(programs, folder)
    story = Story(exchange, Vault(programs, is_offline=True), Vault(programs, is_offline=False))
    def start(cold, name="serve"):
        exchange.prepare_server(name)
        others = exchange.prepare_others(cold)
        for program in others[1:]:
            program.start()
        exchange.start_server()
        others[0].start()
        exchange.others = others

    try:
        story.run(start)
        # The same programs, another exchange: no cold wallet.
        exchange.serve.stop()
        for program in exchange.others:
            program.stop()
        shutil.move("guard", "guard-before")
        for number in (1, 2, 3):
            shutil.move(f"signer-{number}", f"signer-{number}-before")
        exchange.cold_section = ""
        start(None, "second")
        status = exchange.float()
        check(not status["coldStorage"] and "no cold wallet" in status["note"],
              f"without a cold wallet: {status['note']}")
        try:
            exchange.operator("GET", "/operator/refill")
            check(False, "nothing to refill from")
        except RuntimeError as refusal:
            check("no cold wallet" in str(refusal), "and there is nothing to refill from")
    finally:
        for program in [*exchange.others, exchange.serve, exchange.devnet]:
            if program:
                program.stop()
    print("float done")


if __name__ == "__main__":
    main()
