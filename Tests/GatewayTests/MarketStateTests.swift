import Engine
import JSON
import Journal
import Money
import Structures
import Testing

@testable import Gateway

/// Markets that halt and reopen, fees by tier, and orders that are cancelled together.
@Suite(.timeLimit(.minutes(2))) struct MarketStateTests {
  private static func set(_ state: InstrumentState, _ exchange: LocalExchange) async throws {
    let done = try await exchange.sequencer.submit(
      .setInstrumentState(operatorName: "dave", instrument: InstrumentID(1), state: state))
    try #require(done.refusal == nil)
  }

  private static func order(
    _ type: String, _ side: String = "buy", price: String = "50000"
  ) -> JSON {
    [
      "instId": "BTC-USDT", "tdMode": "cash", "side": .string(side), "ordType": .string(type),
      "sz": "0.1", "px": .string(price),
    ]
  }

  @Test func `a halted market says so and takes no orders`() async throws {
    try await LocalExchange.run { exchange in
      let socket = try await SocketClient.open(exchange, .public)
      try await socket.subscribe(["channel": "instruments", "instType": "SPOT"])
      #expect(try await socket.push("instruments")["data"]?[0]?["state"] == "live")
      let resting = try await exchange.place(exchange.alice, "buy", "0.1", at: "40000")
      try await Self.set(.suspend, exchange)
      #expect(try await socket.push("instruments")["data"]?[0]?["state"] == "suspend")
      #expect(
        try await exchange.get("public/instruments?instType=SPOT")["state"] == "suspend")
      let refused = try await exchange.post(
        "trade/order", Self.order("limit"), as: exchange.alice)
      #expect(refused["sCode"] == "51022", "\(refused.json)")
      let cancelled = try await exchange.post(
        "trade/cancel-order", ["instId": "BTC-USDT", "ordId": .string(resting)],
        as: exchange.alice)
      #expect(cancelled.code == "0")
      try await Self.set(.live, exchange)
      #expect(try await socket.push("instruments")["data"]?[0]?["state"] == "live")
      try await exchange.place(exchange.alice, "buy", "0.1", at: "40000")
      try await socket.close()
    }
  }

  @Test func `a call auction shows its price, and opens the market at it`() async throws {
    try await LocalExchange.run { exchange in
      let path = "market/call-auction-details?instId=BTC-USDT"
      #expect(try await exchange.get(path)["state"] == "continuous_trading")
      try await Self.set(.preopen, exchange)
      let socket = try await SocketClient.open(exchange, .public)
      try await socket.subscribe(["channel": "call-auction-details", "instId": "BTC-USDT"])
      #expect(
        try await socket.push("call-auction-details")["data"]?[0]?["state"] == "call_auction")
      let market = try await exchange.post(
        "trade/order", Self.order("market"), as: exchange.alice)
      #expect(market["sCode"] == "51110", "\(market.json)")
      try await exchange.place(exchange.alice, "buy", "0.3", at: "51000")
      let ask = try await exchange.place(exchange.bob, "sell", "0.1", at: "50000")
      let amend = try await exchange.post(
        "trade/amend-order", ["instId": "BTC-USDT", "ordId": .string(ask), "newPx": "50001"],
        as: exchange.bob)
      #expect(amend["sCode"] == "51508", "\(amend.json)")
      let running = try await exchange.get(path)
      #expect(running["state"] == "call_auction" && running["matchedSz"] == "0.1")
      #expect(running["unmatchedSz"] == "0.2" && running["eqPx"] != "")
      let push = try await socket.next { $0["data"]?[0]?["matchedSz"] == "0.1" }
      #expect(push["data"]?[0]?["eqPx"]?.string == running["eqPx"])

      try await Self.set(.live, exchange)
      let over = try await socket.next { $0["data"]?[0]?["state"] == "continuous_trading" }
      #expect(over["data"]?[0]?["matchedSz"] == "0.1")
      let ended = try await exchange.get(path)
      #expect(ended["eqPx"] == running["eqPx"] && ended["auctionEndTime"]?.count == 13)
      let sold = try await exchange.get(
        "trade/order?instId=BTC-USDT&ordId=\(ask)", as: exchange.bob)
      #expect(sold["state"] == "filled" && sold["avgPx"] == running["eqPx"])
      try await socket.close()
    }
  }

  @Test func `fees go by tier, and a rebate is a positive rate and fee`() async throws {
    var configuration = ExchangeConfiguration.gatewaySample
    configuration.instruments[0].feeTiers = [FeeTier(makerPPM: -100, takerPPM: 500)]
    try await LocalExchange.run(configuration: configuration) { exchange in
      let usual = try await exchange.get("account/trade-fee?instType=SPOT", as: exchange.bob)
      #expect(usual["level"] == "Lv1" && usual["maker"] == "-0.0008")
      let done = try await exchange.sequencer.submit(
        .setFeeTier(operatorName: "dave", account: exchange.bob.account, tier: 1))
      try #require(done.refusal == nil)
      let better = try await exchange.get(
        "account/trade-fee?instType=SPOT&instId=BTC-USDT", as: exchange.bob)
      #expect(better["level"] == "Lv2" && better["maker"] == "0.0001")
      #expect(better["taker"] == "-0.0005")
      #expect(better.rows.first?["feeGroup"]?[0]?["maker"] == "0.0001")
      #expect(try await exchange.get("account/config", as: exchange.bob)["level"] == "Lv2")

      let ask = try await exchange.place(exchange.bob, "sell", "0.1", at: "50000")
      try await exchange.place(exchange.alice, "buy", "0.1", at: "50000")
      let order = try await exchange.get(
        "trade/order?instId=BTC-USDT&ordId=\(ask)", as: exchange.bob)
      // 0.1 BTC sold: a rebate of 0.01 % out of the taker's fee, in bitcoin too.
      #expect(order["fee"] == "0" && order["rebate"] == "0.00001", "\(order.json)")
      #expect(order["rebateCcy"] == "BTC")
      let fill = try await exchange.get("trade/fills?instId=BTC-USDT", as: exchange.bob)
      #expect(fill["fee"] == "0.00001" && fill["feeCcy"] == "BTC", "\(fill.json)")
      #expect(fill["execType"] == "M")
      #expect(fill["feeRate"] == "0.0001")
      let bills = try await exchange.get("account/bills?type=2", as: exchange.bob)
      #expect(bills.rows.map { $0["ordId"]?.string }.allSatisfy { $0 == ask })
    }
  }

  @Test func `orders are cancelled together, on one side, and by a timer`() async throws {
    try await LocalExchange.run { exchange in
      func open() async throws -> [String?] {
        try await exchange.get("trade/orders-pending", as: exchange.alice).rows
          .map { $0["side"]?.string }
      }
      try await exchange.place(exchange.alice, "buy", "0.1", at: "100")
      try await exchange.place(exchange.alice, "buy", "0.1", at: "101")
      try await exchange.place(exchange.alice, "sell", "0.1", at: "90000")
      let buys = try await exchange.post(
        "trade/mass-cancel", ["instType": "SPOT", "instFamily": "BTC-USDT", "side": "buy"],
        as: exchange.alice)
      #expect(buys.rows.first?["result"] == true, "\(buys.json)")
      #expect(try await open() == ["sell"])
      let socket = try await SocketClient.open(exchange, .private)
      _ = try await socket.login(exchange, exchange.alice)
      try await socket.send([
        "id": "1", "op": "mass-cancel", "args": [["instType": "SPOT", "instFamily": "BTC-USDT"]],
      ])
      let over = try await socket.next()
      #expect(over["op"] == "mass-cancel" && over["data"]?[0]?["result"] == true)
      #expect(try await open().isEmpty)
      try await socket.close()

      for seconds in ["5", "121", "x"] {
        let wrong = try await exchange.post(
          "trade/cancel-all-after", ["timeOut": .string(seconds)], as: exchange.alice)
        #expect(wrong.code == "51000", "\(wrong.json)")
      }
      let armed = try await exchange.post(
        "trade/cancel-all-after", ["timeOut": 10], as: exchange.alice)
      #expect(armed.code == "0" && armed["triggerTime"]?.count == 13, "\(armed.json)")
      let disarmed = try await exchange.post(
        "trade/cancel-all-after", ["timeOut": "0"], as: exchange.alice)
      #expect(disarmed["triggerTime"] == "0")
      _ = try await exchange.post("trade/cancel-all-after", ["timeOut": 10], as: exchange.alice)
      let id = try await exchange.place(exchange.alice, "buy", "0.1", at: "100")
      exchange.clock.advance(milliseconds: 11_000)
      _ = try await exchange.sequencer.submit(.tick)
      let order = try await exchange.get(
        "trade/order?instId=BTC-USDT&ordId=\(id)", as: exchange.alice)
      #expect(order["state"] == "canceled" && order["cancelSource"] == "20")
    }
  }

  @Test func `a reward comes out of the fees and says why`() async throws {
    try await LocalExchange.run { exchange in
      try await exchange.place(exchange.bob, "sell", "0.1", at: "50000")
      try await exchange.place(exchange.alice, "buy", "0.1", at: "50000")
      let signature = [UInt8](repeating: 0, count: 64)
      for command in [
        Command.proposeAdjustment(
          ProposeAdjustment(
            operatorName: "dave", kind: .reward, account: exchange.alice.account,
            asset: LocalExchange.usdt, wallet: .trading, amount: Amount(units: 1_500_000),
            reason: "thank you", signature: signature)),
        .decideAdjustment(
          DecideAdjustment(
            operatorName: "erin", adjustment: AdjustmentID(1), approves: true,
            signature: signature)),
      ] {
        try #require(try await exchange.sequencer.submit(command).refusal == nil)
      }
      let bills = try await exchange.get("account/bills?type=1&subType=11", as: exchange.alice)
      #expect(bills["balChg"] == "1.5" && bills["notes"] == "thank you", "\(bills.json)")
    }
  }

  @Test func `an account has its own way with its own orders`() async throws {
    try await LocalExchange.run { exchange in
      let changed = try await exchange.post(
        "holdfast/self-trade-prevention", ["acctStpMode": "cancel_taker"], as: exchange.alice)
      #expect(changed["acctStpMode"] == "cancel_taker", "\(changed.json)")
      #expect(
        try await exchange.get("account/config", as: exchange.alice)["acctStpMode"]
          == "cancel_taker")
      let resting = try await exchange.place(exchange.alice, "sell", "0.1", at: "50000")
      let taking = try await exchange.place(exchange.alice, "buy", "0.1", at: "50000")
      for (id, state) in [(resting, "live"), (taking, "canceled")] {
        let order = try await exchange.get(
          "trade/order?instId=BTC-USDT&ordId=\(id)", as: exchange.alice)
        #expect(order["state"] == state && order["stpMode"] == "cancel_taker")
      }
      let wrong = try await exchange.post(
        "holdfast/self-trade-prevention", ["acctStpMode": "none"], as: exchange.alice)
      #expect(wrong.code == "51000")
    }
  }

  @Test func `prices beyond the limits are refused and a market order stops at the band`()
    async throws
  {
    var configuration = ExchangeConfiguration.gatewaySample
    configuration.instruments[0].priceLimitPPM = 50_000
    configuration.instruments[0].marketBandPPM = 10_000
    configuration.instruments[0].openOrdersLimit = 2
    try await LocalExchange.run(configuration: configuration) { exchange in
      try await exchange.place(exchange.bob, "sell", "0.1", at: "50000")
      try await exchange.place(exchange.alice, "buy", "0.1", at: "50000")
      for (side, price, code) in [
        ("buy", "52500.1", "51137"), ("sell", "47499.9", "51138"), ("buy", "52500", "0"),
      ] {
        let reply = try await exchange.post(
          "trade/order", Self.order("limit", side, price: price), as: exchange.alice)
        #expect(reply["sCode"] == code, "\(reply.json)")
      }
      _ = try await exchange.post("trade/mass-cancel", ["instType": "SPOT"], as: exchange.alice)
      try await exchange.place(exchange.bob, "sell", "0.1", at: "50000")
      try await exchange.place(exchange.bob, "sell", "0.1", at: "52000")
      let third = try await exchange.post(
        "trade/order", Self.order("limit", "sell", price: "52400"), as: exchange.bob)
      #expect(third["sCode"] == "51102", "\(third.json)")
      let market = try await exchange.post(
        "trade/order",
        [
          "instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "market",
          "sz": "0.2", "tgtCcy": "base_ccy",
        ], as: exchange.alice)
      let order = try await exchange.get(
        "trade/order?instId=BTC-USDT&ordId=\(market["ordId"] ?? "")", as: exchange.alice)
      #expect(order["accFillSz"] == "0.1" && order["cancelSource"] == "15", "\(order.json)")
    }
  }
}
