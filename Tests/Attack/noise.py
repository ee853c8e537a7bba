"""Noise_KK_25519_ChaChaPoly_SHA256 as the asking side speaks it. See the Noise Protocol Framework, revision 34.

Who has the guard's link key can speak to a signer; whoever has not can only try.
"""
import hashlib
import hmac
import os
import struct

from nacl.bindings import (
    crypto_aead_chacha20poly1305_ietf_decrypt as decrypt,
    crypto_aead_chacha20poly1305_ietf_encrypt as encrypt,
    crypto_scalarmult, crypto_scalarmult_base)

PROLOGUE = b"holdfast/link/v2"
MESSAGE, TAG = 65_535, 16


def derive(chaining, material):
    """Returns the two outputs of the framework's HKDF."""
    key = hmac.digest(chaining, material, "sha256")
    first = hmac.digest(key, b"\x01", "sha256")
    return first, hmac.digest(key, first + b"\x02", "sha256")


class Cipher:
    def __init__(self, key):
        self.key, self.count = key, 0

    def _nonce(self):
        self.count += 1
        return bytes(4) + struct.pack("<Q", self.count - 1)

    def seal(self, plain, data=b""):
        return encrypt(plain, data, self._nonce(), self.key)

    def open(self, sealed, data=b""):
        return decrypt(sealed, data, self._nonce(), self.key)

    def seal_all(self, plain):
        size = MESSAGE - TAG
        pieces = [plain[at:at + size] for at in range(0, max(len(plain), 1), size)]
        return b"".join(self.seal(piece) for piece in pieces)

    def open_all(self, sealed):
        return b"".join(self.open(sealed[at:at + MESSAGE]) for at in range(0, len(sealed), MESSAGE))


class Handshake:
    """The initiator's two messages: `first()`, then `second(answer)` gives (sending, receiving)."""

    def __init__(self, own, peer):
        self.own, self.peer = own, peer
        self.ephemeral = os.urandom(32)
        self.hash = self.chaining = b"Noise_KK_25519_ChaChaPoly_SHA256"
        for data in (PROLOGUE, crypto_scalarmult_base(own), peer):
            self._mix(data)

    def _mix(self, data):
        self.hash = hashlib.sha256(self.hash + data).digest()

    def _agree(self, secret, public):
        self.chaining, key = derive(self.chaining, crypto_scalarmult(secret, public))
        self.cipher = Cipher(key)

    def first(self):
        public = crypto_scalarmult_base(self.ephemeral)
        self._mix(public)
        self._agree(self.ephemeral, self.peer)
        self._agree(self.own, self.peer)
        sealed = self.cipher.seal(b"", self.hash)
        self._mix(sealed)
        return public + sealed

    def second(self, answer):
        self._mix(answer[:32])
        self._agree(self.ephemeral, answer[:32])
        self._agree(self.own, answer[:32])
        self.cipher.open(answer[32:], self.hash)
        self._mix(answer[32:])
        return tuple(Cipher(key) for key in derive(self.chaining, b""))
