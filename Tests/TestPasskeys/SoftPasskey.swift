// swift-format-ignore-file: NeverUseForceTry, NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Cryptography
public import Passkeys
public import Statements

/// An authenticator and a browser in one, with an Ed25519 key. Only tests use it.
public struct SoftPasskey: Sendable {
  public static let site = PasskeySite(relyingParty: "example.org", origin: "https://example.org")!

  public let passkey: Passkey
  private let key: Ed25519.PrivateKey
  /// What it says it did; UP and UV when nothing else is asked.
  public var flags: UInt8 = 0x05

  public init(seed: UInt8, site: PasskeySite = SoftPasskey.site) {
    key = try! Ed25519.PrivateKey(
      seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)))
    passkey = Passkey(algorithm: .edDSA, site: site, publicKey: key.publicKey.bytes)!
  }

  /// Returns the bytes of an assertion over `statement`.
  public func sign(_ statement: some Statement, counter: UInt32 = 0) -> [UInt8] {
    let client = clientData(.get, challenge: statement.challenge)
    let data = authenticatorData(counter: counter)
    let signature = try! key.sign(data + SHA256.hash(client)).bytes
    return PasskeyAssertion(authenticatorData: data, clientData: client, signature: signature).bytes
  }

  /// What the browser gives when the passkey is made for `challenge`.
  public func attestation(
    challenge: [UInt8]
  ) -> (attestationObject: [UInt8], clientData: [UInt8]) {
    let cose = CBOR.map([
      .init(.unsigned(1), .unsigned(1)), .init(.unsigned(3), .negative(7)),
      .init(.negative(0), .unsigned(6)), .init(.negative(1), .bytes(passkey.publicKey)),
    ])
    var data = authenticatorData(counter: 0)
    data[32] |= 0x40
    data += [UInt8](repeating: 0, count: 16) + [0, 4, 1, 2, 3, 4] + cose.encoded
    let object = CBOR.map([
      .init(.text("fmt"), .text("none")), .init(.text("attStmt"), .map([])),
      .init(.text("authData"), .bytes(data)),
    ])
    return (object.encoded, clientData(.create, challenge: challenge))
  }

  private func authenticatorData(counter: UInt32) -> [UInt8] {
    SHA256.hash(Array(passkey.relyingParty.utf8)) + [flags]
      + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: counter >> $0) }
  }

  private func clientData(_ kind: ClientData.Kind, challenge: [UInt8]) -> [UInt8] {
    Array(
      """
      {"type":"\(kind.rawValue)","challenge":"\(Base64URL.text(challenge))",\
      "origin":"\(passkey.origin)","crossOrigin":false}
      """.utf8)
  }
}
