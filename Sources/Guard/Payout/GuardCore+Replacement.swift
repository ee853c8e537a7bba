import Bitcoin
public import Custody
public import Engine
import Money
public import SignerProtocol
import Structures

extension GuardCore {
  /// What relaying a replacement costs: what nodes of every age ask.
  static let replacementRules = ReplacementRules(relayIncrement: .relayed)

  /// Returns a dearer version of the oldest payout that no block has taken for
  /// ``GuardPolicy/replaceAfterMilliseconds``, when fees have risen above what it pays.
  ///
  /// The old version stays valid, and whichever a block takes is the one that counts: each version
  /// conflicts with each other, so the withdrawals are paid once. It pays the same, for no more than
  /// what the customers paid for fees. What gathers coins or takes them to cold storage pays no more
  /// than what earlier fees left over, and stays as it is when that is not enough. As in ``buildPayout(feeRate:signers:)`` nothing is built while
  /// ``evidenceQuestions`` has any.
  ///
  /// - Parameters:
  ///   - feeRate: The wanted fee rate.
  ///   - signers: Those that answer; below the threshold nothing is replaced.
  /// - Returns: The command, `nil` when there is nothing to do, or why the payout cannot be replaced.
  public func replacePayout(
    feeRate: FeeRate, signers: [SignerStatus]
  ) -> Result<Command?, PayoutError> {
    evidenceQuestions = []
    guard mayBuild, let capacity = capacity(of: signers),
      let asset = exchange.assetID(code: policy.asset),
      exchange.mayRelease(asset)
    else { return .success(nil) }
    var limits = limits(capacity)
    // The payments were charged when the first version was signed; a new one is charged its fee.
    limits.total = capacity.perTransaction
    limits.networkFee = min(capacity.networkFee, capacity.budget)
    let builder = PayoutBuilder(descriptor: policy.descriptor, feeRate: feeRate, limits: limits)
    var failure: PayoutError?
    // Replacing a payout would evict the child that pays for it.
    for payout in exchange.openPayouts where isStuck(payout) && !exchange.hasChild(payout) {
      guard let lineage = lineage(of: payout), let stuck = stuck(payout, lineage),
        FeeRate(atMost: lineage.latest.fee, for: lineage.latest.vbytes) < feeRate
      else { continue }
      do {
        let (built, _) = try builder.replacement(
          asset: asset, of: stuck, spare: signableCoins,
          freshChangeIndex: exchange.nextChangeIndex, rules: Self.replacementRules)
        // What nobody would sign, nobody signs now.
        guard !dead.withdrawn.contains(built.transaction) else { continue }
        let inputs = Set(built.inputs)
        evidenceQuestions = exchange.ownedOutputs.filter {
          inputs.contains($0.outpoint) && evidenceSizes[$0.outpoint] == nil
        }
        guard evidenceQuestions.isEmpty else { return .success(nil) }
        _ = isGiving(.payout(transaction: built.transaction))
        return .success(.payoutReplaced(payout: payout.id, by: built))
      } catch {
        // One that cannot be replaced does not keep the others waiting.
        if !payout.withdrawals.isEmpty { failure = failure ?? error }
      }
    }
    return failure.map(Result.failure) ?? .success(nil)
  }

  /// Whether any payout has waited for a block so long that it may be replaced.
  public var hasStuckPayouts: Bool { exchange.openPayouts.contains(where: isStuck) }

  func isStuck(_ payout: Payout) -> Bool {
    // Nobody signs for a former wallet any more.
    payout.state == .signed && !exchange.spendsFormer(payout)
      && now >= payout.updatedAt.advanced(byMilliseconds: policy.replaceAfterMilliseconds)
  }

  /// The proof that all versions of `payout` together pay once; `nil` when they do not.
  func lineage(of payout: Payout) -> PayoutLineage? {
    let withdrawals = payout.withdrawals.compactMap(exchange.withdrawal)
    let builder = PayoutBuilder(descriptor: policy.descriptor, feeRate: .relayed)
    let versions = payout.versions.compactMap { version in
      builder.version(
        PayoutBuilt(
          asset: payout.asset, withdrawals: payout.withdrawals, inputs: version.inputs,
          changeIndex: version.changeIndex, change: version.change,
          networkFee: version.networkFee, unsigned: version.unsigned,
          transaction: version.transaction, cold: payout.cold, split: version.split),
        withdrawals: withdrawals)
    }
    guard versions.count == payout.versions.count,
      versions.map(\.id.bytes) == payout.versions.map(\.transaction)
    else { return nil }
    return try? PayoutLineage(known: versions)
  }

  /// `nil` when a reorganisation took out the block that made one of its coins.
  private func stuck(_ payout: Payout, _ lineage: PayoutLineage) -> StuckPayout? {
    let owned = Dictionary(
      exchange.ownedOutputs.map { ($0.outpoint, $0) }, uniquingKeysWith: { first, _ in first })
    let coins = payout.inputs.compactMap { owned[$0] }
    guard coins.count == payout.inputs.count else { return nil }
    let sum = coins.reduce(0) { $0 + $1.amount.units }
    return StuckPayout(
      lineage: lineage, withdrawals: payout.withdrawals.compactMap(exchange.withdrawal),
      coins: coins, changeIndex: payout.changeIndex,
      split: payout.split.map(\.units), cold: payout.cold, coldWallet: float?.cold,
      budget: min(
        exchange.consolidationBudget(payout.asset, besides: payout.id).units,
        sum / Self.consolidationShare))
  }
}
