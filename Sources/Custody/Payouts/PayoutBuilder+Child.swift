public import Engine
import Money
public import Structures

extension PayoutBuilder {
  /// Returns a child that spends `coin`, an output of a stuck transaction, back to the wallet, with a fee
  /// that lifts both to the wanted rate; `nil` when the transaction is not stuck.
  ///
  /// - Parameters:
  ///   - package: The stuck transaction with its unconfirmed ancestors.
  ///   - changeIndex: The next free position of the change branch.
  ///   - budget: The most to spend on it, in satoshi.
  public func child(
    asset: AssetID, of package: StuckPackage, spending coin: OwnedOutput, changeIndex: UInt32,
    budget: Int64
  ) throws(PayoutError) -> PayoutBuilt? {
    let plan = try PaymentPlan([], changeIndex: changeIndex, in: descriptor)
    let vbytes = plan.vbytes(inputs: 1, changes: 1)
    let ceiling = min(budget, limits.fee(forVBytes: vbytes))
    switch ChildPlan.plan(
      package, spending: coin.amount.units, wanted: feeRate, childVBytes: vbytes, dust: plan.dust,
      ceiling: ceiling)
    {
    case .notNeeded, .atMempoolLimit: return nil
    case .worthTooLittle(let needed): throw .insufficientCoins(needed: needed)
    case .aboveCeiling(let needed, let ceiling):
      throw .aboveLimit(needed: needed, limit: ceiling)
    case .spend(let fee, let kept):
      return try plan.built(asset, [coin], changes: [kept], fee: fee)
    }
  }
}
