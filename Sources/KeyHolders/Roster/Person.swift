// KeyHolders owns who holds which key, the signs that they are alive, and what happens when one is
// not: heartbeats, claims, activation of a successor, freezing. It is a pure function of records
// and their times, so anybody who has the records reaches the same state. It refuses to know coins,
// transactions and the network.

/// Someone whose word counts: a holder, a successor, a councillor or a trustee.
public struct Person: Hashable, Sendable {
  /// The pseudonym that the public sees, 1 to ``RosterLimit/name`` bytes.
  public var name: String
  /// The legal entity that he belongs to, such as "Holdfast Ltd" or "Smith & Partners".
  public var entity: String
  /// Ed25519 key of his heartbeats and of everything else he signs here, 32 bytes. It is never a key
  /// that coins lie under.
  public var beatKey: [UInt8]

  public init(name: String, entity: String, beatKey: [UInt8]) {
    self.name = name
    self.entity = entity
    self.beatKey = beatKey
  }
}

/// A person together with the key of his that stands in the wallet's descriptor.
public struct KeyOwner: Hashable, Sendable {
  /// ``Person/name``.
  public var person: String
  /// The key expression with its origin as it stands in the descriptor, without the derivation steps
  /// behind it: `[fingerprint/48h/0h/0h/2h]xpub...`.
  public var key: String

  public init(person: String, key: String) {
    self.person = person
    self.key = key
  }
}

/// One vote of a wallet: a holder, or in his place the successor with an independent backup key.
public struct Seat: Hashable, Sendable {
  public var holder: KeyOwner
  public var successor: KeyOwner

  public init(holder: KeyOwner, successor: KeyOwner) {
    self.holder = holder
    self.successor = successor
  }
}

/// Longest texts and lists, in bytes and entries.
public enum RosterLimit {
  public static let name = 64
  public static let entity = 128
  public static let key = 256
  public static let descriptor = 16_384
  public static let people = 128
  public static let seats = 16
  /// Longest duration, ten years in milliseconds.
  public static let milliseconds: Int64 = 10 * 365 * 86_400_000
}
