import Engine
import Structures

/// Nobody took back a change of what guards the account: neither in the journal nor by an answer to the
/// guard's own notice.
enum HoldCheck {
  static func verdict(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    guard
      view.record.heldAccounts[withdrawal.account.raw] != nil
        || view.exchange.hold(of: withdrawal.account) != nil
    else { return .release }
    return .refuse(
      reason: "the account's owner took a change back; withdrawals are held until he, or two "
        + "operators, say otherwise")
  }
}
