import Engine
import Money
import Structures

/// What owners of accounts have still to be told, as far as the guard says.
struct NoticeGauges: Sendable {
  private let waiting: Int
  private let oldestMilliseconds: Int64
  private let held: Int

  init(_ exchange: borrowing Exchange) {
    let now = exchange.time
    var waiting = 0
    var oldest: Int64 = 0
    for change in exchange.openChanges
    where !change.isTold && exchange.contact(of: change.account) != nil {
      waiting += 1
      oldest = max(oldest, now.milliseconds - change.at.milliseconds)
    }
    self.waiting = waiting
    oldestMilliseconds = oldest
    held = exchange.holds.count
  }

  func write(into text: inout MetricsText) {
    text.single(
      "holdfast_notices_waiting", .gauge, "Changes that the guard has not told the owner of.",
      waiting)
    text.single(
      "holdfast_notice_oldest_milliseconds", .gauge, "How long the oldest of them waits.",
      oldestMilliseconds)
    text.single(
      "holdfast_accounts_held", .gauge, "Accounts whose owner took a change back.", held)
  }
}
