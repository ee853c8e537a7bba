public import Hummingbird
public import Journal
public import Logging
public import Money

/// The internal listener: guard, operators, monitoring. It belongs on loopback or a private network.
public enum InternalServer {
  /// Returns the listener with all its doors, as a service.
  ///
  /// - Parameter onRunning: Told the port once it listens.
  public static func application(
    endpoint: ServeConfiguration.Endpoint, sequencer: Sequencer, recovered: Checkpoint,
    counter: GuardCounter,
    token: GuardToken, presence: GuardPresence, chain: ChainStatus, metrics: Metrics,
    replication: PrimaryReplication? = nil, actions: OperatorActions, float: FloatActions,
    rotation: RotationActions, gate: OperatorGate,
    logger: Logger,
    clock: @escaping @Sendable () -> Timestamp,
    onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
  ) -> some ApplicationProtocol {
    let router = Router(context: InternalContext.self)
    GuardRoutes(
      feed: JournalFeed(sequencer: sequencer),
      orders: GuardOrders(sequencer: sequencer, counter: counter), token: token,
      presence: presence, logger: logger
    ).add(to: router)
    HealthRoutes(
      sequencer: sequencer, recovered: recovered, replication: replication, chain: chain,
      metrics: MetricsReport(
        sequencer: sequencer, metrics: metrics, chain: chain, presence: presence,
        replication: replication),
      clock: clock
    ).add(to: router)
    OperatorRoutes(
      actions: actions, float: float, rotation: rotation, gate: gate, clock: clock, logger: logger
    ).add(to: router)
    return Application(
      router: router,
      configuration: ApplicationConfiguration(
        address: .hostname(endpoint.host, port: endpoint.port), serverName: nil),
      onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
      logger: logger)
  }
}
