"""What a thief does with what he stole: key files he can open, coins he can see, transactions he can make."""
import dataclasses
import struct
import time

import nacl.bindings
import nacl.signing
from embit import bip32
from embit.descriptor import Descriptor
from embit.networks import NETWORKS
from embit.script import Script, Witness
from embit.transaction import Transaction, TransactionInput, TransactionOutput
from nacl.pwhash import argon2id

from signer_line import Payment, consolidation_order, signing_request
from target import BTC, FEE, PASSPHRASE


def open_key_file(path, passphrase=PASSPHRASE):
    """Returns the 32 secret bytes in a key file. See Sources/Signing/KeyFile.swift."""
    body = path.read_bytes()[:-32]
    header, sealed = body[:-48], body[-48:]
    nonce, salt = header[-24:], header[-41:-25]
    passes, memory = struct.unpack("<QQ", header[-57:-41])
    key = argon2id.kdf(32, passphrase.encode(), salt, opslimit=passes, memlimit=memory)
    return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, header, nonce, key)


def guard_key(target):
    return nacl.signing.SigningKey(open_key_file(target.path("keys/guard.key")))


def holder_key(target, number):
    root = bip32.HDKey.from_seed(open_key_file(target.path(f"keys/holder-{number}.key")),
                                 NETWORKS["regtest"]["xprv"])
    return root.derive("m/48h/1h/0h/2h")


@dataclasses.dataclass
class Coin:
    transaction: str
    output: int
    value: int
    branch: int
    index: int
    previous: bytes


class HotWallet:
    """The exchange's wallet, as anybody sees it who has the descriptor."""

    def __init__(self, target, places=24):
        self.target = target
        lines = target.path("keys/wallet.descriptor").read_text().splitlines()
        self.descriptor = Descriptor.from_string(
            next(line for line in lines if line and line[0] != "#").split("#")[0])
        self.places = {}
        for branch in (0, 1):
            for index in range(places):
                script = self.script(branch, index)
                self.places[script.data.hex()] = (branch, index)

    def script(self, branch, index):
        return self.descriptor.derive(index, branch_index=branch).script_pubkey()

    def witness_script(self, branch, index):
        return self.descriptor.derive(index, branch_index=branch).witness_script()

    def coins(self):
        """All coins on the chain, the largest first."""
        rpc = self.target.rpc
        found = rpc("scantxoutset", "start", [f"raw({script})" for script in self.places])
        coins = []
        for row in found["unspents"]:
            branch, index = self.places[row["scriptPubKey"]]
            block = rpc("getblockhash", row["height"])
            coins.append(Coin(
                row["txid"], row["vout"], round(row["amount"] * BTC), branch, index,
                bytes.fromhex(rpc("getrawtransaction", row["txid"], False, block))))
        return sorted(coins, key=lambda coin: -coin.value)


def script_of(target, address):
    return Script(bytes.fromhex(target.rpc("validateaddress", address)["scriptPubKey"]))


def unsigned(coins, outputs):
    """Returns the transaction that spends coins for [(script, satoshi)]."""
    return Transaction(
        version=2,
        vin=[TransactionInput(bytes.fromhex(coin.transaction), coin.output, sequence=0xFFFFFFFD)
             for coin in coins],
        vout=[TransactionOutput(value, script) for script, value in outputs], locktime=0)


class Proposal:
    """A request to the signers, as an honest guard would make it, ready to be made dishonest."""

    def __init__(self, wallet, coins, pays, guard, fee=2_000, change_index=20):
        self.wallet, self.coins, self.guard = wallet, list(coins), guard
        self.payments = list(pays)
        target = wallet.target
        outputs = [(script_of(target, pay.address), pay.amount) for pay in pays]
        self.purposes = [("pay", number) for number in range(len(outputs))]
        change = sum(coin.value for coin in coins) - sum(pay.amount for pay in pays) - fee
        if change >= 1_000:
            outputs.append((wallet.script(1, change_index), change))
            self.purposes.append(("change", change_index))
        self.transaction = unsigned(coins, outputs)
        self.order = None
        self.known = None

    def gather(self, fee):
        """Makes it a consolidation that the guard ordered."""
        now = now_ms()
        self.order = consolidation_order(
            self.guard, self.transaction.txid()[::-1], fee, now, now + 3_600_000)
        return self

    def bytes(self):
        return signing_request(
            self.transaction.serialize(),
            [(coin.previous, coin.branch, coin.index) for coin in self.coins], self.purposes,
            self.payments, self.order, self.known)

    def ask(self, number):
        """Returns what signer `number` answers."""
        with self.wallet.target.line(number) as line:
            return line.sign(self.bytes())

    def send(self, signers=(1, 2, 3)):
        """Collects signatures and broadcasts; returns the transaction's id and the last answer."""
        signatures, answer = [], None
        for number in signers:
            answer = self.ask(number)
            if answer.refusal:
                return None, answer
            signatures.append(answer.signatures)
            if len(signatures) == 2:
                break
        return self.broadcast(signatures), answer

    def broadcast(self, signatures):
        for place, coin in enumerate(self.coins):
            script = self.wallet.witness_script(coin.branch, coin.index)
            own = sorted(
                (each[place] for each in signatures), key=lambda pair: script.data.index(pair[0]))
            self.transaction.vin[place].witness = Witness(
                [b"", *(signature for _, signature in own), script.data])
        return self.wallet.target.rpc("sendrawtransaction", self.transaction.serialize().hex())

    def sign_with(self, key):
        """Signs as the holder of a stolen key would, asking nobody."""
        signatures = []
        for place, coin in enumerate(self.coins):
            own = key.derive([coin.branch, coin.index]).key
            script = self.wallet.witness_script(coin.branch, coin.index)
            digest = self.transaction.sighash_segwit(place, script, coin.value)
            signatures.append(
                (own.get_public_key().sec(), own.sign(digest).serialize() + b"\x01"))
        return signatures


def now_ms():
    return int(time.time() * 1000)


def payment(guard, customer, account, address, amount, withdrawal, **changes):
    now = now_ms()
    fields = dict(
        withdrawal=withdrawal, account=account, address=address, amount=amount, fee=FEE, released=now,
        expires=now + 3_600_000, nonce=1, customer=customer, guard=guard)
    return Payment(**{**fields, **changes})
