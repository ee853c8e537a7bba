import AsyncHTTPClient
import Bitcoin
import Cryptography
import Engine
import Foundation
import JSON
import Journal
import Logging
import Money
import NIOCore
import NIOFoundationCompat
import ServiceLifecycle
import NIOHTTP1
import Statements
import Structures
import Synchronization
import TestPasskeys
import Testing
import Views
import Wire

@testable import Gateway

/// A whole exchange in this process: journal and views in a folder of their own, the gateway on a
/// free port, two customers with money.
final class LocalExchange: Sendable {
  static let btc = AssetID(1)
  static let usdt = AssetID(2)
  static let bitcoin: Int64 = 100_000_000

  struct Customer: Sendable {
    var name: String
    var account: AccountID
    var credentials: IssuedCredentials
    var signingKey: Ed25519.PrivateKey
    /// An address of the customer's own, past its cooling-off.
    var withdrawAddress: String
  }

  let directory: URL
  let sequencer: Sequencer
  let seal: APIKeySeal
  let clock: TestClock
  let port: Int
  let customers: [Customer]

  var alice: Customer { customers[0] }
  var bob: Customer { customers[1] }
  var baseURL: String { "http://127.0.0.1:\(port)" }

  private init(
    directory: URL, sequencer: Sequencer, seal: APIKeySeal, clock: TestClock, port: Int,
    customers: [Customer]
  ) {
    self.directory = directory
    self.sequencer = sequencer
    self.seal = seal
    self.clock = clock
    self.port = port
    self.customers = customers
  }

  /// Runs `body` with an exchange that is stopped and deleted afterwards.
  static func run(
    limitsRates: Bool = false, idleMilliseconds: Int64 = 30_000,
    configuration: ExchangeConfiguration = .gatewaySample,
    _ body: (LocalExchange) async throws -> Void
  ) async throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("gateway-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let clock = TestClock()
    let sequencer = try Sequencer.open(
      directory: directory.appendingPathComponent("data").path, clock: { clock.now })
    let seal = APIKeySeal(key: try SecretBytes(copying: SecureRandom.bytes(32)))
    let world = World(sequencer: sequencer, seal: seal, clock: clock)
    let customers = try await world.setUp(configuration)
    let gateway = try await RunningGateway.start(
      sequencer, seal, clock, views: directory.appendingPathComponent("views.sqlite").path,
      limitsRates: limitsRates, idleMilliseconds: idleMilliseconds)
    let exchange = LocalExchange(
      directory: directory, sequencer: sequencer, seal: seal, clock: clock,
      port: gateway.port, customers: customers)
    let result: Result<Void, any Error>
    do {
      try await body(exchange)
      result = .success(())
    } catch {
      result = .failure(error)
    }
    await gateway.stop()
    await sequencer.shutdown()
    try result.get()
  }

  /// Runs `body` with a second gateway over the same journal.
  ///
  /// - Parameter history: What its views hold already; nothing of their own yet by default.
  func withFreshGateway(
    history: [ViewBatch] = [], _ body: (LocalExchange, RunningGateway) async throws -> Void
  ) async throws {
    let path = directory.appendingPathComponent("fresh.sqlite").path
    if !history.isEmpty { try await Views(path: path).write(history) }
    let gateway = try await RunningGateway.start(sequencer, seal, clock, views: path)
    let exchange = LocalExchange(
      directory: directory, sequencer: sequencer, seal: seal, clock: clock, port: gateway.port,
      customers: customers)
    let result: Result<Void, any Error>
    do {
      try await body(exchange, gateway)
      result = .success(())
    } catch {
      result = .failure(error)
    }
    await gateway.stop()
    try result.get()
  }

  static func depositScript(_ index: UInt32) -> Script {
    .payToWitness(
      version: 0, program: Array(SHA256.hash(Array("deposit \(index)".utf8)).prefix(20)))
  }
}

/// A gateway that listens.
struct RunningGateway: Sendable {
  let port: Int
  private let group: ServiceGroup
  private let running: Task<Void, any Error>

