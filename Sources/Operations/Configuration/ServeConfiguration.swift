// Operations owns what surrounds the core while it serves: its configuration file, the chain, the
// guard's and the operators' doors, health, metrics and the order in which all of it starts and
// stops. It decides nothing about money: every change of state is a command to the sequencer.
public import Bitcoin
public import Descriptors
public import Engine
import Money
public import Settings

/// Everything in the configuration file of `holdfast serve`.
public struct ServeConfiguration: Equatable, Sendable {
  /// A host and a port to listen on; port 0 lets the system choose.
  public struct Endpoint: Equatable, Sendable {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
      self.host = host
      self.port = port
    }
  }

  /// How a Bitcoin node is reached.
  public struct Node: Equatable, Sendable {
    /// What proves to the node who asks.
    public enum Credentials: Equatable, Sendable {
      /// The file that the node writes at its start: `user:password`.
      case cookieFile(String)
      /// A user, and the file that has the password in its first line.
      case passwordFile(user: String, path: String)
    }

    /// For example http://127.0.0.1:8332.
    public var url: String
    public var credentials: Credentials

    public init(url: String, credentials: Credentials) {
      self.url = url
      self.credentials = credentials
    }
  }

  /// The cold wallet whose coins count.
  public struct ColdStorage: Equatable, Sendable {
    /// What the core is told of it.
    public var wallet: ColdWallet
    public var descriptor: Descriptor
    /// The Ed25519 public key under which the offline device gives out addresses, 32 bytes.
    public var issuerKey: [UInt8]

    public init(wallet: ColdWallet, descriptor: Descriptor, issuerKey: [UInt8]) {
      self.wallet = wallet
      self.descriptor = descriptor
      self.issuerKey = issuerKey
    }
  }

  /// How much is logged.
  public enum LogLevel: String, CaseIterable, Sendable {
    case trace, debug, info, notice, warning, error
  }

  /// Folder of the journal, the snapshots, the views and the server's own sealing key.
  public var dataFolder: String
  /// Folder to which journal segments move that no start needs any more; without one they all stay.
  public var archiveFolder: String?
  /// Where customers connect.
  public var publicEndpoint: Endpoint
  /// Where guard, operators and monitoring connect. Not for the internet.
  public var internalEndpoint: Endpoint
  public var logLevel: LogLevel
  /// Whether customers' requests are limited as OKX limits them.
  public var limitsRates: Bool
  public var network: Network
  public var node: Node
  /// Another node of the same chain, to compare the first with.
  public var secondNode: Node?
  /// How long the two may differ, in milliseconds.
  public var nodesToleranceMilliseconds: Int64
  /// Whether the node's block filters are used to catch up.
  public var usesFilters: Bool
  /// Pause between two looks at the node, in milliseconds.
  public var pollMilliseconds: Int64
  /// Height of the first block to read; by default the node's tip at the first start.
  public var startHeight: UInt32?
  /// An observation of the reserves is journaled at least every so many blocks.
  public var reservesEveryBlocks: UInt32
  /// File with the secret that the guard shows to read the journal.
  public var guardTokenFile: String
  /// After so long without the guard asking, withdrawals queue with a public reason.
  public var guardTimeoutMilliseconds: Int64
  /// Followers, and when answers are given.
  public var replication: ReplicationSettings
  /// Cold storage, if there is any.
  public var cold: ColdStorage?
  /// The hot wallet, and those whose place it has taken, oldest first.
  public var rotation: WalletRotation
  public var formerWallets: [String]
  /// What the core is told.
  public var exchange: ExchangeConfiguration

  /// Reads the file at `file` and the descriptor file that it names.
  public init(file: String) throws(ConfigurationError) {
    self = try ConfigurationSection.read(file: file) {
      (root) throws(ConfigurationError) in try ServeConfiguration(root)
    }
  }

  init(_ root: ConfigurationSection) throws(ConfigurationError) {
    dataFolder = try root.path("data")
    archiveFolder = try root.optionalPath("archive")
    let listen = try root.section("listen")
    publicEndpoint = try Self.endpoint(listen, "public", default: "127.0.0.1:8080")
    internalEndpoint = try Self.endpoint(listen, "internal", default: "127.0.0.1:8081")
    logLevel = try root.optionalSection("log")?.choice("level", default: .info) ?? .info

    limitsRates = try root.optionalSection("api")?.boolean("rateLimits", default: true) ?? true

    let chain = try root.section("chain")
    network = try chain.choice("network")
    node = try Self.node(try chain.section("node"))
    secondNode = try chain.optionalSection("secondNode").map {
      section throws(ConfigurationError) in try Self.node(section)
    }
    nodesToleranceMilliseconds = try chain.milliseconds(
      "nodesTolerance", in: 0...86_400_000, default: 600_000)
    usesFilters = try chain.boolean("filters", default: true)
    pollMilliseconds = try chain.milliseconds("poll", in: 50...600_000, default: 1000)
    startHeight =
      chain.has("startHeight")
      ? UInt32(try chain.integer("startHeight", in: 0...Int64(Int32.max))) : nil
    reservesEveryBlocks = UInt32(
      try chain.integer("reservesEvery", in: 1...100_000, default: 144))

    let guardSection = try root.section("guard")
    let guardKey = try guardSection.bytes("publicKey", count: 32)
    guardTokenFile = try guardSection.path("tokenFile")
    guardTimeoutMilliseconds = try guardSection.milliseconds(
      "timeout", in: 1000...86_400_000, default: 30_000)

    if let section = try root.optionalSection("cold") {
      cold = try Self.cold(section, on: network)
    }
    replication = try ReplicationSettings(root, dataFolder: dataFolder)
    // Opened once: a section knows which of its keys were asked for.
    let wallet = try root.section("wallet")
    exchange = try ExchangeConfiguration(
      root, wallet: wallet, network: network, guardKey: guardKey)
    formerWallets = try wallet.formerDescriptors(on: network).map(\.text)
    rotation = WalletRotation(
      descriptor: exchange.walletDescriptor,
      maximumFee: try wallet.amount(
        "rotationFee", decimals: 8, in: 0...100_000_000, default: Amount(units: 1_000_000)))
  }

  private static func cold(
    _ section: ConfigurationSection, on network: Network
  ) throws(ConfigurationError) -> ColdStorage {
    let descriptor = try section.walletDescriptor(on: network)
    let fee = try section.amount(
      "maximumFee", decimals: 8, in: 0...100_000_000, default: Amount(units: 1_000_000))
    return ColdStorage(
      wallet: ColdWallet(descriptor: descriptor.text, maximumFee: fee), descriptor: descriptor,
      issuerKey: try section.bytes("issuerKey", count: 32))
  }

  private static func endpoint(
    _ section: ConfigurationSection, _ key: String, default standard: String
  ) throws(ConfigurationError) -> Endpoint {
    let (host, port) = try section.endpoint(key, default: standard)
    return Endpoint(host: host, port: port)
  }

  private static func node(_ section: ConfigurationSection) throws(ConfigurationError) -> Node {
    let url = try section.string("url")
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw section.error("url", "\(url) is not allowed; expected http://host:port or https://")
    }
    let cookie = try section.optionalPath("cookieFile")
    let user = try section.optionalString("user")
    let passwordFile = try section.optionalPath("passwordFile")
    switch (cookie, user, passwordFile) {
    case (let cookie?, nil, nil): return Node(url: url, credentials: .cookieFile(cookie))
    case (nil, let user?, let path?):
      return Node(url: url, credentials: .passwordFile(user: user, path: path))
    default:
      throw section.error(
        "cookieFile", "does not say who asks; expected cookieFile alone, or user and passwordFile"
      )
    }
  }
}
