import Engine
import Money

extension MarketSpec {
  /// The highest price of a buy and the lowest of a sell, or `nil` when anything goes: the market
  /// has no limits, or nothing was traded yet.
  ///
  /// - Parameter last: The last trade's price.
  func priceLimits(last: Price?) -> (buy: Price, sell: Price)? {
    guard instrument.priceLimitPPM > 0, let last else { return nil }
    let million: Int128 = 1_000_000
    let share = Int128(instrument.priceLimitPPM)
    let highest = Int128(last.ticks) * (million + share) / million
    let (lowest, rest) = (Int128(last.ticks) * (million - share))
      .quotientAndRemainder(dividingBy: million)
    guard let buy = Price(ticks: Int64(clamping: highest)),
      let sell = Price(ticks: max(1, Int64(clamping: rest > 0 ? lowest + 1 : lowest)))
    else { return nil }
    return (buy, sell)
  }
}
