import Engine
import JSON
import MarketData
import Money
import Views

/// Books, tickers, trades and candles.
enum MarketEndpoints {
  static let all: [Endpoint] = [
    .open("market/tickers", .address(20)) { frontend, call throws(Rejection) in
      guard try PublicEndpoints.isSpot(call.parameters) else { return Answer([]) }
      var rows: [JSON] = []
      for market in call.catalog.markets {
        guard let data = await frontend.hub.market(market.id) else { continue }
        rows.append(MarketRow.ticker(market, data, now: call.now))
      }
      return Answer(rows)
    },
    .open("market/ticker", .address(20)) { frontend, call throws(Rejection) in
      let (market, data) = try await market(frontend, call)
      return Answer([MarketRow.ticker(market, data, now: call.now)])
    },
    .open("market/books", .address(40)) { frontend, call throws(Rejection) in
      try await book(frontend, call, usual: 1, most: 400, elements: 4)
    },
    .open("market/books-full", .address(10)) { frontend, call throws(Rejection) in
      try await book(frontend, call, usual: 1, most: 5000, elements: 3)
    },
    .open("market/trades", .address(100)) { frontend, call throws(Rejection) in
      let (market, data) = try await market(frontend, call)
      let limit = try call.parameters.limit(most: Market.recentTradeLimit)
      return Answer(data.trades(limit: limit).map { MarketRow.trade(market, $0).json })
    },
    .open("market/history-trades", .address(20), historyTrades),
    .open("market/call-auction-details", .address(20)) { frontend, call throws(Rejection) in
      let market = try call.catalog.market(in: call.parameters)
      let auction = try await frontend.auction(on: market.id)
      let state = await frontend.hub.states[market.id] ?? .live
      return Answer([MarketRow.auction(market, state, auction, now: call.now)])
    },
    .open("market/candles", .address(40)) { frontend, call throws(Rejection) in
      try await candles(frontend, call, usual: 100)
    },
    .open("market/history-candles", .address(20)) { frontend, call throws(Rejection) in
      try await candles(frontend, call, usual: 100)
    },
  ]

  private static func market(
    _ frontend: Frontend, _ call: Call
  ) async throws(Rejection) -> (MarketSpec, Market) {
    let market = try call.catalog.market(in: call.parameters)
    return (market, await frontend.hub.market(market.id) ?? Market())
  }

  private static func book(
    _ frontend: Frontend, _ call: Call, usual: Int, most: Int64, elements: Int
  ) async throws(Rejection) -> Answer {
    let (market, data) = try await market(frontend, call)
    let depth = try call.parameters.number("sz").map { Int(min(max($0, 1), most)) } ?? usual
    var row = Row()
    for (name, side) in [("asks", Side.sell), ("bids", .buy)] {
      let levels = data.book.levels(side, depth: depth)
      row.set(name, json: MarketRow.levels(market, levels, elements: elements))
    }
    row.set("ts", call.now.milliseconds)
    if elements == 4 { row.set("seqId", json: .number(String(data.book.sequence))) }
    return Answer([row.json])
  }

  private static func candles(
    _ frontend: Frontend, _ call: Call, usual: Int
  ) async throws(Rejection) -> Answer {
    let (market, data) = try await market(frontend, call)
    let name = call.parameters.text("bar") ?? "1m"
    guard let bar = CandleBar(named: name) else {
      throw Rejection(.parameterInvalid, name: "bar", problem: "\(name) is not a candle width")
    }
    let candles = data.candles(
      bar, before: try call.parameters.time("before"), after: try call.parameters.time("after"),
      limit: try call.parameters.limit(usual: usual, most: 300), now: call.now)
    return Answer(candles.map { MarketRow.candle(market, $0) })
  }

  private static let historyTrades: Endpoint.Handler = { frontend, call throws(Rejection) in
    let market = try call.catalog.market(in: call.parameters)
    let page = ViewPage(
      after: try call.parameters.number("after"), before: try call.parameters.number("before"),
      limit: try call.parameters.limit())
    let byTime = call.parameters.text("type") == "2"
    let records = try await frontend.history { views async throws(ViewsError) in
      try await views.trades(of: market.id, byTime: byTime, page: page)
    }
    return Answer(
      records.map { record in
        MarketRow.trade(
          market,
          PublicTrade(
            id: record.id, price: record.price, size: record.size, quote: record.quote,
            takerSide: record.takerSide, at: record.at)
        ).json
      })
  }
}

extension Frontend {
  /// The running call auction of a market, or else how its last one ended, as far as that is known.
  func auction(on id: InstrumentID) async throws(Rejection) -> CallAuction? {
    let (result, book) = try await read { exchange in
      (exchange.indicativeAuction(id), exchange.book(id, depth: .max))
    }
    guard let result else { return await hub.auctions[id] }
    return CallAuction(result, bids: book.bids, asks: book.asks)
  }
}

extension CallAuction {
  /// How an auction stands whose book is `bids` and `asks`.
  init(_ result: AuctionResult, bids: [BookLevel], asks: [BookLevel]) {
    self.init(price: result.price, size: result.size, unmatched: .zero, endedAt: nil)
    guard let price = result.price else { return }
    let buyers = bids.filter { $0.price >= price }.reduce(Lots.zero) { $0 + $1.size }
    let sellers = asks.filter { $0.price <= price }.reduce(Lots.zero) { $0 + $1.size }
    unmatched = max(buyers, sellers) - result.size
  }
}
