import Bitcoin
import Money
import SignerProtocol
import Statements

/// A transaction that pays nobody gathers coins or takes them to cold storage: the guard ordered this
/// very one, and it costs little of what it moves. That it all stays ours is checked with the outputs.
enum ConsolidationCheck {
  /// What gathering may cost: a hundredth of the coins.
  static let share: Int64 = 100

  static func check(
    _ proposal: SigningProposal, _ policy: SignerPolicy
  ) throws(SignerRefusal) {
    guard proposal.request.payments.isEmpty else {
      guard proposal.request.consolidation == nil else {
        throw SignerRefusal(.unexplainedOutput, "what gathers coins makes no payments")
      }
      return
    }
    guard let signed = proposal.request.consolidation else {
      throw SignerRefusal(.unexplainedOutput, "nothing is released")
    }
    guard signed.isSigned(by: policy.guardKey) else {
      throw SignerRefusal(.releaseSignature, "the consolidation is not signed by the guard")
    }
    let order = signed.statement
    guard order.asset == policy.asset, order.chain == policy.chain,
      order.transaction == proposal.id.bytes
    else {
      throw SignerRefusal(.releaseTerms, "the consolidation is of another asset or transaction")
    }
    let now = proposal.now.milliseconds
    guard order.orderedAtMilliseconds <= now + ReleaseCheck.clockToleranceMilliseconds,
      now < order.expiresAtMilliseconds
    else { throw SignerRefusal(.releaseTerms, "the consolidation is not in force now") }
    let most = min(order.maximumNetworkFeeUnits, proposal.inputTotal / share)
    guard proposal.networkFee <= most else {
      throw SignerRefusal(
        .feeTooHigh, "gathering coins costs \(proposal.networkFee) satoshi; allowed \(most)")
    }
  }
}
