"""A mail system of one folder: a program that takes messages as sendmail does, mailboxes, and answers."""
import email
import email.utils
import json
import pathlib
import secrets
import urllib.error
import urllib.request

SENDMAIL = """#!/bin/sh
# -i -f from -- recipient, the message on standard input
for recipient; do :; done
if [ -e "{folder}/closed" ]; then exit 75; fi
new=$(mktemp "{folder}/incoming/XXXXXXXXXX")
cat > "$new"
mv "$new" "{folder}/boxes/$recipient.$(basename "$new")"
touch "{folder}/taken"
while [ -e "{folder}/slow" ]; do sleep 1; done
"""


class MailSystem:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        for name in ("incoming", "boxes", "answers"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.program = self.folder / "sendmail"
        self.program.write_text(SENDMAIL.format(folder=self.folder))
        self.program.chmod(0o755)

    def section(self, public_url):
        """What the guard's configuration says of it."""
        return (f"notices:\n  program: {self.program}\n  from: security@exchange.example\n"
                f"  page: {public_url}/cancel\n  answersTo: cancel@exchange.example\n"
                f"  answers: {self.folder / 'answers'}\n")

    def mark(self, name, there=True):
        """Sets or clears a mark: `closed` refuses messages, `slow` takes them and does not end."""
        path = self.folder / name
        path.touch() if there else path.unlink(missing_ok=True)

    def has(self, name):
        return (self.folder / name).exists()

    def box(self, address):
        """The messages in a mailbox, oldest first."""
        files = sorted((self.folder / "boxes").glob(f"{address}.*"), key=lambda path: path.stat().st_mtime_ns)
        return [email.message_from_bytes(path.read_bytes()) for path in files]

    def answer(self, message, text="", to=None, headers=""):
        """Puts an answer to a message where the guard looks for answers."""
        to = to or message["Reply-To"]
        body = f"From: {message['To']}\nTo: {to}\nSubject: Re: {message['Subject']}\n{headers}\n{text}\n"
        fresh = self.folder / "incoming" / secrets.token_hex(8)
        fresh.write_text(body)
        fresh.rename(self.folder / "answers" / fresh.name)


def cancel(public_url, code):
    """Gives the code of a notice as the page of the exchange does; returns the answer."""
    request = urllib.request.Request(
        public_url + "/api/v5/holdfast/cancel-change", method="POST",
        data=json.dumps({"code": code}).encode(), headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def code_of(message):
    """The code in a notice."""
    return message.get_payload().split("Code: ")[1].split()[0]


def is_about(message, words):
    return words in message["Subject"]
