import Engine
import JSON
import Money
import Structures

/// Cancelling many orders at once, now or when a client falls silent.
enum MassCancelEndpoints {
  static let all: [Endpoint] = [
    .act(
      "trade/cancel-all-after", .trade,
      RateLimit(count: 1, windowMilliseconds: 1000, scope: .account), .object, cancelAllAfter),
    .act("trade/mass-cancel", .trade, .account(5)) { frontend, call throws(Rejection) in
      try await frontend.massCancel([call.parameters], call)
    },
  ]

  private static let cancelAllAfter: Endpoint.Handler = { frontend, call throws(Rejection) in
    guard let seconds = try call.parameters.number("timeOut") else {
      throw Rejection(.parameterEmpty, name: "timeOut")
    }
    let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    guard !overflow else {
      throw Rejection(.parameterInvalid, name: "timeOut", problem: "must be 0, or 10 to 120")
    }
    let tag = try OrderRequest.tag(in: call.parameters)
    let events = try await frontend.submit(
      .cancelAllAfter(account: call.account, milliseconds: milliseconds, tag: tag), .cancel,
      catalog: call.catalog)
    var at: Timestamp?
    for case .cancelAllAfter(_, tag, let instant) in events { at = instant }
    var row = Row()
    row.set("triggerTime", at?.milliseconds ?? 0)
    row.set("tag", tag.description)
    row.set("ts", call.now.milliseconds)
    return Answer([row.json])
  }
}

extension Frontend {
  /// Cancels all open orders, or those on one market. OKX offers it for options, by family; here it
  /// is for spot markets, whose family is the market itself.
  func massCancel(_ items: [Parameters], _ call: Call) async throws(Rejection) -> Answer {
    guard let parameters = items.first, items.count == 1 else {
      throw Rejection(.argumentsInvalid, "Invalid args")
    }
    guard try PublicEndpoints.isSpot(parameters) else { return Answer([["result": true]]) }
    if let lock = try parameters.number("lockInterval"), lock != 0 {
      throw Rejection(.parameterInvalid, name: "lockInterval", problem: "only 0")
    }
    var market: MarketSpec?
    if let family = parameters.text("instFamily") {
      market = call.catalog.market(symbol: family)
      if market == nil {
        throw Rejection(.parameterInvalid, name: "instFamily", problem: "unknown: \(family)")
      }
    } else if parameters.text("instId") != nil {
      market = try call.catalog.market(in: parameters)
    }
    let side = parameters.text("side").flatMap(Side.init(text:))
    guard side != nil || parameters.text("side") == nil else {
      throw Rejection(.parameterInvalid, name: "side", problem: "must be buy or sell")
    }
    _ = try await submit(
      .cancelOrders(account: call.account, instrument: market?.id, side: side), .cancel,
      catalog: call.catalog)
    return Answer([["result": true]])
  }
}
