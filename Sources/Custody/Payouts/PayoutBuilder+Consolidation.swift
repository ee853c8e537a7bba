public import Engine
import Money
public import Structures

extension PayoutBuilder {
  /// Returns a transaction that gathers the smallest coins into one, or `nil` when none are worth it.
  ///
  /// - Parameters:
  ///   - coins: Coins that may be spent now.
  ///   - changeIndex: The next free position of the change branch.
  ///   - budget: The most to spend, in satoshi.
  ///   - share: The fee is at most one part in so many of the coins.
  public func consolidation(
    asset: AssetID, coins: [OwnedOutput], changeIndex: UInt32, policy: Consolidation.Policy,
    budget: Int64, share: Int64
  ) throws(PayoutError) -> PayoutBuilt? {
    let plan = try PaymentPlan([], changeIndex: changeIndex, in: descriptor)
    let pool = CoinPool(
      coins,
      terms: CoinPool.Terms(
        rate: feeRate, longTerm: longTermRate, inputWeight: 4 * plan.size.input, dust: plan.dust,
        frozen: frozen),
      evidence: { limits.evidenceOf[$0.outpoint] ?? 0 })
    var policy = policy
    policy.inputLimit = min(policy.inputLimit, inputLimit)
    policy.weight = min(policy.weight, limits.weight)
    policy.evidence = min(policy.evidence, limits.evidence)
    guard
      let found = Consolidation.plan(
        pool, coins: coins, rate: feeRate, size: plan.size, dust: plan.dust,
        budget: min(budget, limits.networkFee), policy: policy),
      found.fee <= (found.output + found.fee) / share
    else { return nil }
    let chosen = found.positions.map { coins[$0] }
    let most = min(budget, limits.networkFee, (found.output + found.fee) / share)
    let pieces = split(
      found.output, plan, feeRate, besides: coins, without: chosen, fee: found.fee,
      ceiling: { vbytes in min(most, limits.fee(forVBytes: vbytes)) })
    return try plan.built(
      asset, chosen, changes: pieces,
      fee: found.fee + found.output - pieces.reduce(0, +))
  }
}
