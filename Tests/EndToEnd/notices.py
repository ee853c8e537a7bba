#!/usr/bin/env python3
"""Customers are told of changes and take them back, whatever dies meanwhile.

    notices.py BIN_DIR --folder FOLDER

A whole exchange with a mail system of one folder. In turn:

1. nobody takes mail over: a change counts for nothing, and is told once mail flows again;
2. the guard is killed with SIGKILL after the mail system took a notice over and before it could write that down:
   the notice comes again under the same Message-ID, and none is missing;
3. the server is not there, or keeps what the customer says to itself: an answer to the notice holds the account,
   over a kill of the guard too; the server hears of it when it is back;
4. answers that are forged, mangled, huge, or from machines hold nothing;
5. the cancel and the end of the hold are told, without a code; two operators end it, and the customer enrols his own key
   and is paid;
6. with Chromium: the link in a notice does nothing by itself, and its button cancels.

Exit status 0 when all of this holds.
"""
import argparse
import collections
import pathlib
import shutil
import sys
import time
import urllib.request

import nacl.signing

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Attack"))
import target as targets  # noqa: E402
import browser as browsers  # noqa: E402
from exchange import text, u64, wait_for  # noqa: E402
from mail import cancel, code_of, is_about  # noqa: E402
from target import PATIENCE, fresh_address, units  # noqa: E402

MAILBOX = "newcomer-1@example.org"


def check(condition, words):
    if not condition:
        raise AssertionError(words)
    print(f"ok: {words}", flush=True)


