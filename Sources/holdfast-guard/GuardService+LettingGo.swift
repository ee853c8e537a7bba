import Bitcoin
import Engine
import Guard
import Logging
import SignerProtocol

extension GuardService {
  /// Gives up payouts that nobody signs, and those that lost a coin to a transaction of somebody else.
  func giveUp() async throws(Interruption) {
    for payout in core.unsignedPayouts(Array(known.values), awaited: awaited)
    where tried[payout.id] != nil || core.isHeldBack(payout) {
      let promised = Set(
        await signers.withdraw(payout.transaction, Set(known.values.map(\.fingerprint)), known)
          .compactMap(\.promisor))
      if let command = core.giveUp(unsigned: payout, promised: promised) { try await give(command) }
    }
    for loss in core.suspectedLosses {
      guard let block = try await block(at: loss.point),
        let command = core.giveUp(loss, shownBy: block)
      else { continue }
      logger.critical(
        "a payout lost a coin to a transaction that is not ours",
        metadata: ["payout": "\(loss.payout)", "transaction": "\(loss.by)"])
      try await give(command)
    }
  }

  /// Asks signers about transactions that were given up, and shows those who signed one what the others
  /// promised: until then they keep its coins and its withdrawals for it.
  func letGo() async {
    let height = core.exchange.tip?.height ?? 0
    for given in core.abandonments(Array(known.values)) {
      let transaction = given.transaction
      for standing in await signers.withdraw(transaction, given.unasked, known) {
        core.learn(standing, on: transaction)
      }
      let promises = core.promises(on: transaction)
      guard promises.count >= given.promisesNeeded, !given.holders.isEmpty,
        // Whoever is not convinced is not asked again before the next block.
        shown.isFirst(transaction, at: height)
      else { continue }
      for standing in await signers.letGo(of: transaction, promises, given.holders, known) {
        core.learn(standing, on: transaction)
      }
    }
  }

  /// Shows signers what is final and frees what they hold to; again after each block while some ask for
  /// more blocks upon it.
  func settle() async throws(Interruption) {
    let height = core.exchange.tip?.height ?? 0
    for settlement in core.settlements(Array(known.values))
    where settled.isFirst(settlement.transaction, at: height) {
      guard let block = try await block(at: settlement.point) else { continue }
      var headers: [BlockHeader] = []
      var next = settlement.point.height + 1
      while next <= height, headers.count + 1 < MessageLimit.headers {
        guard let header = try await header(at: next) else { break }
        headers.append(header)
        next += 1
      }
      guard let proof = core.proof(of: settlement, in: block, under: headers) else { continue }
      for fingerprint in await signers.settle(proof, settlement.fingerprints, known) {
        core.learn(settlement, knownBy: fingerprint)
      }
    }
  }
}
