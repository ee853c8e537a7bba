import Money
import Structures

// Payouts that no block can ever take. What they were to pay waits to be paid again.

extension Exchange {
  /// Gives up a payout of which no version can be in the chain any more, or a new version of one that
  /// nobody signs; the earlier versions of that one stay what they are.
  mutating func payoutLost(
    _ id: PayoutID, _ loss: Payout.Loss, _ emit: (Event) -> Void
  ) throws(Refusal) {
    guard var payout = withdrawals.payout(id) else { throw .unknownPayout }
    switch loss {
    case .conflict(let transaction, let point):
      try admit(payout, lostTo: transaction, in: point)
    case .unsigned:
      guard payout.state == .built else {
        throw .payoutMismatch("only what is not signed can be given up for want of signatures")
      }
      // The new wallet's signers know nothing of what the old one's have signed.
      guard !spendsFormer(payout) else {
        throw .payoutMismatch(
          "it spends coins of a former wallet, whose signers may have signed it")
      }
      if let dropped = payout.dropNewest() {
        let kept = Set(payout.versions.flatMap(\.inputs))
        free(dropped.inputs.filter { !kept.contains($0) }, of: id)
        return set(payout, .signed, emit)
      }
    }
    free(payout.versions.flatMap(\.inputs), of: id)
    if case .conflict(let transaction, let point) = loss {
      loseChildren(of: payout, to: transaction, in: point, emit)
    }
    set(payout, .lost(loss), emit)
    canaryLost(payout, emit)
    for id in payout.withdrawals {
      guard var withdrawal = withdrawals[id] else { continue }
      withdrawal.payout = nil
      withdrawal.transaction = nil
      move(withdrawal, to: .released, emit)
    }
  }

  /// Refuses unless some coin of each version is gone, and not just now.
  ///
  /// The core sees the coins of the wallet alone, so that a transaction takes them is the guard's word;
  /// that they are not there is not.
  private func admit(
    _ payout: Payout, lostTo transaction: [UInt8], in point: ChainPoint
  ) throws(Refusal) {
    try transaction.require(32...32, bytesFor: "transaction")
    try point.hash.require(32...32, bytesFor: "point.hash")
    switch payout.state {
    case .built, .signed: break
    case .mined, .confirmed, .lost:
      throw .payoutMismatch("a block has it, or it is lost already")
    }
    guard !payout.transactions.contains(transaction) else {
      throw .payoutMismatch("one of its own versions takes nothing away")
    }
    guard let asset = asset(payout.asset), let tip = chain.tip,
      chain.depth(of: point.height) >= asset.withdrawalConfirmations
    else { throw .payoutMismatch("the block at height \(point.height) is not final") }
    if let known = chain.recent.first(where: { $0.point.height == point.height }) {
      guard known.point == point else {
        throw .payoutMismatch("the block at height \(point.height) is another one")
      }
    }
    // What a block took that may still go is not gone for good.
    let shallow = Set(
      chain.recent.filter { chain.depth(of: $0.point.height) < asset.withdrawalConfirmations }
        .flatMap(\.spent).map(\.outpoint))
    let isGone = { (input: ChainOutpoint) in
      self.chain.outputs[input] == nil && !shallow.contains(input)
    }
    guard payout.versions.allSatisfy({ $0.inputs.contains(where: isGone) }) else {
      throw .payoutMismatch("at height \(tip.height) a version has all its coins")
    }
  }

  /// Gives back those of `inputs` that are set aside for `payout`.
  mutating func free(_ inputs: [ChainOutpoint], of payout: PayoutID) {
    for input in inputs {
      guard var output = chain.outputs[input], output.payout == payout else { continue }
      output.payout = nil
      chain.outputs.set(output)
    }
  }
}
