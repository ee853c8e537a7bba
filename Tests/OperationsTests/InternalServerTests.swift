import AsyncHTTPClient
import Cryptography
import Custody
import Engine
import Foundation
import Hummingbird
import JSON
import Journal
import Money
import NIOCore
import NIOHTTP1
import Nodes
import Operations
import Statements
import Structures
import Testing
import Wire

@Suite struct InternalServerTests {
  /// A server on a free port for as long as `body` runs.
  private func serve(
    _ body: @escaping @Sendable (TestExchange, Caller) async throws -> Void
  ) async throws {
    let exchange = try await TestExchange()
    let clock = exchange.clock
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let presence = GuardPresence(
      sequencer: exchange.sequencer, timeoutMilliseconds: 5000, logger: DevnetHost.logger,
      clock: { clock.now })
    let application = InternalServer.application(
      endpoint: .init(host: "127.0.0.1", port: 0), sequencer: exchange.sequencer,
      recovered: try await exchange.sequencer.checkpoint(),
      counter: try GuardCounter(path: exchange.folder.file("counter")),
      token: try GuardToken(path: exchange.folder.file("token")), presence: presence,
      chain: ChainStatus(), metrics: Metrics(),
      actions: OperatorActions(
        sequencer: exchange.sequencer,
        issue: { account, label, permissions in
          (
            .createAPIKey(
              key: "key-\(account)", account: account, label: label, permissions: permissions,
              sealed: [1, 2, 3]), "key-\(account)", "secret", "passphrase"
          )
        }),
      float: FloatActions(
        sequencer: exchange.sequencer,
        node: BitcoinNode(
          NodeEndpoint(
            url: "http://127.0.0.1:1", authentication: .user("u", password: "p")),
          logger: DevnetHost.logger), hot: exchange.scripts.descriptor, cold: nil),
      rotation: RotationActions(
        sequencer: exchange.sequencer,
        node: BitcoinNode(
          NodeEndpoint(
            url: "http://127.0.0.1:1", authentication: .user("u", password: "p")),
          logger: DevnetHost.logger), scripts: exchange.scripts),
      gate: OperatorGate(startedAt: clock.now), logger: DevnetHost.logger,
      clock: { clock.now }, onRunning: { continuation.yield($0) })
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await application.run() }
      let port = await ports.first { _ in true } ?? 0
      try await body(exchange, Caller(url: "http://127.0.0.1:\(port)", clock: clock))
      group.cancelAll()
    }
  }

  struct Caller: Sendable {
    let url: String
    let clock: TestClock

    func send(
      _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = []
    ) async throws -> (status: Int, body: [UInt8]) {
      var request = HTTPClientRequest(url: url + path)
      request.method = .init(rawValue: method)
      for (name, value) in headers { request.headers.add(name: name, value: value) }
      if method == "POST" { request.body = .bytes(ByteBuffer(bytes: body)) }
      let response = try await HTTPClient.shared.execute(request, timeout: .seconds(300))
      return (
        Int(response.status.code),
        Array(buffer: try await response.body.collect(upTo: 1 << 22))
      )
    }

    /// Headers of a request that `key` signs as `name`.
    func headers(
      _ name: String, _ key: Ed25519.PrivateKey, _ target: String, _ body: [UInt8]
    ) throws -> [(String, String)] {
      let signed = OperatorRequest(
        operatorName: name, target: target, bodyDigest: SHA256.hash(body),
        signedAtMilliseconds: clock.now.milliseconds, nonce: SecureRandom.bytes(16))
      return [
        ("Holdfast-Operator", name),
        ("Holdfast-Timestamp", "\(signed.signedAtMilliseconds)"),
        ("Holdfast-Nonce", Hex.text(signed.nonce)),
        ("Holdfast-Signature", Hex.text(try signed.signed(by: key))),
      ]
    }

    func act(
      _ name: String, _ key: Ed25519.PrivateKey, _ path: String, _ body: JSON
    ) async throws -> (status: Int, answer: JSON) {
      let headers = try headers(name, key, "POST \(path)", body.bytes)
      let (status, bytes) = try await send("POST", path, headers: headers, body: body.bytes)
      return (status, try JSON(parsing: bytes))
    }
  }

  @Test func `an operator opens an account and makes an API key`() async throws {
    try await serve { exchange, caller in
      let opened = try await caller.act(
        "dave", exchange.dave, "/operator/accounts", ["name": "alice"])
      #expect(opened.answer == ["ok": true, "account": ["id": "1", "name": "alice"]])
      let again = try await caller.act(
        "dave", exchange.dave, "/operator/accounts", ["name": "alice"])
      #expect(again.status == 409)
      #expect(again.answer == ["ok": false, "error": "name: alice is taken"])
      let key = try await caller.act(
        "dave", exchange.dave, "/operator/api-keys",
        ["account": "alice", "label": "main", "permissions": "read,trade"])
      #expect(key.answer["secret"]?.string == "secret")
      let keys = try await exchange.sequencer.read { $0.apiKeys(of: AccountID(1)) }
      #expect(keys.map(\.permissions) == [[.read, .trade]])
      let wrong = try await caller.act(
        "dave", exchange.dave, "/operator/api-keys",
        ["account": "alice", "label": "main", "permissions": "read,steal"])
      #expect(wrong.status == 400)
      #expect(
        wrong.answer["error"]
          == "permissions: steal is not allowed; allowed read, trade, withdraw")
    }
  }

  @Test func `with a cold wallet the metrics say how many addresses are left`() async throws {
    try await serve { exchange, caller in
      let wallet = ColdWallet(descriptor: "wsh(cold)#test", maximumFee: Amount(units: 1_000))
      let batch = ColdBatch(
        number: 1, firstIndex: 0, count: 5, addressCap: Amount(units: 100_000), epoch: 1,
        epochCap: Amount(units: 300_000), signed: [1])
      for command in [Command.coldWallet(wallet), .registerColdBatch(batch)] {
        #expect(try await exchange.sequencer.submit(command).refusal == nil)
      }
      let metrics = String(
        decoding: try await caller.send("GET", "/metrics").body, as: UTF8.self)
      #expect(metrics.contains("\nholdfast_cold_addresses_left 5\n"))
      #expect(metrics.contains("\nholdfast_cold_epoch_room_units 300000\n"))
      #expect(metrics.contains("\nholdfast_float_hot_units 0\n"))
      #expect(metrics.contains("\nholdfast_float_cold_units 0\n"))
    }
  }

  @Test func `without a cold wallet the float says so, and there is nothing to refill from`()
    async throws
  {
    try await serve { exchange, caller in
      let headers = try caller.headers("dave", exchange.dave, "GET /operator/float", [])
      let said = try JSON(
        parsing: try await caller.send("GET", "/operator/float", headers: headers).body)
      #expect(said["coldStorage"]?.bool == false)
      #expect(said["note"]?.string?.contains("nothing is swept") == true)
      for (path, body) in [("/operator/cold-batches", JSON(dictionaryLiteral: ("batch", "00")))] {
        let refused = try await caller.act("dave", exchange.dave, path, body)
        #expect(refused.status == 409)
        #expect(refused.answer["error"] == "no cold wallet is configured")
      }
    }
  }

  @Test func `a request under another key, or replayed, changes nothing`() async throws {
    try await serve { exchange, caller in
      let body = JSON(dictionaryLiteral: ("name", "alice")).bytes
      let target = "POST /operator/accounts"
      let head = exchange.sequencer.head.sequence
      for headers in [
        [], try caller.headers("dave", exchange.erin, target, body),
        try caller.headers("mallory", exchange.dave, target, body),
        try caller.headers("dave", exchange.dave, "POST /operator/reviews", body),
        try caller.headers("dave", exchange.dave, target, body + [0x20]),
      ] {
        let answer = try await caller.send(
          "POST", "/operator/accounts", headers: headers, body: body)
        #expect(answer.status == 401)
      }
      #expect(exchange.sequencer.head.sequence == head)
      let good = try caller.headers("dave", exchange.dave, target, body)
      #expect(
        try await caller.send("POST", "/operator/accounts", headers: good, body: body).status
          == 200)
      let replay = try await caller.send(
        "POST", "/operator/accounts", headers: good, body: body)
      #expect(replay.status == 401)
      #expect(try JSON(parsing: replay.body)["error"] == "the same request came before")
    }
  }

  @Test func `a receipt needs two operators, each with a signature of his own`() async throws {
    try await serve { exchange, caller in
      let (alice, _) = try await exchange.customer("alice")
      func attest(
        _ name: String, _ key: Ed25519.PrivateKey, amount: String = "250.5",
        signedBy signer: Ed25519.PrivateKey? = nil
      ) async throws -> (status: Int, answer: JSON) {
        let statement = ReceiptStatement(
          operatorName: name, account: alice.raw, asset: "USDT", amountUnits: 250_500_000,
          reference: "r1")
        return try await caller.act(
          name, key, "/operator/receipts",
          [
            "account": "alice", "asset": "USDT", "amount": .string(amount), "reference": "r1",
            "signature": .string(Hex.text(try statement.signed(by: signer ?? key))),
          ])
      }
      func funding() async throws -> Int64 {
        try await exchange.sequencer.read {
          $0.balance(of: alice, asset: TestExchange.usdt, wallet: .funding).available.units
        }
      }
      #expect(try await attest("dave", exchange.dave, signedBy: exchange.erin).status == 400)
      #expect(try await attest("dave", exchange.dave, amount: "250.6").status == 400)
      #expect(try await attest("dave", exchange.dave).answer["state"] == "attested")
      let twice = try await attest("dave", exchange.dave)
      #expect(twice.status == 409)
      #expect(twice.answer["error"]?.string?.contains("different operator") == true)
      #expect(try await funding() == 0)
      #expect(try await attest("erin", exchange.erin).answer["state"] == "credited")
      #expect(try await funding() == 250_500_000)
      #expect(try await attest("erin", exchange.erin).status == 409)
      #expect(try await funding() == 250_500_000)
    }
  }

  @Test func `the journal is read with the token only, and metrics by anyone`() async throws {
    try await serve { exchange, caller in
      for header in [nil, "Bearer nonsense", "Basic abc"] {
        let headers = header.map { [("Authorization", $0)] } ?? []
        #expect(try await caller.send("GET", "/internal/journal", headers: headers).status == 401)
      }
      let token = try String(contentsOfFile: exchange.folder.file("token"), encoding: .utf8)
        .trimmingCharacters(in: .newlines)
      let feed = try await caller.send(
        "GET", "/internal/journal?after=0", headers: [("Authorization", "Bearer \(token)")])
      var reader = ByteReader(feed.body)
      #expect(try JournalBatch(decoding: reader.read([UInt8].self)).sequence == 1)
      #expect(
        try await caller.send(
          "GET", "/internal/journal?after=x", headers: [("Authorization", "Bearer \(token)")]
        ).status == 400)
      #expect(try await caller.send("POST", "/internal/guard", body: [1]).status == 400)

      let metrics = String(
        decoding: try await caller.send("GET", "/metrics").body, as: UTF8.self)
      #expect(metrics.contains("\nholdfast_journal_head 1\n"))
      #expect(metrics.contains("\nholdfast_withdrawals_open{state=\"delayed\"} 0\n"))
      #expect(!metrics.contains("holdfast_cold_addresses_left"), "there is no cold wallet")
      for line in metrics.split(separator: "\n") where !line.hasPrefix("#") {
        let value = line.split(separator: " ").last.flatMap { Double($0) }
        #expect(value != nil, "\(line)")
      }
      let health = try JSON(parsing: try await caller.send("GET", "/health").body)
      #expect(health["status"] == "ok")
      #expect(health["recovered"]?["stateHash"]?.string?.count == 64)
      #expect(try await caller.send("GET", "/ready").status == 503)
    }
  }
}
