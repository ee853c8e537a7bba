"""What is shown is not what is signed: the account chains' trick, in bitcoin's form."""
import os
import pathlib
import re
import subprocess

from exchange import witness_address
from loot import HotWallet, Proposal, guard_key, payment, script_of
from scenario import must, scenario, units
from vault import Refused, Vault


@scenario("S1", "the display shows one transaction, the payload is another",
          "the requesting side of the hot signers (with the guard's key) and of the vault")
def display(stage):
    target = stage.exchange()
    wallet, guard, alice = HotWallet(target), guard_key(target), target.customer("alice")
    target.guard.kill()
    stage.begin()
    # The release shows alice's address and amount; the transaction pays the thief.
    shown = Proposal(wallet, [wallet.coins()[0]], [payment(
        guard, alice.key, alice.id, alice.address, units(1), 80_000)], guard)
    shown.transaction.vout[0].script_pubkey = script_of(target, stage.address())
    answers = [shown.ask(number) for number in (1, 2, 3)]
    must(all(answer.refusal == "unexplainedOutput" for answer in answers), f"{answers}")
    more = Proposal(wallet, [wallet.coins()[0]], [payment(
        guard, alice.key, alice.id, alice.address, units(1), 80_001)], guard)
    more.transaction.vout[0].value += units(1)
    more.transaction.vout[1].value -= units(1)
    answers += [more.ask(number) for number in (1, 2, 3)]
    must(all(answer.refusal for answer in answers), "another amount than the release's was signed")
    said = vault_signs_what_it_shows(stage, target)
    stage.stop_clock()
    target.settle(1)
    return stage.outcome(
        "a transaction that does not pay what the release says; a PSBT whose fields call the thief's output the "
        "hot wallet's", 0, f"the signers: unexplainedOutput; the vault: {said}")


def vault_signs_what_it_shows(stage, target):
    """A request to cold storage, changed behind its own description; returns the vault's words."""
    folder = target.path("cold")
    folder.mkdir()
    vault, before = Vault(target.programs, is_offline=False), pathlib.Path.cwd()
    os.chdir(folder)
    try:
        for name, role in (("cold", "cold"), ("hot", "hot")):
            vault.ceremony(
                name, 1, "--policy", "multisig", "--threshold", 1, "--holders", 1)
            vault.register(f"{name}/wallet.descriptor", f"{name}-1", role, "policies")
        address = vault.json(
            "address", "--descriptor", "cold/wallet.descriptor", "--count", 1)["addresses"][0]["address"]
        funding = target.wallet.pay({address: units(10)})
        target.mine()
        block = target.rpc("getblockhash", target.rpc("getblockcount"))
        raw = target.rpc("getrawtransaction", funding, False, block)
        pathlib.Path("coin.hex").write_text(raw)
        vault.json(
            "request", "--policy", "cold-1", "--policies", "policies", "--coin", "coin.hex:0", "--pay",
            "hot-1:1/0=9.999", "--out", "request.psbt", "--png", "frames")
        hot = vault.json(
            "address", "--descriptor", "hot/wallet.descriptor", "--change", "--count", 1)["addresses"][0]["address"]
        thief = witness_address(os.urandom(32))
        stage.addresses.append(thief)
        shown, payload = (
            bytes.fromhex(target.rpc("validateaddress", address)["scriptPubKey"])
            for address in (hot, thief))
        request = pathlib.Path("request.psbt").read_bytes()
        must(request.count(shown) == 1, "the request does not pay the hot wallet once")
        pathlib.Path("changed.psbt").write_bytes(request.replace(shown, payload))
        policy = ["--policy", "cold-1", "--policies", "policies"]
        review = subprocess.run(
            [*vault.command, "review", "changed.psbt", *policy], text=True, capture_output=True)
        must(review.returncode == 1 and "TO A STRANGER" in review.stdout and thief in review.stdout,
             f"the review does not show where it goes: {review.stdout}")
        words = re.search(r"check words +(.+)", review.stdout)[1]
        try:
            vault.text("sign", "changed.psbt", *policy, "--key", "cold/holder-1.key", "--out",
                       "signed.psbt", "--words", words, passphrases=1)
            must(False, "the vault signed it")
        except Refused as refusal:
            said = str(refusal).split("Error: ")[-1].splitlines()[0][:160]
        must(not pathlib.Path("signed.psbt").exists(), "the vault signed it")
        return said
    except subprocess.TimeoutExpired as problem:
        raise RuntimeError(f"the vault does not answer: {problem}") from None
    finally:
        os.chdir(before)
