import Engine
import Money
import Structures

/// The guard's own limits: one withdrawal, the sliding hour, the sliding day.
enum LimitCheck {
  static let hour: Int64 = 3_600_000
  static let day: Int64 = 24 * hour

  static func verdict(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    let amount = withdrawal.amount.units
    let limits = view.policy.limits
    // Counted already when it was released the first time.
    if view.record.released[withdrawal.id.raw] != nil { return .release }
    guard amount <= limits.perWithdrawal, amount <= limits.budgetHour, amount <= limits.budgetDay
    else { return .refuse(reason: "the amount is above what the guard releases at once") }
    return verdict(amount, view.hour, "hour", view.now)
      .joined(with: verdict(amount, view.day, "day", view.now))
  }

  /// Holds until enough of the window's releases have left it.
  private static func verdict(
    _ amount: Int64, _ window: ReleaseWindow, _ name: String, _ now: Timestamp
  ) -> GuardVerdict {
    guard let until = window.wait(for: amount, at: now) else { return .release }
    return .hold(until: until, reason: "the guard's limit for one \(name) is reached")
  }
}
