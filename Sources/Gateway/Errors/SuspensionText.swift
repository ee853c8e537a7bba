import Engine
import Money
import Wire

/// The public reason of a suspension in plain words.
struct SuspensionText {
  let catalog: Catalog

  /// Returns one sentence that says what is held up and why.
  func text(_ suspension: Suspension) -> String {
    let code = catalog.code(of: suspension.asset)
    let effect =
      suspension.closes
      ? "Withdrawals of \(code) are closed"
      : suspension.reason.state == .throttled && !isQueueing(suspension)
        ? "Withdrawals of \(code) are paid within lower limits"
        : "Withdrawals of \(code) are accepted and queued"
    return "\(effect): \(reason(suspension)). Checked again \(nextCheck(suspension))."
  }

  private func isQueueing(_ suspension: Suspension) -> Bool {
    if case .refillAwaited = suspension.reason { true } else { false }
  }

  /// What shows it: something that anybody can look up.
  func evidence(_ suspension: Suspension) -> String {
    switch suspension.reason {
    case .reservesBelowLiabilities(_, _, let at):
      "block \(at.height) \(Hex.text(at.hash.reversed()))"
    case .unexplainedOutflow(let outpoint):
      "coin \(Hex.text(outpoint.transaction.reversed())):\(outpoint.index)"
    case .reorganisationBeyondFinality(let deposit): "deposit \(deposit)"
    case .signersUnavailable(let reachable, let threshold): "\(reachable) of \(threshold) signers"
    case .guardUnreachable, .guardHalted: "the guard's report"
    case .chainUnreliable(let problem): problem
    case .refillAwaited: "the coins of the hot wallet"
    case .keyHoldersMissing, .keyHoldersFew: "the key holders' log"
    case .decided: "an operator's signed word in the journal"
    case .reopening: "the guard's signed word in the journal"
    case .draining: "the queue"
    }
  }

  /// What goes on meanwhile.
  func stillWorks(_ suspension: Suspension) -> [String] {
    var works = ["trading", "transfers", "cancelling withdrawals"]
    if case .chainUnreliable = suspension.reason {} else { works.append("deposits") }
    if !suspension.closes { works.append("asking for withdrawals") }
    if suspension.reason.state == .throttled { works.append("withdrawals within the limits") }
    return works
  }

  private func reason(_ suspension: Suspension) -> String {
    switch suspension.reason {
    case .reservesBelowLiabilities(let owed, let covered, let at):
      let asset = suspension.asset
      return "coins on chain cover \(catalog.text(covered, of: asset)) of the "
        + "\(catalog.text(owed, of: asset)) owed, at block \(at.height)"
    case .unexplainedOutflow(let outpoint):
      return "coin \(Hex.text(outpoint.transaction.reversed())):\(outpoint.index) was spent by a "
        + "transaction that is not a payout"
    case .reorganisationBeyondFinality(let deposit):
      return "a reorganisation of the chain took out the credited deposit \(deposit)"
    case .signersUnavailable(let reachable, let threshold):
      return "\(reachable) \(reachable == 1 ? "signer answers" : "signers answer") and "
        + "\(threshold) \(threshold == 1 ? "is" : "are") needed"
    case .guardUnreachable: return "the guard is not connected"
    case .guardHalted(let why): return "the guard stopped itself: \(why)"
    case .chainUnreliable(let problem):
      return "the state of the chain is not certain (\(problem)), and deposits wait as well"
    case .refillAwaited(let missing):
      return
        "the hot wallet holds \(catalog.text(missing, of: suspension.asset)) too little for all of "
        + "them, and a refill from cold storage is under way"
    case .keyHoldersMissing(let live, let threshold, let frozen):
      return frozen
        ? "a key holder stopped everything"
        : "\(live) \(live == 1 ? "key holder lives" : "key holders live") and \(threshold) are needed; "
          + "a successor takes the place of whoever stays away"
    case .keyHoldersFew(let live, let threshold):
      return "\(live) key holders live and \(threshold) are needed"
    case .decided(let about): return "the operators stopped them (\(about.name))"
    case .reopening(let checks):
      return
        "they are about to begin again; key checks \(checks.keysProved) of \(checks.keysNeeded), "
        + "counters \(checks.countersEqual) of \(checks.countersNeeded), "
        + "\(checks.judged.map { "\($0) withdrawals judged again" } ?? "the queue is judged again"), "
        + "\(checks.canary == nil ? "the first payment follows" : "the first payment is on its way")"
    case .draining(let drain):
      return "\(drain.left) that queued are paid, the oldest first, \(drain.perHour) an hour"
    }
  }

  private func nextCheck(_ suspension: Suspension) -> String {
    switch suspension.reason {
    case .reservesBelowLiabilities: "at the next block"
    case .unexplainedOutflow, .reorganisationBeyondFinality: "by the operators"
    case .signersUnavailable, .guardUnreachable: "within a minute"
    case .chainUnreliable: "at the next block"
    case .refillAwaited: "when the refill arrives"
    case .guardHalted: "when the guard is started again"
    case .keyHoldersMissing, .keyHoldersFew: "with every sign of life"
    case .decided: "by the operators"
    case .reopening, .draining: "within a minute"
    }
  }
}
