/// A passkey that was just made. See WebAuthn Level 3, sections 6.5.4 and 7.1.
///
/// What the authenticator's maker says of it is asked for by nobody and relied on by nobody: that the
/// customer has the key is proved by an assertion that follows. So the statement is read, strictly, and
/// passed over.
public struct PasskeyAttestation: Sendable {
  /// Longest attestation object that is taken, in bytes.
  public static let limit = 8192
  private static let part = "attestationObject"

  public let credentialID: [UInt8]
  public let passkey: Passkey
  /// Where the authenticator's counter begins.
  public let counter: UInt32

  /// Judges what the browser gave for `challenge` on a page of `site`.
  public init(
    attestationObject: [UInt8], clientData: [UInt8], challenge: [UInt8], site: PasskeySite
  ) throws(PasskeyError) {
    let client = try ClientData(parsing: clientData)
    try client.require(.create, challenge: challenge, origin: site.origin)
    let data = try Self.authenticatorData(of: attestationObject)
    try data.require(relyingParty: site.relyingParty)
    guard let credential = data.credential else {
      throw .malformed(part: "authenticatorData", problem: "carries no credential")
    }
    guard
      let passkey = Passkey(
        algorithm: credential.algorithm, site: site, publicKey: credential.publicKey)
    else { throw .malformed(part: "credentialPublicKey", problem: "is no key") }
    credentialID = credential.id
    self.passkey = passkey
    counter = data.counter
  }

  /// Reads an attestation object: a map of exactly fmt, attStmt and authData.
  public static func authenticatorData(
    of bytes: [UInt8]
  ) throws(PasskeyError) -> AuthenticatorData {
    guard bytes.count <= limit else {
      throw .malformed(part: part, problem: "is longer than \(limit) bytes")
    }
    let object = try CBOR(parsing: bytes)
    guard object.pairs?.count == 3, case .text(let format) = object[.text("fmt")],
      case .map(let statement) = object[.text("attStmt")],
      case .bytes(let data) = object[.text("authData")]
    else {
      throw .malformed(part: part, problem: "is not a map of fmt, attStmt and authData")
    }
    guard format.utf8.count <= 32 else {
      throw .malformed(part: part, problem: "has a fmt longer than 32 bytes")
    }
    guard format != "none" || statement.isEmpty else {
      throw .malformed(part: part, problem: "has a statement that fmt none does not have")
    }
    return try AuthenticatorData(parsing: data)
  }
}
