"""Real ccxt, sync and async and its WebSocket watchers, against a running exchange.

usage: python ccxt_spot.py ACCOUNTS.json
"""

import asyncio
import sys
from decimal import Decimal

import ccxt
import ccxt.async_support
import ccxt.pro

from clients import Checks, accounts, equal, expect

SYMBOL = "BTC/USDT"
checks = Checks()
alice, bob = accounts(sys.argv)


def client(module, account, **changes):
    exchange = module.okx(
        {
            "apiKey": account["apiKey"],
            "secret": account["secret"],
            "password": account["password"],
            "enableRateLimit": True,
            **changes,
        }
    )
    exchange.urls["api"]["rest"] = account["baseUrl"]
    if "ws" in exchange.urls["api"]:
        exchange.urls["api"]["ws"] = account["baseUrl"].replace("http", "ws", 1) + "/ws/v5"
    return exchange


def raises(kind, body):
    try:
        body()
    except kind as error:
        expect(type(error) is kind, f"raised {type(error).__name__}, wanted {kind.__name__}")
        return error
    raise AssertionError(f"did not raise {kind.__name__}")


def sync_tests():
    a, b = client(ccxt, alice), client(ccxt, bob)
    state = {}

    def cleared():
        for exchange in (a, b):
            for order in exchange.fetch_open_orders(SYMBOL):
                exchange.cancel_order(order["id"], SYMBOL)
            equal(exchange.fetch_open_orders(SYMBOL), [])

    def markets():
        found = a.load_markets()
        market = found[SYMBOL]
        equal((market["spot"], market["active"], market["base"]), (True, True, "BTC"))
        expect(market["precision"]["price"] > 0 and market["limits"]["amount"]["min"] > 0)
        b.load_markets()

    def currencies():
        found = a.fetch_currencies()
        expect(found["BTC"]["networks"], "BTC has no network")
        expect(found["BTC"]["withdraw"], "BTC cannot be withdrawn")
        expect(found["BTC"]["fee"] is not None)

    def time():
        expect(abs(a.fetch_time() - a.milliseconds()) < 600_000)

    def status():
        expect(a.fetch_status()["status"] in ("ok", "maintenance"))

    def book_empty_sides_filled():
        # A wide book far from each other, so that later orders meet only what they should.
        state["bid"] = a.create_order(SYMBOL, "limit", "buy", 0.01, 40000)
        state["ask"] = b.create_order(SYMBOL, "limit", "sell", 0.02, 60000)
        book = a.fetch_order_book(SYMBOL, 5)
        equal(book["bids"][0][:2], [40000.0, 0.01])
        equal(book["asks"][0][:2], [60000.0, 0.02])

    def open_order():
        order = a.fetch_order(state["bid"]["id"], SYMBOL)
        equal((order["status"], order["side"], order["type"]), ("open", "buy", "limit"))
        equal((order["price"], order["amount"], order["filled"]), (40000.0, 0.01, 0.0))
        equal([one["id"] for one in a.fetch_open_orders(SYMBOL)], [state["bid"]["id"]])

    def limit_trade():
        before = a.fetch_balance()
        maker = b.create_order(SYMBOL, "limit", "sell", 0.01, 50000)
        taker = a.create_order(SYMBOL, "limit", "buy", 0.01, 50000)
        order = a.fetch_order(taker["id"], SYMBOL)
        equal((order["status"], order["filled"], order["average"]), ("closed", 0.01, 50000.0))
        expect(order["fee"]["cost"] > 0 and order["fee"]["currency"] == "BTC", order["fee"])
        equal(b.fetch_order(maker["id"], SYMBOL)["status"], "closed")
        after = a.fetch_balance()
        gained = Decimal(str(after["BTC"]["total"])) - Decimal(str(before["BTC"]["total"]))
        equal(gained, Decimal("0.01") - Decimal(str(order["fee"]["cost"])))
        paid = Decimal(str(before["USDT"]["total"])) - Decimal(str(after["USDT"]["total"]))
        equal(paid, Decimal(500))
        state["trade"] = taker["id"]

    def market_buy():
        b.create_order(SYMBOL, "limit", "sell", 0.01, 50000)
        order = a.create_order(SYMBOL, "market", "buy", 0.01)
        found = a.fetch_order(order["id"], SYMBOL)
        equal((found["status"], found["filled"]), ("closed", 0.01))

    def market_sell():
        b.create_order(SYMBOL, "limit", "buy", 0.01, 49000)
        order = a.create_order(SYMBOL, "market", "sell", 0.01)
        found = a.fetch_order(order["id"], SYMBOL)
        equal((found["status"], found["average"]), ("closed", 49000.0))

    def market_buy_by_cost():
        b.create_order(SYMBOL, "limit", "sell", 0.01, 50000)
        order = a.create_market_buy_order_with_cost(SYMBOL, 500)
        found = a.fetch_order(order["id"], SYMBOL)
        equal((found["status"], found["filled"]), ("closed", 0.01))

    def post_only():
        order = a.create_order(SYMBOL, "limit", "buy", 0.001, 60000, {"postOnly": True})
        found = a.fetch_order(order["id"], SYMBOL)
        equal((found["status"], found["filled"]), ("canceled", 0.0))
        equal(found["info"]["cancelSource"], "31")

    def ioc_and_fok():
        for kind, source in (("IOC", "14"), ("FOK", "13")):
            order = a.create_order(SYMBOL, "limit", "buy", 0.5, 60000, {"timeInForce": kind})
            found = a.fetch_order(order["id"], SYMBOL)
            equal((found["status"], found["info"]["cancelSource"]), ("canceled", source))
            if kind == "IOC":
                equal(found["filled"], 0.02)
                state["ask"] = b.create_order(SYMBOL, "limit", "sell", 0.02, 60000)

    def edited():
        order = a.create_order(SYMBOL, "limit", "buy", 0.02, 41000)
        a.edit_order(order["id"], SYMBOL, "limit", "buy", 0.03, 41500)
        found = a.fetch_order(order["id"], SYMBOL)
        equal((found["price"], found["amount"]), (41500.0, 0.03))
        a.cancel_order(order["id"], SYMBOL)

    def canceled():
        a.cancel_order(state["bid"]["id"], SYMBOL)
        equal(a.fetch_order(state["bid"]["id"], SYMBOL)["status"], "canceled")
        equal(a.fetch_balance()["USDT"]["used"], 0.0)

    def batch():
        made = a.create_orders(
            [
                {"symbol": SYMBOL, "type": "limit", "side": "buy", "amount": 0.001, "price": price}
                for price in (30000, 31000)
            ]
        )
        equal(len(made), 2)
        a.cancel_orders([one["id"] for one in made], SYMBOL)
        equal(a.fetch_open_orders(SYMBOL), [])

    def self_trade():
        for mode, first, second in [
            ("EXPIRE_TAKER", "open", "canceled"),
            ("EXPIRE_BOTH", "canceled", "canceled"),
            ("EXPIRE_MAKER", "canceled", "open"),
        ]:
            resting = a.create_order(SYMBOL, "limit", "sell", 0.001, 45000)
            taking = a.create_order(
                SYMBOL, "limit", "buy", 0.001, 45000, {"selfTradePrevention": mode}
            )
            for made, status in ((resting, first), (taking, second)):
                found = a.fetch_order(made["id"], SYMBOL)
                equal((mode, found["status"], found["filled"]), (mode, status, 0.0))
                if status == "open":
                    a.cancel_order(made["id"], SYMBOL)
                else:
                    equal(found["info"]["cancelSource"], "32")

    def timer():
        armed = a.cancel_all_orders_after(60_000)["data"][0]
        expect(int(armed["triggerTime"]) > int(armed["ts"]), armed)
        # Once a second is the limit.
        a.sleep(1100)
        equal(a.cancel_all_orders_after(0)["data"][0]["triggerTime"], "0")

    def by_client_id():
        name = "ccxt" + str(a.milliseconds())
        a.create_order(SYMBOL, "limit", "buy", 0.001, 30000, {"clOrdId": name})
        found = a.fetch_order(None, SYMBOL, {"clOrdId": name})
        equal((found["clientOrderId"], found["status"]), (name, "open"))
        a.cancel_order(None, SYMBOL, {"clOrdId": name})

    def ticker():
        found = a.fetch_ticker(SYMBOL)
        equal((found["last"], found["ask"]), (60000.0, 60000.0))
        expect(found["baseVolume"] > 0 and found["high"] >= found["low"])
        expect(SYMBOL in a.fetch_tickers([SYMBOL]))

    def candles():
        found = a.fetch_ohlcv(SYMBOL, "1m")
        expect(len(found) > 0 and found[-1][5] >= 0, found)
        equal(found, sorted(found))
        expect(len(a.fetch_ohlcv(SYMBOL, "1d")) == 1)

    def trades():
        found = a.fetch_trades(SYMBOL)
        expect(len(found) >= 4)
        ids = [int(one["id"]) for one in found]
        equal(len(set(ids)), len(ids))

    def my_trades():
        found = a.fetch_my_trades(SYMBOL)
        mine = [one for one in found if one["order"] == state["trade"]]
        equal(len(mine), 1)
        equal((mine[0]["price"], mine[0]["amount"], mine[0]["takerOrMaker"]), (50000.0, 0.01, "taker"))
        equal(len(a.fetch_order_trades(state["trade"], SYMBOL)), 1)

    def history():
        closed = [one["id"] for one in a.fetch_closed_orders(SYMBOL)]
        expect(state["trade"] in closed, closed)
        lost = [one["id"] for one in a.fetch_canceled_orders(SYMBOL)]
        expect(state["bid"]["id"] in lost, lost)

    def fees():
        found = a.fetch_trading_fee(SYMBOL)
        expect(found["maker"] > 0 and found["taker"] >= found["maker"], found)

    def balances():
        trading = a.fetch_balance()
        expect(trading["BTC"]["free"] > 0 and trading["USDT"]["free"] > 0)
        funding = a.fetch_balance({"type": "funding"})
        expect(funding["BTC"]["free"] > 0)

    def transfer():
        before = a.fetch_balance({"type": "funding"})["BTC"]["free"]
        a.transfer("BTC", 0.01, "spot", "funding")
        after = a.fetch_balance({"type": "funding"})["BTC"]["free"]
        equal(round(after - before, 8), 0.01)

    def ledger():
        expect(len(a.fetch_ledger("BTC")) > 0)

    def deposit_address():
        found = a.fetch_deposit_address("BTC")
        expect(found["address"], found)
        equal(a.fetch_deposit_address("BTC")["address"], found["address"])

    def deposits():
        found = a.fetch_deposits("BTC")
        expect(any(one["status"] == "ok" for one in found) or found == [], found)

    def withdrawal():
        made = a.withdraw("BTC", 0.002, alice["withdrawAddress"])
        expect(made["id"], made)
        found = [one for one in a.fetch_withdrawals("BTC") if one["id"] == made["id"]]
        equal(len(found), 1)
        equal((found[0]["amount"], found[0]["address"]), (0.002, alice["withdrawAddress"]))
        expect(found[0]["status"] in ("pending", "ok"), found[0]["status"])

    def accounts_list():
        expect(a.fetch_accounts()[0]["id"])

    checks.check("load markets", markets)
    checks.check("no orders are left over", cleared)
    checks.check("currencies", currencies)
    checks.check("server time", time)
    checks.check("status", status)
    checks.check("limit orders appear in the book", book_empty_sides_filled)
    checks.check("an open order", open_order)
    checks.check("a limit trade and its balances", limit_trade)
    checks.check("a market buy", market_buy)
    checks.check("a market sell", market_sell)
    checks.check("a market buy by cost", market_buy_by_cost)
    checks.check("post-only that would take", post_only)
    checks.check("ioc and fok", ioc_and_fok)
    checks.check("an edited order", edited)
    checks.check("a cancel frees the money", canceled)
    checks.check("self-trade prevention", self_trade)
    checks.check("orders in a batch", batch)
    checks.check("the cancel-all timer", timer)
    checks.check("orders by client id", by_client_id)
    algo_tests(a, b)
    checks.check("ticker", ticker)
    checks.check("OHLCV", candles)
    checks.check("public trades", trades)
    checks.check("own trades", my_trades)
    checks.check("order history", history)
    checks.check("trading fees", fees)
    checks.check("balances", balances)
    checks.check("transfer", transfer)
    checks.check("ledger", ledger)
    checks.check("deposit address", deposit_address)
    checks.check("deposits", deposits)
    checks.check("withdrawal", withdrawal)
    checks.check("accounts", accounts_list)
    error_tests(a)
    checks.check("no orders are left over at the end", cleared)


