import Cryptography
import Engine
import JSON
import Money
import Passkeys
import Statements
import Structures
import TestPasskeys
import Testing
import Wire

@testable import Gateway

/// Withdrawals that carry the customer's own signature, and passkeys, over HTTP.
@Suite(.timeLimit(.minutes(2))) struct SignedWithdrawalTests {
  private static let address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"

  private func body(_ exchange: LocalExchange) -> [String: JSON] {
    [
      "ccy": "BTC", "amt": "0.1", "dest": "4", "toAddr": .string(Self.address), "nonce": "2",
      "maxFee": "0.0001",
      "validUntil": .string(String(exchange.clock.now.milliseconds + 3_600_000)),
    ]
  }

  private func statement(_ exchange: LocalExchange) -> WithdrawalStatement {
    WithdrawalStatement(
      account: exchange.alice.account.raw, asset: "BTC", chain: "BTC-Bitcoin",
      address: Self.address, amountUnits: 10_000_000, maximumFeeUnits: 10_000, nonce: 2,
      expiresAtMilliseconds: exchange.clock.now.milliseconds + 3_600_000)
  }

  private func send(
    _ exchange: LocalExchange, _ body: [String: JSON]
  ) async throws -> LocalExchange.Reply {
    try await exchange.post(
      "asset/withdrawal", .object(body.map { JSON.Member($0.key, $0.value) }), as: exchange.alice)
  }

  @Test func `a signed withdrawal needs no address book`() async throws {
    try await LocalExchange.run { exchange in
      var body = body(exchange)
      let signature = try statement(exchange).signed(by: exchange.alice.signingKey)
      body["signature"] = .string(Hex.text(signature))
      let made = try await send(exchange, body)
      #expect(made.code == "0", "\(made.json)")
      exchange.clock.advance(milliseconds: 1)
      let again = try await send(exchange, body)
      #expect(again.code == "51000" && again.message.contains("nonce"), "\(again.json)")
      let known = try await exchange.get("holdfast/signing-key", as: exchange.alice)
      #expect(known["kind"] == "ed25519" && known["lastNonce"] == "2")
    }
  }

  @Test func `what is wrong is said by field, problem and limit`() async throws {
    try await LocalExchange.run { exchange in
      let signature = Hex.text(
        try statement(exchange).signed(by: exchange.alice.signingKey))
      let now = exchange.clock.now.milliseconds
      for (name, value, words) in [
        ("nonce", "", "Parameter nonce can not be empty"),
        ("nonce", "3", "signature error: is not by the enrolled key"),
        ("amt", "0.2", "signature error: is not by the enrolled key"),
        ("validUntil", String(now), "signature error"),
        ("maxFee", "x", "maxFee error: not a decimal number"),
        ("maxFee", "", "Parameter maxFee can not be empty"),
        ("validUntil", "", "Parameter validUntil can not be empty"),
        ("signature", "00", "must be 128 hexadecimal digits"),
        ("signature", "", "nonce error: belongs to a signed withdrawal"),
      ] as [(String, String, String)] {
        var body = body(exchange)
        body["signature"] = .string(signature)
        body[name] = .string(value)
        let reply = try await send(exchange, body)
        #expect(reply.code != "0" && reply.message.contains(words), "\(name): \(reply.json)")
      }
      let expired = WithdrawalStatement(
        account: exchange.alice.account.raw, asset: "BTC", chain: "BTC-Bitcoin",
        address: Self.address, amountUnits: 10_000_000, maximumFeeUnits: 10_000, nonce: 2,
        expiresAtMilliseconds: now - 1)
      var body = body(exchange)
      body["validUntil"] = .string(String(now - 1))
      body["signature"] = .string(
        Hex.text(try expired.signed(by: exchange.alice.signingKey)))
      let late = try await send(exchange, body)
      #expect(
        late.code == "51000" && late.message.contains("validUntil error: must be after"),
        "\(late.json)")
      let history = try await exchange.get("asset/withdrawal-history", as: exchange.alice)
      #expect(history.rows.isEmpty)
    }
  }

  private func object(_ assertion: [UInt8]) throws -> JSON {
    let assertion = try PasskeyAssertion(bytes: assertion)
    return [
      "authenticatorData": .string(Base64URL.text(assertion.authenticatorData)),
      "clientDataJSON": .string(Base64URL.text(assertion.clientData)),
      "signature": .string(Base64URL.text(assertion.signature)),
    ]
  }

  @Test func `a passkey is enrolled with two touches and signs withdrawals`() async throws {
    try await LocalExchange.run { exchange in
      let passkey = SoftPasskey(seed: 41)
      let before = try await exchange.get("holdfast/signing-key", as: exchange.alice)
      #expect(before["rpId"] == "example.org" && before["origin"] == "https://example.org")
      let challenge = try #require(before["passkeyChallenge"].flatMap(Base64URL.bytes))
      let made = passkey.attestation(challenge: challenge)
      let enrolment = EnrolmentStatement(
        account: exchange.alice.account.raw, publicKey: passkey.passkey.bytes)
      func enrol(_ assertion: [UInt8], _ client: [UInt8]) async throws -> LocalExchange.Reply {
        try await exchange.post(
          "holdfast/passkey",
          [
            "attestationObject": .string(Base64URL.text(made.attestationObject)),
            "clientDataJSON": .string(Base64URL.text(client)),
            "assertion": try object(assertion),
          ], as: exchange.alice)
      }
      let foreign = SoftPasskey(seed: 42).sign(enrolment)
      let stolen = try await enrol(foreign, made.clientData)
      #expect(stolen.code == "51000" && stolen.message.contains("signature"), "\(stolen.json)")
      let other = passkey.attestation(challenge: [UInt8](repeating: 0, count: 32))
      let replayed = try await enrol(passkey.sign(enrolment), other.clientData)
      #expect(replayed.message.contains("challenge"), "\(replayed.json)")
      let enrolled = try await enrol(passkey.sign(enrolment), made.clientData)
      #expect(enrolled.code == "0", "\(enrolled.json)")
      let after = try await exchange.get("holdfast/signing-key", as: exchange.alice)
      #expect(after["kind"] == "passkey-eddsa")

      var body = body(exchange)
      let statement = statement(exchange)
      body["signature"] = .string(
        Hex.text(try statement.signed(by: exchange.alice.signingKey)))
      let old = try await send(exchange, body)
      #expect(old.message.contains("assertion can not be empty"), "\(old.json)")
      body["signature"] = nil
      body["assertion"] = try object(passkey.sign(statement, counter: 1))
      let paid = try await send(exchange, body)
      #expect(paid.code == "0", "\(paid.json)")
    }
  }

  @Test func `the page and its script are served, and nothing else beside the interface`()
    async throws
  {
    try await LocalExchange.run { exchange in
      let page = try await exchange.page("/passkey")
      #expect(page.status == 200 && page.type == "text/html; charset=utf-8")
      #expect(page.text.contains("/passkey.js"))
      #expect(page.policy?.contains("script-src 'self'") == true)
      let script = try await exchange.page("/passkey.js")
      #expect(script.type == "text/javascript; charset=utf-8")
      #expect(script.text.contains("holdfast/withdrawal/v1"))
      #expect(try await exchange.page("/passkeys").status == 404)
    }
  }
}
