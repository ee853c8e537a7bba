import Ledger
import Money
import Structures

// Transactions that pay released withdrawals.

extension Exchange {
  mutating func payoutBuilt(_ built: PayoutBuilt, _ emit: (Event) -> Void) throws(Refusal) {
    let paid = try admit(built)
    var payout = Payout(
      id: withdrawals.nextPayout, asset: built.asset, withdrawals: built.withdrawals,
      inputs: built.inputs, changeIndex: built.changeIndex, change: built.change,
      networkFee: built.networkFee, unsigned: built.unsigned, signed: nil,
      transaction: built.transaction, state: .built, builtAt: time, updatedAt: time)
    payout.cold = built.cold
    payout.split = built.split
    cold.use(built.cold)
    withdrawals.set(payout)
    reserve(built, for: payout.id)
    emit(.payout(payout))
    noteDuringReopening(payout, emit)
    for var withdrawal in paid {
      withdrawal.payout = payout.id
      withdrawal.transaction = payout.transaction
      move(withdrawal, to: .building, emit)
    }
  }

  /// Puts a dearer version in the place of one that no block takes. Both stay known: whichever a
  /// block has is the one that counts.
  mutating func payoutReplaced(
    _ id: PayoutID, by built: PayoutBuilt, _ emit: (Event) -> Void
  ) throws(Refusal) {
    var payout = try admit(built, replacing: id)
    payout.become(built.version)
    reserve(built, for: id)
    set(payout, .built, emit)
  }

  /// Sets the coins and the change position of a transaction aside.
  private mutating func reserve(_ built: PayoutBuilt, for payout: PayoutID) {
    for input in built.inputs {
      guard var output = chain.outputs[input] else { continue }
      output.payout = payout
      chain.outputs.set(output)
    }
    if let index = built.changeIndex {
      let end = index + UInt32(built.version.changes.count)
      chain.nextChangeIndex = max(chain.nextChangeIndex, end)
    }
  }

  mutating func payoutSigned(
    _ id: PayoutID, transaction: [UInt8], _ emit: (Event) -> Void
  ) throws(Refusal) {
    guard var payout = withdrawals.payout(id) else { throw .unknownPayout }
    try transaction.require(1...400_000, bytesFor: "transaction")
    guard payout.signed == nil else { throw .payoutMismatch("already signed") }
    guard !payout.state.isLost else { throw .payoutMismatch("it was given up") }
    payout.signed = transaction
    payout.updatedAt = time
    // A transaction that is in a block before its signatures are reported stays there.
    if payout.state == .built {
      payout.state = .signed
      withdrawals.set(payout)
      emit(.payout(payout))
      moveWithdrawals(of: payout, to: .broadcast, emit)
    } else {
      withdrawals.set(payout)
      emit(.payout(payout))
    }
  }

  /// Records that a block has the version of `payout` that is called `transaction`.
  mutating func payoutMined(
    _ id: PayoutID, by transaction: [UInt8], in point: ChainPoint, _ emit: (Event) -> Void
  ) {
    guard var payout = withdrawals.payout(id), !payout.state.isInBlock else { return }
    if let other = payout.others.first(where: { $0.transaction == transaction }) {
      payout.become(other)
    }
    set(payout, .mined(point), emit)
    moveWithdrawals(of: payout, to: .mined(point), emit)
    canaryMined(payout, emit)
  }

  /// Records that the block that had `payout` is gone.
  mutating func payoutUnmined(_ id: PayoutID, _ emit: (Event) -> Void) {
    guard let payout = withdrawals.payout(id), case .mined = payout.state else { return }
    set(payout, payout.signed == nil ? .built : .signed, emit)
    moveWithdrawals(of: payout, to: payout.signed == nil ? .building : .broadcast, emit)
  }

  /// Makes payouts final that are deep enough under the tip; their money leaves the ledger.
  mutating func confirmPayouts(_ emit: (Event) -> Void) {
    for id in withdrawals.openPayouts.elements {
      guard let payout = withdrawals.payout(id), case .mined(let point) = payout.state,
        let asset = asset(payout.asset),
        chain.depth(of: point.height) >= asset.withdrawalConfirmations
      else { continue }
      set(payout, .confirmed(point), emit)
      free(payout.others.flatMap(\.inputs), of: id)
      loseChildren(of: payout, to: payout.transaction, in: point, emit)
      for id in payout.withdrawals {
        guard let withdrawal = withdrawals[id] else { continue }
        settle(withdrawal, emit)
        move(withdrawal, to: .confirmed(point), emit)
        markUsed(withdrawal.entry)
      }
      post(payout.networkFee, of: payout.asset, from: .house(.withdrawalFees), to: .custody)
    }
  }

  /// Takes what was held for a paid withdrawal: the amount is gone, the fee is the house's.
  private mutating func settle(_ withdrawal: Withdrawal, _ emit: (Event) -> Void) {
    let held = customer(withdrawal.account, .fundingHeld)
    post(withdrawal.amount, of: withdrawal.asset, from: held, to: .custody)
    bill(
      -withdrawal.amount, of: withdrawal.asset, account: withdrawal.account, wallet: .funding,
      reason: .withdrawal, reference: withdrawal.id.raw, emit)
    post(withdrawal.fee, of: withdrawal.asset, from: held, to: .house(.withdrawalFees))
    bill(
      -withdrawal.fee, of: withdrawal.asset, account: withdrawal.account, wallet: .funding,
      reason: .withdrawalFee, reference: withdrawal.id.raw, emit)
  }

  mutating func set(
    _ payout: Payout, _ state: Payout.State, _ emit: (Event) -> Void
  ) {
    var moved = payout
    moved.state = state
    moved.updatedAt = time
    withdrawals.set(moved)
    emit(.payout(moved))
  }

  private mutating func moveWithdrawals(
    of payout: Payout, to state: Withdrawal.State, _ emit: (Event) -> Void
  ) {
    for id in payout.withdrawals {
      guard var withdrawal = withdrawals[id] else { continue }
      withdrawal.transaction = payout.transaction
      move(withdrawal, to: state, emit)
    }
  }
}
