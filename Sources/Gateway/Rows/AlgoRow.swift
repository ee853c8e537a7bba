import Algos
import Engine
import JSON
import Money
import Structures
import Views

/// Algo orders in OKX form.
struct AlgoRow {
  let catalog: Catalog

  /// The "Algo object".
  ///
  /// - Parameters:
  ///   - trailingTrigger: Where a trailing stop would fire now.
  ///   - last: The market's last price.
  func row(
    _ record: AlgoRecord, market: MarketSpec, trailingTrigger: Price? = nil, last: Price? = nil
  ) -> Row {
    let algo = record.algo
    var row = Row()
    row.set("instType", "SPOT")
    row.set("instId", market.symbol)
    let child = algo.child == 0 ? "" : String(algo.child)
    row.set("ordId", child)
    row.set("ordIdList", json: child.isEmpty ? [] : [.string(child)])
    row.set("algoId", algo.id.raw)
    row.fill("clOrdId algoClOrdId", with: algo.clientID.description)
    row.set("tag", algo.tag.description)
    setSize(&row, algo, market)
    row.set("ordType", algo.plan.text)
    row.set("side", algo.side.text)
    row.set("tdMode", "cash")
    row.set("state", algo.state.text)
    row.set("reduceOnly", "false")
    row.set("last", last.map(market.text) ?? "")
    row.set("cTime", algo.createdAt.milliseconds)
    row.set("uTime", algo.updatedAt.milliseconds)
    row.set("tradeQuoteCcy", market.quote.code)
    row.set("attachAlgoOrds", json: [])
    row.set("linkedOrd", json: ["ordId": ""])
    row.set("amendPxOnTriggerType", "0")
    row.set("failCode", record.failure.map { String($0.code.rawValue) } ?? "")
    row.set("moveTriggerPx", trailingTrigger.map(market.text) ?? "")
    setFiring(&row, algo, market)
    setPlan(&row, algo.plan, market)
    row.blank(
      """
      ccy posSide lever closeFraction quickMgnType isTradeBorrowMode chaseType chaseVal \
      maxChaseType maxChaseVal notionalUsd lmtOrderNumber aggressiveness
      """)
    row.set("triggerParams", json: [])
    return row
  }

  /// A push of the channels `orders-algo` and `algo-advance` about `change`.
  func push(_ algo: Algo, _ change: AlgoChange, market: MarketSpec, last: Price?) -> JSON {
    var record = AlgoRecord(algo: algo)
    if case .failed(let refusal) = change { record.failure = AlgoFailure(refusal) }
    var row = row(record, market: market, last: last)
    var requestID = ""
    var amended = ""
    if case .amended(let id) = change { (requestID, amended) = (id.description, "0") }
    row.set("reqId", requestID)
    row.set("amendResult", amended)
    row.set("count", "")
    row.set("pTime", algo.updatedAt.milliseconds)
    return row.json
  }

  private func setSize(_ row: inout Row, _ algo: Algo, _ market: MarketSpec) {
    switch algo.size {
    case .base(let lots):
      row.set("sz", market.text(lots))
      row.set("tgtCcy", algo.plan.isMarketOnly ? "base_ccy" : "")
    case .quote(let amount):
      row.set("sz", market.quoteText(Int128(amount.units)))
      row.set("tgtCcy", "quote_ccy")
    }
  }

  private func setFiring(_ row: inout Row, _ algo: Algo, _ market: MarketSpec) {
    let hasFired = algo.fired != nil
    switch algo.fired {
    case .takeProfit: row.set("actualSide", "tp")
    case .stopLoss: row.set("actualSide", "sl")
    default: row.set("actualSide", "")
    }
    row.set("triggerTime", hasFired ? String(algo.updatedAt.milliseconds) : "")
    switch algo.size {
    case .base(let lots):
      let size = algo.plan.slicing == nil ? lots : algo.done
      row.set("actualSz", hasFired || size == algo.done ? market.text(size) : "")
    case .quote(let amount):
      row.set("actualSz", hasFired ? market.quoteText(Int128(amount.units)) : "")
    }
    row.set("actualPx", algo.childPrice.map(market.text) ?? (hasFired ? "-1" : ""))
  }

