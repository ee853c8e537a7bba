"""Thieves at the edge of the chain: payments that are not final, and blocks that are taken back."""
import struct

from exchange import compact, i64
from scenario import must, scenario, units, withdraw_until_stopped
from target import PATIENCE, wait_for


DEEP = 6  # blocks that a deposit from 2 waits for, where the ladder says so


@scenario("S14", "a payment that is not final", "coins of his own, and more work than the chain has, for five blocks")
def unconfirmed(stage):
    target = stage.exchange(ladder=f"[{{from: 2, confirmations: {DEEP}}}]")
    mallory = target.customer("mallory")
    stage.addresses.append(mallory.address)
    deposit = mallory.call("GET", "/api/v5/asset/deposit-address?ccy=BTC")["addr"]
    stage.begin()
    coin = pay_in(target, deposit, units(3))
    before, answers = target.rpc("getblockcount"), []
    for confirmations in range(DEEP):
        if confirmations:
            target.mine()

        def seen():
            rows = mallory.ask("GET", "/api/v5/asset/deposit-history?ccy=BTC")["data"]
            return rows and int(rows[0].get("actualDepBlkConfirm") or 0) >= confirmations
        wait_for(f"the deposit with {confirmations} confirmations", seen, PATIENCE, 0.2)
        answers.append(mallory.withdraw(units(1.9), mallory.address))
        mallory.transfer("1.9", "BTC", "6", "18")
    must(all(answer["code"] != "0" for answer in answers), "a withdrawal before its deposit was final")
    stage.stop_clock()
    take_back(target, before, coin)
    target.settle(3)
    must(mallory.balance() == 0, "the deposit that is gone was credited")
    return stage.outcome(
        f"deposits 3, asks for 1.9 with 0 to {DEEP - 1} confirmations, then a chain without the deposit", 0,
        f"{answers[0]['code']} {answers[0]['msg']}")


def pay_in(target, address, satoshi):
    """Pays from a coin of the outside wallet, and returns the coin."""
    coin = next(coin for coin in target.wallet.coins if coin[2] > satoshi + units(1))
    target.wallet.coins.remove(coin)
    target.wallet.coins.insert(0, coin)
    target.wallet.pay({address: satoshi})
    return coin


def take_back(target, before, coin):
    """He has been mining beside the others since block `before`; his chain is the longer one."""
    height = target.rpc("getblockcount")
    target.rpc("invalidateblock", target.rpc("getblockhash", before + 1))
    spend_again(target, coin, target.wallet.address)
    target.mine(height - before + 3)


def spend_again(target, coin, address):
    """Pays a coin of the outside wallet to `address` once more, for a dearer fee."""
    spent, output, value = coin
    script = bytes.fromhex(target.rpc("validateaddress", address)["scriptPubKey"])
    own = target.wallet.SCRIPT
    transaction = (
        struct.pack("<I", 2) + b"\x00\x01" + b"\x01" + bytes.fromhex(spent)[::-1]
        + struct.pack("<I", output) + b"\x00" + struct.pack("<I", 0xFFFFFFFD) + b"\x01"
        + i64(value - 100_000) + compact(len(script)) + script + b"\x01" + compact(len(own)) + own
        + struct.pack("<I", 0))
    return target.rpc("sendrawtransaction", transaction.hex())


@scenario("S14+", "a deposit taken back by a chain longer than the configuration expects",
          "more work than the chain has, for as long as it takes")
def reorganised(stage):
    target = stage.exchange()
    mallory = target.customer("mallory")
    deposit = mallory.call("GET", "/api/v5/asset/deposit-address?ccy=BTC")["addr"]
    stage.begin()
    coin = pay_in(target, deposit, units(3))
    before = target.rpc("getblockcount")
    target.mine(3)
    wait_for("the deposit", lambda: mallory.balance() >= units(3), PATIENCE, 0.2)
    stage.addresses.append(mallory.address)
    paid, _ = withdraw_until_stopped(stage, target, [(mallory, units(1.9), mallory.address)])
    must(paid, "the withdrawal of a credited deposit was not paid")
    take_back(target, before, coin)
    words = []

    def said():
        words[:] = [title for title in target.public_status() if "signer" not in title.lower()]
        return words
    wait_for("withdrawals to close", said, PATIENCE, 0.3)
    stage.stop_clock()
    target.settle(1)
    again = mallory.withdraw(units(1), mallory.address)
    must(again["code"] != "0", "more is paid on top")
    return stage.outcome(
        "no ladder: deposits 3, 1.9 out, then a chain without the deposit", units(
            target.limits["online"]["customerHour"]), f"closed: {words[0]}")
