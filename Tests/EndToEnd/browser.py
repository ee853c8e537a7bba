"""A headless Chromium, driven over a pipe by its own protocol, with an authenticator that exists only in it."""
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

PATIENCE = 120


def find():
    """The browser's path, or nothing: $CHROMIUM, or what Debian's package installs."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


class Browser:
    """One page of one browser. See chromedevtools.github.io, "Page", "Runtime" and "WebAuthn"."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="holdfast-browser-")
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()

        def give_pipes():  # the browser reads from 3 and writes to 4
            first, second = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--remote-debugging-pipe", f"--user-data-dir={self.folder}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=give_pipes, close_fds=False)
        os.close(theirs_in)
        os.close(theirs_out)
        self.read_end, self.write_end = ours_in, ours_out
        self.number, self.rest, self.session = 0, b"", None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")

    def call(self, method, **parameters):
        """Sends a command and returns its result; what else the browser says is passed over."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            while b"\0" in self.rest:
                line, self.rest = self.rest.split(b"\0", 1)
                answer = json.loads(line)
                if answer.get("id") == self.number:
                    if "error" in answer:
                        raise RuntimeError(f"{method}: {answer['error']}")
                    return answer["result"]
            if select.select([self.read_end], [], [], 1)[0]:
                more = os.read(self.read_end, 1 << 16)
                if not more:
                    break
                self.rest += more
        raise TimeoutError(f"no answer to {method}")

    def run(self, script):
        """The value of an expression in the page, waited for if it is a promise."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def open(self, url):
        self.call("Page.navigate", url=url)
        self.wait_for(f"{url} to load", f'document.readyState === "complete" && location.href === "{url}"')

    def wait_for(self, what, condition):
        end = time.monotonic() + PATIENCE
        while not self.run(condition):
            if time.monotonic() > end:
                raise TimeoutError(f"waited {PATIENCE} s for {what}: {self.run('document.body.innerText')}")
            time.sleep(0.05)

    def add_authenticator(self):
        """A device with a screen lock, which its owner opens at once."""
        self.call("WebAuthn.enable")
        return self.call("WebAuthn.addVirtualAuthenticator", options={
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
        })["authenticatorId"]

    def credentials(self, authenticator):
        return self.call("WebAuthn.getCredentials", authenticatorId=authenticator)["credentials"]

    def fill(self, name, value):
        """Types a value into an input, as a person would."""
        self.run(
            f"{{ const field = document.getElementById({json.dumps(name)}); field.value = {json.dumps(value)};"
            ' field.dispatchEvent(new Event("input", {bubbles: true})); true }')

    def click(self, name):
        self.run(f"document.getElementById({json.dumps(name)}).click()")

    def text(self, name):
        return self.run(f"document.getElementById({json.dumps(name)}).textContent")

    def close(self):
        self.process.terminate()
        self.process.wait(60)
        os.close(self.read_end)
        os.close(self.write_end)
        shutil.rmtree(self.folder, ignore_errors=True)
