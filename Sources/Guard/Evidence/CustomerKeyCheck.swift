import Engine
import Structures

/// The destination is signed with the key under which the account was paid before.
///
/// The signers insist on the same, so releasing it would only block the others in its transaction.
enum CustomerKeyCheck {
  static func verdict(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    guard let known = view.record.customerKeys[withdrawal.account.raw],
      let entry = view.evidence.entries[withdrawal.entry], entry.signingKey != known
    else { return .release }
    return .refuse(
      reason: "the address is signed with another key than that of earlier withdrawals")
  }
}
