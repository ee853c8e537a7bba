import Cryptography
import Engine
import JSON
import Journal
import Money
import Statements
import Structures
import Testing
import Wire

@testable import Gateway

/// Changes that their owner is told of and takes back, over HTTP.
@Suite(.timeLimit(.minutes(2))) struct ChangeTests {
  private static let thief = [UInt8](repeating: 66, count: 32)

  /// A thief with alice's API key replaces her key; the guard says that she was told.
  private func replaceKey(of exchange: LocalExchange) async throws -> NoticeCode {
    let alice = exchange.alice
    // Her own key can no longer be cancelled: it is the one that speaks for her.
    exchange.clock.advance(milliseconds: 86_400_000)
    let set = try await exchange.post(
      "holdfast/contact", ["email": "alice@example.org"], as: alice)
    #expect(set.code == "0" && set["kind"] == "contact", "\(set.json)")
    let key = try Ed25519.PrivateKey(seed: SecretBytes(copying: Self.thief))
    let proof = try EnrolmentStatement(
      account: alice.account.raw, publicKey: key.publicKey.bytes
    ).signed(by: key)
    let enrolled = try await exchange.post(
      "holdfast/signing-key",
      [
        "publicKey": .string(Hex.text(key.publicKey.bytes)), "proof": .string(Hex.text(proof)),
      ], as: alice)
    #expect(enrolled.code == "0", "\(enrolled.json)")
    let changes = try await exchange.sequencer.read { $0.openChanges(of: alice.account) }
    let id = try #require(changes.last?.id)
    let secret = [UInt8](repeating: 5, count: 16)
    let given = try await exchange.sequencer.submit(
      .noticeGiven(
        NoticeGiven(
          account: alice.account, change: id, codeDigest: SHA256.hash(secret),
          cancellableUntil: exchange.clock.now)))
    #expect(given.refusal == nil)
    return NoticeCode(account: alice.account.raw, change: id.raw, secret: secret)
  }

  @Test func `the code in a notice cancels without an API key, once`() async throws {
    try await LocalExchange.run { exchange in
      let code = try await replaceKey(of: exchange)
      let seen = try await exchange.get("holdfast/changes", as: exchange.alice)
      #expect(seen["email"] == "alice@example.org" && seen["heldSince"] == "", "\(seen.json)")
      let cancelled = try await exchange.post(
        "holdfast/cancel-change", ["code": .string(code.text)], as: nil)
      #expect(
        cancelled.code == "0" && cancelled["changeId"] == "\(code.change)", "\(cancelled.json)")
      let key = try await exchange.get("holdfast/signing-key", as: exchange.alice)
      #expect(key["publicKey"] == Hex.text(exchange.alice.signingKey.publicKey.bytes))
      let held = try await exchange.post(
        "holdfast/contact", ["email": "mallory@example.org"], as: exchange.alice)
      #expect(held.code == "58204" && held.message.contains("held since"), "\(held.json)")
      let again = try await exchange.post(
        "holdfast/cancel-change", ["code": .string(code.text)], as: nil)
      #expect(again.code == "51000" && again.status == 400, "\(again.json)")
    }
  }

  @Test func `wrong codes get one answer and reach no journal`() async throws {
    try await LocalExchange.run { exchange in
      let code = try await replaceKey(of: exchange)
      let head = exchange.sequencer.head.sequence
      var wrong = code
      wrong.secret[3] ^= 1
      var other = code
      other.change -= 1
      var stranger = code
      stranger.account = 999
      for text in [wrong.text, other.text, stranger.text, "", "7-12", code.text + "0"] {
        let answer = try await exchange.post(
          "holdfast/cancel-change", ["code": .string(text)], as: nil)
        #expect(answer.code != "0" && answer.status == 400, "\(text): \(answer.json)")
        if !text.isEmpty {
          #expect(
            answer.message
              == "Parameter code error: is no code of a change that can be cancelled now")
        }
      }
      #expect(exchange.sequencer.head.sequence == head)
    }
  }

  @Test func `who tries codes is slowed down`() async throws {
    try await LocalExchange.run(limitsRates: true) { exchange in
      exchange.clock.freeze()
      var codes: [String] = []
      for _ in 0..<8 {
        codes.append(
          try await exchange.post("holdfast/cancel-change", ["code": "1-1-00"], as: nil).code)
      }
      #expect(codes == Array(repeating: "51000", count: 5) + Array(repeating: "50011", count: 3))
    }
  }

  @Test func `the key from before a change cancels it and ends the hold; the new key does neither`()
    async throws
  {
    try await LocalExchange.run { exchange in
      let code = try await replaceKey(of: exchange)
      let alice = exchange.alice
      let thief = try Ed25519.PrivateKey(seed: SecretBytes(copying: Self.thief))
      func body(_ ends: Bool, _ key: Ed25519.PrivateKey) throws -> JSON {
        let word = HoldStatement(account: alice.account.raw, change: code.change, ends: ends)
        return [
          "account": .string("\(alice.account)"), "changeId": .string("\(code.change)"),
          "signature": .string(Hex.text(try word.signed(by: key))),
        ]
      }
      let refused = try await exchange.post(
        "holdfast/cancel-change", try body(false, thief), as: nil)
      #expect(refused.code == "51000" && refused.message.contains("signature"), "\(refused.json)")
      // The word for one thing is not the word for the other.
      let crossed = try await exchange.post(
        "holdfast/cancel-change", try body(true, alice.signingKey), as: nil)
      #expect(crossed.code == "51000")
      let cancelled = try await exchange.post(
        "holdfast/cancel-change", try body(false, alice.signingKey), as: nil)
      #expect(cancelled.code == "0", "\(cancelled.json)")
      let ended = try await exchange.post(
        "holdfast/end-hold", try body(true, alice.signingKey), as: nil)
      #expect(ended.code == "0", "\(ended.json)")
      let seen = try await exchange.get("holdfast/changes", as: alice)
      #expect(seen["heldSince"] == "")
    }
  }

  @Test func `a key's word comes too late when its time has passed, whatever came last`()
    async throws
  {
    try await LocalExchange.run { exchange in
      let alice = exchange.alice
      exchange.clock.advance(milliseconds: 86_400_000)
      let second = try Ed25519.PrivateKey(seed: SecretBytes(copying: Self.thief))
      let proof = try EnrolmentStatement(
        account: alice.account.raw, publicKey: second.publicKey.bytes
      ).signed(by: second)
      let enrolled = try await exchange.post(
        "holdfast/signing-key",
        [
          "publicKey": .string(Hex.text(second.publicKey.bytes)),
          "proof": .string(Hex.text(proof)),
        ], as: alice)
      #expect(enrolled.code == "0", "\(enrolled.json)")
      let end = try #require(
        try await exchange.sequencer.read { $0.openChanges(of: alice.account).last }
      ).cancellableUntil
      exchange.clock.advance(milliseconds: 3_600_000)
      let set = try await exchange.post("holdfast/contact", ["email": "a@example.org"], as: alice)
      #expect(set.code == "0", "\(set.json)")
      let change = try #require(
        try await exchange.sequencer.read { $0.openChanges(of: alice.account).last?.id })
      exchange.clock.advance(
        milliseconds: end.milliseconds - exchange.clock.now.milliseconds + 1)
      func cancel(by key: Ed25519.PrivateKey) async throws -> LocalExchange.Reply {
        let word = HoldStatement(account: alice.account.raw, change: change.raw, ends: false)
        return try await exchange.post(
          "holdfast/cancel-change",
          [
            "account": .string("\(alice.account)"), "changeId": .string("\(change)"),
            "signature": .string(Hex.text(try word.signed(by: key))),
          ], as: nil)
      }
      let late = try await cancel(by: alice.signingKey)
      #expect(late.code == "51000" && late.message.contains("signature"), "\(late.json)")
      let right = try await cancel(by: second)
      #expect(right.code == "0", "\(right.json)")
    }
  }

  @Test func `more changes than may be open are refused with the field and the limit`()
    async throws
  {
    try await LocalExchange.run { exchange in
      let alice = exchange.alice
      exchange.clock.advance(milliseconds: 86_400_000)
      for turn in 0..<Exchange.openChangeLimit {
        let given = try await exchange.sequencer.submit(
          .enrolSigningKey(
            account: alice.account, publicKey: [UInt8](repeating: UInt8(turn % 2), count: 32),
            proof: [UInt8](repeating: 0, count: 64)))
        #expect(given.refusal == nil)
      }
      let answer = try await exchange.post(
        "holdfast/contact", ["email": "alice@example.org"], as: alice)
      #expect(answer.code == "50025", "\(answer.json)")
      #expect(answer.message.contains("changes") && answer.message.contains("32"))
    }
  }

  @Test(arguments: [
    ("", "50014"), ("alice", "51000"), ("a@b", "51000"),
    ("alice@example.org\r\nBcc: m@example.org", "51000"),
  ])
  func `a contact that is no address is refused`(text: String, code: String) async throws {
    try await LocalExchange.run { exchange in
      let answer = try await exchange.post(
        "holdfast/contact", ["email": .string(text)], as: exchange.alice)
      #expect(answer.code == code && answer.message.contains("email"), "\(answer.json)")
    }
  }

  @Test func `the page behind the link loads nothing from elsewhere and acts on a press alone`()
    async throws
  {
    try await LocalExchange.run { exchange in
      let page = try await exchange.page("/cancel")
      #expect(page.status == 200 && page.text.contains("/cancel.js"))
      #expect(page.policy?.contains("default-src 'none'") == true)
      let script = try await exchange.page("/cancel.js")
      #expect(script.status == 200 && script.text.contains("addEventListener(\"click\""))
    }
  }
}
