import Money
import Risk
import Structures

extension Exchange {
  /// Takes one operator's verdict on a withdrawal in review: two different ones approve, one refuses.
  mutating func reviewWithdrawal(
    _ review: ReviewWithdrawal, _ emit: (Event) -> Void
  ) throws(Refusal) {
    try requireOperator(review.operatorName)
    try review.signature.require(64...64, bytesFor: "signature")
    try review.reason.require(0...512, bytesFor: "reason")
    var withdrawal = try requireWithdrawal(review.withdrawal)
    guard withdrawal.state == .inReview else { throw .notInReview }
    guard !withdrawal.approvals.contains(review.operatorName) || !review.approves else {
      throw .sameOperatorTwice
    }
    guard review.approves else {
      return giveBack(withdrawal, as: .refused(reason: review.reason), emit)
    }
    withdrawal.approvals.append(review.operatorName)
    let state: Withdrawal.State =
      withdrawal.approvals.count < 2
      ? .inReview : withdrawal.decision.stateAfterReview(at: time)
    move(withdrawal, to: state, emit)
  }

  func requireOperator(_ name: String) throws(Refusal) {
    guard let operators = configuration?.operators,
      operators.contains(where: { $0.name == name })
    else { throw .unknownOperator }
  }
}