  static func start(
    _ sequencer: Sequencer, _ seal: APIKeySeal, _ clock: TestClock, views: String,
    limitsRates: Bool = false, idleMilliseconds: Int64 = 30_000
  ) async throws -> RunningGateway {
    let (ports, found) = AsyncStream.makeStream(of: Int.self)
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let service = try GatewayService(
      configuration: GatewayConfiguration(
        host: "127.0.0.1", port: 0, network: .regtest, limitsRates: limitsRates,
        idleMilliseconds: idleMilliseconds, passkeySite: SoftPasskey.site),
      sequencer: sequencer, views: try Views(path: views), seal: seal,
      deriveDepositAddress: {
        try #require(Address.text(for: LocalExchange.depositScript($0), network: .regtest))
      }, clock: { clock.now }, logger: logger, onListening: { found.yield($0) })
    let group = ServiceGroup(services: [service], logger: logger)
    let running = Task {
      defer { found.finish() }
      try await group.run()
    }
    var port: Int?
    for await listening in ports {
      port = listening
      break
    }
    guard let port else {
      try await running.value
      throw SessionOver()
    }
    return RunningGateway(port: port, group: group, running: running)
  }

  /// Asks it to stop in an orderly way and waits until it has.
  func stop() async {
    await group.triggerGracefulShutdown()
    _ = await running.result
  }
}

/// A clock that tests can move. It begins two minutes late, so that it is right once the exchange has
/// been set up: real clients sign the real time.
final class TestClock: Sendable {
  private let offset = Mutex<Int64>(-120_000)
  private let frozen = Mutex<Timestamp?>(nil)

  var now: Timestamp {
    if let frozen = frozen.withLock({ $0 }) { return frozen }
    let real = Int64(Date().timeIntervalSince1970 * 1000)
    return Timestamp(milliseconds: real + offset.withLock { $0 })
  }

  /// Stops the clock where it is.
  func freeze() {
    let now = now
    frozen.withLock { $0 = now }
  }

  func advance(milliseconds: Int64) { offset.withLock { $0 += milliseconds } }
}

/// Puts the exchange into its first state, by commands as the other programs would send them.
struct World {
  let sequencer: Sequencer
  let seal: APIKeySeal
  let clock: TestClock

  func setUp(
    _ configuration: ExchangeConfiguration
  ) async throws -> [LocalExchange.Customer] {
    try await run(.configure(configuration))
    var customers: [LocalExchange.Customer] = []
    for name in ["alice", "bob"] { customers.append(try await open(name)) }
    try await fund(customers)
    // Past the cooling-off of the addresses and the hold after new credentials.
    clock.advance(milliseconds: 120_000)
    try await run(.tick)
    return customers
  }

  @discardableResult
  func run(_ command: Command) async throws -> [Event] {
    let committed = try await sequencer.submit(command)
    try #require(committed.refusal == nil, "\(command) was refused")
    return committed.events
  }

  private func open(_ name: String) async throws -> LocalExchange.Customer {
    try await run(.openAccount(name: name))
    let account = try #require(try await sequencer.read { $0.accountID(name: name) })
    let (command, credentials) = try APIKeyIssuer(seal: seal).issue(
      for: account, label: name, permissions: [.read, .trade, .withdraw])
    try await run(command)
    let key = try Ed25519.PrivateKey(
      seed: try SecretBytes(copying: SHA256.hash(Array(name.utf8))))
    let public_ = key.publicKey.bytes
    let proof = try EnrolmentStatement(account: account.raw, publicKey: public_).signed(by: key)
    try await run(.enrolSigningKey(account: account, publicKey: public_, proof: proof))
    let script = Script.payToWitness(
      version: 0, program: Array(SHA256.hash(Array("home of \(name)".utf8)).prefix(20)))
    let address = try #require(Address.text(for: script, network: .regtest))
    let statement = AddressStatement(
      account: account.raw, asset: "BTC", chain: "BTC-Bitcoin", address: address, nonce: 1)
    try await run(
      .addAddress(
        AddAddress(
          account: account, asset: LocalExchange.btc, chain: "BTC-Bitcoin", address: address,
          label: "home", nonce: 1, signature: try statement.signed(by: key))))
    return LocalExchange.Customer(
      name: name, account: account, credentials: credentials, signingKey: key,
      withdrawAddress: address)
  }

