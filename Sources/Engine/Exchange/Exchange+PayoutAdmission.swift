import Ledger
public import Money
public import Structures

// What a payout must be before the core takes it: every satoshi in is a satoshi out.

extension Exchange {
  /// Coins that a payout may spend now: not reserved, and not a deposit that waits to be credited.
  public var spendableOutputs: [OwnedOutput] { chain.outputs.outputs.filter(isSpendable) }

  /// Returns the withdrawals that `built` pays, or refuses it.
  func admit(_ built: PayoutBuilt) throws(Refusal) -> [Withdrawal] {
    try admitForm(of: built)
    try admitDuringReopening(built)
    let paid = try admitWithdrawals(of: built)
    let inputs = try admitInputs(of: built, reservedFor: nil)
    try admitChange(of: built, known: nil)
    try admitCold(built)
    try admitSums(of: built, paying: paid, from: inputs, replacing: nil)
    return paid
  }

  /// Returns the payout that `built` is to be a new version of, or refuses it.
  ///
  /// It must spend all that the version before spends, so that it conflicts with every other one, and
  /// pay the same withdrawals at a higher network fee, still within what the customers paid.
  func admit(_ built: PayoutBuilt, replacing id: PayoutID) throws(Refusal) -> Payout {
    guard let payout = withdrawals.payout(id) else { throw .unknownPayout }
    try admitForm(of: built)
    guard payout.state == .signed else {
      throw .payoutMismatch("only a signed payout that no block has can be replaced")
    }
    guard payout.others.count + 1 < Payout.versionLimit else {
      throw .payoutMismatch("it was replaced \(payout.others.count) times already")
    }
    guard built.asset == payout.asset, built.withdrawals == payout.withdrawals,
      built.cold == payout.cold
    else {
      throw .payoutMismatch("a replacement must make the same payments")
    }
    guard Set(payout.inputs).isSubset(of: built.inputs) else {
      throw .payoutMismatch("a replacement must spend all that it replaces")
    }
    guard payout.versions.allSatisfy({ built.networkFee > $0.networkFee }) else {
      throw .payoutMismatch("a replacement must pay a higher network fee")
    }
    var paid: [Withdrawal] = []
    for id in built.withdrawals { paid.append(try requireWithdrawal(id)) }
    let inputs = try admitInputs(of: built, reservedFor: id)
    try admitChange(of: built, known: payout)
    try admitSums(of: built, paying: paid, from: inputs, replacing: id)
    return payout
  }

  private func admitForm(of built: PayoutBuilt) throws(Refusal) {
    let asset = try requireAsset(built.asset)
    guard asset.rail == .bitcoin else { throw .railMismatch }
    try requireReleasing(built.asset)
    try built.unsigned.require(1...400_000, bytesFor: "unsigned")
    try built.transaction.require(32...32, bytesFor: "transaction")
    guard withdrawals.payout(built.transaction) == nil else {
      throw .payoutMismatch("the transaction is known already")
    }
  }

  /// Change goes to the next free positions, or to those that are set aside for other versions.
  private func admitChange(of built: PayoutBuilt, known: Payout?) throws(Refusal) {
    guard built.networkFee >= .zero, built.change >= .zero,
      (built.change > .zero) == (built.changeIndex != nil)
    else { throw .payoutMismatch("change and network fee do not fit together") }
    try admitSplit(of: built)
    guard let index = built.changeIndex else { return }
    let earlier = known?.versions.first { $0.changeIndex != nil }
    let expected = earlier?.changeIndex ?? chain.nextChangeIndex
    let end = Int64(index) + Int64(built.version.changes.count)
    guard index == expected, end <= 1 << 31 else {
      throw .payoutMismatch("changeIndex is \(index); expected \(expected)")
    }
    if let known, earlier != nil {
      let room = known.versions.map(\.changes.count).max() ?? 0
      guard built.version.changes.count <= room else {
        throw .payoutMismatch("there are more change outputs than the \(room) set aside")
      }
    }
  }

