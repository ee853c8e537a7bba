public import Engine
import Money
import Structures

/// Everything a check may look at: the exchange as the guard executed it, what the guard remembers,
/// what it verified, and its own clock. What is the same for all withdrawals of a round is worked out
/// once.
struct GuardView {
  let exchange: Exchange
  let record: GuardRecord
  let evidence: JournalEvidence
  let proofs: CustomerProofs
  let policy: GuardPolicy
  let sanctions: SanctionsList?
  let now: Timestamp
  /// What counts against the hour's and the day's budget.
  private(set) var hour: ReleaseWindow
  private(set) var day: ReleaseWindow
  /// What nodes, chain and suspensions say about any withdrawal of the policy's asset.
  let common: GuardVerdict

  init(
    exchange: Exchange, record: GuardRecord, evidence: JournalEvidence, proofs: CustomerProofs,
    reserves: ReservesFact?, doubt: ChainDoubt?, keyHolders: KeyHolderFacts?,
    sanctions: SanctionsList?, policy: GuardPolicy, now: Timestamp
  ) {
    self.exchange = exchange
    self.record = record
    self.evidence = evidence
    self.proofs = proofs
    self.policy = policy
    self.sanctions = sanctions
    self.now = now
    // What a customer asked for and took back must not use up what the others may withdraw; the core
    // never pays it any more.
    let releases = record.recent.lazy.filter { !evidence.takenBack.contains($0.withdrawal) }
      .map { (time: $0.time, amount: $0.amount) }
    // One holder short, half as much leaves.
    let share: Int64 = keyHolders?.isReduced == true ? 2 : 1
    hour = ReleaseWindow(
      of: releases, width: LimitCheck.hour, budget: policy.limits.budgetHour / share, at: now)
    day = ReleaseWindow(
      of: releases, width: LimitCheck.day, budget: policy.limits.budgetDay / share, at: now)
    var common = AgreementCheck.verdict(on: doubt, now: now)
      .joined(with: KeyHolderCheck.verdict(on: keyHolders, exchange: exchange))
    if let asset = exchange.assetID(code: policy.asset) {
      common =
        common
        .joined(
          with: SolvencyCheck.verdict(
            of: asset, exchange: exchange, evidence: evidence, reserves: reserves, now: now)
        )
        .joined(with: ServiceCheck.verdict(of: asset, exchange: exchange))
    }
    self.common = common
  }

  /// Counts a release that was given since.
  mutating func add(_ withdrawal: Withdrawal) {
    hour.add(withdrawal.amount.units, at: now)
    day.add(withdrawal.amount.units, at: now)
  }
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
