"""The line to a signer as an attacker speaks it: the only place here that knows frames and messages.

See Sources/Link and Sources/SignerProtocol.
"""
import dataclasses
import os
import socket
import socketserver
import struct
import threading

from noise import Handshake

MAGIC = b"HFLK"
HANDSHAKE, REQUEST = 1, 3
HELLO, SIGN, FREEZE, STATUS, SIGNED, REFUSED = 1, 2, 3, 0x81, 0x82, 0x83
HEADERS, WITNESS, CHAIN, ATTESTED = 8, 9, 0x88, 0x89
REFUSALS = {
    1: "malformedRequest", 2: "transactionForm", 3: "previousTransaction", 4: "foreignInput",
    5: "releaseSignature", 6: "releaseTerms", 7: "customerSignature", 8: "customerKeyChanged",
    9: "unexplainedOutput", 10: "foreignChange", 11: "feeTooHigh", 12: "transactionLimit",
    13: "budgetExceeded", 14: "alreadyPaid", 15: "frozen", 16: "rolledBack", 17: "internalFault",
    20: "withdrawn", 21: "alreadySigned", 22: "notFinal", 23: "clock", 24: "headers", 25: "unvouched",
    26: "awaitsHolder", 27: "refusedByHolder"}

_TABLE = []
for _byte in range(256):
    _value = _byte
    for _ in range(8):
        _value = _value >> 1 ^ (0x82F63B78 if _value & 1 else 0)
    _TABLE.append(_value)


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = _TABLE[(value ^ byte) & 0xFF] ^ value >> 8
    return value ^ 0xFFFFFFFF


# --- canonical bytes -----------------------------------------------------------------------------------


def counted(value):
    return struct.pack("<I", len(value)) + value


def text(value):
    return counted(value.encode())


def u64(value):
    return struct.pack("<Q", value)


def i64(value):
    return struct.pack("<q", value)


@dataclasses.dataclass
class Payment:
    """A released withdrawal with the customer's word for its destination, ready to be changed."""
    withdrawal: int
    account: int
    address: str
    amount: int
    fee: int
    released: int
    expires: int
    nonce: int
    customer: object  # the key under the address statement
    guard: object  # the key under the release
    asset: str = "BTC"
    chain: str = "BTC-Bitcoin"
    signed_address: str = None  # where the customer's signature is over another address
    recorded: bytes = None  # a release that the guard signed, and somebody kept

    def release(self):
        if self.recorded:
            return self.recorded
        statement = (
            text("holdfast/release/v1") + u64(self.withdrawal) + u64(self.account) + text(self.asset)
            + text(self.chain) + text(self.address) + i64(self.amount) + i64(self.fee)
            + i64(self.released) + i64(self.expires))
        return self.guard.sign(statement).signature + statement

    def encoded(self):
        statement = (
            text("holdfast/address/v1") + u64(self.account) + text(self.asset) + text(self.chain)
            + text(self.signed_address or self.address) + u64(self.nonce))
        return (
            counted(self.release()) + b"\x00" + u64(self.nonce)
            + counted(self.customer.verify_key.encode())
            + counted(self.customer.sign(statement).signature))


def consolidation_order(guard, transaction, fee, at, expires):
    statement = (
        text("holdfast/consolidation/v1") + text("BTC") + text("BTC-Bitcoin") + transaction + i64(fee)
        + i64(at) + i64(expires))
    return guard.sign(statement).signature + statement


def signing_request(transaction, inputs, purposes, payments, order=None, known=None):
    """Encodes a request: inputs are (previous transaction, branch, index), purposes ("pay" or
    "change", number)."""
    parts = [counted(transaction), struct.pack("<I", len(inputs))]
    for previous, branch, index in inputs:
        parts += [counted(previous), bytes([branch]), struct.pack("<I", index)]
    parts.append(struct.pack("<I", len(purposes)))
    for kind, number in purposes:
        parts.append(bytes([kind == "change"]) + struct.pack("<I", number))
    parts.append(struct.pack("<I", len(payments)))
    parts += [payment.encoded() for payment in payments]
    parts.append(b"\0" if order is None else b"\1" + counted(order))
    parts.append(struct.pack("<I", 0))  # No batches of cold addresses.
    parts.append(b"\0" if known is None else b"\1" + u64(known[0]) + known[1])
    return b"".join(parts)


# --- answers -------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Answer:
    """What a signer said: signatures, a refusal's name, or only its status."""
    signatures: list = dataclasses.field(default_factory=list)  # (public key, signature)
    refusal: str = ""
    words: str = ""
    frozen: str = None
    position: tuple = None
    budget_hour: int = 0
    budget_day: int = 0
    height: int = 0
    word: bytes = b""  # an attestation as it came