def algo_tests(a, b):
    """Orders that wait; the last price is 50 000 or near it, the book 40 000 to 60 000."""
    waiting = {"trigger": True}

    def listed(kind):
        found = a.fetch_open_orders(SYMBOL, None, None, {**waiting, "ordType": kind})
        return [one["id"] for one in found]

    def stop_loss():
        made = a.create_order(SYMBOL, "market", "sell", 0.001, None, {"stopLossPrice": 30000})
        equal(listed("conditional"), [made["id"]])
        found = a.fetch_order(made["id"], SYMBOL, waiting)
        equal((found["stopLossPrice"], found["status"], found["side"]), (30000.0, "open", "sell"))
        a.edit_order(
            made["id"],
            SYMBOL,
            "conditional",
            "sell",
            None,
            None,
            {"stopLossPrice": 31000, "newSlOrdPx": 29000},
        )
        found = a.fetch_order(made["id"], SYMBOL, waiting)
        equal((found["stopLossPrice"], found["info"]["slOrdPx"]), (31000.0, "29000"))
        a.cancel_order(made["id"], SYMBOL, waiting)
        equal(listed("conditional"), [])
        gone = a.fetch_canceled_orders(SYMBOL, None, None, {**waiting, "ordType": "conditional"})
        expect(made["id"] in [one["id"] for one in gone], gone)

    def both():
        made = a.create_order(
            SYMBOL,
            "market",
            "sell",
            0.001,
            None,
            {"stopLossPrice": 30000, "takeProfitPrice": 70000},
        )
        found = a.fetch_order(made["id"], SYMBOL, waiting)
        equal((found["stopLossPrice"], found["takeProfitPrice"]), (30000.0, 70000.0))
        a.cancel_orders([made["id"]], SYMBOL, waiting)
        equal(listed("oco"), [])

    def trigger():
        made = a.create_order(SYMBOL, "limit", "buy", 0.001, 29000, {"triggerPrice": 30000})
        found = a.fetch_order(made["id"], SYMBOL, waiting)
        equal((found["triggerPrice"], found["price"], found["amount"]), (30000.0, 29000.0, 0.001))
        a.cancel_order(made["id"], SYMBOL, waiting)

    def fired():
        last = a.fetch_ticker(SYMBOL)["last"]
        made = a.create_order(
            SYMBOL, "market", "buy", 0.001, None, {"triggerPrice": last - 100, "tgtCcy": "base_ccy"}
        )
        b.create_order(SYMBOL, "limit", "buy", 0.001, last - 200)
        a.create_order(SYMBOL, "limit", "sell", 0.001, last - 200)
        done = a.fetch_order(made["id"], SYMBOL, waiting)
        equal(done["info"]["state"], "effective")
        child = a.fetch_order(done["info"]["ordId"], SYMBOL)
        equal((child["status"], child["filled"], child["average"]), ("closed", 0.001, 60000.0))
        found = a.fetch_closed_orders(SYMBOL, None, None, {**waiting, "ordType": "trigger"})
        expect(made["id"] in [one["id"] for one in found], found)

    def trailing():
        made = a.create_order(
            SYMBOL, "market", "sell", 0.001, None, {"trailingPercent": 5, "activePx": "90000"}
        )
        found = a.fetch_open_orders(SYMBOL, None, None, {"trailing": True})
        equal([one["id"] for one in found], [made["id"]])
        a.cancel_order(made["id"], SYMBOL, {"trailing": True})

    def attached():
        order = a.create_order(
            SYMBOL,
            "limit",
            "buy",
            0.001,
            30000,
            {
                "stopLoss": {"triggerPrice": 25000},
                "takeProfit": {"triggerPrice": 70000, "type": "market"},
            },
        )
        found = a.fetch_order(order["id"], SYMBOL)
        equal((found["stopLossPrice"], found["takeProfitPrice"]), (25000.0, 70000.0))
        a.cancel_order(order["id"], SYMBOL)
        equal(listed("oco"), [])

    checks.check("algo: a stop-loss, amended and cancelled", stop_loss)
    checks.check("algo: stop-loss and take-profit together", both)
    checks.check("algo: a trigger", trigger)
    checks.check("algo: a trigger that fires", fired)
    checks.check("algo: a trailing stop", trailing)
    checks.check("algo: stop-loss and take-profit of an order", attached)
    checks.check(
        "algo: InvalidOrder on the wrong side of the last price",
        lambda: raises(
            ccxt.InvalidOrder,
            lambda: a.create_order(SYMBOL, "market", "sell", 0.001, None, {"stopLossPrice": 99000}),
        ),
    )
    checks.check(
        "algo: OrderNotFound",
        lambda: raises(ccxt.OrderNotFound, lambda: a.fetch_order("99999999", SYMBOL, waiting)),
    )


