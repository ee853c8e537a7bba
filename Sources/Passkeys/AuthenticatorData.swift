import Cryptography

/// What an authenticator says of itself and of how it was used; its signature covers it. See WebAuthn
/// Level 3, section 6.1.
public struct AuthenticatorData: Equatable, Sendable {
  /// What the authenticator did, and what follows.
  public struct Flags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Somebody touched it.
    public static let userPresent = Flags(rawValue: 0x01)
    /// It knows who: by PIN, finger or face.
    public static let userVerified = Flags(rawValue: 0x04)
    public static let backupEligible = Flags(rawValue: 0x08)
    public static let backedUp = Flags(rawValue: 0x10)
    public static let hasCredential = Flags(rawValue: 0x40)
    public static let hasExtensions = Flags(rawValue: 0x80)
  }

  /// A key that was just made.
  public struct Credential: Equatable, Sendable {
    /// The kind of authenticator, 16 bytes.
    public var model: [UInt8]
    /// 1 to 1,023 bytes.
    public var id: [UInt8]
    public var algorithm: Passkey.Algorithm
    /// Both coordinates for ES256, 64 bytes; 32 bytes for EdDSA.
    public var publicKey: [UInt8]
  }

  /// Bytes of one without a credential and extensions.
  static let minimum = 37
  private static let part = "authenticatorData"

  /// SHA-256 of the relying party's id, 32 bytes.
  public var relyingPartyHash: [UInt8]
  public var flags: Flags
  /// Grows with each signature; stays 0 with authenticators that do not count.
  public var counter: UInt32
  public var credential: Credential?

  /// Reads the data.
  public init(parsing bytes: [UInt8]) throws(PasskeyError) {
    guard bytes.count >= Self.minimum else {
      throw .malformed(
        part: Self.part, problem: "is \(bytes.count) bytes; it has \(Self.minimum) at least")
    }
    relyingPartyHash = Array(bytes[..<32])
    flags = Flags(rawValue: bytes[32])
    counter = bytes[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
    guard flags.contains(.backupEligible) || !flags.contains(.backedUp) else {
      throw .malformed(part: Self.part, problem: "is of a key that is backed up and cannot be")
    }
    var rest = bytes[Self.minimum...]
    if flags.contains(.hasCredential) { credential = try Self.credential(&rest) }
    if flags.contains(.hasExtensions) {
      var reader = CBORReader(rest)
      guard case .map = try reader.value() else {
        throw .malformed(part: Self.part, problem: "has extensions that are no map")
      }
      rest = reader.rest
    }
    guard rest.isEmpty else {
      throw .malformed(part: Self.part, problem: "has \(rest.count) bytes too many")
    }
  }

  private static func credential(
    _ rest: inout ArraySlice<UInt8>
  ) throws(PasskeyError) -> Credential {
    guard rest.count >= 18 else {
      throw .malformed(part: part, problem: "ends inside the credential")
    }
    let model = Array(rest.prefix(16))
    let count = rest.dropFirst(16).prefix(2).reduce(0) { $0 << 8 | Int($1) }
    rest = rest.dropFirst(18)
    guard (1...1023).contains(count), count <= rest.count else {
      throw .malformed(
        part: part, problem: "has a credential id of \(count) bytes; 1 to 1023 are allowed")
    }
    let id = Array(rest.prefix(count))
    var reader = CBORReader(rest.dropFirst(count))
    let (algorithm, key) = try publicKey(try reader.value())
    rest = reader.rest
    return Credential(model: model, id: id, algorithm: algorithm, publicKey: key)
  }

  /// Reads a COSE key of the two kinds that are taken: labels 1 kind, 3 algorithm, -1 curve, -2 and -3
  /// coordinates, and nothing else. See WebAuthn Level 3, section 5.8.5, and RFC 9053, section 7.
  private static func publicKey(
    _ key: CBOR
  ) throws(PasskeyError) -> (Passkey.Algorithm, [UInt8]) {
    let name = "credentialPublicKey"
    func labels(_ wanted: [(label: Int64, value: Int64)], coordinates: [Int64]) -> [UInt8]? {
      guard key.pairs?.count == wanted.count + coordinates.count,
        wanted.allSatisfy({ key[.integer($0.label)] == .integer($0.value) })
      else { return nil }
      var bytes: [UInt8] = []
      for label in coordinates {
        guard case .bytes(let part) = key[.integer(label)], part.count == 32 else { return nil }
        bytes += part
      }
      return bytes
    }
    switch key[.integer(3)] {
    case CBOR.integer(-7):
      guard let point = labels([(1, 2), (3, -7), (-1, 1)], coordinates: [-2, -3]),
        P256.PublicKey(bytes: point) != nil
      else { throw .malformed(part: name, problem: "is not a point of P-256") }
      return (.es256, point)
    case CBOR.integer(-8):
      guard let point = labels([(1, 1), (3, -8), (-1, 6)], coordinates: [-2]) else {
        throw .malformed(part: name, problem: "is not an Ed25519 key")
      }
      return (.edDSA, point)
    default:
      throw .refused(
        part: name, problem: "is of another algorithm than ES256 (-7) and EdDSA (-8)")
    }
  }
}
