import Engine
import Hummingbird
import HummingbirdCore
public import Journal
public import Logging
public import Money
import NIOCore
public import ServiceLifecycle
import Synchronization
public import Views

/// The exchange's interface to customers as a service: it brings the views up to date, listens, and
/// stops in an orderly way.
public struct GatewayService: Service {
  private let configuration: GatewayConfiguration
  private let frontend: Frontend
  private let writer: HistoryWriter
  private let logger: Logger
  private let metrics: @Sendable (GatewayMetric) -> Void
  private let onListening: @Sendable (Int) async -> Void

  /// - Parameters:
  ///   - sequencer: The only way to the core.
  ///   - views: The history; written by this service alone.
  ///   - seal: Opens customers' API secrets.
  ///   - deriveDepositAddress: The address at a position of the wallet's deposit branch.
  ///   - clock: The wall clock, the same as the sequencer's.
  ///   - metrics: Told what happens, from any thread.
  ///   - onListening: Told the port once customers can connect.
  public init(
    configuration: GatewayConfiguration, sequencer: Sequencer, views: Views, seal: APIKeySeal,
    deriveDepositAddress: @escaping @Sendable (UInt32) throws -> String,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger,
    metrics: @escaping @Sendable (GatewayMetric) -> Void = { _ in },
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }
  ) throws(ViewsError) {
    self.configuration = configuration
    self.logger = logger
    self.metrics = metrics
    self.onListening = onListening
    let progress = HistoryProgress(written: try views.checkpoint())
    let keys = KeyDirectory(sequencer: sequencer)
    frontend = Frontend(
      configuration: configuration, sequencer: sequencer, views: views, progress: progress,
      hub: Hub(sequencer: sequencer, keys: keys, clock: clock), keys: keys, seal: seal,
      clock: clock, deriveDepositAddress: deriveDepositAddress, logger: logger)
    writer = HistoryWriter(
      sequencer: sequencer, views: views, progress: progress, logger: logger, metrics: metrics)
  }

  public func run() async throws {
    let sequencer = frontend.sequencer
    let hub = frontend.hub
    defer { frontend.progress.end() }
    // Subscribed first, so that nothing falls between the books as they are and what follows.
    let batches = sequencer.subscribe()
    try await writer.catchUp()
    try await restoreTrades()
    try await hub.load()
    let application = application()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await writer.follow() }
      group.addTask { try await self.feed(batches) }
      group.addTask { await self.pace() }
      group.addTask { try await application.run() }
      // The server ends at the shutdown signal; whatever else ends first is a failure.
      try await group.next()
      group.cancelAll()
    }
  }

  private func restoreTrades() async throws {
    var trades: [TradeRecord] = []
    let views = frontend.views
    trades = try await OwnThreadWork.run {
      var found: [TradeRecord] = []
      try views.eachTrade { found.append($0) }
      return found
    }
    await frontend.hub.restore(trades)
  }

  /// Hands batches to the hub; after a gap the books are taken anew.
  private func feed(_ first: AsyncStream<CommittedBatch>) async throws {
    var batches = first
    while !Task.isCancelled {
      for await batch in batches {
        await frontend.hub.take(batch)
        metrics(.marketDataAt(batch: batch.sequence))
      }
      if Task.isCancelled { break }
      logger.notice("the market data fell behind and is taken anew")
      batches = frontend.sequencer.subscribe()
      try await Task.sleep(for: .milliseconds(100))
      try await frontend.hub.load()
    }
  }

  /// Sends what the channels send from time to time.
  private func pace() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(configuration.pushMilliseconds))
      await frontend.hub.tick(now: frontend.clock())
      await pushAuctions()
      if await frontend.hub.memory.isStatusChanged,
        let suspensions = try? await frontend.sequencer.read({ $0.suspensions })
      {
        await frontend.hub.pushStatus(suspensions)
      }
    }
  }

  private func pushAuctions() async {
    for id in await frontend.hub.followedAuctions {
      do {
        let running = try await frontend.auction(on: id)
        await frontend.hub.pushAuction(of: id, running, now: frontend.clock())
      } catch {
        // The sequencer is busy or ends: the next round tells.
        return
      }
    }
  }

  private func application() -> some ApplicationProtocol {
    let sessions = SessionServer(frontend: frontend, metrics: metrics)
    let onListening = onListening
    return Application(
      responder: RESTResponder(frontend: frontend, metrics: metrics),
      server: .init { responder in
        WebSocketUpgradeChannel(
          responder: responder, accept: SessionServer.accepts,
          onWebSocket: { channel, head, _ in try await sessions.serve(channel, head) })
      },
      configuration: .init(address: .hostname(configuration.host, port: configuration.port)),
      onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
      logger: logger)
  }
}
