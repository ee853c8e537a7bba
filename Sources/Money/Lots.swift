/// A quantity on one market, counted in lots.
///
/// On a market with a lot size of 0.00001 BTC, 0.5 BTC is 50 000 lots.
public struct Lots: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Whole lots. An order has at least 1; a remainder may be 0.
  public let count: Int64

  /// Creates a quantity of `count` lots.
  @inlinable public init(_ count: Int64) { self.count = count }

  /// No lots.
  @inlinable public static var zero: Lots { Lots(0) }

  @inlinable public static func == (a: Lots, b: Lots) -> Bool { a.count == b.count }

  @inlinable public static func < (a: Lots, b: Lots) -> Bool { a.count < b.count }

  /// Returns the sum. Stops the process when it does not fit in 63 bits.
  @inlinable public static func + (a: Lots, b: Lots) -> Lots { Lots(a.count + b.count) }

  /// Returns the difference. Stops the process when it does not fit in 63 bits.
  @inlinable public static func - (a: Lots, b: Lots) -> Lots { Lots(a.count - b.count) }

  @inlinable public static func += (a: inout Lots, b: Lots) { a = a + b }

  @inlinable public static func -= (a: inout Lots, b: Lots) { a = a - b }
}
