import Bitcoin
public import Descriptors
public import Engine
import Money
public import Structures

extension PayoutBuilder {
  /// Returns a transaction that takes `payments` to cold storage and keeps the rest.
  ///
  /// - Parameters:
  ///   - payments: The next cold addresses, each within its cap.
  ///   - cold: The cold wallet.
  ///   - coins: Coins that may be spent now.
  ///   - changeIndex: The next free position of the change branch.
  ///   - budget: The most to spend on it, in satoshi.
  public func sweep(
    asset: AssetID, _ payments: [ColdPayment], to cold: Descriptor, coins: [OwnedOutput],
    changeIndex: UInt32, budget: Int64
  ) throws(PayoutError) -> PayoutBuilt {
    guard !payments.isEmpty else { throw .nothingToPay }
    let plan = try PaymentPlan(
      try coldOutputs(payments, of: cold), cold: payments, fee: budget, changeIndex: changeIndex,
      in: descriptor)
    var builder = self
    // What stays with the house is not what signers let go.
    builder.limits.total = .max
    return try builder.transaction(asset, plan, coins)
  }

  /// What `payments` are on the chain.
  func coldOutputs(
    _ payments: [ColdPayment], of cold: Descriptor
  ) throws(PayoutError) -> [TransactionOutput] {
    var outputs: [TransactionOutput] = []
    do {
      for payment in payments {
        outputs.append(
          TransactionOutput(
            value: payment.amount.units,
            script: try cold.script(branch: 0, index: payment.index).scriptPubKey))
      }
    } catch {
      throw .descriptor(error)
    }
    return outputs
  }
}
