import ArgumentParser
import Custody
import Descriptors
import Engine
import Gateway
import Glibc
import Journal
import Logging
import NIOCore
import Nodes
import Operations
import Replication
import ServiceLifecycle
import Signing
import UnixSignals
import Views
import Wire

/// Everything that `holdfast serve` runs, wired together.
struct OnlineServer {
  private let configuration: ServeConfiguration
  private let node: BitcoinNode
  private let second: BitcoinNode?
  private let logger: Logger
  private let replication: PrimaryReplication
  private let sequencer: Sequencer
  private let recovered: Checkpoint
  private let seal: APIKeySeal
  private let token: GuardToken
  private let counter: GuardCounter
  private let metrics: Metrics

  /// Opens the journal and brings it to the configuration; nothing listens yet.
  init(
    _ configuration: ServeConfiguration, configurationFile: String, node: BitcoinNode,
    second: BitcoinNode?, logger: Logger
  ) async throws {
    self.configuration = configuration
    self.node = node
    self.second = second
    self.logger = logger
    let folder = configuration.dataFolder
    try KeyFileStorage.makeFolder(folder)
    token = try GuardToken(path: configuration.guardTokenFile)
    seal = try Self.seal(folder, logger)
    let metrics = Metrics()
    self.metrics = metrics
    var options = SequencerOptions()
    options.archive = configuration.archiveFolder
    options.written = { metrics.countWrite($0) }
    let replication = try PrimaryReplication(
      claiming: folder, settings: configuration.replication, logger: logger)
    self.replication = replication
    options.term = replication.gate.term
    options.stillPrimary = { () throws(JournalError) in try replication.gate.check() }
    options.gate = { (batch) throws(JournalError) in
      try replication.gate.pass(through: batch.sequence)
    }
    sequencer = try Sequencer.open(
      directory: folder, options: options, clock: SystemClock.now
    ) { note in
      logger.notice("journal", metadata: ["note": "\(note)"])
      replication.noted(note)
    }
    try replication.open(sequencer, archive: configuration.archiveFolder)
    counter = try GuardCounter(path: "\(folder)/guard-counter")
    recovered = try await sequencer.checkpoint()
    logger.info(
      "journal opened",
      metadata: [
        "batch": "\(recovered.sequence)", "stateHash": "\(Hex.text(recovered.stateHash))",
      ])
    do {
      let isRotated = try await StartUp.rotate(
        sequencer, to: configuration.rotation, from: configuration.formerWallets)
      if isRotated { logger.notice("another hot wallet has taken over") }
      if try await StartUp.configure(sequencer, with: configuration.exchange) {
        logger.notice("configuration journaled")
      }
      try await StartUp.configureCold(sequencer, with: configuration.cold?.wallet)
    } catch let failure as StartUp.Failure {
      await sequencer.shutdown()
      report("\(configurationFile): \(failure)")
      throw ExitCode(2)
    }
  }

  /// The server's own key, under which customers' API secrets are sealed; made at the first start.
  private static func seal(_ folder: String, _ logger: Logger) throws -> APIKeySeal {
    let path = "\(folder)/api-seal.key"
    if !KeyFileStorage.exists(path) {
      if KeyFileStorage.exists("\(folder)/journal") {
        logger.critical(
          "the sealing key is missing beside a journal and a new one is made: no API key of before works; restore it from a copy",
          metadata: ["path": "\(path)"])
      }
      try ServerKeyFile.create(path)
    }
    return APIKeySeal(key: try ServerKeyFile.read(path))
  }