  /// Several change outputs come to the change.
  private func admitSplit(of built: PayoutBuilt) throws(Refusal) {
    guard !built.split.isEmpty else { return }
    guard (2...Payout.changeLimit).contains(built.split.count), built.changeIndex != nil,
      built.split.allSatisfy({ $0 > .zero && $0 <= Self.everySatoshi }),
      built.split.reduce(Amount.zero, { $0 + $1 }) == built.change
    else {
      throw .payoutMismatch(
        "split is not 2 to \(Payout.changeLimit) amounts that come to the change")
    }
  }

  private func admitSums(
    of built: PayoutBuilt, paying paid: [Withdrawal], from inputs: Int128,
    replacing payout: PayoutID?
  ) throws(Refusal) {
    let amounts = paid.reduce(Int128(0)) { $0 + Int128($1.amount.units) }
    let fees = paid.reduce(Int128(0)) { $0 + Int128($1.fee.units) }
    let kept = built.cold.reduce(Int128(built.change.units)) { $0 + Int128($1.amount.units) }
    let out = amounts + kept + Int128(built.networkFee.units)
    guard inputs == out else {
      throw .payoutMismatch("inputs are \(inputs), outputs with the network fee \(out)")
    }
    // Gathering coins is paid from what earlier withdrawals left over.
    let most =
      paid.isEmpty
      ? Int128(consolidationBudget(built.asset, besides: payout).units) : fees
    guard Int128(built.networkFee.units) <= most else {
      throw .payoutMismatch("networkFee is \(built.networkFee.units); customers paid \(most)")
    }
  }

  /// What gathering coins may cost now: the fees that customers paid for withdrawals, less what the
  /// networks took, and less what other consolidations that are not final yet may take.
  public func consolidationBudget(_ asset: AssetID, besides payout: PayoutID? = nil) -> Amount {
    guard let index = asset.index(in: box.trading.ledger.assetCount) else { return .zero }
    let promised = withdrawals.openPayouts.elements.reduce(Amount.zero) { sum, id in
      guard id != payout, let open = withdrawals.payout(id), open.asset == asset,
        open.withdrawals.isEmpty
      else { return sum }
      return sum + (open.versions.map(\.networkFee).max() ?? .zero)
    }
    return box.trading.ledger.balance(of: .withdrawalFees, asset: index) - promised
  }

  private func admitWithdrawals(of built: PayoutBuilt) throws(Refusal) -> [Withdrawal] {
    guard Set(built.withdrawals).count == built.withdrawals.count else {
      throw .payoutMismatch("withdrawals must be given, each once")
    }
    // What pays nobody gathers coins into one, or takes them to cold storage.
    guard
      !built.withdrawals.isEmpty || !built.cold.isEmpty
        || (built.inputs.count > 1 && built.changeIndex != nil) || isChild(built)
    else {
      throw .payoutMismatch("there is nothing to pay and nothing to gather")
    }
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

  private func admitInputs(
    of built: PayoutBuilt, reservedFor payout: PayoutID?
  ) throws(Refusal) -> Int128 {
    guard !built.inputs.isEmpty, Set(built.inputs).count == built.inputs.count else {
      throw .payoutMismatch("inputs must be given, each once")
    }
    var sum: Int128 = 0
    if payout == nil, isChild(built), let change = unconfirmedChange(built.inputs[0]) {
      guard change.payout == nil else {
        throw .payoutMismatch("a child spends that change already")
      }
      return Int128(change.amount.units)
    }
    for outpoint in built.inputs {
      guard let output = chain.outputs[outpoint] else {
        throw .payoutMismatch("an input is not a coin of the wallet")
      }
      guard isSpendable(output) || (payout != nil && output.payout == payout) else {
        throw .payoutMismatch("an input is reserved or not credited yet")
      }
      sum += Int128(output.amount.units)
    }
    return sum
  }

  private func isSpendable(_ output: OwnedOutput) -> Bool {
    guard output.payout == nil, !output.script.branch.isCold, !isFormer(output.script) else {
      return false
    }
    guard let deposit = deposit(at: output.outpoint) else { return true }
    switch deposit.state {
    case .credited, .withdrawable, .belowMinimum: return true
    case .seen, .confirming, .attested, .reversed: return false
    }
  }
}