def error_tests(a):
    def duplicate():
        name = "dup" + str(a.milliseconds())
        a.create_order(SYMBOL, "limit", "buy", 0.001, 30000, {"clOrdId": name})
        try:
            raises(
                ccxt.InvalidOrder,
                lambda: a.create_order(SYMBOL, "limit", "buy", 0.001, 30000, {"clOrdId": name}),
            )
        finally:
            a.cancel_order(None, SYMBOL, {"clOrdId": name})

    def wrong(**changes):
        exchange = client(ccxt, {**alice, **changes})
        exchange.markets = a.markets
        return exchange

    def late():
        exchange = client(ccxt, alice)
        # The signed time is all that differs, as on a computer whose clock is wrong.
        exchange.iso8601 = lambda value: ccxt.Exchange.iso8601(value - 60_000)
        return exchange

    checks.check(
        "InsufficientFunds",
        lambda: raises(
            ccxt.InsufficientFunds,
            lambda: a.create_order(SYMBOL, "limit", "buy", 90, 50000),
        ),
    )
    checks.check("InvalidOrder for a duplicate client id", duplicate)
    checks.check(
        "InvalidOrder below the minimum",
        lambda: raises(
            ccxt.InvalidOrder,
            lambda: a.private_post_trade_batch_orders(
                [
                    {
                        "instId": "BTC-USDT",
                        "tdMode": "cash",
                        "side": "buy",
                        "ordType": "limit",
                        "sz": "0.00000001",
                        "px": "100",
                    }
                ]
            ),
        ),
    )
    checks.check(
        "BadSymbol",
        lambda: raises(
            ccxt.BadSymbol, lambda: a.public_get_market_ticker({"instId": "NO-SUCH"})
        ),
    )
    checks.check(
        "AuthenticationError for a wrong secret",
        lambda: raises(ccxt.AuthenticationError, wrong(secret="wrong").fetch_balance),
    )
    checks.check(
        "AuthenticationError for an unknown key",
        lambda: raises(ccxt.AuthenticationError, wrong(apiKey="wrong").fetch_balance),
    )
    checks.check(
        "AuthenticationError for a wrong passphrase",
        lambda: raises(ccxt.AuthenticationError, wrong(password="wrong").fetch_balance),
    )
    checks.check(
        "OrderNotFound when asked for",
        lambda: raises(ccxt.OrderNotFound, lambda: a.fetch_order("1", SYMBOL)),
    )
    checks.check(
        "OrderNotFound when cancelled",
        lambda: raises(ccxt.OrderNotFound, lambda: a.cancel_order("1", SYMBOL)),
    )
    checks.check(
        "InvalidNonce for a clock that is wrong",
        lambda: raises(ccxt.InvalidNonce, late().fetch_balance),
    )
    checks.check(
        "BadRequest for an unknown side",
        lambda: raises(
            ccxt.BadRequest,
            lambda: a.private_post_trade_order(
                {
                    "instId": "BTC-USDT",
                    "tdMode": "cash",
                    "side": "up",
                    "ordType": "limit",
                    "sz": "1",
                    "px": "100",
                }
            ),
        ),
    )
    checks.check(
        "InvalidAddress outside the address book",
        lambda: raises(
            ccxt.InvalidAddress,
            lambda: a.withdraw("BTC", 0.002, "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"),
        ),
    )


