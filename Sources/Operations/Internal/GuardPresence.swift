import Engine
public import Journal
public import Logging
public import Money
public import ServiceLifecycle
import Synchronization

/// Knows when the guard last asked for the journal, and says so in public when it stays away.
public final class GuardPresence: Service {
  private let sequencer: Sequencer
  private let timeoutMilliseconds: Int64
  private let clock: @Sendable () -> Timestamp
  private let logger: Logger
  private let heardAt: Mutex<Timestamp>

  /// Creates a presence that takes the start for the guard's last sign of life.
  public init(
    sequencer: Sequencer, timeoutMilliseconds: Int64, logger: Logger,
    clock: @escaping @Sendable () -> Timestamp
  ) {
    self.sequencer = sequencer
    self.timeoutMilliseconds = timeoutMilliseconds
    self.clock = clock
    self.logger = logger
    heardAt = Mutex(clock())
  }

  /// The guard asked just now.
  public func heard() {
    let now = clock()
    heardAt.withLock { $0 = now }
  }

  /// How long the guard may wait for news, in milliseconds, and still ask again in time.
  public var longestWaitMilliseconds: Int64 { timeoutMilliseconds / 2 }

  /// Milliseconds since the guard last asked, or since the start.
  public var silenceMilliseconds: Int64 {
    let now = clock()
    return max(0, now.milliseconds - heardAt.withLock { $0 }.milliseconds)
  }

  public func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do {
          try await self.reportIfSilent()
        } catch {
          self.logger.error("the guard's absence is not journaled", metadata: ["error": "\(error)"])
        }
        try? await Task.sleep(for: .milliseconds(250))
      }
    }
  }

  /// Journals the guard's absence once, when it has been silent too long. Its return is its own to
  /// report: it signs what it says. Returns whether the absence was journaled now.
  @discardableResult
  public func reportIfSilent() async throws -> Bool {
    guard silenceMilliseconds > timeoutMilliseconds else { return false }
    let last = try await sequencer.read { $0.guardReport }
    guard last?.connected ?? true else { return false }
    let report = GuardReport(
      connected: false, signersReachable: 0, signersTotal: last?.signersTotal ?? 0,
      threshold: last?.threshold ?? 0, halted: nil)
    _ = try await sequencer.submit(.guardReported(report))
    logger.error(
      "the guard is not connected; withdrawals queue",
      metadata: ["silentMilliseconds": "\(self.silenceMilliseconds)"])
    return true
  }
}
