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
      ? "Withdrawals of \(code) are closed" : "Withdrawals of \(code) are accepted and queued"
    return "\(effect): \(reason(suspension)). Checked again \(nextCheck(suspension))."
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
    }
  }
}