async def async_tests():
    exchange = client(ccxt.async_support, alice)

    async def rest():
        await exchange.load_markets()
        order = await exchange.create_order(SYMBOL, "limit", "buy", 0.001, 30000)
        found = await exchange.fetch_order(order["id"], SYMBOL)
        equal(found["status"], "open")
        await exchange.cancel_order(order["id"], SYMBOL)
        expect((await exchange.fetch_balance())["USDT"]["free"] > 0)
        expect((await exchange.fetch_deposit_address("BTC"))["address"])
        book = await exchange.fetch_order_book(SYMBOL)
        equal(book["symbol"], SYMBOL)

    async def storm():
        made = await asyncio.gather(
            *[
                exchange.create_order(SYMBOL, "limit", "buy", 0.001, 20000 + step)
                for step in range(10)
            ]
        )
        equal(len({one["id"] for one in made}), 10)
        await exchange.cancel_orders([one["id"] for one in made], SYMBOL)
        equal(await exchange.fetch_open_orders(SYMBOL), [])

    async def unknown():
        try:
            await exchange.fetch_order("1", SYMBOL)
        except ccxt.OrderNotFound:
            return
        raise AssertionError("did not raise OrderNotFound")

    await checks.check_async("async: orders, balance, address, book", rest)
    await checks.check_async("async: ten orders at once", storm)
    await checks.check_async("async: OrderNotFound", unknown)
    await exchange.close()