class Notices:
    def __init__(self, programs, folder):
        self.template = targets.Template(programs, folder / "template")
        self.target = target = self.template.copy(folder / "exchange")
        target.notices = True
        target.delays = {"newAddress": "4h", "newKey": "4h"}
        target.write_configuration()
        target.start()
        self.customer = target.customer("newcomer-1")

    def operator(self, number, method, path, body=None):
        return self.target.operators[number].request(self.target.internal_url, method, path, body)

    def mail(self):
        return self.target.mail.box(MAILBOX)

    def about(self, words):
        return [each for each in self.mail() if is_about(each, words)]

    def strange(self):
        return [each for each in self.mail() if not is_about(each, "notices go to this address")]

    def changes(self):
        return self.customer.call("GET", "/api/v5/holdfast/changes")

    def gauge(self, name):
        with urllib.request.urlopen(self.target.internal_url + "/metrics", timeout=20) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith(name + " "):
                    return float(line.split()[1])
        raise AssertionError(f"there is no {name}")

    def waits_without_mail(self):
        mail = self.target.mail
        mail.mark("closed")
        self.operator(0, "POST", "/operator/contacts", {"account": "newcomer-1", "email": MAILBOX})
        thief = nacl.signing.SigningKey.generate()
        check(self.customer.enrol(thief)["code"] == "0", "a thief enrols a key")
        destination = fresh_address()
        answer = self.customer.allow(destination, thief)
        check(answer["code"] == "0", "and adds an address")
        number = self.customer.withdrawn(units(0.5), destination)
        wait_for("the guard to wait for the mail", lambda: "has not gone out" in self.customer.why(number),
                 PATIENCE, 0.3)
        wait_for("the gauges to say so", lambda: self.gauge("holdfast_notices_waiting") == 3, PATIENCE, 0.3)
        check(self.gauge("holdfast_notice_oldest_milliseconds") > 0, "the oldest notice has an age")
        check(not self.mail(), "nothing counts that nobody was told of")
        return number

    def told_twice_rather_than_never(self):
        """The guard dies between handing a notice over and writing that down."""
        mail = self.target.mail
        mail.mark("slow")
        mail.mark("closed", False)
        wait_for("a notice to be taken over", lambda: mail.has("taken"), PATIENCE, 0.1)
        self.target.guard.kill()
        before = collections.Counter(each["Message-ID"] for each in self.mail())
        check(before, "a notice is in the mailbox and the guard is dead")
        mail.mark("slow", False)
        self.target.guard.start()
        wait_for("every notice", lambda: self.gauge("holdfast_notices_waiting") == 0, PATIENCE, 0.3)
        after = collections.Counter(each["Message-ID"] for each in self.mail())
        check(len(after) == 3, "each change was told, and each has one Message-ID")
        check(any(after[name] > 1 for name in before), "what was not written down came twice, by the same name")
        self.target.restart(self.target.guard)
        time.sleep(5)
        again = collections.Counter(each["Message-ID"] for each in self.mail())
        check(again == after, "what was written down does not come again")

    def nothing_from_strangers(self):
        mail, message = self.target.mail, self.strange()[0]
        right = code_of(message)
        account, change, secret = right.split("-")
        wrong = f"{account}-{change}-" + "0" * 32
        for each in (wrong, f"{account}-9{change}-{secret}", f"9{account}-{change}-{secret}", right.upper()[:-1]):
            check(cancel(self.target.public_url, each)["code"] != "0", "the exchange takes no forged code")
            mail.answer(message, text=each, to=f"cancel+{each}@exchange.example")
        mail.answer(message, headers="Auto-Submitted: auto-replied\n")
        mail.answer(message, headers="Content-Type: multipart/report; report-type=delivery-status\n")
        mail.answer(message, text="x" * 300_000)
        folder = mail.folder / "answers"
        (folder / "noise").write_bytes(bytes(range(256)) * 100)
        wait_for("the answers to be read", lambda: not list(folder.iterdir()), PATIENCE, 0.3)
        check("58204" != self.customer.ask("POST", "/api/v5/holdfast/contact", {"email": "x"})["code"]
              and self.changes()["heldSince"] == "", "machines, noise and forgeries hold nothing")

    def held_without_the_server(self, number):
        target = self.target
        message = self.strange()[0]
        target.serve.kill()
        target.guard.kill()
        target.mail.answer(message)
        target.guard.start()
        # The guard knows the change from the journal, which it has to follow anew.
        target.serve.start()
        target.await_server()
        wait_for("the server to hear of it", lambda: self.changes()["heldSince"], PATIENCE, 0.3)
        check(self.customer.state(number) in ("-1", "-2"), "the withdrawal ended")
        check(self.customer.balance() == units(2), "the money is the customer's again")
        answer = self.customer.enrol(nacl.signing.SigningKey.generate())
        check(answer["code"] == "58204", "the thief cannot begin again")
        check(self.gauge("holdfast_accounts_held") == 1, "the gauge counts the account")
        wait_for("the cancel to be told", lambda: self.about("a change was taken back"), PATIENCE, 0.3)
        check("Code:" not in self.about("a change was taken back")[0].get_payload(), "without a code")

    def people_end_it(self):
        row = self.operator(0, "GET", "/operator/holds")["holds"][0]
        for number in (0, 1):
            staff = self.target.operators[number]
            statement = (text("holdfast/hold/v1") + text(staff.name) + u64(int(row["account"]))
                         + u64(int(row["change"])) + b"\x01")
            answer = self.operator(number, "POST", "/operator/holds", {
                "account": row["account"], "change": row["change"],
                "signature": staff.key.sign(statement).signature.hex()})
            check(answer["ended"] == (number == 1), f"{number + 1} of 2 operators say that the hold ends")
        wait_for("the end of the hold to be told", lambda: self.about("is held no more"), PATIENCE, 0.3)
        self.target.delays = {"newAddress": "1s", "newKey": "1s"}
        self.target.write_configuration()
        self.target.restart(self.target.guard)
        own, address = nacl.signing.SigningKey.generate(), fresh_address()
        self.customer.account["key"] = own
        check(self.customer.enrol()["code"] == "0", "the customer enrols a key of his own")
        check(self.customer.allow(address)["code"] == "0", "and adds his own address")
        number = self.customer.withdrawn(units(0.5), address)
        self.target.mining("his withdrawal", lambda: self.customer.state(number) == "2")
        check(self.target.paid_to(address) == units(0.5), "he is paid")
        check(not self.target.halted(), "the guard never stopped itself")

    def cancelled_in_the_browser(self, program):
        answer = self.customer.ask("POST", "/api/v5/holdfast/contact", {"email": "mallory@example.net"})
        check(answer["code"] == "0", "a thief changes the contact")

        def told():
            return [each for each in self.mail() if is_about(each, "for notices was changed")]
        message = wait_for("the old contact to be told", told, PATIENCE, 0.3)[0]
        wait_for("the server to hear that", lambda: self.gauge("holdfast_notices_waiting") == 0, PATIENCE, 0.3)
        link = next(word for word in message.get_payload().split() if "/cancel#" in word)
        browser = browsers.Browser(program)
        try:
            browser.call("Page.navigate", url=link)
            browser.wait_for("the code to be there", 'document.getElementById("code")?.value.length > 30')
            check(browser.run("location.href") == link.split("#")[0], "the code does not stay in the address")
            check(self.changes()["heldSince"] == "", "opening the link cancels nothing")
            browser.click("cancel")
            browser.wait_for("the answer", 'document.getElementById("state").textContent.startsWith("Cancelled")')
        finally:
            browser.close()
        row = self.changes()
        check(row["heldSince"] and row["email"] == MAILBOX, "the button does, and the contact is the old one")

    def play(self):
        number = self.waits_without_mail()
        self.told_twice_rather_than_never()
        self.nothing_from_strangers()
        self.held_without_the_server(number)
        self.people_end_it()
        program = browsers.find()
        if program:
            self.cancelled_in_the_browser(program)
        else:
            print("skipped: no browser", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", metavar="BIN_DIR", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    notices = Notices(arguments.programs.resolve(), folder)
    try:
        notices.play()
    finally:
        notices.target.stop()
    shutil.rmtree(folder, ignore_errors=True)
    print("told, cancelled, held and ended as it should be")


if __name__ == "__main__":
    main()
