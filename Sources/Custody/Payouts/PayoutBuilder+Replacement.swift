import Bitcoin
public import Descriptors
public import Engine
import Money
public import Structures

/// A payout that no block takes, as the ledger and the mempool show it.
public struct StuckPayout: Sendable {
  /// Every version that may have been signed.
  public var lineage: PayoutLineage
  public var withdrawals: [Withdrawal]
  /// What the latest version spends, in order.
  public var coins: [OwnedOutput]
  /// Where its change goes, if there is any, and into which parts it is split.
  public var changeIndex: UInt32?
  public var split: [Int64]
  /// What it brings to cold storage, and the wallet that this is.
  public var cold: [ColdPayment]
  public var coldWallet: Descriptor?
  /// What the house may spend on one that pays nobody, in satoshi.
  public var budget: Int64
  /// What hangs on it in the mempool.
  public var evicted: ReplacementRules.Evicted

  public init(
    lineage: PayoutLineage, withdrawals: [Withdrawal], coins: [OwnedOutput], changeIndex: UInt32?,
    split: [Int64] = [], cold: [ColdPayment] = [], coldWallet: Descriptor? = nil, budget: Int64 = 0,
    evicted: ReplacementRules.Evicted = .none
  ) {
    self.split = split
    self.cold = cold
    self.coldWallet = coldWallet
    self.budget = budget
    self.lineage = lineage
    self.withdrawals = withdrawals
    self.coins = coins
    self.changeIndex = changeIndex
    self.evicted = evicted
  }
}

extension PayoutBuilder {
  /// Returns a dearer version of a stuck payout, with the lineage that proves that both together pay
  /// once.
  ///
  /// It spends all that the old one spends, so it conflicts with every version, and pays the same. The
  /// higher fee comes out of the change; when that is not enough, confirmed coins are added, as few as
  /// possible. The limits are those of a new payout: the fee never exceeds what the customers paid.
  ///
  /// - Parameters:
  ///   - spare: Confirmed coins that may be added.
  ///   - freshChangeIndex: Where change goes if the old version had none.
  public func replacement(
    asset: AssetID, of stuck: StuckPayout, spare: [OwnedOutput], freshChangeIndex: UInt32,
    rules: ReplacementRules
  ) throws(PayoutError) -> (built: PayoutBuilt, lineage: PayoutLineage) {
    let plan = try self.plan(stuck, changeIndex: stuck.changeIndex ?? freshChangeIndex)
    // What stays with the house is not what signers let go.
    let room = plan.withdrawals.isEmpty ? Int64.max : limits.total - plan.paid
    let mostFee = min(plan.customersFee, limits.networkFee, room)
    var coins = stuck.coins
    let taken = Set(coins.map(\.outpoint))
    var more = spare.filter { !taken.contains($0.outpoint) && !frozen.contains($0.outpoint) }
      .sorted {
        $0.amount == $1.amount ? $0.outpoint < $1.outpoint : $0.amount > $1.amount
      }[...]
    while true {
      let sum = coins.reduce(0) { $0 + $1.amount.units }
      for changes in stuck.split.count > 1 ? [stuck.split.count, 1, 0] : [1, 0] {
        let vbytes = plan.vbytes(inputs: coins.count, changes: changes)
        guard 4 * vbytes <= limits.weight, coins.count <= inputLimit else {
          throw .aboveLimit(needed: 4 * vbytes, limit: limits.weight)
        }
        let least = rules.leastFee(
          replacing: stuck.lineage.latest, evicted: stuck.evicted, vbytes: vbytes)
        let wanted = max(least, min(feeRate, limits.cautiousRate).fee(forVBytes: vbytes))
        let allowed = min(mostFee, limits.fee(forVBytes: vbytes))
        guard least <= allowed else {
          throw plan.customersFee < least
            ? .feesTooSmall(needed: least, paid: plan.customersFee)
            : .aboveLimit(needed: least, limit: allowed)
        }
        let fee = changes > 0 ? min(wanted, allowed) : sum - plan.paid
        // The smaller parts stay as they are; the largest pays.
        let kept = changes > 1 ? Array(stuck.split.dropFirst()) : []
        let rest = kept.reduce(sum - plan.paid - fee, -)
        guard changes > 0 ? rest >= plan.dust : (least...allowed).contains(fee) else { continue }
        let built = try plan.built(
          asset, coins, changes: changes > 0 ? [rest] + kept : [], fee: fee)
        return (built, try proven(built, plan, stuck, vbytes: vbytes, rules))
      }
      guard let next = more.popFirst() else {
        throw .insufficientCoins(needed: plan.paid + mostFee)
      }
      coins.append(next)
    }
  }

  /// The outputs of a stuck payout, but for its change.
  private func plan(
    _ stuck: StuckPayout, changeIndex: UInt32
  ) throws(PayoutError) -> PaymentPlan {
    guard stuck.withdrawals.isEmpty else {
      return try PaymentPlan(stuck.withdrawals, changeIndex: changeIndex, in: descriptor)
    }
    return try PaymentPlan(
      try coldOutputs(stuck.cold, of: stuck.coldWallet ?? descriptor), cold: stuck.cold,
      fee: stuck.budget, changeIndex: changeIndex, in: descriptor)
  }

  private func proven(
    _ built: PayoutBuilt, _ plan: PaymentPlan, _ stuck: StuckPayout, vbytes: Int64,
    _ rules: ReplacementRules
  ) throws(PayoutError) -> PayoutLineage {
    do {
      let version = try PayoutVersion(built, vbytes: vbytes)
      // Every coin of the ledger is in a block.
      return try stuck.lineage.replaced(
        by: version, rules: rules, evicted: stuck.evicted, isConfirmed: { _ in true })
    } catch {
      throw .replacement(error)
    }
  }

  /// Describes a payout as it stands in the journal, for its lineage.
  ///
  /// - Returns: `nil` when its transaction does not parse.
  public func version(_ built: PayoutBuilt, withdrawals: [Withdrawal]) -> PayoutVersion? {
    guard let transaction = try? Transaction(parsing: built.unsigned),
      let plan = try? built.withdrawals.isEmpty
        ? PaymentPlan(
          Array(transaction.outputs.prefix(built.cold.count)), fee: 0,
          changeIndex: built.changeIndex ?? 0, in: descriptor)
        : PaymentPlan(withdrawals, changeIndex: built.changeIndex ?? 0, in: descriptor)
    else { return nil }
    return try? PayoutVersion(
      built,
      vbytes: plan.vbytes(
        inputs: built.inputs.count,
        changes: built.changeIndex == nil ? 0 : max(1, built.split.count)))
  }
}

extension PayoutVersion {
  fileprivate init(_ built: PayoutBuilt, vbytes: Int64) throws(ReplacementError) {
    guard let transaction = try? Transaction(parsing: built.unsigned) else {
      throw .paysSomethingElse
    }
    self.init(
      transaction,
      paymentCount: min(built.withdrawals.count + built.cold.count, transaction.outputs.count),
      fee: built.networkFee.units, vbytes: vbytes)
  }
}
