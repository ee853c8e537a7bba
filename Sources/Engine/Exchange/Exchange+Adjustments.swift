import Ledger
public import Money
public import Structures

// Money that operators move: one proposes, another approves. It comes from the fees that the house
// has earned, or goes to them, so that no customer ever pays for another.

extension Exchange {
  /// Adjustments that wait for a second operator.
  public var proposedAdjustments: [Adjustment] { adjustments.proposed }

  /// What the house has earned in fees of `asset` and may give away.
  public func houseFees(_ asset: AssetID) -> Amount {
    asset.index(in: box.trading.ledger.assetCount)
      .map { box.trading.ledger.balance(of: .tradingFees, asset: $0) } ?? .zero
  }

  mutating func proposeAdjustment(
    _ proposal: ProposeAdjustment, _ emit: (Event) -> Void
  ) throws(Refusal) {
    try requireOperator(proposal.operatorName)
    try proposal.signature.require(64...64, bytesFor: "signature")
    _ = try requireAccount(proposal.account)
    _ = try requireAsset(proposal.asset)
    try proposal.reason.require(1...512, bytesFor: "reason")
    let units = proposal.amount.units
    guard units != 0, units.magnitude <= UInt64(Ledger.ceiling.units) else {
      throw .malformed(
        field: "amount", problem: "must not be 0, nor beyond \(Ledger.ceiling.units) units")
    }
    guard proposal.kind == .correction || units > 0 else { throw .rewardNotPositive }
    guard adjustments.proposed.count < 1000 else {
      throw .malformed(field: "adjustment", problem: "1000 wait for a decision already")
    }
    let adjustment = Adjustment(
      id: adjustments.nextID, kind: proposal.kind, account: proposal.account,
      asset: proposal.asset, wallet: proposal.wallet, amount: proposal.amount,
      reason: proposal.reason, state: .proposed, proposedBy: proposal.operatorName,
      decidedBy: nil, proposedAt: time, decidedAt: nil)
    adjustments.add(adjustment)
    emit(.adjustment(adjustment))
  }

  mutating func decideAdjustment(
    _ decision: DecideAdjustment, _ emit: (Event) -> Void
  ) throws(Refusal) {
    try requireOperator(decision.operatorName)
    try decision.signature.require(64...64, bytesFor: "signature")
    guard var adjustment = adjustments.find(decision.adjustment) else {
      throw decision.adjustment < adjustments.nextID && decision.adjustment.raw > 0
        ? .adjustmentAlreadyDecided : .unknownAdjustment
    }
    if decision.approves {
      guard adjustment.proposedBy != decision.operatorName else { throw .sameOperatorTwice }
      try requireCover(of: adjustment)
      try reserve(adjustment.asset, of: adjustment.account, in: adjustment.wallet)
    }
    adjustments.remove(adjustment.id)
    adjustment.state = decision.approves ? .applied : .declined
    adjustment.decidedBy = decision.operatorName
    adjustment.decidedAt = time
    emit(.adjustment(adjustment))
    if decision.approves { post(adjustment, emit) }
  }

  private func requireCover(of adjustment: Adjustment) throws(Refusal) {
    let available =
      adjustment.amount > .zero
      ? houseFees(adjustment.asset)
      : balance(
        of: adjustment.account, asset: adjustment.asset, wallet: adjustment.wallet
      ).available
    guard available.units >= adjustment.amount.units.magnitude else {
      throw .adjustmentNotCovered(available: available)
    }
  }

  private mutating func post(_ adjustment: Adjustment, _ emit: (Event) -> Void) {
    let pocket = customer(adjustment.account, adjustment.wallet.available)
    if adjustment.amount > .zero {
      post(adjustment.amount, of: adjustment.asset, from: .house(.tradingFees), to: pocket)
    } else {
      post(-adjustment.amount, of: adjustment.asset, from: pocket, to: .house(.tradingFees))
    }
    bill(
      adjustment.amount, of: adjustment.asset, account: adjustment.account,
      wallet: adjustment.wallet, reason: adjustment.kind == .reward ? .reward : .adjustment,
      reference: adjustment.id.raw, emit)
  }
}
