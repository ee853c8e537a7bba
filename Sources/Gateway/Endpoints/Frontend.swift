import Engine
import Journal
import Logging
import Money
import Synchronization
import Views

/// Everything that the endpoints and the WebSocket sessions need to answer.
final class Frontend: Sendable {
  let configuration: GatewayConfiguration
  let sequencer: Sequencer
  let views: Views
  let progress: HistoryProgress
  let hub: Hub
  let keys: KeyDirectory
  let authentication: Authentication
  let issuer: APIKeyIssuer
  let signedOnce = SignedOnce()
  let limiter: RateLimiter
  let clock: @Sendable () -> Timestamp
  let deriveDepositAddress: @Sendable (UInt32) throws -> String
  let logger: Logger
  private let endpoints: [String: [Endpoint]]

  init(
    configuration: GatewayConfiguration, sequencer: Sequencer, views: Views,
    progress: HistoryProgress, hub: Hub, keys: KeyDirectory, seal: APIKeySeal,
    clock: @escaping @Sendable () -> Timestamp,
    deriveDepositAddress: @escaping @Sendable (UInt32) throws -> String, logger: Logger
  ) {
    self.configuration = configuration
    self.sequencer = sequencer
    self.views = views
    self.progress = progress
    self.hub = hub
    self.keys = keys
    authentication = Authentication(seal: seal)
    issuer = APIKeyIssuer(seal: seal)
    limiter = RateLimiter(isEnabled: configuration.limitsRates)
    self.clock = clock
    self.deriveDepositAddress = deriveDepositAddress
    self.logger = logger
    let all =
      PublicEndpoints.all + MarketEndpoints.all + TradeEndpoints.all + AccountEndpoints.all
      + AlgoEndpoints.all + MassCancelEndpoints.all + AssetEndpoints.all + SubaccountEndpoints.all
      + DerivativeEndpoints.all + HoldfastEndpoints.all + PasskeyEndpoints.all
      + ChangeEndpoints.all
    endpoints = Dictionary(grouping: all, by: \.path)
  }

  /// The endpoints at `path`, one for each method.
  func endpoints(at path: String) -> [Endpoint] { endpoints[path] ?? [] }

  // MARK: Asking the core

  /// Runs `body` on durable state.
  func read<T: Sendable>(
    _ body: @escaping @Sendable (borrowing Exchange) -> T
  ) async throws(Rejection) -> T {
    do {
      return try await sequencer.read(body)
    } catch {
      throw Self.rejection(for: error)
    }
  }

  /// Returns what the commands did, once that is durable.
  func submit(_ commands: [Command]) async throws(Rejection) -> [Committed] {
    do {
      return try await sequencer.submit(commands)
    } catch {
      throw Self.rejection(for: error)
    }
  }

  /// Submits one command and throws when the core refuses it.
  func submit(
    _ command: Command, _ attempt: Attempt, catalog: Catalog, asset: AssetID? = nil
  ) async throws(Rejection) -> [Event] {
    guard let committed = try await submit([command]).first else {
      throw Rejection(.internalError, "System error. Try again later.")
    }
    if let refusal = committed.refusal {
      throw RefusalTable(catalog: catalog).rejection(for: refusal, in: attempt, asset: asset)
    }
    return committed.events
  }

  /// Runs `body` on the history once it has everything that is durable now.
  func history<T: Sendable>(
    _ body: (Views) async throws(ViewsError) -> T
  ) async throws(Rejection) -> T {
    await progress.wait(for: sequencer.head.sequence)
    do {
      return try await body(views)
    } catch {
      logger.error("history cannot be read", metadata: ["error": "\(error)"])
      throw Rejection(.internalError, "System error. Try again later.")
    }
  }

  private static func rejection(for error: SequencerError) -> Rejection {
    switch error {
    case .busy: Rejection(.systemBusy, "System is busy, please try again later.")
    case .stopped: Rejection(.unavailable, "Service temporarily unavailable, try again later.")
    case .tooLarge(_, let limit):
      Rejection(.tooManyItems, "The request is larger than \(limit) bytes of commands.")
    case .failed:
      Rejection(.outcomeUnknown, "Endpoint request timeout; ask whether it took effect.")
    }
  }
}
