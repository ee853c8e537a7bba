import Engine
import Structures

/// The destination is signed with the first key that the account's holder proved, or with the one
/// that a person accepted since.
///
/// Whoever has a customer's API key, or the online server, can enrol a key of his own beside the
/// customer's: it opens nothing. The signers insist on the key of the first payment, so releasing
/// another would only block the others in its transaction.
enum CustomerKeyCheck {
  static func verdict(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    guard let known = view.record.customerKeys[withdrawal.account.raw],
      let word = view.evidence.word(for: withdrawal, view.exchange), word.key != known
    else { return .release }
    switch withdrawal.authority {
    case .entry:
      return .refuse(
        reason: "the address is signed with another key than the customer is known by")
    case .intent:
      return .refuse(
        reason: "the withdrawal is signed with another key than the customer is known by")
    }
  }
}
