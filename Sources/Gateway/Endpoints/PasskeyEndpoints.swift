import Engine
import JSON
import Passkeys
import Statements
import Structures
import Wire

/// The customer's key as the exchange knows it, and passkeys as one.
enum PasskeyEndpoints {
  private static let limit = RateLimit.account(20)

  static let all: [Endpoint] = [
    .ask("holdfast/signing-key", limit, signingKey),
    .act("holdfast/passkey", .withdraw, limit, .object, enrol),
  ]

  /// What a program or a page must know to sign.
  private static let signingKey: Endpoint.Handler = { frontend, call throws(Rejection) in
    let account = call.account
    let (key, nonce) = try await frontend.read {
      ($0.account(account)?.signingKey, $0.lastNonce(of: account))
    }
    var row = Row()
    row.set("account", account.raw)
    switch key.flatMap(CustomerKey.init(bytes:)) {
    case nil: row.set("kind", "")
    case .ed25519: row.set("kind", "ed25519")
    case .passkey(let passkey):
      row.set("kind", passkey.algorithm == .es256 ? "passkey-es256" : "passkey-eddsa")
    }
    row.set("publicKey", key.map { Hex.text($0) } ?? "")
    row.set("lastNonce", nonce)
    let site = frontend.configuration.passkeySite
    row.set("rpId", site?.relyingParty ?? "")
    row.set("origin", site?.origin ?? "")
    row.set(
      "passkeyChallenge", Base64URL.text(PasskeyStatement(account: account.raw).challenge))
    return Answer([row.json])
  }

  /// Enrols a passkey: what the browser gave when it was made, and the passkey's signature over the
  /// enrolment statement, by which everybody can see that the customer has it.
  private static let enrol: Endpoint.Handler = { frontend, call throws(Rejection) in
    guard let site = frontend.configuration.passkeySite else {
      throw Rejection(
        .currencyServiceUnavailable, "This exchange is not configured for passkeys.")
    }
    let parameters = call.parameters
    let object = try parameters.base64url("attestationObject")
    let client = try parameters.base64url("clientDataJSON")
    let passkey: Passkey
    do {
      passkey = try PasskeyAttestation(
        attestationObject: object, clientData: client,
        challenge: PasskeyStatement(account: call.account.raw).challenge, site: site
      ).passkey
    } catch {
      throw Rejection(.parameterInvalid, name: "attestationObject", problem: "\(error)")
    }
    let key = passkey.bytes
    let statement = EnrolmentStatement(account: call.account.raw, publicKey: key)
    let proof = try parameters.signature(over: statement, by: key)
    let events = try await frontend.submit(
      .enrolSigningKey(account: call.account, publicKey: key, proof: proof), .addressBook,
      catalog: call.catalog)
    return Answer([HoldfastEndpoints.row(enrolled: key, events, call)])
  }
}
