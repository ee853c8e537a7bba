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
    return window(amount, hour, limits.budgetHour, "hour", view)
      .joined(with: window(amount, day, limits.budgetDay, "day", view))
  }

  /// Whether a released withdrawal ended unpaid. What a customer asks for and takes back must not
  /// use up what the others may withdraw; the core never pays it any more.
  private static func isOver(_ number: UInt64, _ view: GuardView) -> Bool {
    switch view.exchange.withdrawal(WithdrawalID(number))?.state {
    case .canceled, .refused: true
    default: false
    }
  }

  /// Holds until enough of the window's releases have left it.
  private static func window(
    _ amount: Int64, _ width: Int64, _ budget: Int64, _ name: String, _ view: GuardView
  ) -> GuardVerdict {
    let from = view.now.advanced(byMilliseconds: -width)
    let inside = view.record.recent.filter { $0.time > from && !isOver($0.withdrawal, view) }
    var spent = inside.reduce(0) { $0 + $1.amount }
    guard spent + amount > budget else { return .release }
    var until = view.now
    for release in inside where spent + amount > budget {
      spent -= release.amount
      until = release.time.advanced(byMilliseconds: width)
    }
    return .hold(until: until, reason: "the guard's limit for one \(name) is reached")
  }
}
