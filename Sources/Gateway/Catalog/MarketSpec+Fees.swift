import Engine
import Money

extension MarketSpec {
  /// What each tier pays, the first one leading.
  var feeTiers: [FeeTier] {
    (0...instrument.feeTiers.count).map { instrument.fees(ofTier: $0) }
  }

  /// The rate of a fill in millionths; negative for a rebate.
  ///
  /// A fill says what was charged, not the tier that it was charged by. The rate is the first
  /// tier's that comes to the very same charge; where none does any more, the charge's share. A
  /// rebate is rounded down, as rounding up a negative number is.
  ///
  /// - Parameter side: The filled order's.
  func feePPM(of fill: Fill, side: Side) -> Int64 {
    let base = Int128(fill.size.count) * Int128(instrument.lotUnits)
    let quote = Int128(fill.quote.units)
    let charged = Int128(fill.fee.units)
    // What is charged is a share of what came in; a rebate, of what went out.
    let amount = (side == .buy) == (charged >= 0) ? base : quote
    for tier in feeTiers {
      let rate = fill.isMaker ? tier.makerPPM : tier.takerPPM
      if (rate < 0) == (charged < 0), Self.roundedUp(amount * Int128(rate), 1_000_000) == charged {
        return rate
      }
    }
    return amount > 0 ? Int64(clamping: charged * 1_000_000 / amount) : 0
  }

  private static func roundedUp(_ value: Int128, _ divisor: Int128) -> Int128 {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
    return rest > 0 ? quotient + 1 : quotient
  }
}
