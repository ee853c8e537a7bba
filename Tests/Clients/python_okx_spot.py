"""Real python-okx, REST and WebSocket, against a running exchange.

usage: python python_okx_spot.py ACCOUNTS.json
"""

import asyncio
import json
import sys

from okx import Account, Funding, MarketData, PublicData, Status, SubAccount, Trade
from okx.websocket.WsPrivateAsync import WsPrivateAsync
from okx.websocket.WsPublicAsync import WsPublicAsync

from clients import Checks, accounts, equal, expect
from tls_front import TLSFront

INSTRUMENT = "BTC-USDT"
checks = Checks()
alice, bob = accounts(sys.argv)


def api(kind, account):
    return kind(
        account["apiKey"],
        account["secret"],
        account["password"],
        flag="0",
        domain=account["baseUrl"],
        debug=False,
    )


def rows(reply):
    equal((reply["code"], reply["msg"]), ("0", ""))
    return reply["data"]


def rest_tests():
    trade, their_trade = api(Trade.TradeAPI, alice), api(Trade.TradeAPI, bob)
    account, funding = api(Account.AccountAPI, alice), api(Funding.FundingAPI, alice)
    public, market = api(PublicData.PublicAPI, alice), api(MarketData.MarketAPI, alice)

    def order(side, kind, size, price="", client="", who=trade):
        reply = who.place_order(
            INSTRUMENT, "cash", side, kind, size, px=price, clOrdId=client, tgtCcy="base_ccy"
        )
        return rows(reply)[0]

    def instruments():
        found = rows(public.get_instruments("SPOT"))
        expect(any(one["instId"] == INSTRUMENT and one["state"] == "live" for one in found))
        equal(rows(public.get_instruments("SWAP")), [])
        expect(int(rows(public.get_system_time())[0]["ts"]) > 0)

    def config():
        found = rows(account.get_account_config())[0]
        equal((found["acctLv"], found["posMode"]), ("1", "net_mode"))
        expect("trade" in found["perm"])

    def limit_order():
        made = order("buy", "limit", "0.001", "30000", "pyokx1")
        equal((made["sCode"], made["clOrdId"]), ("0", "pyokx1"))
        found = rows(trade.get_order(INSTRUMENT, clOrdId="pyokx1"))[0]
        equal((found["state"], found["px"], found["sz"]), ("live", "30000", "0.001"))
        equal(len(rows(trade.get_order_list(instId=INSTRUMENT))), 1)
        changed = trade.amend_order(INSTRUMENT, ordId=made["ordId"], newSz="0.002")
        equal(rows(changed)[0]["sCode"], "0")
        equal(rows(trade.cancel_order(INSTRUMENT, ordId=made["ordId"]))[0]["sCode"], "0")
        equal(rows(trade.get_order(INSTRUMENT, ordId=made["ordId"]))[0]["state"], "canceled")

    def traded():
        order("sell", "limit", "0.001", "50000", who=their_trade)
        made = order("buy", "market", "0.001")
        found = rows(trade.get_order(INSTRUMENT, ordId=made["ordId"]))[0]
        equal((found["state"], found["avgPx"], found["feeCcy"]), ("filled", "50000", "BTC"))
        fills = rows(trade.get_fills(instId=INSTRUMENT, ordId=made["ordId"]))
        equal([one["tradeId"] for one in fills], [found["tradeId"]])
        equal(fills[0]["fee"], found["fee"])
        expect(len(rows(trade.get_orders_history("SPOT"))) > 0)

    def batch():
        made = rows(
            trade.place_multiple_orders(
                [
                    {
                        "instId": INSTRUMENT,
                        "tdMode": "cash",
                        "side": "buy",
                        "ordType": "limit",
                        "px": price,
                        "sz": "0.001",
                    }
                    for price in ("20000", "20001")
                ]
            )
        )
        equal(len(made), 2)
        gone = trade.cancel_multiple_orders(
            [{"instId": INSTRUMENT, "ordId": one["ordId"]} for one in made]
        )
        equal([one["sCode"] for one in rows(gone)], ["0", "0"])

    def amended_together():
        made = [order("buy", "limit", "0.001", price)["ordId"] for price in ("20000", "20001")]
        changed = trade.amend_multiple_orders(
            [
                {"instId": INSTRUMENT, "ordId": made[0], "newSz": "0.002", "reqId": "r1"},
                {"instId": INSTRUMENT, "ordId": made[1], "newPx": "20002"},
                {"instId": INSTRUMENT, "ordId": "1", "newSz": "1"},
            ]
        )
        equal(changed["code"], "2")
        equal([one["sCode"] for one in changed["data"]], ["0", "0", "51503"])
        equal(changed["data"][0]["reqId"], "r1")
        found = rows(trade.get_order_list(instId=INSTRUMENT))
        equal(sorted((one["px"], one["sz"]) for one in found), [("20000", "0.002"), ("20002", "0.001")])
        trade.cancel_multiple_orders([{"instId": INSTRUMENT, "ordId": one} for one in made])

    def algos():
        made = rows(
            trade.place_algo_order(
                INSTRUMENT,
                "cash",
                "sell",
                "oco",
                "0.001",
                tpTriggerPx="90000",
                tpOrdPx="-1",
                slTriggerPx="20000",
                slOrdPx="19000",
                algoClOrdId="pyalgo1",
            )
        )[0]
        equal((made["sCode"], made["algoClOrdId"]), ("0", "pyalgo1"))
        found = rows(trade.order_algos_list("oco"))
        equal([one["algoId"] for one in found], [made["algoId"]])
        equal((found[0]["tpTriggerPx"], found[0]["slOrdPx"]), ("90000", "19000"))
        changed = trade.amend_algo_order(INSTRUMENT, algoId=made["algoId"], newTpTriggerPx="91000")
        equal(rows(changed)[0]["sCode"], "0")
        details = rows(trade.get_algo_order_details(algoClOrdId="pyalgo1"))[0]
        equal((details["tpTriggerPx"], details["state"]), ("91000", "live"))
        gone = trade.cancel_algo_order([{"instId": INSTRUMENT, "algoId": made["algoId"]}])
        equal(rows(gone)[0]["sCode"], "0")
        history = rows(trade.order_algos_history("oco", state="canceled"))
        equal(history[0]["algoId"], made["algoId"])

    def subaccounts():
        subs = api(SubAccount.SubAccountAPI, alice)
        equal(rows(subs.get_subaccount_list()), [])
        equal(subs.get_account_balance("nobody")["code"], "59510")

    def limits():
        found = rows(public.get_price_limit(INSTRUMENT))[0]
        equal((found["instId"], found["enabled"]), (INSTRUMENT, False))

    def balances():
        found = rows(account.get_account_balance("BTC,USDT"))[0]
        equal({one["ccy"] for one in found["details"]}, {"BTC", "USDT"})
        expect(float(rows(funding.get_balances("BTC"))[0]["availBal"]) > 0)
        expect(rows(account.get_fee_rates("SPOT", instId=INSTRUMENT))[0]["maker"].startswith("-"))
        equal(len(rows(account.get_max_order_size(INSTRUMENT, "cash", px="50000"))), 1)
        expect(len(rows(account.get_account_bills())) > 0)

    def money():
        moved = rows(funding.funds_transfer("USDT", "1", "18", "6"))[0]
        equal(rows(funding.transfer_state(moved["transId"]))[0]["state"], "success")
        rows(funding.funds_transfer("USDT", "1", "6", "18"))
        expect(rows(funding.get_deposit_address("BTC"))[0]["addr"])
        expect(len(rows(funding.get_currencies("BTC"))) == 1)
        made = rows(funding.withdrawal("BTC", "0.002", "4", alice["withdrawAddress"]))[0]
        found = rows(funding.get_withdrawal_history(wdId=made["wdId"]))[0]
        equal((found["wdId"], found["amt"]), (made["wdId"], "0.002"))

    def prices():
        equal(rows(market.get_ticker(INSTRUMENT))[0]["last"], "50000")
        expect(len(rows(market.get_orderbook(INSTRUMENT, "5"))) == 1)
        equal(len(rows(market.get_candlesticks(INSTRUMENT))[0]), 9)
        expect(len(rows(market.get_trades(INSTRUMENT))) > 0)
        expect(len(rows(market.get_history_trades(INSTRUMENT))) > 0)
        rows(api(Status.StatusAPI, alice).status())

    def refusals():
        poor = trade.place_order(INSTRUMENT, "cash", "buy", "limit", "90", px="50000")
        equal((poor["code"], poor["data"][0]["sCode"]), ("1", "51008"))
        off = trade.place_order(INSTRUMENT, "cash", "buy", "limit", "1", px="50000.01")
        equal(off["data"][0]["sCode"], "51150")
        equal(trade.get_order(INSTRUMENT, ordId="1")["code"], "51603")
        equal(market.get_ticker("NO-SUCH")["code"], "51001")
        wrong = api(Account.AccountAPI, {**alice, "secret": "wrong"})
        equal(wrong.get_account_balance()["code"], "50113")

    for name, body in [
        ("instruments and time", instruments),
        ("account configuration", config),
        ("a limit order, amended and cancelled", limit_order),
        ("a market order and its fill", traded),
        ("orders in a batch", batch),
        ("orders amended in a batch", amended_together),
        ("an algo order, amended and cancelled", algos),
        ("sub-accounts", subaccounts),
        ("price limits", limits),
        ("balances, fees and bills", balances),
        ("transfers, address and withdrawal", money),
        ("ticker, book, candles and trades", prices),
        ("refusals and their codes", refusals),
    ]:
        checks.check(name, body)


