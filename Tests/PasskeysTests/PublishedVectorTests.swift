import Passkeys
import TestVectors
import Testing

/// The test vectors of WebAuthn Level 3: every registration with every assertion. What is refused, is
/// refused for the reason that its title gives, or because nobody was verified.
@Suite struct PublishedVectorTests {
  private static let algorithms = ["es384", "es512", "rs256", "ed448"]
  private let site = PasskeySite(relyingParty: "example.org", origin: "https://example.org")

  /// What must come of one half of a vector.
  private func expected(_ name: String, data: AuthenticatorData?) -> String {
    if Self.algorithms.contains(where: name.hasSuffix) { return "credentialPublicKey" }
    if name.hasSuffix("crossOrigin") || name.hasSuffix("topOrigin") { return "clientDataJSON" }
    guard let data, data.flags.contains(.userVerified) else { return "flags" }
    return "accepted"
  }

  private func outcome(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "accepted"
    } catch PasskeyError.refused(let part, _), PasskeyError.malformed(let part, _) {
      return part
    } catch { return "\(error)" }
  }

  @Test func `the published registrations and assertions are judged as published`() throws {
    let site = try #require(site)
    let file = "webauthn_level3.json"
    var tally = VectorTally(file)
    for vector in try JSONValue(file: file, in: .module).member("vectors").list {
      let name = try vector.member("name").string()
      let made = try vector.member("registration")
      let object = try made.member("attestationObject").bytes()
      let data = try? PasskeyAttestation.authenticatorData(of: object)
      let registration = outcome {
        let attestation = try PasskeyAttestation(
          attestationObject: object, clientData: made.member("clientDataJSON").bytes(),
          challenge: made.member("challenge").bytes(), site: site)
        let id = try made.member("credential_id").bytes()
        #expect(attestation.credentialID == id)
      }
      tally.record(
        registration == expected(name, data: data), "\(name), registration: \(registration)")

      guard let credential = data?.credential else { continue }
      let passkey = try #require(
        Passkey(
          algorithm: credential.algorithm, site: site, publicKey: credential.publicKey))
      #expect(try Passkey(bytes: passkey.bytes) == passkey)
      let used = try vector.member("authentication")
      let assertion = PasskeyAssertion(
        authenticatorData: try used.member("authenticatorData").bytes(),
        clientData: try used.member("clientDataJSON").bytes(),
        signature: try used.member("signature").bytes())
      #expect(try PasskeyAssertion(bytes: assertion.bytes) == assertion)
      let challenge = try used.member("challenge").bytes()
      let seen = try? AuthenticatorData(parsing: assertion.authenticatorData)
      let authentication = outcome { try passkey.verify(assertion, challenge: challenge) }
      let wanted = expected(name, data: seen)
      tally.record(authentication == wanted, "\(name), assertion: \(authentication)")
      guard wanted == "accepted" else { continue }
      for change in Change.allCases {
        let changed = change.made(to: assertion)
        let outcome = outcome { try passkey.verify(changed, challenge: challenge) }
        tally.record(outcome == change.part, "\(name), \(change): \(outcome)")
      }
      let other = outcome { try passkey.verify(assertion, challenge: challenge + [0]) }
      tally.record(other == "clientDataJSON", "\(name), another challenge: \(other)")
    }
    #expect(tally.report() == [])
    #expect(tally.total > 40)
  }

  /// What somebody might change in a good assertion, and which part must give him away.
  private enum Change: CaseIterable {
    case site, presence, verification, counter, signature, origin

    var part: String {
      switch self {
      case .site: "rpIdHash"
      case .presence, .verification: "flags"
      case .counter, .signature: "signature"
      case .origin: "clientDataJSON"
      }
    }

    func made(to assertion: PasskeyAssertion) -> PasskeyAssertion {
      var changed = assertion
      switch self {
      case .site: changed.authenticatorData[3] ^= 1
      case .presence: changed.authenticatorData[32] &= ~0x01
      case .verification: changed.authenticatorData[32] &= ~0x04
      case .counter: changed.authenticatorData[36] ^= 1
      case .signature: changed.signature[changed.signature.count - 1] ^= 1
      case .origin:
        let text = String(decoding: changed.clientData, as: UTF8.self)
        changed.clientData = Array(
          text.replacing("example.org", with: "examp1e.org").utf8)
      }
      return changed
    }
  }
}