class _Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def counted(self):
        return self.take(self.number("<I"))


def read_answer(kind, payload):
    reader, answer = _Reader(payload), Answer()
    if kind == REFUSED:
        answer.refusal = REFUSALS[reader.number("<H")]
        answer.words = reader.counted().decode()
        return answer
    if kind == CHAIN:
        answer.height = reader.number("<I")
        return answer
    if kind == ATTESTED:
        answer.word = payload
        return answer
    if kind == SIGNED:
        reader.take(32)
        for _ in range(reader.number("<I")):
            answer.signatures.append((reader.counted(), reader.counted()))
    reader.take(36)  # fingerprint and policy
    if reader.number("<B"):
        answer.frozen = reader.counted().decode()
    answer.position = (reader.number("<Q"), reader.take(32))
    answer.budget_hour, answer.budget_day = reader.number("<q"), reader.number("<q")
    return answer


# --- the wire ------------------------------------------------------------------------------------------


class Line:
    """One connection to a signer's socket, held by somebody who is not the guard.

    `keys` are (a link key, the signer's public one): the guard's, stolen, or some of his own. Without
    them he shakes no hands, and only throws frames.
    """

    def __init__(self, path, keys=None, seconds=120):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        self.socket.connect(str(path))
        self.request = int.from_bytes(os.urandom(3), "big")
        self.session = None
        if keys:
            handshake = Handshake(*keys)
            self.send(frame_bytes(HANDSHAKE, self.request, handshake.first()))
            self.session = handshake.second(self.frame()[2])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def frame(self):
        """Returns the next frame as (kind, request, payload, its bytes)."""
        return read_frame(self.socket)

    def ask(self, kind, payload=b""):
        self.request += 1
        plain = struct.pack("<BI", kind, self.request) + counted(payload)
        self.send(frame_bytes(REQUEST, self.request, self.session[0].seal_all(plain)))
        opened = self.session[1].open_all(self.frame()[2])
        return read_answer(opened[0], opened[9:])

    def hello(self):
        return self.ask(HELLO)

    def headers(self):
        """How far the signer has followed the chain."""
        return self.ask(HEADERS, struct.pack("<I", 0)).height

    def witness(self, words):
        """Brings what other signers said, and returns what this one says."""
        challenges = [word[140:172] for word in words]
        return self.ask(WITNESS, struct.pack("<I", len(words)) + b"".join(words)
                        + struct.pack("<I", len(challenges)) + b"".join(challenges)).word

    def sign(self, request):
        return self.ask(SIGN, request)


def frame_bytes(kind, request, payload):
    return closed(MAGIC + struct.pack("<BBII", 2, kind, request, len(payload)) + payload)


def closed(data):
    """A frame with its checksum behind it."""
    return data + struct.pack("<I", crc32c(data))


def read_frame(connection):
    head = _exactly(connection, 14)
    kind, request, length = struct.unpack("<BII", head[5:])
    rest = _exactly(connection, length + 4)
    return kind, request, rest[:-4], head + rest


def asks_to_sign(frame):
    """Whether a frame may be a request to sign: the only long ones that a guard sends."""
    return len(frame) > 200


def with_payload(frame, payload):
    """The frame with another payload of the same length, and the checksum that belongs to it."""
    return closed(frame[:-4 - len(payload)] + payload)


def _exactly(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise ConnectionError("the signer hung up")
        data += piece
    return data


class Tap:
    """Somebody who sits on the line between the guard and one signer.

    He moves the signer's socket away and listens in its place. Every frame of the guard's goes through
    `change(payload)`, and what he saw is in `frames`.
    """

    def __init__(self, path, change=lambda payload: payload):
        self.path, self.behind = path, path.with_suffix(".real")
        self.frames = []
        os.rename(self.path, self.behind)
        tap = self

        class Between(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    with Line(tap.behind) as line:
                        while True:
                            _, _, payload, raw = read_frame(self.request)
                            tap.frames.append(raw)
                            line.send(with_payload(raw, change(payload)))
                            self.request.sendall(line.frame()[3])
                except OSError:
                    pass

        class Server(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True

        self.server = Server(str(self.path), Between)
        os.chmod(self.path, 0o600)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        """Takes himself out again."""
        self.server.shutdown()
        self.server.server_close()
        self.path.unlink(missing_ok=True)
        os.rename(self.behind, self.path)

