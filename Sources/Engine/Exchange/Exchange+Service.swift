public import Money
public import Structures

// How withdrawals are stopped, explained, and begun again.

extension Exchange {
  /// Takes the guard's word on the key holders. Too few of them, or a freeze, hold all payments; one
  /// too few for comfort lowers limits.
  mutating func keyHoldersReported(
    _ report: KeyHoldersReport, _ emit: (Event) -> Void
  ) throws(Refusal) {
    guard report.live <= report.seats, report.threshold <= report.seats else {
      throw .malformed(field: "live", problem: "live and threshold are at most the seats")
    }
    try report.logHead.require(32...32, bytesFor: "logHead")
    try report.signature.require(64...64, bytesFor: "signature")
    // The log only grows: a shorter one is the guard's word of an earlier day, shown again.
    if let known = keyHolders, report.logCount < known.logCount {
      throw .malformed(
        field: "logCount", problem: "is \(report.logCount); \(known.logCount) were told of before")
    }
    keyHolders = report
    guard let asset = bitcoin else { return }
    let missing = Suspension.Reason.keyHoldersMissing(
      live: report.live, threshold: report.threshold, frozen: report.frozen)
    let few = Suspension.Reason.keyHoldersFew(live: report.live, threshold: report.threshold)
    let isStopped = report.frozen || report.live < report.threshold
    if isStopped {
      suspend(asset, missing, closes: false, emit)
    } else {
      resume(asset, like: missing, emit)
    }
    if !isStopped, report.isShort {
      suspend(asset, few, closes: false, emit)
    } else {
      resume(asset, like: few, emit)
    }
  }

  /// Takes an operator's word. One stops and explains; two different ones end.
  mutating func decideService(
    _ decision: ServiceDecision, _ emit: (Event) -> Void
  ) throws(Refusal) {
    try requireOperator(decision.operatorName)
    let asset = try requireAsset(decision.asset)
    guard asset.rail == .bitcoin else { throw .railMismatch }
    try decision.signature.require(64...64, bytesFor: "signature")
    try decision.text.require(1...512, bytesFor: "text")
    guard decision.number == serviceDecisions + 1 else {
      throw .malformed(
        field: "number", problem: "is \(decision.number); the next is \(serviceDecisions + 1)")
    }
    switch decision.action {
    case .suspend:
      serviceDecisions += 1
      suspend(decision.asset, .decided(decision.reasonClass), closes: false, emit)
      explain(decision, emit) { $0.reason == .decided(decision.reasonClass) }
    case .explain:
      guard suspensions.contains(where: { $0.asset == decision.asset }) else {
        throw .malformed(field: "asset", problem: "\(asset.code) has nothing to explain")
      }
      serviceDecisions += 1
      explain(decision, emit) { _ in true }
    case .lift: try lift(decision, emit)
    }
  }

  private mutating func explain(
    _ decision: ServiceDecision, _ emit: (Event) -> Void, _ applies: (Suspension) -> Bool
  ) {
    for index in suspensions.indices
    where suspensions[index].asset == decision.asset && applies(suspensions[index]) {
      suspensions[index].note = decision.text
      suspensions[index].nextUpdateBy = time.advanced(byMilliseconds: Suspension.updateInterval)
      // Who stops it again no longer wants it ended.
      if decision.action == .suspend { suspensions[index].liftedBy = nil }
      emit(.suspended(suspensions[index]))
    }
  }

