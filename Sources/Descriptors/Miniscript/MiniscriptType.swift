/// The correctness and malleability properties of an expression, under the letters of BIP-379,
/// "Correctness", "Malleability" and "Timelock Type Mixing".
public struct MiniscriptType: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Base: leaves a true or a false value.
  public static let B = MiniscriptType(rawValue: 1 << 0)
  /// Verify: leaves nothing, or fails the script.
  public static let V = MiniscriptType(rawValue: 1 << 1)
  /// Key: leaves a key.
  public static let K = MiniscriptType(rawValue: 1 << 2)
  /// Wrapped: takes its argument from one below the top.
  public static let W = MiniscriptType(rawValue: 1 << 3)
  /// Takes no argument.
  public static let z = MiniscriptType(rawValue: 1 << 4)
  /// Takes exactly one argument.
  public static let o = MiniscriptType(rawValue: 1 << 5)
  /// Its satisfaction never needs an empty or zero top argument.
  public static let n = MiniscriptType(rawValue: 1 << 6)
  /// Can be dissatisfied whatever the transaction is.
  public static let d = MiniscriptType(rawValue: 1 << 7)
  /// A true value is exactly 1.
  public static let u = MiniscriptType(rawValue: 1 << 8)
  /// Has one dissatisfaction that nobody can change.
  public static let e = MiniscriptType(rawValue: 1 << 9)
  /// Every dissatisfaction needs a signature.
  public static let f = MiniscriptType(rawValue: 1 << 10)
  /// Every satisfaction needs a signature.
  public static let s = MiniscriptType(rawValue: 1 << 11)
  /// A satisfaction that nobody can change exists for every situation.
  public static let m = MiniscriptType(rawValue: 1 << 12)
  /// Its last opcode has no VERIFY form.
  public static let x = MiniscriptType(rawValue: 1 << 13)
  /// Holds a relative lock by time.
  public static let g = MiniscriptType(rawValue: 1 << 14)
  /// Holds a relative lock by height.
  public static let h = MiniscriptType(rawValue: 1 << 15)
  /// Holds an absolute lock by time.
  public static let i = MiniscriptType(rawValue: 1 << 16)
  /// Holds an absolute lock by height.
  public static let j = MiniscriptType(rawValue: 1 << 17)
  /// No satisfaction needs locks by height and by time at once.
  public static let k = MiniscriptType(rawValue: 1 << 18)

  static let locks: MiniscriptType = [.g, .h, .i, .j]

  /// Whether all of `properties` hold.
  func has(_ properties: MiniscriptType) -> Bool { isSuperset(of: properties) }

  /// These properties if `condition` holds, none otherwise.
  func when(_ condition: Bool) -> MiniscriptType { condition ? self : [] }

  static func & (a: MiniscriptType, b: MiniscriptType) -> MiniscriptType { a.intersection(b) }
  static func | (a: MiniscriptType, b: MiniscriptType) -> MiniscriptType { a.union(b) }

  /// Whether two expressions that must hold together mix locks by height and by time.
  static func mixesLocks(_ a: MiniscriptType, _ b: MiniscriptType) -> Bool {
    a.has(.g) && b.has(.h) || a.has(.h) && b.has(.g) || a.has(.i) && b.has(.j)
      || a.has(.j) && b.has(.i)
  }
}