async def watch_tests():
    a, b = client(ccxt.pro, alice), client(ccxt.pro, bob)

    async def within(awaitable, seconds=20):
        return await asyncio.wait_for(awaitable, seconds)

    async def book():
        found = await within(a.watch_order_book(SYMBOL))
        depth = len(found["bids"])
        update = asyncio.create_task(a.watch_order_book(SYMBOL))
        await asyncio.sleep(0.2)
        order = await b.create_order(SYMBOL, "limit", "buy", 0.001, 31000)
        found = await within(update)
        expect([31000.0, 0.001] in [level[:2] for level in found["bids"]], found["bids"])
        update = asyncio.create_task(a.watch_order_book(SYMBOL))
        await b.cancel_order(order["id"], SYMBOL)
        found = await within(update)
        equal(len(found["bids"]), depth)

    async def orders_and_trades():
        mine = asyncio.create_task(a.watch_orders(SYMBOL))
        fills = asyncio.create_task(a.watch_my_trades(SYMBOL))
        public = asyncio.create_task(a.watch_trades(SYMBOL))
        money = asyncio.create_task(a.watch_balance())
        await asyncio.sleep(1)
        ask = await b.create_order(SYMBOL, "limit", "sell", 0.001, 50000)
        bid = await a.create_order(SYMBOL, "limit", "buy", 0.001, 50000)
        first = await within(mine)
        equal(first[-1]["id"], bid["id"])
        seen = {one["id"]: one["status"] for one in first}
        while seen.get(bid["id"]) != "closed":
            for one in await within(a.watch_orders(SYMBOL)):
                seen[one["id"]] = one["status"]
        fill = (await within(fills))[-1]
        equal((fill["order"], fill["price"], fill["amount"]), (bid["id"], 50000.0, 0.001))
        trade = (await within(public))[-1]
        equal((trade["id"], trade["side"]), (fill["id"], "buy"))
        expect((await within(money))["BTC"]["total"] > 0)
        equal((await b.fetch_order(ask["id"], SYMBOL))["status"], "closed")

    async def ticker():
        expect((await within(a.watch_ticker(SYMBOL)))["last"] is not None)

    async def candles():
        found = await within(a.watch_ohlcv(SYMBOL, "1m"))
        expect(found[-1][4] > 0, found)

    async def orders_over_socket():
        made = await within(a.create_order_ws(SYMBOL, "limit", "buy", 0.001, 30000))
        equal((await a.fetch_order(made["id"], SYMBOL))["status"], "open")
        await within(a.edit_order_ws(made["id"], SYMBOL, "limit", "buy", 0.002, 30000))
        equal((await a.fetch_order(made["id"], SYMBOL))["amount"], 0.002)
        await within(a.cancel_order_ws(made["id"], SYMBOL))
        equal((await a.fetch_order(made["id"], SYMBOL))["status"], "canceled")

    async def waiting_orders():
        watched = asyncio.create_task(a.watch_orders(SYMBOL, None, None, {"trigger": True}))
        await asyncio.sleep(1)
        made = await a.create_order(
            SYMBOL, "limit", "buy", 0.001, 29000, {"triggerPrice": 30000}
        )
        found = (await within(watched))[-1]
        equal((found["id"], found["status"], found["triggerPrice"]), (made["id"], "open", 30000.0))
        await a.cancel_order(made["id"], SYMBOL, {"trigger": True})

    async def socket_error():
        try:
            await within(a.create_order_ws(SYMBOL, "limit", "buy", 90, 50000))
        except ccxt.InsufficientFunds:
            return
        raise AssertionError("did not raise InsufficientFunds")

    await a.load_markets()
    await b.load_markets()
    await checks.check_async("watch: order book", book)
    await checks.check_async("watch: orders, own trades, trades, balance", orders_and_trades)
    await checks.check_async("watch: ticker", ticker)
    await checks.check_async("watch: OHLCV", candles)
    await checks.check_async("watch: orders that wait for a price", waiting_orders)
    await checks.check_async("socket: place, edit and cancel", orders_over_socket)
    await checks.check_async("socket: InsufficientFunds", socket_error)
    await a.close()
    await b.close()


sync_tests()
asyncio.run(async_tests())
asyncio.run(watch_tests())
checks.finish()
