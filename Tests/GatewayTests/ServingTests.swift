import Engine
import JSON
import Money
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(2))) struct ServingTests {
  @Test func `anyone may ask for instruments, time and an empty book`() async throws {
    try await LocalExchange.run { exchange in
      let listed = try await exchange.get("public/instruments?instType=SPOT")
      #expect(listed.status == 200 && listed.code == "0")
      #expect(listed["instId"] == "BTC-USDT")
      #expect(listed["tickSz"] == "0.1")
      #expect(listed["lotSz"] == "0.00001")
      #expect(listed["ctVal"] == "")
      #expect(try await exchange.get("public/instruments?instType=SWAP").rows.isEmpty)
      #expect(try await exchange.get("public/time")["ts"]?.count == 13)
      let book = try await exchange.get("market/books?instId=BTC-USDT&sz=5")
      #expect(book.rows.first?["asks"] == [])
      let unknown = try await exchange.get("market/ticker?instId=NO-PE")
      #expect(unknown.code == "51001" && unknown.status == 200)
    }
  }

  @Test func `a trade moves both balances, and order, fills and history agree`() async throws {
    try await LocalExchange.run { exchange in
      let resting = try await exchange.place(exchange.bob, "sell", "0.5", at: "50000", client: "b1")
      let taking = try await exchange.place(exchange.alice, "buy", "0.2", at: "50000.5")
      let order = try await exchange.get(
        "trade/order?instId=BTC-USDT&ordId=\(taking)", as: exchange.alice)
      #expect(order["state"] == "filled")
      #expect(order["accFillSz"] == "0.2")
      #expect(order["avgPx"] == "50000")
      #expect(order["fillPx"] == "50000")
      #expect(order["fee"] == "-0.0002")
      #expect(order["feeCcy"] == "BTC")
      let fills = try await exchange.get("trade/fills?instId=BTC-USDT", as: exchange.alice)
      #expect(fills.rows.count == 1)
      #expect(fills["tradeId"] == order["tradeId"])
      #expect(fills["execType"] == "T" && fills["fee"] == "-0.0002")
      let pending = try await exchange.get("trade/orders-pending", as: exchange.bob)
      #expect(pending["ordId"] == resting && pending["state"] == "partially_filled")
      #expect(pending["clOrdId"] == "b1" && pending["fillSz"] == "0.2")
      let history = try await exchange.get(
        "trade/orders-history?instType=SPOT", as: exchange.alice)
      #expect(history.rows.map { $0["ordId"]?.string } == [taking])
      let balance = try await exchange.get("account/balance?ccy=BTC%2CUSDT", as: exchange.alice)
      let details = balance.rows.first?["details"]?.array ?? []
      #expect(details.map { $0["cashBal"]?.string } == ["4.1998", "240000"])
      let book = try await exchange.get("market/books?instId=BTC-USDT", as: nil)
      #expect(book.rows.first?["asks"] == [["50000", "0.3", "0", "1"]])
      #expect(try await exchange.get("market/ticker?instId=BTC-USDT")["last"] == "50000")
      let candles = try await exchange.get("market/candles?instId=BTC-USDT&bar=1m")
      #expect(candles.rows.first?.array?.count == 9)
      let bills = try await exchange.get("account/bills?type=2", as: exchange.alice)
      #expect(bills.rows.map { $0["balChg"]?.string } == ["-0.0002", "0.2", "-10000"])
    }
  }

  @Test func `cancel and amend follow the order, and closed orders say so`() async throws {
    try await LocalExchange.run { exchange in
      let id = try await exchange.place(exchange.alice, "buy", "1", at: "40000", client: "c1")
      let amended = try await exchange.post(
        "trade/amend-order",
        ["instId": "BTC-USDT", "clOrdId": "c1", "newSz": "0.5", "reqId": "r1"], as: exchange.alice)
      #expect(amended.code == "0" && amended["ordId"] == id && amended["reqId"] == "r1")
      let frozen = try await exchange.get("account/balance?ccy=USDT", as: exchange.alice)
      #expect(frozen.rows.first?["details"]?[0]?["frozenBal"] == "20000")
      let cancel: JSON = ["instId": "BTC-USDT", "ordId": .string(id)]
      #expect(try await exchange.post("trade/cancel-order", cancel, as: exchange.alice).code == "0")
      let again = try await exchange.post("trade/cancel-order", cancel, as: exchange.alice)
      #expect(again.code == "1" && again["sCode"] == "51400" && again.status == 200)
      let order = try await exchange.get(
        "trade/order?instId=BTC-USDT&clOrdId=c1", as: exchange.alice)
      #expect(order["state"] == "canceled" && order["cancelSource"] == "1")
      let late = try await exchange.post(
        "trade/amend-order", ["instId": "BTC-USDT", "ordId": .string(id), "newSz": "2"],
        as: exchange.alice)
      #expect(late["sCode"] == "51503")
    }
  }

  @Test func `a batch keeps its rows, and its code tells how many failed`() async throws {
    try await LocalExchange.run { exchange in
      func order(_ size: String, _ client: String, price: String = "100") -> JSON {
        [
          "instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit",
          "px": .string(price), "sz": .string(size), "clOrdId": .string(client),
        ]
      }
      let mixed = try await exchange.post(
        "trade/batch-orders", [order("0.001", "a1"), order("0.0000001", "a2"), order("1", "a1")],
        as: exchange.alice)
      #expect(mixed.code == "2")
      #expect(mixed.rows.map { $0["sCode"]?.string } == ["0", "51020", "51016"])
      #expect(mixed.rows.map { $0["clOrdId"]?.string } == ["a1", "a2", "a1"])
      let poor = try await exchange.post(
        "trade/batch-orders", [order("50", "a3", price: "50000")], as: exchange.alice)
      #expect(poor.code == "1" && poor["sCode"] == "51008" && poor.status == 200)
      let many = JSON.array(Array(repeating: order("1", ""), count: 21))
      #expect(
        try await exchange.post("trade/batch-orders", many, as: exchange.alice).code == "51111")
    }
  }

  @Test func `money moves between the accounts and addresses stay the same`() async throws {
    try await LocalExchange.run { exchange in
      let moved = try await exchange.post(
        "asset/transfer", ["ccy": "BTC", "amt": .number("1.5"), "from": "18", "to": 6],
        as: exchange.alice)
      #expect(moved.code == "0" && moved["amt"] == "1.5")
      let state = try await exchange.get(
        "asset/transfer-state?transId=\(moved["transId"] ?? "")", as: exchange.alice)
      #expect(state["from"] == "18" && state["state"] == "success")
      let funding = try await exchange.get("asset/balances?ccy=BTC", as: exchange.alice)
      #expect(funding["availBal"] == "5.5")
      let first = try await exchange.get("asset/deposit-address?ccy=BTC", as: exchange.alice)
      let second = try await exchange.get("asset/deposit-address?ccy=BTC", as: exchange.alice)
      #expect(first["addr"] == second["addr"] && first["addr"]?.hasPrefix("bcrt1") == true)
      #expect(first.rows.first?["selected"] == true)
      let none = try await exchange.get("asset/deposit-address?ccy=USDT", as: exchange.alice)
      #expect(none.code == "58006")
      let deposits = try await exchange.get("asset/deposit-history?ccy=BTC", as: exchange.alice)
      #expect(deposits["state"] == "2" && deposits["actualDepBlkConfirm"] == "1")
    }
  }
}
