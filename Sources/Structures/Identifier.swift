// Structures owns the containers and small mechanisms that every layer above may use. It refuses to
// know what they hold.

/// A number that names one `Subject`, handed out by a counter in the core and never reused.
///
/// Identifiers of two kinds of subject do not mix: the compiler rejects an order's number where an
/// account's is wanted.
public struct Identifier<Subject>: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The number itself. Counters begin at 1; 0 names nothing.
  public let raw: UInt64

  /// Creates the identifier with number `raw`.
  public init(_ raw: UInt64) { self.raw = raw }

  /// The next number.
  public var next: Identifier { Identifier(raw + 1) }

  /// The number in decimal digits, as interfaces print it.
  public var description: String { String(raw) }

  public static func < (a: Identifier, b: Identifier) -> Bool { a.raw < b.raw }
}
