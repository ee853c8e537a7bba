import Money
import Structures

// What a payout must be before the core takes it: every satoshi in is a satoshi out.

extension Exchange {
  /// Coins that a payout may spend now: not reserved, and not a deposit that waits to be credited.
  public var spendableOutputs: [OwnedOutput] { chain.outputs.outputs.filter(isSpendable) }

  /// Returns the withdrawals that `built` pays, or refuses it.
  func admit(_ built: PayoutBuilt) throws(Refusal) -> [Withdrawal] {
    let asset = try requireAsset(built.asset)
    guard asset.rail == .bitcoin else { throw .railMismatch }
    try requireOpen(built.asset)
    try built.unsigned.require(1...400_000, bytesFor: "unsigned")
    try built.transaction.require(32...32, bytesFor: "transaction")
    guard withdrawals.payout(built.transaction) == nil else {
      throw .payoutMismatch("the transaction is known already")
    }
    let paid = try admitWithdrawals(of: built)
    let inputs = try admitInputs(of: built)
    guard built.networkFee >= .zero, built.change >= .zero,
      (built.change > .zero) == (built.changeIndex != nil)
    else { throw .payoutMismatch("change and network fee do not fit together") }
    if let index = built.changeIndex, index != chain.nextChangeIndex || index >= 1 << 31 {
      throw .payoutMismatch("changeIndex is \(index); expected \(chain.nextChangeIndex)")
    }
    let amounts = paid.reduce(Int128(0)) { $0 + Int128($1.amount.units) }
    let fees = paid.reduce(Int128(0)) { $0 + Int128($1.fee.units) }
    let out = amounts + Int128(built.change.units) + Int128(built.networkFee.units)
    guard inputs == out else {
      throw .payoutMismatch("inputs are \(inputs), outputs with the network fee \(out)")
    }
    guard Int128(built.networkFee.units) <= fees else {
      throw .payoutMismatch("networkFee is \(built.networkFee.units); customers paid \(fees)")
    }
    return paid
  }

  private func admitWithdrawals(of built: PayoutBuilt) throws(Refusal) -> [Withdrawal] {
    guard !built.withdrawals.isEmpty, Set(built.withdrawals).count == built.withdrawals.count
    else { throw .payoutMismatch("withdrawals must be given, each once") }
    var paid: [Withdrawal] = []
    for id in built.withdrawals {
      let withdrawal = try requireWithdrawal(id)
      guard withdrawal.state == .released, withdrawal.asset == built.asset else {
        throw .notReleasable
      }
      paid.append(withdrawal)
    }
    return paid
  }

  private func admitInputs(of built: PayoutBuilt) throws(Refusal) -> Int128 {
    guard !built.inputs.isEmpty, Set(built.inputs).count == built.inputs.count else {
      throw .payoutMismatch("inputs must be given, each once")
    }
    var sum: Int128 = 0
    for outpoint in built.inputs {
      guard let output = chain.outputs[outpoint] else {
        throw .payoutMismatch("an input is not a coin of the wallet")
      }
      guard isSpendable(output) else {
        throw .payoutMismatch("an input is reserved or not credited yet")
      }
      sum += Int128(output.amount.units)
    }
    return sum
  }

  private func isSpendable(_ output: OwnedOutput) -> Bool {
    guard output.payout == nil else { return false }
    guard let deposit = deposit(at: output.outpoint) else { return true }
    switch deposit.state {
    case .credited, .withdrawable, .belowMinimum: return true
    case .seen, .confirming, .attested, .reversed: return false
    }
  }
}
