// Passkeys owns what of WebAuthn a party needs that believes signatures: the public key of a passkey with
// the site that it is for, and the whole judgement of an assertion by it. It refuses to know what is
// signed: it is given the challenge.
import Cryptography
public import Wire

/// A customer's passkey: a key on his device that signs for one site alone.
public struct Passkey: Hashable, Sendable {
  /// How it signs. See RFC 9053, section 2.
  public enum Algorithm: UInt8, Hashable, Sendable {
    /// ECDSA over P-256 with SHA-256.
    case es256 = 1
    /// EdDSA over Ed25519.
    case edDSA = 2

    var keyCount: Int { self == .es256 ? 64 : 32 }
  }

  /// Longest form in bytes.
  public static let limit = 384
  static let relyingPartyLimit = 128
  static let originLimit = 160

  public let algorithm: Algorithm
  /// The domain that the browser lets use it.
  public let relyingParty: String
  /// The one origin whose pages may ask it.
  public let origin: String
  /// Both coordinates for ES256, 64 bytes; 32 bytes for EdDSA.
  public let publicKey: [UInt8]

  /// Creates a passkey, or `nil` when the key is none, or the origin is not one of the relying party's.
  public init?(algorithm: Algorithm, site: PasskeySite, publicKey: [UInt8]) {
    guard publicKey.count == algorithm.keyCount,
      algorithm != .es256 || P256.PublicKey(bytes: publicKey) != nil
    else { return nil }
    self.algorithm = algorithm
    relyingParty = site.relyingParty
    origin = site.origin
    self.publicKey = publicKey
  }

  public var site: PasskeySite? { PasskeySite(relyingParty: relyingParty, origin: origin) }

  /// Its form in the journal, in signers' records and under signatures. It never has the 32 bytes of a
  /// bare Ed25519 key.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(algorithm.rawValue)
    writer.write(relyingParty)
    writer.write(origin)
    writer.write(fixed: publicKey)
    return writer.bytes
  }

  /// Reads what ``bytes`` gave.
  public init(bytes: [UInt8]) throws(WireError) {
    guard bytes.count <= Self.limit else { throw .tooLong(at: 0, limit: Self.limit) }
    var reader = ByteReader(bytes)
    guard let algorithm = Algorithm(rawValue: try reader.read()) else { throw .malformed(at: 0) }
    let relyingParty = try reader.read(String.self, limit: Self.relyingPartyLimit)
    let origin = try reader.read(String.self, limit: Self.originLimit)
    let at = reader.offset
    let key = try reader.read(fixed: algorithm.keyCount)
    try reader.finish()
    guard let site = PasskeySite(relyingParty: relyingParty, origin: origin),
      let passkey = Passkey(algorithm: algorithm, site: site, publicKey: key)
    else { throw .malformed(at: at) }
    self = passkey
  }

  /// Judges everything in `assertion`, as WebAuthn Level 3, section 7.2, says: the browser asked on our
  /// page for exactly `challenge`, for our site, with a person there whom the device knows, and the
  /// key signed that. Only the counter is left to whoever sees assertions in their order.
  public func verify(_ assertion: PasskeyAssertion, challenge: [UInt8]) throws(PasskeyError) {
    let client = try ClientData(parsing: assertion.clientData)
    try client.require(.get, challenge: challenge, origin: origin)
    let authenticator = try AuthenticatorData(parsing: assertion.authenticatorData)
    try authenticator.require(relyingParty: relyingParty)
    guard authenticator.credential == nil else {
      throw .malformed(part: "authenticatorData", problem: "carries a new credential")
    }
    let message = assertion.authenticatorData + client.hash
    let isValid =
      switch algorithm {
      case .es256:
        P256.PublicKey(bytes: publicKey)?.verify(assertion.signature, of: message) ?? false
      case .edDSA:
        Ed25519.PublicKey(bytes: publicKey).flatMap { key in
          Ed25519.Signature(bytes: assertion.signature).map { key.verify($0, of: message) }
        } ?? false
      }
    guard isValid else { throw .refused(part: "signature", problem: "is not by the passkey") }
  }
}

/// The site that passkeys are made for: a domain, and the origin of the pages that ask for them.
public struct PasskeySite: Hashable, Sendable {
  public let relyingParty: String
  public let origin: String

  /// Creates a site, or `nil` when `origin` is no https origin of the domain; for localhost, where no
  /// other machine listens, plain http will do.
  public init?(relyingParty: String, origin: String) {
    func isPlain(_ text: some StringProtocol) -> Bool {
      !text.isEmpty
        && text.utf8.allSatisfy {
          (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46
        }
    }
    guard isPlain(relyingParty), relyingParty.utf8.count <= Passkey.relyingPartyLimit,
      origin.utf8.count <= Passkey.originLimit
    else { return nil }
    let isLocal = relyingParty == "localhost" && origin.hasPrefix("http://")
    guard isLocal || origin.hasPrefix("https://") else { return nil }
    let parts = origin.dropFirst(isLocal ? 7 : 8)
      .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let host = parts.first, isPlain(host),
      host == relyingParty || host.hasSuffix("." + relyingParty)
    else { return nil }
    if parts.count == 2 {
      guard let port = UInt16(parts[1]), port > 0, String(port) == parts[1] else { return nil }
    }
    self.relyingParty = relyingParty
    self.origin = origin
  }
}

/// What a browser gives for a challenge that a passkey signed.
public struct PasskeyAssertion: Equatable, Sendable {
  /// Longest form in bytes.
  public static let limit = 1024

  public var authenticatorData: [UInt8]
  public var clientData: [UInt8]
  /// DER for ES256, 64 bytes for EdDSA.
  public var signature: [UInt8]

  public init(authenticatorData: [UInt8], clientData: [UInt8], signature: [UInt8]) {
    self.authenticatorData = authenticatorData
    self.clientData = clientData
    self.signature = signature
  }

  /// Its form in the journal and in requests to signers; the counter is at a fixed place in it.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(authenticatorData)
    writer.write(clientData)
    writer.write(signature)
    return writer.bytes
  }

  /// Reads what ``bytes`` gave.
  public init(bytes: [UInt8]) throws(WireError) {
    guard bytes.count <= Self.limit else { throw .tooLong(at: 0, limit: Self.limit) }
    var reader = ByteReader(bytes)
    authenticatorData = try reader.read(limit: 256)
    clientData = try reader.read(limit: ClientData.limit)
    signature = try reader.read(limit: 72)
    try reader.finish()
  }
}

extension AuthenticatorData {
  /// Refuses what was not made for `relyingParty` with a person there whom the device knows.
  func require(relyingParty: String) throws(PasskeyError) {
    guard relyingPartyHash == SHA256.hash(Array(relyingParty.utf8)) else {
      throw .refused(part: "rpIdHash", problem: "is of another site than \(relyingParty)")
    }
    guard flags.contains(.userPresent) else {
      throw .refused(part: "flags", problem: "do not say that somebody was present (UP)")
    }
    guard flags.contains(.userVerified) else {
      throw .refused(part: "flags", problem: "do not say that the user was verified (UV)")
    }
  }
}
