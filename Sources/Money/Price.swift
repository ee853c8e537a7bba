/// A price on one market, counted in ticks.
///
/// On a market with a tick size of 0.10 USDT, 62 431.50 USDT is 624 315 ticks. Prices of two
/// markets do not compare; compare their notionals.
public struct Price: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Whole ticks, at least 1.
  public let ticks: Int64

  /// Creates a price, or `nil` when `ticks` is not positive.
  @inlinable public init?(ticks: Int64) {
    guard ticks > 0 else { return nil }
    self.ticks = ticks
  }

  @inlinable public static func == (a: Price, b: Price) -> Bool { a.ticks == b.ticks }

  @inlinable public static func < (a: Price, b: Price) -> Bool { a.ticks < b.ticks }
}
