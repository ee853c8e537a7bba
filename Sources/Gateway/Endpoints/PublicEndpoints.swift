import Engine
import JSON
import MarketData
import Money

/// What is listed here, the time, and whether everything works.
enum PublicEndpoints {
  static let instrumentTypes: Set<String> = [
    "SPOT", "MARGIN", "SWAP", "FUTURES", "OPTION", "EVENTS",
  ]

  static let all: [Endpoint] = [
    .open("public/instruments", .address(20), instruments),
    .ask("account/instruments", .account(20), instruments),
    .open("public/time", .address(10)) { _, call throws(Rejection) in
      Answer([["ts": .string(String(call.now.milliseconds))]])
    },
    .open(
      "system/status", RateLimit(count: 10, windowMilliseconds: 5000, scope: .address),
      status),
    .open("holdfast/service", .address(10), service),
    .open("public/price-limit", .address(20)) { frontend, call throws(Rejection) in
      let market = try call.catalog.market(in: call.parameters)
      let last = await frontend.hub.market(market.id)?.lastTrade?.price
      return Answer([priceLimit(market, last: last, now: call.now)])
    },
  ]

  /// The instrument type that a request names. Only SPOT has rows here.
  static func isSpot(_ parameters: Parameters) throws(Rejection) -> Bool {
    let type = try parameters.required("instType")
    guard instrumentTypes.contains(type) else {
      throw Rejection(
        .parameterInvalid, name: "instType",
        problem: "must be SPOT, MARGIN, SWAP, FUTURES or OPTION"
      )
    }
    return type == "SPOT"
  }

  private static let instruments: Endpoint.Handler = { frontend, call throws(Rejection) in
    guard try isSpot(call.parameters) else { return Answer([]) }
    var markets = call.catalog.markets
    if call.parameters.text("instId") != nil {
      markets = [try call.catalog.market(in: call.parameters)]
    }
    let states = await frontend.hub.states
    return Answer(markets.map { MarketRow.instrument($0, states[$0.id] ?? .live) })
  }

  /// The limits of prices after a trade at `last`; `enabled` says whether there are any.
  static func priceLimit(_ market: MarketSpec, last: Price?, now: Timestamp) -> JSON {
    let limits = market.priceLimits(last: last)
    var row = Row()
    row.set("instType", "SPOT")
    row.set("instId", market.symbol)
    row.set("buyLmt", limits.map { market.text($0.buy) } ?? "")
    row.set("sellLmt", limits.map { market.text($0.sell) } ?? "")
    row.set("ts", now.milliseconds)
    row.set("enabled", json: .bool(limits != nil))
    return row.json
  }

  private static let status: Endpoint.Handler = { frontend, call throws(Rejection) in
    let wanted = call.parameters.text("state")
    let facts = try await frontend.read { ServiceRow.Facts($0) }
    let rows = ServiceRow(catalog: call.catalog)
    let running = facts.suspensions.map { rows.announcement($0) }
    let over = facts.ended.reversed().map {
      rows.announcement($0.suspension, endedAt: $0.endedAt)
    }
    // As on OKX: what is over is told on request only.
    guard let wanted else { return Answer(running) }
    return Answer((running + over).filter { $0["state"]?.string == wanted })
  }

  private static let service: Endpoint.Handler = { frontend, call throws(Rejection) in
    let facts = try await frontend.read { ServiceRow.Facts($0) }
    return Answer([ServiceRow(catalog: call.catalog).service(facts, now: call.now)])
  }
}
