import Cryptography
import Engine
import JSON
import Journal
import Money
import Structures
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(2))) struct AuthenticationTests {
  @Test func `each thing wrong with a signed request has its code`() async throws {
    try await LocalExchange.run { exchange in
      typealias Tampering = LocalExchange.Tampering
      func stale(_ milliseconds: Int64) -> Tampering {
        Tampering(
          timestamp: InstantText.text(exchange.clock.now.advanced(byMilliseconds: milliseconds)))
      }
      let cases: [(Tampering, String)] = [
        (Tampering(omitted: ["OK-ACCESS-KEY"]), "50103"),
        (Tampering(omitted: ["OK-ACCESS-PASSPHRASE"]), "50104"),
        (Tampering(omitted: ["OK-ACCESS-SIGN"]), "50106"),
        (Tampering(omitted: ["OK-ACCESS-TIMESTAMP"]), "50107"),
        (Tampering(timestamp: "yesterday"), "50112"),
        (stale(-31_000), "50102"), (stale(600_000), "50102"),
        (Tampering(key: "00000000-0000-0000-0000-000000000000"), "50111"),
        (Tampering(passphrase: "wrong"), "50105"),
        (Tampering(signature: "AAAA"), "50113"),
      ]
      for (tampering, code) in cases {
        let reply = try await exchange.get("account/balance", as: exchange.alice, tampering)
        #expect(reply.code == code && reply.status == 401, "\(tampering)")
      }
      #expect(try await exchange.get("account/balance", as: nil).code == "50103")
      let good = try await exchange.get("account/balance", as: exchange.alice, stale(-25_000))
      #expect(good.code == "0")
    }
  }

  @Test func `the signature covers the query as it was sent`() async throws {
    try await LocalExchange.run { exchange in
      for query in ["ccy=BTC,USDT", "ccy=BTC%2CUSDT", "ccy=BTC%2cUSDT&x=%20+"] {
        let reply = try await exchange.get("account/balance?\(query)", as: exchange.alice)
        #expect(reply.code == "0" && reply.rows.first?["details"]?.array?.count == 2)
      }
    }
  }

  @Test func `a key may do only what it was given`() async throws {
    try await LocalExchange.run { exchange in
      let (command, credentials) = try APIKeyIssuer(seal: exchange.seal).issue(
        for: exchange.alice.account, label: "reader", permissions: [.read])
      _ = try await exchange.sequencer.submit(command)
      var reader = exchange.alice
      reader.credentials = credentials
      #expect(try await exchange.get("account/config", as: reader)["perm"] == "read_only")
      let order = try await exchange.post("trade/order", ["instId": "BTC-USDT"], as: reader)
      #expect(order.code == "50114" && order.status == 401)
      _ = try await exchange.sequencer.submit(.revokeAPIKey(key: credentials.apiKey))
      // The revocation reaches the gateway with the journal's next batch.
      var code = ""
      for _ in 0..<30_000 where code != "50111" {
        code = try await exchange.get("account/config", as: reader).code
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(code == "50111")
    }
  }

  @Test func `bad bodies are refused by name`() async throws {
    try await LocalExchange.run { exchange in
      let alice = exchange.alice
      func send(_ body: String, _ type: String? = "application/json") async throws
        -> LocalExchange.Reply
      {
        try await exchange.send(
          "POST", "trade/order", body: Array(body.utf8), as: alice,
          LocalExchange.Tampering(contentType: type))
      }
      #expect(try await send("{\"instId\":").code == "50002")
      #expect(try await send("[1,2]").code == "50002")
      #expect(try await send("{}", "text/plain").code == "50006")
      let huge = try await send(String(repeating: " ", count: (1 << 20) + 1))
      #expect(huge.status == 413)
      let get = try await exchange.get("trade/cancel-order", as: alice)
      #expect(get.code == "50115" && get.status == 405)
      #expect(try await exchange.get("no/such/thing").status == 404)
      let late = try await exchange.post(
        "trade/order", ["instId": "BTC-USDT"], as: alice,
        LocalExchange.Tampering(extra: [("expTime", "1000")]))
      #expect(late.code == "50036")
    }
  }

  @Test func `who asks too often is told so`() async throws {
    try await LocalExchange.run(limitsRates: true) { exchange in
      exchange.clock.freeze()
      for _ in 0..<5 {
        #expect(try await exchange.get("account/config", as: exchange.alice).code == "0")
      }
      let sixth = try await exchange.get("account/config", as: exchange.alice)
      #expect(sixth.code == "50011" && sixth.status == 429)
      let other = try await exchange.get("account/config", as: exchange.bob)
      #expect(other.code == "0")
    }
  }

  @Test(arguments: [
    ("2020-12-08T09:08:57.715Z", Int64(1_607_418_537_715)),
    ("2020-12-08T09:08:57Z", 1_607_418_537_000),
    ("1607418537.715", 1_607_418_537_715), ("1607418537", 1_607_418_537_000),
    ("2024-02-29T23:59:59.9Z", 1_709_251_199_900),
  ])
  func `times are read as clients write them`(text: String, milliseconds: Int64) {
    #expect(InstantText.instant(text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "Z", "2020-12-08", "2020-13-08T09:08:57.715Z", "2023-02-29T00:00:00.000Z",
    "2020-12-08T09:08:57.715", "2020-12-08T25:08:57.715Z", "160741853771511", "1e9",
  ])
  func `what is no time is not read as one`(text: String) {
    #expect(InstantText.instant(text) == nil)
  }

  @Test func `a seal opens only for the key it was made for`() throws {
    let seal = APIKeySeal(key: try SecretBytes(copying: SecureRandom.bytes(32)))
    let sealed = try seal.seal(apiKey: "a", secret: "s", passphrase: "p")
    let opened = try seal.open(sealed, apiKey: "a")
    #expect(opened.secret == Array("s".utf8))
    #expect(opened.accepts(passphrase: "p") && !opened.accepts(passphrase: "q"))
    #expect(throws: APIKeySealError.notAuthentic) { try seal.open(sealed, apiKey: "b") }
    var damaged = sealed
    damaged[damaged.count - 1] ^= 1
    #expect(throws: APIKeySealError.notAuthentic) { try seal.open(damaged, apiKey: "a") }
    let other = APIKeySeal(key: try SecretBytes(copying: SecureRandom.bytes(32)))
    #expect(throws: APIKeySealError.notAuthentic) { try other.open(sealed, apiKey: "a") }
  }
}
