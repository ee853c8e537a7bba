import Engine
import Risk

/// What people had to review was approved by two of them, each under his own signature.
enum ReviewCheck {
  static func verdict(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    guard withdrawal.decision.outcome >= .review else { return .release }
    guard view.evidence.approvals[withdrawal.id, default: []].count >= 2 else {
      return .refuse(reason: "the review does not carry the signatures of two operators")
    }
    return .release
  }
}