  private func setPlan(_ row: inout Row, _ plan: AlgoPlan, _ market: MarketSpec) {
    var names: Set<String> = [
      "tpTriggerPx", "tpTriggerPxType", "tpOrdPx", "slTriggerPx", "slTriggerPxType", "slOrdPx",
      "triggerPx", "triggerPxType", "ordPx", "advanceOrdType", "pxVar", "pxSpread", "szLimit",
      "pxLimit", "timeInterval", "callbackRatio", "callbackSpread", "activePx",
    ]
    var texts: [(String, String)] = []
    switch plan {
    case .conditional(let profit, let loss):
      if let profit { texts += Self.leg("tp", profit, market) }
      if let loss { texts += Self.leg("sl", loss, market) }
    case .oco(let profit, let loss):
      texts = Self.leg("tp", profit, market) + Self.leg("sl", loss, market)
    case .trigger(let leg, let execution):
      texts = [
        ("triggerPx", market.text(leg.trigger)), ("triggerPxType", "last"),
        ("ordPx", leg.order.text(market)), ("advanceOrdType", execution.text),
      ]
    case .trailing(let callback, let active):
      texts = [
        Self.distance(callback, ratio: "callbackRatio", spread: "callbackSpread", market),
        ("activePx", active.map(market.text) ?? ""),
      ]
    case .iceberg(let slicing): texts = Self.slicing(slicing, market)
    case .twap(let slicing, let interval):
      texts = Self.slicing(slicing, market) + [("timeInterval", String(interval / 1000))]
    }
    for (name, text) in texts {
      row.set(name, text)
      names.remove(name)
    }
    for name in names.sorted() { row.set(name, "") }
  }

  private static func leg(
    _ prefix: String, _ leg: TriggerLeg, _ market: MarketSpec
  ) -> [(String, String)] {
    [
      (prefix + "TriggerPx", market.text(leg.trigger)), (prefix + "TriggerPxType", "last"),
      (prefix + "OrdPx", leg.order.text(market)),
    ]
  }

  private static func slicing(
    _ slicing: Slicing, _ market: MarketSpec
  ) -> [(String, String)] {
    [
      ("szLimit", market.text(slicing.slice)), ("pxLimit", market.text(slicing.limit)),
      distance(slicing.distance, ratio: "pxVar", spread: "pxSpread", market),
    ]
  }

  private static func distance(
    _ distance: PriceDistance, ratio: String, spread: String, _ market: MarketSpec
  ) -> (String, String) {
    switch distance {
    case .ratio(let millionths): (ratio, DecimalText.text(units: millionths, decimals: 6))
    case .spread(let ticks):
      (spread, market.quoteText(Int128(ticks) * Int128(market.instrument.tickUnits)))
    }
  }

  /// One element of an order's `attachAlgoOrds`.
  func attached(_ algo: Algo, market: MarketSpec) -> JSON {
    var row = Row()
    row.set("attachAlgoId", algo.id.raw)
    row.set("attachAlgoClOrdId", algo.clientID.description)
    row.set("tpOrdKind", "condition")
    row.set("amendPxOnTriggerType", "0")
    var names: Set<String> = [
      "tpTriggerPx", "tpTriggerPxType", "tpOrdPx", "slTriggerPx", "slTriggerPxType", "slOrdPx",
      "callbackRatio", "callbackSpread", "activePx",
    ]
    var plan = Row()
    setPlan(&plan, algo.plan, market)
    if case .object(let members) = plan.json {
      for member in members where names.remove(member.name) != nil {
        row.set(member.name, json: member.value)
      }
    }
    row.blank("tpTriggerRatio slTriggerRatio sz failCode failReason")
    return row.json
  }
}

extension TriggerLeg.OrderPrice {
  /// A price, or -1 for a market order.
  func text(_ market: MarketSpec) -> String {
    switch self {
    case .market: "-1"
    case .limit(let price): market.text(price)
    }
  }
}

extension AlgoPlan.Execution {
  var text: String {
    switch self {
    case .normal: ""
    case .fok: "fok"
    case .ioc: "ioc"
    }
  }
}

extension AlgoFailure {
  /// The code that the refused order has when it is placed by hand.
  var code: ErrorCode {
    switch self {
    case .insufficientBalance: .insufficientBalance
    case .noLiquidity: .emptyBook
    case .belowMinimum: .belowMinimumSize
    case .aboveMaximum: .sizeAboveMaximum
    case .priceAboveLimit: .buyAboveLimit
    case .priceBelowLimit: .sellBelowLimit
    case .tooManyOpenOrders: .tooManyOpenOrders
    case .suspended: .marketSuspended
    case .other: .internalError
    }
  }
}

extension Algo.Side {
  var text: String { self == .buy ? "buy" : "sell" }
}

extension Algo.State {
  /// OKX `state`. An attached one is shown with its order and waits like a live one.
  var text: String {
    switch self {
    case .live, .attached: "live"
    case .paused: "pause"
    case .partiallyEffective: "partially_effective"
    case .effective: "effective"
    case .canceled: "canceled"
    case .orderFailed: "order_failed"
    case .partiallyFailed: "partially_failed"
    }
  }
}
