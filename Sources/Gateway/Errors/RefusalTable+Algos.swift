import Algos
import Engine
import Money

extension RefusalTable {
  /// Returns what OKX would say of an algo order that is not accepted, changed or canceled.
  ///
  /// - Parameter side: The algo order's, where it is known.
  func rejection(
    for error: AlgoError, in attempt: Attempt, market: MarketSpec? = nil, side: Algo.Side? = nil
  ) -> Rejection {
    func text(_ price: Price) -> String { market?.text(price) ?? "" }
    func text(_ size: Lots) -> String { market?.text(size) ?? "" }
    switch error {
    case .unknownAlgo: return unknownOrder(in: attempt)
    case .duplicateClientID:
      return Rejection(.duplicateAlgoClientID, "Client-supplied algo ID already exists.")
    case .alreadyTriggered:
      return Rejection(
        .algoTriggered, "The order has been triggered and can not be canceled or amended.")
    case .tooMany(let kind, let limit): return tooMany(kind, limit)
    case .full: return Rejection(.systemBusy, "System is busy, please try again later.")
    case .noLastPrice:
      return Rejection(.noMarketData, "Nothing was traded yet, so there is no last price.")
    case .legsMissing:
      return Rejection(
        .parameterInvalid, name: "ordType",
        problem: "conditional has one of take-profit and stop-loss, oco has both")
    case .takeProfitOnWrongSide(let last):
      return side == .buy
        ? Rejection(
          .takeProfitAboveLast, "TP trigger price must be lower than the last price \(text(last)).")
        : Rejection(
          .takeProfitBelowLast,
          "TP trigger price must be higher than the last price \(text(last)).")
    case .stopLossOnWrongSide(let last):
      return side == .buy
        ? Rejection(
          .stopLossBelowLast, "SL trigger price must be higher than the last price \(text(last)).")
        : Rejection(
          .stopLossAboveLast, "SL trigger price must be lower than the last price \(text(last)).")
    case .activePriceOnWrongSide(let last):
      return side == .buy
        ? Rejection(
          .trailingBuyAboveLast,
          "The active price of a buy must be lower than the last price \(text(last)).")
        : Rejection(
          .trailingSellBelowLast,
          "The active price of a sell must be higher than the last price \(text(last)).")
    case .ratioOutOfRange(let minimum, let maximum):
      return Rejection(
        .ratioOutOfRange,
        "The ratio must be \(DecimalText.text(units: minimum, decimals: 6)) to "
          + "\(DecimalText.text(units: maximum, decimals: 6)).")
    case .spreadNotPositive:
      return Rejection(.parameterInvalid, name: "pxSpread", problem: "must be greater than 0")
    case .sizeNotPositive:
      return Rejection(.parameterInvalid, name: "sz", problem: "must be greater than 0")
    case .quoteSizeNotAllowed:
      return Rejection(
        .parameterInvalid, name: "tgtCcy", problem: "quote_ccy is for market buys only")
    case .sliceOutOfRange(let minimum, let maximum):
      return Rejection(
        .sliceOutOfRange,
        "The size of one slice must be \(text(minimum)) to \(text(maximum)).")
    case .intervalOutOfRange(let minimum, let maximum):
      return Rejection(
        .intervalOutOfRange,
        "The interval must be \(minimum / 1000) to \(maximum / 1000) seconds.")
    case .nothingToAmend:
      return Rejection(.nothingToAmend, "You must enter a price, quantity, or TP/SL to amend.")
    case .cannotBeAmended:
      return Rejection(.amendTypeWrong, "Algo orders of this type can not be amended so.")
    }
  }

  private func tooMany(_ kind: AlgoPlan.Kind, _ limit: Int) -> Rejection {
    switch kind {
    case .trailing:
      Rejection(.tooManyTrailing, "Up to \(limit) trailing orders may wait at the same time.")
    case .stop, .trigger:
      Rejection(.tooManyStops, "Up to \(limit) stop orders may wait at the same time.")
    case .iceberg:
      Rejection(.tooManyIcebergs, "Up to \(limit) iceberg orders may run at the same time.")
    case .twap:
      Rejection(.tooManyTWAPs, "Up to \(limit) time-weighted orders may run at the same time.")
    }
  }
}
