// Money owns exact numbers: amounts, prices, sizes and instants, their arithmetic and their
// decimal text. It refuses to know who holds the money or why it moves.

/// A quantity of one asset, counted in the asset's ledger unit (for BTC the satoshi, for USDT
/// 0.000001 USDT).
///
/// An amount may be negative: it is then a change, not a balance. Amounts of two assets do not mix;
/// the ledger keeps them apart.
public struct Amount: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Whole ledger units, in the range of a signed 64-bit integer.
  public let units: Int64

  /// Creates an amount of `units` ledger units.
  @inlinable public init(units: Int64) { self.units = units }

  /// Nothing.
  @inlinable public static var zero: Amount { Amount(units: 0) }

  @inlinable public static func == (a: Amount, b: Amount) -> Bool { a.units == b.units }

  @inlinable public static func < (a: Amount, b: Amount) -> Bool { a.units < b.units }

  /// Returns the sum. Stops the process when it does not fit in 63 bits: admission keeps every
  /// amount far below that, so an overflow is a broken invariant.
  @inlinable public static func + (a: Amount, b: Amount) -> Amount {
    Amount(units: a.units + b.units)
  }

  /// Returns the difference. Stops the process when it does not fit in 63 bits.
  @inlinable public static func - (a: Amount, b: Amount) -> Amount {
    Amount(units: a.units - b.units)
  }

  @inlinable public static prefix func - (a: Amount) -> Amount { Amount(units: -a.units) }

  @inlinable public static func += (a: inout Amount, b: Amount) { a = a + b }

  @inlinable public static func -= (a: inout Amount, b: Amount) { a = a - b }
}
