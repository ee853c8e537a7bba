public import Engine
import Money

/// Everything a check may look at: the exchange as the guard executed it, what the guard remembers,
/// what it verified, and its own clock.
struct GuardView {
  let exchange: Exchange
  let record: GuardRecord
  let evidence: JournalEvidence
  let reserves: ReservesFact?
  let policy: GuardPolicy
  let now: Timestamp
}

/// What the guard's own node says the wallet holds at a block.
public struct ReservesFact: Equatable, Sendable {
  public var at: ChainPoint
  /// All coins of the wallet's scripts, in ledger units.
  public var onChain: Int64

  public init(at: ChainPoint, onChain: Int64) {
    self.at = at
    self.onChain = onChain
  }
}
