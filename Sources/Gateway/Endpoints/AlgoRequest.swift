import Algos
import Engine
import JSON
import Money
import Structures

/// Reads what an algo order waits for and does from the parameters that clients send. See OKX v5,
/// `trade/order-algo`.
struct AlgoRequest {
  let catalog: Catalog
  let market: MarketSpec

  /// The plan that `ordType` and its parameters describe.
  func plan(_ parameters: Parameters) throws(Rejection) -> AlgoPlan {
    let type = try parameters.required("ordType")
    switch type {
    case "conditional": return try conditional(parameters)
    case "oco":
      guard let profit = try leg("tp", in: parameters), let loss = try leg("sl", in: parameters)
      else {
        let name = parameters.text("tpTriggerPx") == nil ? "tpTriggerPx" : "slTriggerPx"
        throw Rejection(.parameterEmpty, name: name)
      }
      return .oco(takeProfit: profit, stopLoss: loss)
    case "trigger": return try trigger(parameters)
    case "move_order_stop": return try trailing(parameters)
    case "iceberg": return .iceberg(try slicing(parameters))
    case "twap":
      guard let seconds = try parameters.number("timeInterval") else {
        throw Rejection(.parameterEmpty, name: "timeInterval")
      }
      let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
      guard !overflow else {
        throw Rejection(.parameterInvalid, name: "timeInterval", problem: "too large")
      }
      return .twap(try slicing(parameters), intervalMilliseconds: milliseconds)
    default:
      throw Rejection(
        .parameterInvalid, name: "ordType",
        problem: "must be conditional, oco, trigger, move_order_stop, iceberg or twap")
    }
  }

  /// The plan of one attached take-profit and stop-loss. See OKX v5, `attachAlgoOrds`.
  func attachedPlan(_ parameters: Parameters) throws(Rejection) -> AlgoPlan {
    for name in ["tpTriggerRatio", "slTriggerRatio", "sz"] { try refuse(name, in: parameters) }
    switch parameters.text("amendPxOnTriggerType") {
    case nil, "0": break
    default: throw Rejection(.parameterInvalid, name: "amendPxOnTriggerType", problem: "only 0")
    }
    if parameters.text("callbackRatio") != nil || parameters.text("callbackSpread") != nil {
      return try trailing(parameters)
    }
    switch (try leg("tp", in: parameters), try leg("sl", in: parameters)) {
    case (let profit?, let loss?): return .oco(takeProfit: profit, stopLoss: loss)
    case (nil, nil): throw Rejection(.parameterEmpty, name: "tpTriggerPx")
    case (let profit, let loss): return .conditional(takeProfit: profit, stopLoss: loss)
    }
  }

  private func conditional(_ parameters: Parameters) throws(Rejection) -> AlgoPlan {
    let profit = try leg("tp", in: parameters)
    let loss = try leg("sl", in: parameters)
    guard (profit == nil) != (loss == nil) else {
      if profit == nil { throw Rejection(.parameterEmpty, name: "slTriggerPx") }
      throw Rejection(
        .parameterInvalid, name: "ordType",
        problem: "conditional has one of tpTriggerPx and slTriggerPx; oco has both")
    }
    return .conditional(takeProfit: profit, stopLoss: loss)
  }

  private func trigger(_ parameters: Parameters) throws(Rejection) -> AlgoPlan {
    try refuse("attachAlgoOrds", in: parameters)
    let trigger = try market.price(try parameters.required("triggerPx"), name: "triggerPx")
    try checkPriceType("triggerPxType", in: parameters)
    let order = try orderPrice(try parameters.required("orderPx"), name: "orderPx")
    let execution: AlgoPlan.Execution
    switch parameters.text("advanceOrdType") {
    case nil: execution = .normal
    case "fok": execution = .fok
    case "ioc": execution = .ioc
    default:
      throw Rejection(.parameterInvalid, name: "advanceOrdType", problem: "must be fok or ioc")
    }
    return .trigger(TriggerLeg(trigger: trigger, order: order), execution: execution)
  }

  private func trailing(_ parameters: Parameters) throws(Rejection) -> AlgoPlan {
    let callback = try distance(ratio: "callbackRatio", spread: "callbackSpread", in: parameters)
    var active: Price?
    if let text = parameters.text("activePx") {
      active = try market.price(text, name: "activePx")
    }
    return .trailing(callback: callback, active: active)
  }

  private func slicing(_ parameters: Parameters) throws(Rejection) -> Slicing {
    Slicing(
      slice: try market.size(try parameters.required("szLimit"), name: "szLimit"),
      distance: try distance(ratio: "pxVar", spread: "pxSpread", in: parameters),
      limit: try market.price(try parameters.required("pxLimit"), name: "pxLimit"))
  }

