import Engine
import JSON
import Money
import Testing

@testable import Gateway

/// Algo orders over HTTP and WebSocket, from placing to history.
@Suite(.timeLimit(.minutes(2))) struct AlgoServingTests {
  private static func algo(_ changes: [String: JSON]) -> JSON {
    var members: [String: JSON] = [
      "instId": "BTC-USDT", "tdMode": "cash", "side": "sell", "sz": "0.1",
    ]
    members.merge(changes) { _, new in new }
    return .object(members.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value) })
  }

  /// One trade at `price`, so that there is a last price.
  private static func trade(_ exchange: LocalExchange, at price: String) async throws {
    try await exchange.place(exchange.bob, "sell", "0.001", at: price)
    try await exchange.place(exchange.alice, "buy", "0.001", at: price)
  }

  @Test func `a stop-loss waits, fires, and is found in the history`() async throws {
    try await LocalExchange.run { exchange in
      try await Self.trade(exchange, at: "50000")
      let socket = try await SocketClient.open(exchange, .business)
      _ = try await socket.login(exchange, exchange.alice)
      try await socket.subscribe(["channel": "orders-algo", "instType": "ANY"])
      let placed = try await exchange.post(
        "trade/order-algo",
        Self.algo([
          "ordType": "conditional", "slTriggerPx": "45000", "slOrdPx": "-1", "algoClOrdId": "stop1",
        ]), as: exchange.alice)
      #expect(placed.code == "0" && placed["sCode"] == "0", "\(placed.json)")
      let id = try #require(placed["algoId"])
      #expect(placed["algoClOrdId"] == "stop1")
      #expect(try await socket.push("orders-algo")["data"]?[0]?["state"] == "live")

      let pending = try await exchange.get(
        "trade/orders-algo-pending?ordType=conditional,oco", as: exchange.alice)
      #expect(pending.rows.count == 1 && pending["algoId"] == id && pending["last"] == "50000")
      #expect(pending["slTriggerPx"] == "45000" && pending["slOrdPx"] == "-1")
      #expect(pending["tpTriggerPx"] == "" && pending["sz"] == "0.1")
      let others = try await exchange.get(
        "trade/orders-algo-pending?ordType=trigger", as: exchange.alice)
      #expect(others.rows.isEmpty)
      let foreign = try await exchange.get(
        "trade/orders-algo-pending?ordType=conditional", as: exchange.bob)
      #expect(foreign.rows.isEmpty)

      // The fall: bob bids lower and sells to himself would not trade, so alice buys at 45 000.
      try await exchange.place(exchange.bob, "buy", "0.5", at: "44000")
      try await Self.trade(exchange, at: "45000")
      let details = try await exchange.get(
        "trade/order-algo?algoClOrdId=stop1", as: exchange.alice)
      #expect(details["state"] == "effective" && details["actualSide"] == "sl")
      let child = try #require(details["ordId"])
      let order = try await exchange.get(
        "trade/order?instId=BTC-USDT&ordId=\(child)", as: exchange.alice)
      #expect(
        order["state"] == "filled" && order["avgPx"] == "44000" && order["ordType"] == "market")
      let history = try await exchange.get(
        "trade/orders-algo-history?ordType=conditional&state=effective", as: exchange.alice)
      #expect(history.rows.count == 1 && history["algoId"] == id)
      #expect(history["triggerTime"]?.count == 13 && history["actualSz"] == "0.1")
      let gone = try await exchange.get(
        "trade/orders-algo-pending?ordType=conditional", as: exchange.alice)
      #expect(gone.rows.isEmpty)
      var state = ""
      while state != "effective" {
        state = try await socket.push("orders-algo")["data"]?[0]?["state"]?.string ?? ""
      }
      try await socket.close()
    }
  }

  @Test func `each kind waits, is amended where it can be, and is cancelled`() async throws {
    try await LocalExchange.run { exchange in
      try await Self.trade(exchange, at: "50000")
      let kinds: [(String, [String: JSON])] = [
        (
          "oco",
          [
            "tpTriggerPx": "60000", "tpOrdPx": "-1", "slTriggerPx": "40000", "slOrdPx": "39000",
          ]
        ), ("trigger", ["triggerPx": "40000", "orderPx": "-1"]),
        ("move_order_stop", ["callbackRatio": "0.05", "activePx": "60000"]),
        ("iceberg", ["pxVar": "0.001", "szLimit": "0.01", "pxLimit": "60000"]),
        ("twap", ["pxVar": "0.001", "szLimit": "0.01", "pxLimit": "40000", "timeInterval": "10"]),
      ]
      var ids: [JSON] = []
      for (kind, fields) in kinds {
        let changes = fields.merging(["ordType": .string(kind)]) { first, _ in first }
        let placed = try await exchange.post(
          "trade/order-algo", Self.algo(changes), as: exchange.alice)
        #expect(placed["sCode"] == "0", "\(kind): \(placed.json)")
        let id = try #require(placed["algoId"])
        ids.append(["instId": "BTC-USDT", "algoId": .string(id)])
        let row = try await exchange.get("trade/order-algo?algoId=\(id)", as: exchange.alice)
        #expect(row["ordType"] == kind && row["algoId"] == id)
        for (name, value) in fields {
          #expect(row[name == "orderPx" ? "ordPx" : name] == value.string)
        }
      }
      let amended = try await exchange.post(
        "trade/amend-algos",
        [
          "instId": "BTC-USDT", "algoId": ids[1]["algoId"] ?? "", "newTriggerPx": "41000",
          "newSz": "0.2", "reqId": "r1",
        ], as: exchange.alice)
      #expect(amended["sCode"] == "0" && amended["reqId"] == "r1", "\(amended.json)")
      let row = try await exchange.get(
        "trade/order-algo?algoId=\(ids[1]["algoId"]?.string ?? "")", as: exchange.alice)
      #expect(row["triggerPx"] == "41000" && row["sz"] == "0.2")
      let never = try await exchange.post(
        "trade/amend-algos",
        ["instId": "BTC-USDT", "algoId": ids[4]["algoId"] ?? "", "newSz": "0.2"],
        as: exchange.alice)
      #expect(never.code == "1" && never["sCode"] == "51506")

      let cancelled = try await exchange.post(
        "trade/cancel-algos", .array(ids + [["instId": "BTC-USDT", "algoId": "99999"]]),
        as: exchange.alice)
      #expect(cancelled.code == "2")
      #expect(
        cancelled.rows.map { $0["sCode"]?.string } == Array(repeating: "0", count: 5) + ["51400"])
      let history = try await exchange.get(
        "trade/orders-algo-history?ordType=oco,trigger,move_order_stop,iceberg,twap&state=canceled",
        as: exchange.alice)
      #expect(
        history.rows.map { $0["ordType"]?.string } == [
          "twap", "iceberg", "move_order_stop", "trigger", "oco",
        ])
      #expect(try await exchange.get("trade/orders-pending", as: exchange.alice).rows.isEmpty)
    }
  }

  @Test(
    arguments: [
      (["ordType": "conditional", "slTriggerPx": "60000", "slOrdPx": "-1"], "51280"),
      (["ordType": "conditional", "tpTriggerPx": "40000", "tpOrdPx": "-1"], "51279"),
      (
        ["side": "buy", "ordType": "conditional", "tpTriggerPx": "60000", "tpOrdPx": "-1"], "51277"
      ),
      (
        ["side": "buy", "ordType": "conditional", "slTriggerPx": "40000", "slOrdPx": "-1"], "51278"
      ),
      (["ordType": "move_order_stop", "callbackRatio": "0.05", "activePx": "40000"], "51258"),
      (["ordType": "move_order_stop", "callbackRatio": "2"], "51257"),
      (
        [
          "ordType": "twap", "pxVar": "0.001", "szLimit": "0.01", "pxLimit": "1",
          "timeInterval": "1",
        ], "51269"
      ),
      (["ordType": "iceberg", "pxVar": "0.001", "szLimit": "1", "pxLimit": "60000"], "51252"),
      (["ordType": "chase"], "51000"),
      (["tdMode": "isolated", "ordType": "trigger", "triggerPx": "1", "orderPx": "-1"], "51010"),
    ] as [([String: JSON], String)])
  func `an algo order that makes no sense has its code`(
    changes: [String: JSON], code: String
  ) async throws {
    try await LocalExchange.run { exchange in
      try await Self.trade(exchange, at: "50000")
      let reply = try await exchange.post(
        "trade/order-algo", Self.algo(changes), as: exchange.alice)
      #expect(reply.code == "1" && reply["sCode"] == code, "\(reply.json)")
    }
  }

  @Test func `without a trade there is nothing to compare a trigger with`() async throws {
    try await LocalExchange.run { exchange in
      let reply = try await exchange.post(
        "trade/order-algo",
        Self.algo(["ordType": "trigger", "triggerPx": "40000", "orderPx": "-1"]),
        as: exchange.alice)
      #expect(reply["sCode"] == "52000")
    }
  }

  @Test func `attached take-profit and stop-loss begin when the order is filled`() async throws {
    try await LocalExchange.run { exchange in
      let placed = try await exchange.post(
        "trade/order",
        [
          "instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit", "sz": "0.1",
          "px": "50000",
          "attachAlgoOrds": [
            [
              "attachAlgoClOrdId": "both", "tpTriggerPx": "60000", "tpOrdPx": "-1",
              "slTriggerPx": "40000", "slOrdPx": "-1",
            ]
          ],
        ], as: exchange.alice)
      #expect(placed.code == "0", "\(placed.json)")
      let id = try #require(placed["ordId"])
      let order = try await exchange.get(
        "trade/order?instId=BTC-USDT&ordId=\(id)", as: exchange.alice)
      let attached = try #require(order.rows.first?["attachAlgoOrds"]?[0])
      #expect(attached["attachAlgoClOrdId"] == "both" && attached["tpTriggerPx"] == "60000")
      let waiting = "trade/orders-algo-pending?ordType=oco"
      #expect(try await exchange.get(waiting, as: exchange.alice).rows.isEmpty)
      try await exchange.place(exchange.bob, "sell", "0.1", at: "50000")
      let begun = try await exchange.get(waiting, as: exchange.alice)
      #expect(begun.rows.count == 1 && begun["side"] == "sell" && begun["algoClOrdId"] == "both")
      // What came in: 0.1 less the maker's fee.
      #expect(begun["sz"] == "0.09992")
      let filled = try await exchange.get(
        "trade/orders-history?instType=SPOT", as: exchange.alice)
      #expect(filled.rows.first?["attachAlgoOrds"]?[0]?["slTriggerPx"] == "40000")
    }
  }

  @Test func `advanced algo orders have a channel of their own`() async throws {
    try await LocalExchange.run { exchange in
      try await Self.trade(exchange, at: "50000")
      let socket = try await SocketClient.open(exchange, .business)
      _ = try await socket.login(exchange, exchange.alice)
      try await socket.subscribe([
        "channel": "algo-advance", "instType": "SPOT", "instId": "BTC-USDT",
      ])
      _ = try await exchange.post(
        "trade/order-algo",
        Self.algo(["ordType": "trigger", "triggerPx": "40000", "orderPx": "-1"]),
        as: exchange.alice)
      _ = try await exchange.post(
        "trade/order-algo",
        Self.algo(["ordType": "move_order_stop", "callbackSpread": "100", "activePx": "60000"]),
        as: exchange.alice)
      let push = try await socket.push("algo-advance")
      #expect(push["data"]?[0]?["ordType"] == "move_order_stop")
      #expect(push["data"]?[0]?["callbackSpread"] == "100")
      try await socket.close()
    }
  }
}
