import Bitcoin
import Custody
import Engine
import Guard
import Logging
import SignerProtocol

extension GuardService {
  /// How long a payout rests that got too few signatures.
  private static let signingPause: Duration = .seconds(5)

  /// A payout that signers are at.
  private struct Signing {
    let plan: PayoutPlan
    let previous: [Transaction]
    let round: Task<SigningRound, Never>
  }

  /// Has payouts signed. While the signers are at one, the one before is put together: over a serial
  /// line that is where the time goes.
  func sign() async throws(Interruption) {
    var running: Signing?
    for plan in try own({ () throws(GuardError) in try core.payoutsToSign() }) {
      guard known.values.count(where: { $0.frozen == nil }) >= core.threshold else { break }
      if let last = tried[plan.payout.id], .now < last.advanced(by: Self.signingPause) { continue }
      let previous = try await previousTransactions(of: plan)
      var requests: [Int: SigningRequest] = [:]
      for (index, status) in known where status.frozen == nil {
        requests[index] = core.signingRequest(
          plan, previous: previous, to: status.fingerprint)
      }
      let next = Signing(
        plan: plan, previous: previous, round: Task { [requests] in await signers.sign(requests) }
      )
      if let running { try await finish(running) }
      running = next
    }
    if let running { try await finish(running) }
  }

  private func finish(_ signing: Signing) async throws(Interruption) {
    let round = await signing.round.value
    let answers = round.answers
    try own { () throws(GuardError) in try core.learn(answers.map(\.status)) }
    let payout = signing.plan.payout.id
    guard let command = core.finish(signing.plan, previous: signing.previous, answers: answers)
    else {
      // The next round carries to the others that it is written down.
      if round.awaitsWitnesses { return }
      tried[payout] = .now
      if round.mayCome { awaited.insert(payout) } else { awaited.remove(payout) }
      logger.warning(
        "a payout has too few signatures",
        metadata: ["payout": "\(payout)", "signatures": "\(answers.count)"])
      return
    }
    tried[payout] = nil
    awaited.remove(payout)
    try await give(command)
  }

  private func previousTransactions(of plan: PayoutPlan) async throws(Interruption) -> [Transaction]
  {
    var transactions: [Transaction] = []
    for coin in plan.coins { transactions.append(try await transaction(of: coin)) }
    return transactions
  }
}
