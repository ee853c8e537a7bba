import Money

// What an algo order must be before it is accepted. See OKX v5, error codes 51250 to 51280.

extension AlgoBook {
  /// Callback ratios, in millionths: 0.1 % to below 100 %.
  static let callbackRatios: ClosedRange<Int64> = 1_000...999_999
  /// Price variances of slices, in millionths: 0.01 % to 1 %.
  static let varianceRatios: ClosedRange<Int64> = 100...10_000
  /// Intervals between slices, in milliseconds.
  static let intervals: ClosedRange<Int64> = 5_000...120_000

  func check(_ new: NewAlgo, _ market: AlgoMarket) throws(AlgoError) {
    switch new.size {
    case .base(let size):
      guard size > .zero else { throw .sizeNotPositive }
    case .quote(let amount):
      guard amount > .zero else { throw .sizeNotPositive }
      guard new.side == .buy, takesQuoteSize(new.plan) else { throw .quoteSizeNotAllowed }
    }
    switch new.plan {
    case .conditional(let profit, let loss):
      guard (profit == nil) != (loss == nil) else { throw .legsMissing }
      try checkSides(profit, loss, new.side, market.last)
    case .oco(let profit, let loss): try checkSides(profit, loss, new.side, market.last)
    case .trigger: break
    case .trailing(let callback, let active):
      try check(callback, Self.callbackRatios)
      guard let active, let last = market.last else { return }
      guard new.side == .sell ? active > last : active < last else {
        throw .activePriceOnWrongSide(last: last)
      }
    case .iceberg(let slicing): try check(slicing, new.size, market)
    case .twap(let slicing, let interval):
      guard Self.intervals.contains(interval) else {
        throw .intervalOutOfRange(
          minimum: Self.intervals.lowerBound, maximum: Self.intervals.upperBound)
      }
      try check(slicing, new.size, market)
    }
  }

  /// A size in quote is for market orders: every leg must be one.
  private func takesQuoteSize(_ plan: AlgoPlan) -> Bool {
    switch plan {
    case .conditional(let profit, let loss):
      profit.map { $0.order == .market } ?? true && loss.map { $0.order == .market } ?? true
    case .oco(let profit, let loss): profit.order == .market && loss.order == .market
    case .trigger(let leg, _): leg.order == .market
    case .trailing: true
    case .iceberg, .twap: false
    }
  }

  private func checkSides(
    _ profit: TriggerLeg?, _ loss: TriggerLeg?, _ side: Algo.Side, _ last: Price?
  ) throws(AlgoError) {
    guard let last else { return }
    if let profit = profit?.trigger {
      guard side == .sell ? profit > last : profit < last else {
        throw .takeProfitOnWrongSide(last: last)
      }
    }
    if let loss = loss?.trigger {
      guard side == .sell ? loss < last : loss > last else {
        throw .stopLossOnWrongSide(last: last)
      }
    }
  }

  private func check(
    _ distance: PriceDistance, _ ratios: ClosedRange<Int64>
  ) throws(AlgoError) {
    switch distance {
    case .ratio(let millionths):
      guard ratios.contains(millionths) else {
        throw .ratioOutOfRange(minimum: ratios.lowerBound, maximum: ratios.upperBound)
      }
    case .spread(let ticks):
      guard ticks > 0 else { throw .spreadNotPositive }
    }
  }

  private func check(
    _ slicing: Slicing, _ size: Algo.Size, _ market: AlgoMarket
  ) throws(AlgoError) {
    guard case .base(let total) = size else { throw .quoteSizeNotAllowed }
    let largest = min(total, market.maximumSize)
    guard slicing.slice >= market.minimumSize, slicing.slice <= largest else {
      throw .sliceOutOfRange(minimum: market.minimumSize, maximum: largest)
    }
    try check(slicing.distance, Self.varianceRatios)
  }
}