  /// Serves until a signal says stop, then ends in order: listeners first, the journal last.
  func run() async throws {
    let descriptor = try Descriptor(
      parsing: configuration.exchange.walletDescriptor, network: configuration.network)
    let formerWallets = try await sequencer.read { $0.formerWallets }
    let former = try formerWallets.map {
      WalletScripts.FormerScripts(
        descriptor: try Descriptor(parsing: $0.descriptor, network: configuration.network),
        depositEnd: $0.depositEnd, changeEnd: $0.changeEnd)
    }
    let scripts = try WalletScripts(descriptor: descriptor, former: former)
    let cold = try configuration.cold.map { try WalletScripts(descriptor: $0.descriptor) }
    let chain = ChainStatus()
    let announcement = Announcement(configuration: configuration, logger: logger)
    let presence = GuardPresence(
      sequencer: sequencer, timeoutMilliseconds: configuration.guardTimeoutMilliseconds,
      logger: logger, clock: SystemClock.now)
    let internalListener = InternalServer.application(
      endpoint: configuration.internalEndpoint, sequencer: sequencer, recovered: recovered,
      counter: counter, token: token, presence: presence, chain: chain, metrics: metrics,
      replication: replication,
      actions: OperatorActions(sequencer: sequencer, issue: issue),
      float: FloatActions(
        sequencer: sequencer, node: node, hot: descriptor, cold: configuration.cold),
      rotation: RotationActions(sequencer: sequencer, node: node, scripts: scripts),
      gate: OperatorGate(startedAt: SystemClock.now()), logger: quiet, clock: SystemClock.now,
      onRunning: { await announcement.note(internalPort: $0) })
    // They end from the last to the first: what the others still journal reaches the standbys too.
    let services: [any Service] = [
      replication,
      SequencerService(sequencer: sequencer),
      MetricsCollector(sequencer: sequencer, metrics: metrics),
      ChainWatcher(
        node: node, second: second,
        tolerance: .init(milliseconds: configuration.nodesToleranceMilliseconds),
        usesFilters: configuration.usesFilters, sequencer: sequencer, scripts: scripts,
        cold: cold, startHeight: configuration.startHeight,
        pollMilliseconds: configuration.pollMilliseconds, status: chain, logger: logger,
        clock: SystemClock.now),
      Reconciler(
        node: node, sequencer: sequencer, descriptor: descriptor,
        everyBlocks: configuration.reservesEveryBlocks,
        pollMilliseconds: configuration.pollMilliseconds, status: chain, logger: logger),
      Ticker(sequencer: sequencer, logger: logger, clock: SystemClock.now),
      presence, internalListener,
      try gateway(scripts: scripts, announcement: announcement),
    ]
    var group = ServiceGroupConfiguration(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
    group.maximumGracefulShutdownDuration = .seconds(5)
    do {
      try await ServiceGroup(configuration: group).run()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      let (open, inside) = (configuration.publicEndpoint, configuration.internalEndpoint)
      throw CommandFailure(
        "cannot listen: listen.public \(open.host):\(open.port) or listen.internal "
          + "\(inside.host):\(inside.port) is taken by another program")
    }
    logger.notice("stopped")
  }

  private func gateway(
    scripts: WalletScripts, announcement: Announcement
  ) throws -> GatewayService {
    let metrics = metrics
    return try GatewayService(
      configuration: GatewayConfiguration(
        host: configuration.publicEndpoint.host, port: configuration.publicEndpoint.port,
        network: configuration.network, limitsRates: configuration.limitsRates,
        passkeySite: configuration.passkeySite),
      sequencer: sequencer, views: try Views(path: "\(configuration.dataFolder)/views.sqlite"),
      seal: seal,
      deriveDepositAddress: { index in
        let place = ScriptIndex(branch: .deposit, index: index)
        guard let address = try scripts.address(at: place) else {
          throw CommandFailure("the wallet's scripts have no address")
        }
        return address
      },
      clock: SystemClock.now, logger: quiet,
      metrics: { metric in
        switch metric {
        case .request(_, _, let status, _, _): metrics.countAnswer(status: status)
        case .sessions(let open): metrics.note(sessions: open)
        case .historyWritten, .marketDataAt: break
        }
      },
      onListening: { await announcement.note(publicPort: $0) })
  }

  /// Makes an API key with the gateway's own issuer.
  private var issue: OperatorActions.Issue {
    let issuer = APIKeyIssuer(seal: seal)
    return { account, label, permissions in
      let (command, credentials) = try issuer.issue(
        for: account, label: label, permissions: permissions)
      return (command, credentials.apiKey, credentials.secret, credentials.passphrase)
    }
  }

  /// The libraries' own chatter begins at notice.
  private var quiet: Logger {
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .notice)
    return quiet
  }
}

/// Says once where the server can be reached, when both listeners are up.
actor Announcement {
  private let configuration: ServeConfiguration
  private let logger: Logger
  private var publicPort: Int?
  private var internalPort: Int?

  init(configuration: ServeConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
  }

  func note(publicPort: Int) {
    self.publicPort = publicPort
    announce()
  }

  func note(internalPort: Int) {
    self.internalPort = internalPort
    announce()
  }

  private func announce() {
    guard let publicPort, let internalPort else { return }
    logger.notice(
      "serving",
      metadata: [
        "public": "http://\(Self.host(configuration.publicEndpoint)):\(publicPort)",
        "internal": "http://\(Self.host(configuration.internalEndpoint)):\(internalPort)",
      ])
  }

  private static func host(_ endpoint: ServeConfiguration.Endpoint) -> String {
    endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
  }
}