  private mutating func lift(
    _ decision: ServiceDecision, _ emit: (Event) -> Void
  ) throws(Refusal) {
    let running = suspensions.indices.filter {
      suspensions[$0].asset == decision.asset && suspensions[$0].reason.endsByDecision
        && suspensions[$0].reason.reasonClass == decision.reasonClass
    }
    guard !running.isEmpty else {
      throw .malformed(
        field: "asset", problem: "is not stopped by anything of this class that people end")
    }
    guard !running.contains(where: { suspensions[$0].liftedBy == decision.operatorName }) else {
      throw .sameOperatorTwice
    }
    serviceDecisions += 1
    var ended: [Suspension.Reason] = []
    for index in running {
      suspensions[index].note = decision.text
      suspensions[index].nextUpdateBy = time.advanced(byMilliseconds: Suspension.updateInterval)
      // The word of somebody who is no operator any more does not count.
      let first = suspensions[index].liftedBy.flatMap { name in
        configuration?.operators.first { $0.name == name }?.name
      }
      if first == nil {
        suspensions[index].liftedBy = decision.operatorName
      } else {
        ended.append(suspensions[index].reason)
      }
      emit(.suspended(suspensions[index]))
    }
    for reason in ended { resume(decision.asset, like: reason, emit) }
  }

  // MARK: Reopening

  /// Takes the guard's word on the checks.
  mutating func reopeningChecked(
    _ check: ReopeningCheck, _ emit: (Event) -> Void
  ) throws(Refusal) {
    try check.signature.require(64...64, bytesFor: "signature")
    guard (1...1_000_000).contains(check.drainPerHour) else {
      throw .malformed(field: "drainPerHour", problem: "is out of range; allowed 1 to 1 000 000")
    }
    guard var checks = reopening(of: check.asset) else {
      throw .malformed(field: "asset", problem: "is not being reopened")
    }
    // What was judged stays judged: what is asked for later passes the guard anyway.
    checks.keysProved = check.keysProved
    checks.keysNeeded = check.keysNeeded
    checks.countersEqual = check.countersEqual
    checks.countersNeeded = check.countersNeeded
    checks.judged = check.judged
    checks.drainPerHour = check.drainPerHour
    suspend(check.asset, .reopening(checks), closes: false, emit)
    if checks.isReadyToPay, checks.canary == nil, queue(of: check.asset).count == 0 {
      reopen(check.asset, checks, emit)
    }
  }

  /// The checks that run for the asset.
  public func reopening(of asset: AssetID) -> Reopening? {
    for suspension in suspensions where suspension.asset == asset {
      if case .reopening(let checks) = suspension.reason { return checks }
    }
    return nil
  }

  /// How far the queue is paid, if one is being paid.
  public func drain(of asset: AssetID) -> Drain? {
    for suspension in suspensions where suspension.asset == asset {
      if case .draining(let drain) = suspension.reason { return drain }
    }
    return nil
  }

  /// Refuses a payout that is not the first payment while that is awaited, or above the hour's rate.
  func admitDuringReopening(_ built: PayoutBuilt) throws(Refusal) {
    // A child pays nobody; it may be what the first payment waits for.
    guard !isChild(built), let room = payoutRoom(of: built.asset, at: time) else { return }
    guard built.withdrawals.count <= room, room > 0 || drain(of: built.asset) != nil else {
      throw .payoutMismatch("\(room) withdrawals may be paid now")
    }
    guard reopening(of: built.asset) == nil || built.withdrawals.count == 1 else {
      throw .payoutMismatch("the first payment after a suspension is made alone")
    }
  }

  /// How many withdrawals one payout may pay now; `nil` when nothing limits it.
  public func payoutRoom(of asset: AssetID, at time: Timestamp) -> Int? {
    if let checks = reopening(of: asset) {
      return checks.isReadyToPay && checks.canary == nil ? 1 : 0
    }
    return drain(of: asset).map { Int($0.room(at: time)) }
  }

  /// Takes note of the first payment, and of what was paid of the queue.
  mutating func noteDuringReopening(_ payout: Payout, _ emit: (Event) -> Void) {
    guard !payout.withdrawals.isEmpty else { return }
    if var checks = reopening(of: payout.asset) {
      checks.canary = payout.id
      suspend(payout.asset, .reopening(checks), closes: false, emit)
    } else if var drain = drain(of: payout.asset) {
      if time >= drain.hourBegan.advanced(byMilliseconds: Drain.hour) {
        drain.hourBegan = time
        drain.paid = 0
      }
      drain.paid += UInt32(clamping: payout.withdrawals.count)
      suspend(payout.asset, .draining(drain), closes: false, emit)
    }
  }