  /// 8 BTC over the chain and 500 000 USDT by receipt for each, half of it in trading.
  private func fund(_ customers: [LocalExchange.Customer]) async throws {
    var received: [ConnectBlock.Received] = []
    for (index, customer) in customers.enumerated() {
      let index = UInt32(index)
      let address = try #require(
        Address.text(for: LocalExchange.depositScript(index), network: .regtest))
      try await run(
        .assignDepositAddress(
          account: customer.account, asset: LocalExchange.btc, index: index, address: address))
      received.append(
        ConnectBlock.Received(
          outpoint: ChainOutpoint(
            transaction: SHA256.hash(Array(customer.name.utf8)), index: index),
          script: ScriptIndex(branch: .deposit, index: index),
          amount: Amount(units: 8 * LocalExchange.bitcoin)))
      for name in ["dave", "erin"] {
        try await run(
          .attestReceipt(
            AttestReceipt(
              operatorName: name, account: customer.account, asset: LocalExchange.usdt,
              amount: Amount(units: 500_000_000_000), reference: "payment of \(customer.name)",
              signature: Array(repeating: 0, count: 64))))
      }
    }
    try await run(
      .connectBlock(
        ConnectBlock(
          point: ChainPoint(height: 1, hash: SHA256.hash([1])), previous: SHA256.hash([0]),
          received: received, spent: [])))
    for customer in customers {
      for (asset, units) in [
        (LocalExchange.btc, 4 * LocalExchange.bitcoin), (LocalExchange.usdt, 250_000_000_000),
      ] {
        try await run(
          .transfer(
            account: customer.account, asset: asset, amount: Amount(units: units), from: .funding,
            to: .trading))
      }
    }
  }
}

extension ExchangeConfiguration {
  static var gatewaySample: ExchangeConfiguration {
    func limits(_ unit: Int64) -> WithdrawalLimits {
      WithdrawalLimits(
        refuseAbove: Amount(units: 3 * unit), reviewAbove: Amount(units: 2 * unit),
        delayAbove: Amount(units: unit), delayMilliseconds: 600_000,
        customerHour: Amount(units: 100 * unit), customerDay: Amount(units: 100 * unit),
        assetHour: Amount(units: 1000 * unit), assetDay: Amount(units: 1000 * unit),
        countHour: 100, firstUseMilliseconds: 0)
    }
    func asset(
      _ code: String, _ name: String, _ decimals: Int, _ rail: Asset.Rail, _ chain: String
    ) -> Asset {
      Asset(
        code: code, name: name, decimals: decimals, rail: rail, chain: chain,
        minimumDeposit: Amount(units: 1000), minimumWithdrawal: Amount(units: 10_000),
        withdrawalFee: Amount(units: 5000), depositConfirmations: 1, withdrawalConfirmations: 1,
        limits: limits(LocalExchange.bitcoin))
    }
    return ExchangeConfiguration(
      assets: [
        asset("BTC", "Bitcoin", 8, .bitcoin, "BTC-Bitcoin"),
        asset("USDT", "Tether", 6, .manual, "USDT-Manual"),
      ],
      instruments: [
        Instrument(
          symbol: "BTC-USDT", base: LocalExchange.btc, quote: LocalExchange.usdt,
          tickUnits: 100_000, lotUnits: 1000, minimumSize: Lots(1), maximumSize: Lots(10_000_000),
          makerFeePPM: 800, takerFeePPM: 1000, listedAt: Timestamp(milliseconds: 1))
      ],
      operators: [
        Operator(name: "dave", publicKey: Array(repeating: 1, count: 32)),
        Operator(name: "erin", publicKey: Array(repeating: 2, count: 32)),
      ], addressCoolingOffMilliseconds: 60_000, credentialHoldMilliseconds: 60_000,
      walletDescriptor: "", guardKey: Array(repeating: 3, count: 32))
  }
}

