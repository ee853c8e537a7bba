import Passkeys

/// What a browser sends of a passkey: attestation objects, authenticator data, client data, and the forms
/// in which keys and assertions are kept.
enum PasskeyTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    guard let site = PasskeySite(relyingParty: "example.org", origin: "https://example.org"),
      let passkey = Passkey(
        algorithm: .edDSA, site: site, publicKey: [UInt8](repeating: 7, count: 32))
    else { return [] }
    let data = [UInt8](repeating: 1, count: 32) + [5, 0, 0, 0, 9]
    let client = Array(
      #"{"type":"webauthn.get","challenge":"AAAA","origin":"https://example.org"}"#.utf8)
    let object = CBOR.map([
      .init(.text("fmt"), .text("none")), .init(.text("attStmt"), .map([])),
      .init(.text("authData"), .bytes(data)),
    ])
    return [
      passkey.bytes, data, client, object.encoded,
      PasskeyAssertion(
        authenticatorData: data, clientData: client, signature: [UInt8](repeating: 2, count: 64)
      ).bytes,
    ]
  }

  static func check(_ input: [UInt8]) {
    if let value = accepted({ () throws(PasskeyError) in try CBOR(parsing: input) }) {
      require(value.encoded == input, "a value has one form")
    }
    if let passkey = try? Passkey(bytes: input) {
      require(passkey.bytes == input, "a passkey is written as it was read")
      require(input.count != 32, "a passkey is no Ed25519 key")
    }
    if let assertion = try? PasskeyAssertion(bytes: input) {
      require(assertion.bytes == input, "an assertion is written as it was read")
    }
    if let data = accepted({ () throws(PasskeyError) in try AuthenticatorData(parsing: input) }) {
      require(
        data.credential == nil || data.flags.contains(.hasCredential), "a credential is announced")
    }
    _ = accepted { () throws(PasskeyError) in try ClientData(parsing: input) }
    _ = accepted { () throws(PasskeyError) in
      try PasskeyAttestation.authenticatorData(of: input)
    }
  }
}
