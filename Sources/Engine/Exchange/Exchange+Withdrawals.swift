import Money
import Risk
import Structures

// A customer asks for money, and may take the request back.

extension Exchange {
  mutating func requestWithdrawal(
    _ request: RequestWithdrawal, _ emit: (Event) -> Void
  ) throws(Refusal) {
    let account = try requireAccount(request.account)
    // As on OKX: a sub-account's money leaves through its master.
    guard account.master == nil else { throw .onlyMaster }
    try requireNotHeld(account.id)
    let asset = try requireAsset(request.asset)
    guard asset.rail == .bitcoin else { throw .railMismatch }
    try request.clientID.requireAlphanumeric(upTo: 32, field: "clientID")
    guard withdrawal(clientID: request.clientID, of: account.id) == nil else {
      throw .duplicateClientID
    }
    guard request.amount > .zero else { throw .amountNotPositive }
    guard request.amount >= asset.minimumWithdrawal else {
      throw .belowMinimumWithdrawal(minimum: asset.minimumWithdrawal)
    }
    let basis = try basis(of: request, account, asset)
    try requireOpen(request.asset)
    let needed = try total(request.amount, plus: asset.withdrawalFee)
    try require(needed, of: request.asset, account: account.id, in: .funding)
    let locked = notWithdrawable(request.asset, of: account.id)
    let free = balance(of: account.id, asset: request.asset, wallet: .funding).available
    guard locked == .zero || free - needed >= locked else {
      throw .depositsNotWithdrawable(asset: request.asset, locked: locked, available: free)
    }
    let decision = judge(
      request, from: account, addressUsedBefore: basis.isUsed, under: asset.limits)
    guard decision.outcome != .refuse else { throw .riskRefused(decision) }

    let tells =
      request.intent != nil && !basis.isUsed
      && isUntoldDestination(request.address, of: account.id)
    // What nobody can be told of does not leave.
    if tells { try requireRoomForChange(of: account.id) }

    hold(needed, of: request.asset, account: account.id, in: .funding)
    if let intent = request.intent {
      noteSignature(of: account.id, nonce: intent.nonce, counter: basis.counter)
    }
    let withdrawal = Withdrawal(
      id: withdrawals.next, account: account.id, asset: request.asset,
      authority: basis.authority, address: request.address, amount: request.amount,
      fee: asset.withdrawalFee,
      clientID: request.clientID, requestedAt: time, updatedAt: time, decision: decision,
      approvals: [], state: decision.firstState(at: time), release: nil, payout: nil,
      transaction: nil)
    withdrawals.set(withdrawal)
    withdrawals.windows.add(withdrawal)
    emit(.withdrawal(withdrawal))
    if tells { begin(.withdrawal(withdrawal.id), of: account.id, emit) }
  }

  mutating func cancelWithdrawal(
    _ id: WithdrawalID, of account: AccountID, _ emit: (Event) -> Void
  ) throws(Refusal) {
    _ = try requireAccount(account)
    let withdrawal = try requireWithdrawal(id)
    guard withdrawal.account == account else { throw .unknownWithdrawal }
    guard withdrawal.state.isCancellable else { throw .withdrawalTooFar }
    giveBack(withdrawal, as: .canceled, emit)
  }

  /// Approves the delayed withdrawals whose wait is over.
  mutating func releaseDelayed(_ emit: (Event) -> Void) {
    while let due = withdrawals.due.first, due.at <= time,
      let withdrawal = withdrawals[due.withdrawal]
    {
      move(withdrawal, to: .approved, emit)
    }
  }

  /// Ends a withdrawal that will not be paid: its money is free again, and it no longer counts
  /// towards the limits.
  mutating func giveBack(
    _ withdrawal: Withdrawal, as state: Withdrawal.State, _ emit: (Event) -> Void
  ) {
    release(
      withdrawal.amount + withdrawal.fee, of: withdrawal.asset, account: withdrawal.account,
      in: .funding)
    withdrawals.windows.remove(withdrawal)
    move(withdrawal, to: state, emit)
  }

  /// Records and reports a withdrawal's new state.
  mutating func move(
    _ withdrawal: Withdrawal, to state: Withdrawal.State, _ emit: (Event) -> Void
  ) {
    var moved = withdrawal
    moved.state = state
    moved.updatedAt = time
    let waited = withdrawals[withdrawal.id]?.state.isCancellable ?? false
    withdrawals.set(moved)
    emit(.withdrawal(moved))
    if waited, !state.isCancellable { leftQueue(moved, emit) }
    if !waited, state.isCancellable { joinedQueue(moved, emit) }
  }

  func requireWithdrawal(_ id: WithdrawalID) throws(Refusal) -> Withdrawal {
    guard let withdrawal = withdrawals[id] else { throw .unknownWithdrawal }
    return withdrawal
  }

  private func total(_ amount: Amount, plus fee: Amount) throws(Refusal) -> Amount {
    let (sum, overflow) = amount.units.addingReportingOverflow(fee.units)
    guard !overflow else { throw .malformed(field: "amount", problem: "is too large") }
    return Amount(units: sum)
  }

  private func judge(
    _ request: RequestWithdrawal, from account: Account, addressUsedBefore: Bool,
    under limits: WithdrawalLimits
  ) -> RiskDecision {
    let own = withdrawals.windows.sums(of: account.id, asset: request.asset, at: time)
    let all = withdrawals.windows.sums(of: request.asset, at: time)
    return RiskRules.evaluate(
      WithdrawalFigures(
        now: time, amount: request.amount, customerHour: own.hour, customerDay: own.day,
        customerHourCount: own.hourCount, assetHour: all.hour, assetDay: all.day,
        addressUsedBefore: addressUsedBefore,
        credentialsChangedAt: account.credentialsChangedAt),
      under: limits.policy(
        credentialHoldMilliseconds: configuration?.credentialHoldMilliseconds ?? 0))
  }
}

extension RiskDecision {
  /// Where a withdrawal begins. A delay that stands beside a review is waited out after it.
  fileprivate func firstState(at time: Timestamp) -> Withdrawal.State {
    outcome == .review ? .inReview : stateAfterReview(at: time)
  }

  /// Where a withdrawal goes once people approved it, or at once when they need not.
  func stateAfterReview(at time: Timestamp) -> Withdrawal.State {
    guard let releaseAt, releaseAt > time else { return .approved }
    return .delayed(until: releaseAt)
  }
}

extension WithdrawalLimits {
  fileprivate func policy(credentialHoldMilliseconds: Int64) -> WithdrawalPolicy {
    WithdrawalPolicy(
      refuseAbove: refuseAbove, reviewAbove: reviewAbove, delayAbove: delayAbove,
      delayMilliseconds: delayMilliseconds, customerHour: customerHour, customerDay: customerDay,
      assetHour: assetHour, assetDay: assetDay, countHour: countHour,
      firstUseMilliseconds: firstUseMilliseconds,
      credentialHoldMilliseconds: credentialHoldMilliseconds)
  }
}
