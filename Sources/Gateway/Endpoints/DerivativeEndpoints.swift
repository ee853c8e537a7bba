import Engine
import JSON

/// What clients ask of every OKX-like exchange about derivatives, margin and algorithmic orders. This
/// one has spot markets only and answers as OKX does for an account in spot mode: there is nothing,
/// or it is not available in this mode.
enum DerivativeEndpoints {
  static let all: [Endpoint] = openEmpty + askEmpty + actions

  /// Public lists that are empty without derivatives.
  private static let openEmpty: [Endpoint] =
    [
      "public/mark-price", "public/open-interest", "public/opt-summary",
      "public/delivery-exercise-history", "public/estimated-price", "public/position-tiers",
      "public/option-trades", "public/insurance-fund", "market/index-tickers",
    ].map { path in
      .open(path, .address(10)) { _, _ throws(Rejection) in Answer([]) }
    }
    + [
      .open("public/underlying", .address(20)) { _, _ throws(Rejection) in Answer([[]]) },
      .open("public/funding-rate", .address(10), perInstrument),
      .open("public/funding-rate-history", .address(10), perInstrument),
      .open("market/mark-price-candles", .address(20), perInstrument),
      .open("market/history-mark-price-candles", .address(20), perInstrument),
      .open("market/index-candles", .address(20), perInstrument),
      .open("market/history-index-candles", .address(10), perInstrument),
    ]

  /// Lists of an account that are empty in spot mode.
  private static let askEmpty: [Endpoint] = [
    "account/positions", "account/positions-history", "account/account-position-risk",
    "account/leverage-info", "account/interest-accrued", "account/interest-rate",
    "account/greeks", "trade/orders-algo-pending", "trade/orders-algo-history",
    "users/subaccount/list",
  ].map { path in
    .ask(path, .account(10)) { _, _ throws(Rejection) in Answer([]) }
  }

  private static let actions: [Endpoint] = [
    .ask("trade/order-algo", .account(20)) { _, _ throws(Rejection) in
      throw Rejection(.orderUnknown, "Order does not exist")
    },
    .act("trade/order-algo", .trade, .account(20)) { _, call throws(Rejection) in
      failed([call.parameters], .notInAccountMode, "Algo orders are not available.")
    },
    .act("trade/cancel-algos", .trade, .account(20), .list(10)) { _, call throws(Rejection) in
      failed(
        call.items, .cancelUnknownOrder,
        "Cancellation failed as the order does not exist.")
    },
    .act("trade/amend-algos", .trade, .account(20)) { _, call throws(Rejection) in
      failed([call.parameters], .amendClosedOrder, "The order does not exist.")
    },
    .act("trade/close-position", .trade, .account(20)) { _, _ throws(Rejection) in
      throw Rejection(.positionUnknown, "Position does not exist")
    },
    .act("account/set-leverage", .trade, .account(40)) { _, _ throws(Rejection) in
      throw unavailable
    },
    .act("account/position/margin-balance", .trade, .account(20)) { _, _ throws(Rejection) in
      throw unavailable
    },
    .act("account/set-position-mode", .trade, .account(5)) { _, call throws(Rejection) in
      guard try call.parameters.required("posMode") == "net_mode" else { throw unavailable }
      return Answer([["posMode": "net_mode"]])
    },
    .act("account/set-account-level", .trade, .account(5)) { _, call throws(Rejection) in
      guard try call.parameters.required("acctLv") == "1" else { throw unavailable }
      return Answer([["acctLv": "1"]])
    },
  ]

  private static let unavailable = Rejection(
    .notInAccountMode, "You can't complete this request under your current account mode.")

  /// An instrument must exist before it can have no rows.
  private static let perInstrument: Endpoint.Handler = { _, call throws(Rejection) in
    if call.parameters.text("instId") != "ANY" { _ = try call.catalog.market(in: call.parameters) }
    return Answer([])
  }

  private static func failed(
    _ items: [Parameters], _ code: ErrorCode, _ message: String
  ) -> Answer {
    let rows = items.map { item in
      var row = Row()
      row.set("algoId", item.text("algoId") ?? "")
      row.set("algoClOrdId", item.text("algoClOrdId") ?? "")
      row.set("clOrdId", "")
      row.set("sCode", code.rawValue)
      row.set("sMsg", message)
      row.set("tag", item.text("tag") ?? "")
      return row.json
    }
    return Answer(code: .allFailed, message: "All operations failed", data: rows, isTimed: false)
  }
}
