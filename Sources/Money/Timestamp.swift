/// An instant, in milliseconds since 1970-01-01 00:00:00 UTC, as OKX counts them.
public struct Timestamp: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Milliseconds since the epoch.
  public let milliseconds: Int64

  /// Creates the instant `milliseconds` after the epoch.
  @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  @inlinable public static func == (a: Timestamp, b: Timestamp) -> Bool {
    a.milliseconds == b.milliseconds
  }

  @inlinable public static func < (a: Timestamp, b: Timestamp) -> Bool {
    a.milliseconds < b.milliseconds
  }

  /// Returns the instant `milliseconds` later.
  @inlinable public func advanced(byMilliseconds milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: self.milliseconds + milliseconds)
  }
}