  /// A block has the first payment: the asset is open, and its queue is paid.
  mutating func canaryMined(_ payout: Payout, _ emit: (Event) -> Void) {
    guard let checks = reopening(of: payout.asset), checks.canary == payout.id else { return }
    reopen(payout.asset, checks, emit)
  }

  /// The first payment was given up; another one is made in its place.
  mutating func canaryLost(_ payout: Payout, _ emit: (Event) -> Void) {
    guard var checks = reopening(of: payout.asset), checks.canary == payout.id else { return }
    checks.canary = nil
    suspend(payout.asset, .reopening(checks), closes: false, emit)
  }

  private mutating func reopen(
    _ asset: AssetID, _ checks: Reopening, _ emit: (Event) -> Void
  ) {
    resume(asset, like: .reopening(checks), emit)
    let left = queue(of: asset).count
    guard left > 0, drain(of: asset) == nil else { return }
    suspend(
      asset,
      .draining(
        Drain(
          left: UInt32(clamping: left), perHour: checks.drainPerHour,
          last: WithdrawalID(withdrawals.next.raw - 1), hourBegan: time)),
      closes: false, emit)
  }

  /// A withdrawal waits again, because its payout was given up.
  mutating func joinedQueue(_ withdrawal: Withdrawal, _ emit: (Event) -> Void) {
    guard var drain = drain(of: withdrawal.asset), withdrawal.id <= drain.last else { return }
    drain.left += 1
    suspend(withdrawal.asset, .draining(drain), closes: false, emit)
  }

  /// A withdrawal no longer waits.
  mutating func leftQueue(_ withdrawal: Withdrawal, _ emit: (Event) -> Void) {
    guard var drain = drain(of: withdrawal.asset), withdrawal.id <= drain.last else { return }
    drain.left -= min(drain.left, 1)
    if drain.left == 0 {
      resume(withdrawal.asset, like: .draining(drain), emit)
    } else {
      suspend(withdrawal.asset, .draining(drain), closes: false, emit)
    }
  }
}

// Answers only.

extension Exchange {
  /// How withdrawals of `asset` stand: the gravest of all reasons.
  public func serviceState(of asset: AssetID) -> ServiceState {
    suspensions.reduce(.open) { $1.asset == asset ? max($0, $1.reason.state) : $0 }
  }

  /// How the exchange's withdrawals stand: as those of the asset that stands worst.
  public var serviceState: ServiceState {
    suspensions.reduce(.open) { max($0, $1.reason.state) }
  }

  /// Whether anything of `asset` may be released now.
  public func mayRelease(_ asset: AssetID) -> Bool {
    do {
      try requireReleasing(asset)
      return true
    } catch {
      return false
    }
  }

  /// Whether nothing of `asset` may be paid, not even what is built: key holders are missing or an
  /// operator stopped it.
  public func holdsPayments(of asset: AssetID) -> Bool {
    suspensions.contains { $0.asset == asset && $0.reason.holds }
  }

  /// Whether transactions of `asset` that pay nobody may be built now.
  public func mayMoveCoins(of asset: AssetID) -> Bool {
    mayRelease(asset) && reopening(of: asset) == nil
  }

  /// Withdrawals of `asset` that wait, and what they come to. They can be cancelled.
  public func queue(of asset: AssetID) -> (count: Int, amount: Amount) {
    withdrawals.open.elements.reduce((0, Amount.zero)) { sum, id in
      guard let open = withdrawals[id], open.asset == asset, open.state.isCancellable else {
        return sum
      }
      return (sum.0 + 1, sum.1 + open.amount)
    }
  }
}
