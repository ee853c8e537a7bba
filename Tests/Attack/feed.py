"""The journal's feed in the hands of whoever owns the server or the wire: batches altered, chained anew, forked.

See Sources/Journal/File/BatchFrame.swift. Hashes and checksums are always right: what is wrong is what they cover.
"""
import hashlib
import http.server
import struct
import threading
import urllib.error
import urllib.request

from signer_line import crc32c

HEADER, TRAILER = 72, 64
ZEROS = bytes(32)


class Batch:
    """One batch, taken apart."""

    def __init__(self, data):
        self.sequence, self.term = struct.unpack("<QQ", data[8:24])
        self.previous, self.count = data[24:56], struct.unpack("<I", data[56:60])[0]
        self.payload, self.digest = data[HEADER:-TRAILER], data[-TRAILER:-TRAILER + 16]
        self.hash = data[-TRAILER + 16:-TRAILER + 48]

    def sealed(self):
        """The batch's bytes with every hash and checksum as they belong; also sets `hash`."""
        head = (b"HFJ2" + struct.pack("<HHQQ", 2, 0, self.sequence, self.term) + self.previous
                + struct.pack("<III", self.count, len(self.payload), 0))
        data = head + struct.pack("<I", crc32c(head)) + self.payload + self.digest
        self.hash = hashlib.sha256(data).digest()
        return (data + self.hash + struct.pack("<II", crc32c(self.digest), crc32c(self.hash))
                + b"HFJ2-END")


def batches_in(data):
    """Takes batches that stand one behind the other."""
    found, at = [], 0
    while data[at:at + 4] == b"HFJ2":
        length = HEADER + struct.unpack("<I", data[at + 60:at + 64])[0] + TRAILER
        if data[at + length - 8:at + length] != b"HFJ2-END":
            break
        found.append(Batch(data[at:at + length]))
        at += length
    return found


def journal_of(folder):
    """Reads the batches on disk."""
    found = []
    for segment in sorted((folder / "journal").glob("*.log")):
        found += batches_in(segment.read_bytes()[32:])
    return found


def commands_in(batch):
    """The canonical bytes of a batch's commands. See Sources/Journal/File/EntryLayout.swift."""
    found, at = [], 0
    while at < len(batch.payload):
        length, start = struct.unpack("<Q", batch.payload[at:at + 8])[0] & 0xFFFF, at + 8
        if length == 0xFFFF:
            length, start = struct.unpack("<Q", batch.payload[start:start + 8])[0], start + 8
        found.append(batch.payload[start:start + length])
        at = start + (length + 7) // 8 * 8
    return found


def chained(batches):
    """Chains batches anew; returns their bytes."""
    sealed, previous = [], ZEROS
    for batch in batches:
        batch.previous = previous
        sealed.append(batch.sealed())
        previous = batch.hash
    return sealed


class _Door(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/octet-stream"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.owner.get(self)

    def do_POST(self):
        self.owner.post(self, self.rfile.read(int(self.headers["Content-Length"])))


class Server:
    """Speaks the guard's feed protocol. `with` runs it."""

    def __init__(self):
        door = type("Door", (_Door,), {"owner": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), door)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @staticmethod
    def asked(door):
        query = door.path.partition("?")[2]
        return dict(part.split("=", 1) for part in query.split("&") if "=" in part)


class Between(Server):
    """Sits between the server and the guard, and exchanges a text in the journal for another."""

    def __init__(self, target, old, new):
        super().__init__()
        self.target, self.old, self.new = target, old, new
        self.altered = 0
        self.honest = {}  # what the guard takes for a batch's hash, and what it is

    def forward(self, door, data=None):
        path = door.path
        wanted = self.asked(door).get("hash")
        if wanted in self.honest:
            path = path.replace(wanted, self.honest[wanted])
        request = urllib.request.Request(
            self.target.internal_url + path, data=data,
            headers={name: door.headers[name] for name in ("Authorization", "Content-Type")
                     if door.headers.get(name)})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 503, b"{}"

    def post(self, door, data):
        door.answer(*self.forward(door, data))

    def get(self, door):
        status, body = self.forward(door)
        if status == 200:
            body = self.alter(body, self.asked(door).get("hash", "00" * 32))
        door.answer(status, body)

    def alter(self, body, head):
        changed, at, previous = b"", 0, bytes.fromhex(head)
        while at < len(body):
            length = struct.unpack("<I", body[at:at + 4])[0]
            batch = Batch(body[at + 4:at + 4 + length])
            at += 4 + length
            true = batch.hash.hex()
            if self.old in batch.payload:
                batch.payload = batch.payload.replace(self.old, self.new)
                self.altered += 1
            if batch.sequence > 1:
                batch.previous = previous
            sealed = batch.sealed()
            previous = batch.hash
            if batch.hash.hex() != true:
                self.honest[batch.hash.hex()] = true
            changed += struct.pack("<I", len(sealed)) + sealed
        return changed


class Fake(Server):
    """Is the server, with a journal of the thief's making."""

    def __init__(self, sealed):
        super().__init__()
        self.sealed = sealed

    def post(self, door, data):
        door.answer(200, b'{"ok": true, "batch": 1}', "application/json")

    def get(self, door):
        after = int(self.asked(door).get("after", 0))
        body = b"".join(
            struct.pack("<I", len(batch)) + batch for batch in self.sealed[after:after + 200])
        door.answer(200, body)
