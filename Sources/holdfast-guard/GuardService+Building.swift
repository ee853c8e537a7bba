import Bitcoin
import Custody
import Engine
import Guard
import Logging
import Nodes
import SignerProtocol

extension GuardService {
  /// Payouts that are built in one round.
  private static let payoutsAtOnce = 5

  func build() async throws(Interruption) {
    guard core.hasReleasedWithdrawals else { return }
    let rate = await feeRate()
    for _ in 0..<Self.payoutsAtOnce where core.hasReleasedWithdrawals {
      let isBuilt = try await build("no payout can be built") {
        core.buildPayout(feeRate: rate, signers: $0)
      }
      guard isBuilt else { return }
    }
  }

  /// Puts dearer versions in the place of payouts that no block takes, or lets children pay for them.
  func replace() async throws(Interruption) {
    guard core.hasStuckPayouts else { return }
    let rate = await feeRate()
    let isReplaced = try await build("a payout that no block takes cannot be replaced") {
      core.replacePayout(feeRate: rate, signers: $0)
    }
    guard !isReplaced else { return }
    try await build("nothing can pay for a payout that no block takes") {
      core.payForStuck(feeRate: rate, signers: $0)
    }
  }

  /// Gathers small coins while fees are low.
  func consolidate() async throws(Interruption) {
    guard core.hasManyCoins else { return }
    let rate = await feeRate()
    try await build("coins cannot be gathered") { core.consolidate(feeRate: rate, signers: $0) }
  }

  /// Takes to cold storage what the hot wallet does not need.
  func sweep() async throws(Interruption) {
    let obstacle = core.sweepObstacle
    if let obstacle, obstacle != saidOfSweeps {
      logger.notice(
        "nothing more goes to cold storage until addresses are issued",
        metadata: ["reason": "\(obstacle)"])
    }
    saidOfSweeps = obstacle
    guard core.mayHaveTooMuch else { return }
    let rate = await feeRate()
    try await build("nothing can be taken to cold storage") {
      core.sweep(feeRate: rate, signers: $0)
    }
  }

  /// The rate to pay now: what the node estimates, within what the configuration allows.
  private func feeRate() async -> FeeRate {
    let estimate = try? await node.feeRate(forConfirmationWithin: fees.confirmWithinBlocks)
    let news = FeeNews(
      estimate: estimate.flatMap { FeeRate(satsPerKVByte: $0) }, mempoolMinimum: .relayed)
    return fees.policy.quote(news).rate
  }

  /// Has `make` build a transaction, once it knows how long the coins' own transactions are.
  ///
  /// - Returns: Whether it was built and the server took it.
  @discardableResult
  private func build(
    _ failure: String, _ make: ([SignerStatus]) -> Result<Command?, PayoutError>
  ) async throws(Interruption) -> Bool {
    var built = make(Array(known.values))
    while !core.evidenceQuestions.isEmpty {
      for coin in core.evidenceQuestions { core.learn(try await transaction(of: coin), of: coin) }
      built = make(Array(known.values))
    }
    switch built {
    case .success(nil):
      saidOfBuilding[failure] = nil
      return false
    case .success(let command?):
      saidOfBuilding[failure] = nil
      return try await give(command)
    case .failure(let error):
      if saidOfBuilding[failure] != error {
        logger.warning("\(failure)", metadata: ["reason": "\(error)"])
      }
      saidOfBuilding[failure] = error
      return false
    }
  }
}
