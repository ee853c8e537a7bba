import Money
import Structures

// Reasons, all public, why withdrawals of an asset are closed or queue.

extension Exchange {
  /// Refuses while the asset is closed: what is asked for is not even queued.
  func requireOpen(_ asset: AssetID) throws(Refusal) {
    if let closing = suspensions.first(where: { $0.asset == asset && $0.closes }) {
      throw .withdrawalsSuspended(closing)
    }
  }

  /// Refuses while nothing of the asset may leave.
  func requireReleasing(_ asset: AssetID) throws(Refusal) {
    let stop = suspensions.first { suspension in
      guard suspension.asset == asset else { return false }
      if case .reopening(let checks) = suspension.reason { return !checks.isReadyToPay }
      return suspension.closes || suspension.reason.holds
    }
    if let stop { throw .withdrawalsSuspended(stop) }
  }

  /// Compares the chain with what is owed. See DESIGN section 4: a mismatch closes the asset.
  mutating func reservesObserved(
    _ id: AssetID, at point: ChainPoint, onChain: Amount, _ emit: (Event) -> Void
  ) throws(Refusal) {
    let asset = try requireAsset(id)
    guard asset.rail == .bitcoin else { throw .railMismatch }
    guard point == chain.tip else { throw .blockIsNotTip }
    guard onChain >= .zero, onChain <= Self.everySatoshi else {
      throw .malformed(field: "onChain", problem: "is out of range; allowed 0 to 21 million BTC")
    }
    let owed = owed(id)
    let covered = onChain - uncredited(id) + inFlight(id)
    emit(.reservesObserved(asset: id, at: point, onChain: onChain, owed: owed))
    if covered < owed {
      suspend(
        id, .reservesBelowLiabilities(owed: owed, covered: covered, at: point), closes: true, emit)
    } else {
      resume(id, like: .reservesBelowLiabilities(owed: owed, covered: covered, at: point), emit)
    }
  }

  /// Takes the guard's word on itself and the signers. What it cannot reach queues; nothing closes.
  mutating func guardReported(_ report: GuardReport, _ emit: (Event) -> Void) throws(Refusal) {
    guard report.signersReachable <= report.signersTotal, report.threshold <= report.signersTotal
    else {
      throw .malformed(field: "signers", problem: "reachable and threshold are at most the total")
    }
    try (report.halted ?? "").require(0...512, bytesFor: "halted")
    guardReport = report
    for (index, asset) in (configuration?.assets ?? []).enumerated() where asset.rail == .bitcoin {
      let id = AssetID(UInt64(index) + 1)
      guard report.connected else {
        suspend(id, .guardUnreachable, closes: false, emit)
        continue
      }
      resume(id, like: .guardUnreachable, emit)
      let signers = Suspension.Reason.signersUnavailable(
        reachable: report.signersReachable, threshold: report.threshold)
      if report.signersReachable < report.threshold {
        suspend(id, signers, closes: false, emit)
      } else {
        resume(id, like: signers, emit)
      }
      if let reason = report.halted {
        suspend(id, .guardHalted(reason), closes: false, emit)
      } else {
        resume(id, like: .guardHalted(""), emit)
      }
    }
  }

  /// Takes the watcher's word on the chain. Without one chain to believe nothing comes in or leaves:
  /// what is in blocks waits uncredited, and the asset is closed.
  mutating func chainJudged(
    _ id: AssetID, problem: String?, _ emit: (Event) -> Void
  ) throws(Refusal) {
    let asset = try requireAsset(id)
    guard asset.rail == .bitcoin else { throw .railMismatch }
    try (problem ?? "").require(0...512, bytesFor: "problem")
    if let problem {
      suspend(id, .chainUnreliable(problem), closes: true, emit)
    } else {
      resume(id, like: .chainUnreliable(""), emit)
      advanceDeposits(emit)
    }
  }

  /// Whether there is one chain to believe.
  func trustsChain(of asset: AssetID) -> Bool {
    !suspensions.contains {
      $0.asset == asset && $0.reason.isSameCause(as: .chainUnreliable(""))
    }
  }

  /// Begins a suspension, or brings the figures of one that lasts up to date.
  mutating func suspend(
    _ asset: AssetID, _ reason: Suspension.Reason, closes: Bool, _ emit: (Event) -> Void
  ) {
    let running = suspensions.firstIndex { $0.asset == asset && $0.reason.isSameCause(as: reason) }
    guard let running else {
      // Checks that ran begin again when this is over.
      if reason.needsChecks {
        end(asset, like: .reopening(Reopening()), emit)
        // So does the rate at which the queue is paid.
        if let drain = drain(of: asset) { end(asset, like: .draining(drain), emit) }
      }
      let suspension = Suspension(asset: asset, reason: reason, since: time, closes: closes)
      suspensions.append(suspension)
      return emit(.suspended(suspension))
    }
    guard suspensions[running].reason != reason else { return }
    if reason.isNews(after: suspensions[running].reason) {
      suspensions[running].nextUpdateBy = time.advanced(byMilliseconds: Suspension.updateInterval)
    }
    suspensions[running].reason = reason
    emit(.suspended(suspensions[running]))
  }

  /// Ends the suspension of the same cause, if it runs. Where payments stopped for a grave reason, the
  /// checks before reopening begin with the end of the last such reason.
  mutating func resume(
    _ asset: AssetID, like reason: Suspension.Reason, _ emit: (Event) -> Void
  ) {
    guard end(asset, like: reason, emit) else { return }
    guard reason.needsChecks,
      !suspensions.contains(where: { $0.asset == asset && $0.reason.needsChecks })
    else { return }
    suspend(asset, .reopening(Reopening()), closes: false, emit)
  }

  @discardableResult
  private mutating func end(
    _ asset: AssetID, like reason: Suspension.Reason, _ emit: (Event) -> Void
  ) -> Bool {
    let running = suspensions.firstIndex { $0.asset == asset && $0.reason.isSameCause(as: reason) }
    guard let running else { return false }
    let ended = suspensions.remove(at: running)
    endedSuspensions.append(EndedSuspension(ended, endedAt: time))
    if endedSuspensions.count > Self.endedLimit { endedSuspensions.removeFirst() }
    emit(.resumed(ended))
    return true
  }

  /// Suspensions that are over and still told of.
  static var endedLimit: Int { 100 }
}

extension Suspension.Reason {
  /// Whether both speak of the same thing, whatever their figures.
  func isSameCause(as other: Suspension.Reason) -> Bool {
    switch (self, other) {
    case (.reservesBelowLiabilities, .reservesBelowLiabilities),
      (.signersUnavailable, .signersUnavailable), (.guardUnreachable, .guardUnreachable),
      (.guardHalted, .guardHalted), (.chainUnreliable, .chainUnreliable),
      (.refillAwaited, .refillAwaited), (.keyHoldersMissing, .keyHoldersMissing),
      (.keyHoldersFew, .keyHoldersFew), (.decided, .decided), (.reopening, .reopening),
      (.draining, .draining):
      true
    case (.unexplainedOutflow(let a), .unexplainedOutflow(let b)): a == b
    case (.reorganisationBeyondFinality(let a), .reorganisationBeyondFinality(let b)): a == b
    default: false
    }
  }
}