// MARK: Speaking HTTP

extension LocalExchange {
  struct Reply {
    var status: Int
    var json: JSON
    var code: String { json["code"]?.string ?? "" }
    var message: String { json["msg"]?.string ?? "" }
    var rows: [JSON] { json["data"]?.array ?? [] }

    /// The text of a field of the first row.
    subscript(name: String) -> String? { rows.first?[name]?.string }
  }

  /// How a request is sent; the defaults are right.
  struct Tampering {
    var timestamp: String?
    var signature: String?
    var passphrase: String?
    var key: String?
    var omitted: Set<String> = []
    var contentType: String? = "application/json"
    var extra: [(String, String)] = []
  }

  func get(
    _ target: String, as customer: Customer? = nil, _ tampering: Tampering = Tampering()
  ) async throws -> Reply {
    try await send("GET", target, body: [], as: customer, tampering)
  }

  /// A page for browsers.
  struct Page {
    var status: Int
    var type: String?
    var policy: String?
    var text: String
  }

  func page(_ path: String) async throws -> Page {
    let response = try await HTTPClient.shared.execute(
      HTTPClientRequest(url: baseURL + path), timeout: .seconds(30))
    return Page(
      status: Int(response.status.code), type: response.headers.first(name: "Content-Type"),
      policy: response.headers.first(name: "Content-Security-Policy"),
      text: String(buffer: try await response.body.collect(upTo: 1 << 20)))
  }

  func post(
    _ target: String, _ body: JSON, as customer: Customer?, _ tampering: Tampering = Tampering()
  ) async throws -> Reply {
    try await send("POST", target, body: body.bytes, as: customer, tampering)
  }

  func send(
    _ method: String, _ target: String, body: [UInt8], as customer: Customer?,
    _ tampering: Tampering = Tampering()
  ) async throws -> Reply {
    let path = "/api/v5/" + target
    var request = HTTPClientRequest(url: baseURL + path)
    request.method = .RAW(value: method)
    if let customer {
      let credentials = customer.credentials
      let timestamp = tampering.timestamp ?? InstantText.text(clock.now)
      let message = Array((timestamp + method + path).utf8) + body
      let signature =
        tampering.signature
        ?? Base64.text(
          HMACSHA256.authenticate(key: Array(credentials.secret.utf8), message))
      for (name, value) in [
        ("OK-ACCESS-KEY", tampering.key ?? credentials.apiKey), ("OK-ACCESS-SIGN", signature),
        ("OK-ACCESS-TIMESTAMP", timestamp),
        ("OK-ACCESS-PASSPHRASE", tampering.passphrase ?? credentials.passphrase),
      ] where !tampering.omitted.contains(name) {
        request.headers.add(name: name, value: value)
      }
    }
    for (name, value) in tampering.extra { request.headers.add(name: name, value: value) }
    if !body.isEmpty {
      if let type = tampering.contentType {
        request.headers.add(name: "Content-Type", value: type)
      }
      request.body = .bytes(ByteBuffer(bytes: body))
    }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(300))
    let received = try await response.body.collect(upTo: 1 << 24)
    return Reply(
      status: Int(response.status.code),
      json: try JSON(parsing: Array(received.readableBytesView)))
  }

  /// A limit order that must be accepted; returns its id.
  @discardableResult
  func place(
    _ customer: Customer, _ side: String, _ size: String, at price: String, client: String = "",
    type: String = "limit"
  ) async throws -> String {
    let reply = try await post(
      "trade/order",
      [
        "instId": "BTC-USDT", "tdMode": "cash", "side": .string(side), "ordType": .string(type),
        "sz": .string(size), "px": .string(price), "clOrdId": .string(client),
      ], as: customer)
    try #require(reply.code == "0", "\(reply.json)")
    return try #require(reply["ordId"])
  }
}
