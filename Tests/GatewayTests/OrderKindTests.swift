import Engine
import JSON
import Money
import Testing

@testable import Gateway

/// What an order may ask for beyond side, size and price.
@Suite(.timeLimit(.minutes(2))) struct OrderKindTests {
  private static func order(_ changes: [String: JSON]) -> JSON {
    var members: [String: JSON] = [
      "instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit", "sz": "0.1",
      "px": "100",
    ]
    members.merge(changes) { _, new in new }
    return .object(members.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value) })
  }

  @Test(arguments: ["cancel_maker", "cancel_taker", "cancel_both"])
  func `an order says how it meets orders of its own owner`(mode: String) async throws {
    try await LocalExchange.run { exchange in
      let placed = try await exchange.post(
        "trade/order", Self.order(["stpMode": .string(mode)]), as: exchange.alice)
      #expect(placed.code == "0", "\(placed.json)")
      let order = try await exchange.get(
        "trade/order?instId=BTC-USDT&ordId=\(placed["ordId"] ?? "")", as: exchange.alice)
      #expect(order["stpMode"] == mode)
      let cancel: JSON = ["instId": "BTC-USDT", "ordId": .string(placed["ordId"] ?? "")]
      _ = try await exchange.post("trade/cancel-order", cancel, as: exchange.alice)
      let history = try await exchange.get(
        "trade/orders-history?instType=SPOT", as: exchange.alice)
      #expect(history["stpMode"] == mode)
    }
  }

  @Test(
    arguments: [
      (["stpMode": "cancel_none"], "51000"),
      (["stpMode": "cancel_both", "ordType": "fok"], "54036"),
      (["ordType": "chase"], "51000"), (["reduceOnly": true], "51139"),
      (["tdMode": "cross"], "51010"), (["clOrdId": "a b"], "51000"), (["tag": "a-b"], "51000"),
      (["clOrdId": "123456789012345678901234567890123"], "51000"),
      (["ordType": "optimal_limit_ioc"], "51109"), (["ordType": "market"], "51109"),
    ] as [([String: JSON], String)])
  func `what an order cannot have is refused`(
    changes: [String: JSON], code: String
  ) async throws {
    try await LocalExchange.run { exchange in
      let reply = try await exchange.post(
        "trade/order", Self.order(changes), as: exchange.alice)
      #expect(reply.code == "1" && reply["sCode"] == code, "\(reply.json)")
    }
  }

  @Test func `optimal_limit_ioc takes what is there and drops the rest`() async throws {
    try await LocalExchange.run { exchange in
      try await exchange.place(exchange.bob, "sell", "0.2", at: "50000")
      let placed = try await exchange.post(
        "trade/order",
        Self.order(["ordType": "optimal_limit_ioc", "sz": "0.5", "px": "", "tgtCcy": "quote_ccy"]),
        as: exchange.alice)
      let order = try await exchange.get(
        "trade/order?instId=BTC-USDT&ordId=\(placed["ordId"] ?? "")", as: exchange.alice)
      #expect(order["ordType"] == "optimal_limit_ioc" && order["accFillSz"] == "0.2")
      #expect(order["state"] == "canceled" && order["cancelSource"] == "14")
    }
  }

  @Test func `price limits follow the last price`() async throws {
    var configuration = ExchangeConfiguration.gatewaySample
    configuration.instruments[0].priceLimitPPM = 50_000
    try await LocalExchange.run(configuration: configuration) { exchange in
      let before = try await exchange.get("public/price-limit?instId=BTC-USDT")
      #expect(before.rows.first?["enabled"] == false && before["buyLmt"] == "")
      let socket = try await SocketClient.open(exchange, .public)
      try await socket.subscribe(["channel": "price-limit", "instId": "BTC-USDT"])
      #expect(try await socket.push("price-limit")["data"]?[0]?["enabled"] == false)
      try await exchange.place(exchange.bob, "sell", "0.1", at: "50000.1")
      try await exchange.place(exchange.alice, "buy", "0.1", at: "50000.1")
      let after = try await exchange.get("public/price-limit?instId=BTC-USDT")
      #expect(after.rows.first?["enabled"] == true)
      #expect(after["buyLmt"] == "52500.1" && after["sellLmt"] == "47500.1")
      #expect(try await socket.push("price-limit")["data"]?[0]?["buyLmt"] == "52500.1")
      try await socket.close()
    }
  }
}