class Inbox:
    """Keeps what a session says, so that a test can wait for what it is after."""

    def __init__(self):
        self.messages = asyncio.Queue()

    def __call__(self, text):
        if text != "pong":
            self.messages.put_nowait(json.loads(text))

    async def find(self, wanted, seconds=20):
        async def search():
            while True:
                message = await self.messages.get()
                if wanted(message):
                    return message

        return await asyncio.wait_for(search(), seconds)


def channel(name):
    return lambda message: message.get("arg", {}).get("channel") == name and "data" in message


async def socket_tests(front):
    base = await front.start()
    trade, their_trade = api(Trade.TradeAPI, alice), api(Trade.TradeAPI, bob)

    async def public():
        inbox = Inbox()
        session = WsPublicAsync(url=base + "/ws/v5/public")
        await session.start()
        await session.subscribe(
            [{"channel": "books", "instId": INSTRUMENT}, {"channel": "tickers", "instId": INSTRUMENT}],
            inbox,
        )
        reader = asyncio.create_task(session.consume())
        first = await inbox.find(channel("books"))
        equal((first["action"], first["data"][0]["prevSeqId"]), ("snapshot", -1))
        made = await asyncio.to_thread(
            trade.place_order, INSTRUMENT, "cash", "buy", "limit", "0.001", px="33000"
        )
        update = await inbox.find(channel("books"))
        equal(update["action"], "update")
        equal(update["data"][0]["bids"], [["33000", "0.001", "0", "1"]])
        equal(update["data"][0]["prevSeqId"], first["data"][0]["seqId"])
        await asyncio.to_thread(trade.cancel_order, INSTRUMENT, made["data"][0]["ordId"])
        gone = await inbox.find(channel("books"))
        equal(gone["data"][0]["bids"][0][1], "0")
        reader.cancel()
        await session.stop()

    async def private():
        inbox = Inbox()
        session = WsPrivateAsync(
            apiKey=alice["apiKey"],
            passphrase=alice["password"],
            secretKey=alice["secret"],
            url=base + "/ws/v5/private",
        )
        await session.start()
        reader = asyncio.create_task(session.consume())
        await session.subscribe(
            [{"channel": "orders", "instType": "SPOT"}, {"channel": "account"}], inbox
        )
        equal((await inbox.find(lambda one: one.get("event") == "login"))["code"], "0")
        await inbox.find(channel("account"))
        await asyncio.to_thread(
            their_trade.place_order, INSTRUMENT, "cash", "sell", "limit", "0.002", px="50000"
        )
        made = await asyncio.to_thread(
            trade.place_order, INSTRUMENT, "cash", "buy", "limit", "0.002", px="50000"
        )
        live = (await inbox.find(channel("orders")))["data"][0]
        equal((live["ordId"], live["state"]), (made["data"][0]["ordId"], "live"))
        filled = (await inbox.find(channel("orders")))["data"][0]
        equal((filled["state"], filled["fillSz"], filled["execType"]), ("filled", "0.002", "T"))
        equal(filled["fillFee"], filled["fee"])
        await session.place_order(
            [
                {
                    "instId": INSTRUMENT,
                    "tdMode": "cash",
                    "side": "buy",
                    "ordType": "limit",
                    "px": "30000",
                    "sz": "0.001",
                }
            ],
            inbox,
        )
        placed = await inbox.find(lambda one: one.get("op") == "order")
        equal(placed["code"], "0")
        await session.cancel_order(
            [{"instId": INSTRUMENT, "ordId": placed["data"][0]["ordId"]}], inbox
        )
        equal((await inbox.find(lambda one: one.get("op") == "cancel-order"))["code"], "0")
        reader.cancel()
        await session.stop()

    await checks.check_async("socket: book snapshot and updates", public)
    await checks.check_async("socket: login, orders, account, order operations", private)
    front.server.close()


rest_tests()
asyncio.run(socket_tests(TLSFront(alice["baseUrl"])))
checks.finish()
