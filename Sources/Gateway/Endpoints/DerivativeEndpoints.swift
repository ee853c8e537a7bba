import Engine
import JSON

/// What clients ask of every OKX-like exchange about derivatives and margin. This one has spot markets
/// only and answers as OKX does for an account in spot mode: there is nothing, or it is not available
/// in this mode.
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
    "account/greeks",
  ].map { path in
    .ask(path, .account(10)) { _, _ throws(Rejection) in Answer([]) }
  }

  private static let actions: [Endpoint] = [
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
}