  /// The take-profit (`tp`) or stop-loss (`sl`) leg, if there is one.
  private func leg(
    _ prefix: String, in parameters: Parameters
  ) throws(Rejection) -> TriggerLeg? {
    guard let text = parameters.text(prefix + "TriggerPx") else {
      guard parameters.text(prefix + "OrdPx") == nil else {
        throw Rejection(.parameterEmpty, name: prefix + "TriggerPx")
      }
      return nil
    }
    switch parameters.text(prefix + "OrdKind") {
    case nil, "condition": break
    default:
      throw Rejection(.parameterInvalid, name: prefix + "OrdKind", problem: "only condition")
    }
    try checkPriceType(prefix + "TriggerPxType", in: parameters)
    return TriggerLeg(
      trigger: try market.price(text, name: prefix + "TriggerPx"),
      order: try orderPrice(
        try parameters.required(prefix + "OrdPx"), name: prefix + "OrdPx"))
  }

  /// A price, or -1 for a market order.
  func orderPrice(_ text: String, name: String) throws(Rejection) -> TriggerLeg.OrderPrice {
    text == "-1" ? .market : .limit(try market.price(text, name: name))
  }

  /// Triggers compare with the last price: there is no index and no mark price of a spot market.
  func checkPriceType(_ name: String, in parameters: Parameters) throws(Rejection) {
    switch parameters.text(name) {
    case nil, "last": break
    default: throw Rejection(.parameterInvalid, name: name, problem: "only last")
    }
  }

  private func distance(
    ratio: String, spread: String, in parameters: Parameters
  ) throws(Rejection) -> PriceDistance {
    switch (parameters.text(ratio), parameters.text(spread)) {
    case (let text?, nil):
      guard let millionths = try? DecimalText.units(of: text, decimals: 6) else {
        throw Rejection(
          .parameterInvalid, name: ratio, problem: "must be a share with at most 6 decimals")
      }
      return .ratio(millionths: millionths)
    case (nil, let text?):
      return .spread(ticks: try market.price(text, name: spread).ticks)
    case (nil, nil):
      throw Rejection(
        .eitherParameterNeeded, "Either parameter \(ratio) or \(spread) is required.")
    case (_?, _?):
      throw Rejection(
        .parametersExclude, "Parameter \(ratio) and \(spread) can not exist at the same time.")
    }
  }

  private func refuse(_ name: String, in parameters: Parameters) throws(Rejection) {
    guard parameters.isBlank(name) else {
      throw Rejection(.parameterInvalid, name: name, problem: "not available here")
    }
  }

  /// The size of an algo order. A market buy that a take-profit or stop-loss places is in quote
  /// units unless `tgtCcy` says otherwise, as ordinary market buys are.
  func size(
    _ parameters: Parameters, side: Side, plan: AlgoPlan
  ) throws(Rejection) -> OrderSize {
    try refuse("closeFraction", in: parameters)
    let text = try parameters.required("sz")
    let isQuote: Bool
    switch parameters.text("tgtCcy") {
    case nil: isQuote = side == .buy && plan.kind == .stop && plan.isMarketOnly
    case "base_ccy": isQuote = false
    case "quote_ccy": isQuote = side == .buy && plan.isMarketOnly
    default:
      throw Rejection(
        .parameterInvalid, name: "tgtCcy", problem: "must be base_ccy or quote_ccy")
    }
    if isQuote { return .quote(try catalog.amount(text, name: "sz", of: market.quote)) }
    return .base(try market.size(text, name: "sz"))
  }
}

extension AlgoPlan {
  /// Whether whatever it places is a market order.
  var isMarketOnly: Bool {
    switch self {
    case .conditional(let profit, let loss):
      (profit.map { $0.order == .market } ?? true) && (loss.map { $0.order == .market } ?? true)
    case .oco(let profit, let loss): profit.order == .market && loss.order == .market
    case .trigger(let leg, _): leg.order == .market
    case .trailing: true
    case .iceberg, .twap: false
    }
  }

  /// OKX `ordType`.
  var text: String {
    switch self {
    case .conditional: "conditional"
    case .oco: "oco"
    case .trigger: "trigger"
    case .trailing: "move_order_stop"
    case .iceberg: "iceberg"
    case .twap: "twap"
    }
  }

  static let texts: Set<String> = [
    "conditional", "oco", "trigger", "move_order_stop", "iceberg", "twap",
  ]
}
