import Engine
import Money
import Structures

/// A withdrawal that was released before is released again only if it is the very same one.
enum DuplicateReleaseCheck {
  static func verdict(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    guard let earlier = view.record.released[withdrawal.id.raw] else { return .release }
    guard earlier.account == withdrawal.account.raw, earlier.address == withdrawal.address,
      earlier.amount == withdrawal.amount.units
    else { return .refuse(reason: "the guard released this withdrawal differently before") }
    return .release
  }
}
