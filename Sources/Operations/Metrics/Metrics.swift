public import Journal
import Engine
import Synchronization

/// Counts what the journal's batches did since the start.
public final class Metrics: Sendable {
  /// The counts.
  public struct Counts: Equatable, Sendable {
    public var batches: UInt64 = 0
    public var commands: UInt64 = 0
    public var orders: UInt64 = 0
    public var orderCancels: UInt64 = 0
    public var trades: UInt64 = 0
    public var depositsCredited: UInt64 = 0
    public var depositsReversed: UInt64 = 0
    public var withdrawalsRequested: UInt64 = 0
    public var withdrawalsConfirmed: UInt64 = 0
    public var withdrawalsRefused: UInt64 = 0
    public var withdrawalsCanceled: UInt64 = 0
    public var suspensionsBegun: UInt64 = 0
    /// Microseconds that writing batches to the medium took.
    public var writeMicroseconds: UInt64 = 0
    public var writes: UInt64 = 0
    /// Writes by their time: how many took at most `Metrics.writeBounds[i]` microseconds.
    public var writesUpTo = [UInt64](repeating: 0, count: Metrics.writeBounds.count)
    /// Answers to customers by HTTP status.
    public var answers: [Int: UInt64] = [:]
    /// WebSocket sessions that are open.
    public var sessions = 0
    /// Batches by their number of commands: how many had at most `Metrics.batchBounds[i]`.
    public var batchesUpTo = [UInt64](repeating: 0, count: Metrics.batchBounds.count)
  }

  /// Upper bounds of the histogram of commands in a batch.
  public static let batchBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

  private let shared = Mutex(Counts())

  /// Upper bounds of the histogram of writes, in microseconds.
  public static let writeBounds: [UInt64] = [
    250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
  ]

  /// Creates counts of nothing.
  public init() {}

  /// The counts now.
  public var counts: Counts { shared.withLock { $0 } }

  /// Counts a batch that reached the medium.
  public func countWrite(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let microseconds = UInt64(seconds) * 1_000_000 + UInt64(attoseconds / 1_000_000_000_000)
    shared.withLock { counts in
      counts.writes += 1
      counts.writeMicroseconds += microseconds
      for (index, bound) in Self.writeBounds.enumerated() where microseconds <= bound {
        counts.writesUpTo[index] += 1
      }
    }
  }

  /// Counts an answer to a customer.
  public func countAnswer(status: Int) {
    shared.withLock { $0.answers[status, default: 0] += 1 }
  }

  /// Notes how many WebSocket sessions are open.
  public func note(sessions: Int) { shared.withLock { $0.sessions = sessions } }

  /// Counts a batch.
  public func count(_ batch: CommittedBatch) {
    shared.withLock { counts in
      counts.batches += 1
      counts.commands += UInt64(batch.entries.count)
      for (index, bound) in Self.batchBounds.enumerated() where batch.entries.count <= bound {
        counts.batchesUpTo[index] += 1
      }
      for entry in batch.entries {
        for event in entry.events { counts.count(event) }
      }
    }
  }
}

extension Metrics.Counts {
  fileprivate mutating func count(_ event: Event) {
    switch event {
    case .order(_, .placed): orders += 1
    case .order(_, .canceled): orderCancels += 1
    case .trade: trades += 1
    case .deposit(let deposit):
      if case .credited = deposit.state { depositsCredited += 1 }
      if deposit.state == .reversed { depositsReversed += 1 }
    case .withdrawal(let withdrawal): count(withdrawal)
    case .suspended: suspensionsBegun += 1
    default: break
    }
  }

  private mutating func count(_ withdrawal: Withdrawal) {
    switch withdrawal.state {
    case .confirmed: withdrawalsConfirmed += 1
    case .refused: withdrawalsRefused += 1
    case .canceled: withdrawalsCanceled += 1
    case .delayed, .inReview, .approved:
      if withdrawal.requestedAt == withdrawal.updatedAt { withdrawalsRequested += 1 }
    default: break
    }
  }
}
