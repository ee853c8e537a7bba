#!/usr/bin/env python3
"""A customer makes a passkey in a real browser and withdraws with it, past server, guard and signers.

    passkeys.py BIN_DIR --folder FOLDER

The browser is Chromium with a virtual authenticator, on the server's own page. Then the same signature for
another address, a replay, a device that does not know its user, and a program's Ed25519 signature.
"""
import argparse
import json
import pathlib
import shutil
import time
import urllib.error
import urllib.request

import browser as browsers
from exchange import BTC, enrolment, fresh_address, i64, okx_headers, text, u64, wait_for
from whole_exchange import PATIENCE, WholeExchange


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAIL    {what}")
    print(f"ok      {what}", flush=True)


class Exchange(WholeExchange):
    confirmations = 1

    @property
    def origin(self):
        return f"http://localhost:{self.public_port}"

    @property
    def site(self):
        return f"passkeys: {{domain: localhost, origin: {self.origin}}}\n"

    @property
    def guard_extra(self):
        return self.site

    def configuration(self, name):
        return super().configuration(name) + self.site

    def okx(self, account, method, path, body=None):
        content = json.dumps(body) if body is not None else ""
        target = "/api/v5/" + path
        request = urllib.request.Request(
            self.public_url + target, data=content.encode() if body is not None else None, method=method,
            headers=okx_headers(account, method, target, content))
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def row(self, account, method, path, body=None):
        answer = self.okx(account, method, path, body)
        if answer["code"] != "0":
            raise RuntimeError(f"{path}: {answer}")
        return answer["data"][0]

    def fund(self, account, amount):
        address = self.row(account, "GET", "asset/deposit-address?ccy=BTC")["addr"]
        self.wallet.pay({address: amount})
        self.wallet.mine(2)
        wait_for("the deposit", lambda: self.okx(
            account, "GET", "asset/balances?ccy=BTC")["data"], PATIENCE, 0.05)

    def paid(self, account, withdrawal, address):
        """Waits until a withdrawal is final; what the chain has at its address, in satoshi."""
        def is_final():
            self.wallet.mine(1)
            row = self.row(account, "GET", f"holdfast/withdrawal/{withdrawal}")
            if row["stage"] in ("refused", "canceled"):
                raise RuntimeError(f"{row}")
            return row["stage"] == "confirmed"

        wait_for("the withdrawal", is_final, PATIENCE, 0.5)
        found = self.rpc("scantxoutset", "start", [f"addr({address})"])
        return round(found["total_amount"] * BTC)


def say(browser, prefix):
    browser.wait_for(f"'{prefix}'", f'document.getElementById("state").textContent.startsWith({json.dumps(prefix)})')
    return browser.text("state")


def in_the_browser(exchange, account, browser):
    authenticator = browser.add_authenticator()
    browser.open(exchange.origin + "/passkey")
    for name in ("key", "secret", "passphrase"):
        browser.fill(name, account["apiKey" if name == "key" else name])
    browser.click("open")
    say(browser, "Your account has no key yet")
    browser.click("make")
    said = say(browser, "Enrolled: ")
    credentials = browser.credentials(authenticator)
    check(
        len(credentials) == 1 and credentials[0]["rpId"] == "localhost" and credentials[0]["isResidentCredential"],
        f"the browser made one passkey for this site: {said}")
    check(
        exchange.row(account, "GET", "holdfast/signing-key")["kind"] == "passkey-es256",
        "the exchange knows it as the account's key")

    address = fresh_address()
    for name, value in (("address", address), ("amount", "0.25"), ("fee", "0.01")):
        browser.fill(name, value)
    browser.click("review")
    say(browser, "Is this what you want?")
    shown = browser.text("statement")
    check(address in shown and "Pay 0.25 BTC" in shown, "the page shows what is to be signed, address and all")
    # What the page sends is kept, for what follows.
    browser.run(
        "{ const send = window.fetch; window.fetch = (path, options) => {"
        " if (options.body) window.sent = options.body; return send(path, options); }; true }")
    browser.click("sign")
    number = say(browser, "Withdrawal ").split()[1].rstrip(":")
    check(exchange.paid(account, number, address) == 25_000_000, "it is paid, and final")

    sent = json.loads(browser.run("window.sent"))
    again = exchange.okx(account, "POST", "asset/withdrawal", sent)
    check("nonce" in again["msg"], f"the same again is refused: {again['msg']}")
    other = exchange.okx(
        account, "POST", "asset/withdrawal", {**sent, "toAddr": fresh_address()})
    check("assertion" in other["msg"], f"the same for another address is refused: {other['msg']}")

    # Somebody who has the device, and does not know its lock.
    browser.call("WebAuthn.setUserVerified", authenticatorId=authenticator, isUserVerified=False)
    browser.click("review")
    say(browser, "Is this what you want?")
    browser.click("sign")
    browser.wait_for("the refusal", 'document.getElementById("state").textContent.includes("not allowed")')
    check(True, f"a device that does not know its user signs nothing: {browser.text('state')[:60]}")
    history = exchange.okx(account, "GET", "asset/withdrawal-history")["data"]
    check(len(history) == 1, "one withdrawal was made in all")


def by_a_program(exchange, account):
    """The same with an Ed25519 key, as a bot does it."""
    public, proof = enrolment(account["key"], account["id"])
    exchange.row(account, "POST", "holdfast/signing-key", {"publicKey": public, "proof": proof})
    address, nonce, until = fresh_address(), 1, int(time.time() * 1000) + 3_600_000
    signature = account["key"].sign(
        text("holdfast/withdrawal/v1") + u64(account["id"]) + text("BTC") + text("BTC-Bitcoin") + text(address)
        + i64(10_000_000) + i64(1_000_000) + u64(nonce) + i64(until)).signature.hex()
    row = exchange.row(account, "POST", "asset/withdrawal", {
        "ccy": "BTC", "amt": "0.1", "dest": "4", "toAddr": address, "maxFee": "0.01", "nonce": str(nonce),
        "validUntil": str(until), "signature": signature})
    check(
        exchange.paid(account, row["wdId"], address) == 10_000_000,
        "a program's signed withdrawal is paid without an address book")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs")
    parser.add_argument("--folder", required=True)
    options = parser.parse_args()
    folder = pathlib.Path(options.folder)
    shutil.rmtree(folder, ignore_errors=True)
    program = browsers.find()
    exchange = Exchange(options.programs, folder)
    try:
        exchange.start()
        alice, bob = (exchange.open_account(name, 1000) for name in ("alice", "bob"))
        for account in (alice, bob):
            exchange.fund(account, BTC)
        by_a_program(exchange, bob)
        if not program:
            print("skipped: no browser; apt-get install chromium, or CHROMIUM=/path/to/chromium", flush=True)
            return
        browser = browsers.Browser(program)
        try:
            in_the_browser(exchange, alice, browser)
        finally:
            browser.close()
    finally:
        exchange.stop()


if __name__ == "__main__":
    main()
