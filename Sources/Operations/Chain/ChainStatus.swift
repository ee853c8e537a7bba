import Bitcoin
public import Engine
public import Money
import Synchronization

/// What the chain's services last saw, for health and metrics.
public final class ChainStatus: Sendable {
  /// One reading.
  public struct Reading: Equatable, Sendable {
    /// When the node last answered a whole look.
    public var lookedAt: Timestamp?
    /// The last block taken in.
    public var tip: ChainPoint?
    /// What went wrong in the last look, in one line.
    public var problem: String?
    /// Why the chain is not certain: two nodes differ, or it changed too deep.
    public var nodesProblem: String?
    /// Transactions in the node's mempool.
    public var mempoolCount = 0
    /// The last comparison of the reserves: what is there in millionths of what is owed.
    public var reservesPPM: Int64?
    /// The block of that comparison.
    public var reservesAt: ChainPoint?
  }

  private let shared = Mutex(Reading())

  /// Creates a status that has seen nothing.
  public init() {}

  /// The last reading.
  public var reading: Reading { shared.withLock { $0 } }

  func update(_ change: (inout Reading) -> Void) { shared.withLock { change(&$0) } }
}
