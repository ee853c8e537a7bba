import Wire

/// One step of a BIP-32 derivation: an index below 2^31, hardened or not.
public struct ChildNumber: Hashable, Sendable {
  /// Indices of both kinds are below this number.
  public static let limit: UInt32 = 1 << 31

  /// Index within its kind, 0 to 2^31 - 1.
  public let index: UInt32
  /// Whether the child needs the private key of its parent.
  public let isHardened: Bool

  /// Creates a step, or `nil` when `index` is 2^31 or more.
  public init?(_ index: UInt32, hardened: Bool = false) {
    guard index < Self.limit else { return nil }
    self.index = index
    isHardened = hardened
  }

  /// Creates a step from its number on the wire, where the top bit says hardened.
  public init(rawValue: UInt32) {
    index = rawValue & (Self.limit - 1)
    isHardened = rawValue >= Self.limit
  }

  /// The number on the wire, as BIP-32 `ser32(i)` and BIP-174 paths carry it.
  public var rawValue: UInt32 { isHardened ? index | Self.limit : index }

  /// Creates a step from text such as "7", "7h" or "7'". A sign, a blank or another marker for
  /// hardened is refused. See BIP-380, "Key Expressions".
  public init?(parsing text: some StringProtocol) {
    var digits = Array(text.utf8)
    let hardened = digits.last == UInt8(ascii: "h") || digits.last == UInt8(ascii: "'")
    if hardened { digits.removeLast() }
    guard (1...10).contains(digits.count),
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let index = UInt32(String(decoding: digits, as: UTF8.self))
    else { return nil }
    self.init(index, hardened: hardened)
  }

  /// The index, followed by `h` when hardened.
  public var text: String { isHardened ? "\(index)h" : "\(index)" }
}

/// A sequence of BIP-32 derivation steps.
public struct DerivationPath: Hashable, Sendable {
  /// Steps from the nearest to the root to the farthest; at most 255 deep.
  public var steps: [ChildNumber]

  /// Creates a path of `steps`.
  public init(_ steps: [ChildNumber] = []) { self.steps = steps }

  /// Creates a path from text such as "m/48h/1h/0h/2h", "48'/1'" or "m".
  ///
  /// - Throws: ``ExtendedKeyError/badPathStep(_:)`` naming the first step that is no index.
  public init(parsing text: some StringProtocol) throws(ExtendedKeyError) {
    var parts = text.split(separator: "/", omittingEmptySubsequences: false)[...]
    if parts.first == "m" { parts = parts.dropFirst() }
    var steps: [ChildNumber] = []
    for part in parts {
      guard let step = ChildNumber(parsing: part) else { throw .badPathStep(part.excerpt) }
      steps.append(step)
    }
    guard steps.count <= ExtendedKey.maximumDepth else { throw .tooDeep }
    self.steps = steps
  }

  /// The steps joined by "/", without a leading "m": empty for the root.
  public var text: String { steps.map(\.text).joined(separator: "/") }

  /// Returns this path with `step` behind it.
  public func appending(_ step: ChildNumber) -> DerivationPath { DerivationPath(steps + [step]) }

  /// Returns this path with all of `other` behind it.
  public func appending(_ other: DerivationPath) -> DerivationPath {
    DerivationPath(steps + other.steps)
  }
}
