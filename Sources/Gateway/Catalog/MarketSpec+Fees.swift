import Engine
import Money

extension MarketSpec {
  /// What each tier pays, the first one leading.
  var feeTiers: [FeeTier] {
    (0...instrument.feeTiers.count).map { instrument.fees(ofTier: $0) }
  }

  /// The rate of a fill in millionths of what was received; negative for a rebate.
  ///
  /// A fill says what was charged, not the tier that it was charged by. The rate is the first
  /// tier's that comes to the very same charge; where none does any more, the charge's share.
  ///
  /// - Parameter side: The filled order's.
  func feePPM(of fill: Fill, side: Side) -> Int64 {
    let received =
      side == .buy
      ? Int128(fill.size.count) * Int128(instrument.lotUnits) : Int128(fill.quote.units)
    let charged = Int128(fill.fee.units)
    for tier in feeTiers {
      let rate = fill.isMaker ? tier.makerPPM : tier.takerPPM
      if Self.roundedUp(received * Int128(rate), 1_000_000) == charged { return rate }
    }
    return received > 0 ? Int64(clamping: charged * 1_000_000 / received) : 0
  }

  private static func roundedUp(_ value: Int128, _ divisor: Int128) -> Int128 {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
    return rest > 0 ? quotient + 1 : quotient
  }
}
