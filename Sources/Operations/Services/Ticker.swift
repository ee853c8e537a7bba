import Engine
public import Journal
public import Logging
public import Money
public import ServiceLifecycle

/// Lets time pass in the core when something falls due and nobody else submits a command.
public struct Ticker: Service {
  private let sequencer: Sequencer
  private let clock: @Sendable () -> Timestamp
  private let logger: Logger

  /// Creates a ticker.
  public init(
    sequencer: Sequencer, logger: Logger, clock: @escaping @Sendable () -> Timestamp
  ) {
    self.sequencer = sequencer
    self.logger = logger
    self.clock = clock
  }

  public func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do {
          try await tickIfDue()
        } catch {
          logger.error("time cannot pass", metadata: ["error": "\(error)"])
        }
        try? await Task.sleep(for: .milliseconds(200))
      }
    }
  }

  /// Submits a tick when something fell due: a delayed withdrawal, a customer's timer, a slice of an
  /// algo order. Returns whether it did.
  @discardableResult
  public func tickIfDue() async throws -> Bool {
    let now = clock()
    guard let due = try await sequencer.read({ $0.nextDueAt }), due <= now else { return false }
    _ = try await sequencer.submit(.tick)
    return true
  }
}
