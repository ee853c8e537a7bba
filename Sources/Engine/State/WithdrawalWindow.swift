package import Money

/// Withdrawals requested in the last day that were not taken back, of one asset or of one customer.
///
/// Their sums are kept as they come and go: to add up a day's withdrawals for each new one takes longer
/// the busier the day.
package struct WithdrawalWindow: Sendable {
  package typealias Entry = WithdrawalWindows.Entry

  /// Oldest first; those before ``first`` have left.
  private var kept: [Entry] = []
  private var first = 0
  /// The first within an hour of the last, or the end.
  private var hourStart = 0
  /// Of all from ``first`` on.
  private var day: Int128 = 0
  /// Of all from ``hourStart`` on.
  private var hour: Int128 = 0

  package init() {}

  package var entries: ArraySlice<Entry> { kept[first...] }
  var isEmpty: Bool { first == kept.count }

  /// Adds what was requested at or after everything before it, and drops what is a day older.
  package mutating func append(_ entry: Entry) {
    while first < kept.count,
      !kept[first].at.isWithin(WithdrawalWindows.dayMilliseconds, of: entry.at)
    {
      day -= Int128(kept[first].amount.units)
      first += 1
    }
    while hourStart < kept.count,
      !kept[hourStart].at.isWithin(WithdrawalWindows.hourMilliseconds, of: entry.at)
    {
      hour -= Int128(kept[hourStart].amount.units)
      hourStart += 1
    }
    // What has left is moved away seldom, and never costs more than what came since.
    if first > 64, first > kept.count / 2 {
      kept.removeFirst(first)
      hourStart -= first
      first = 0
    }
    kept.append(entry)
    day += Int128(entry.amount.units)
    hour += Int128(entry.amount.units)
  }

  /// Uncounts a withdrawal, if it is there.
  package mutating func remove(_ withdrawal: WithdrawalID) {
    var low = first
    var high = kept.count
    while low < high {
      let middle = (low + high) / 2
      if kept[middle].withdrawal < withdrawal { low = middle + 1 } else { high = middle }
    }
    guard low < kept.count, kept[low].withdrawal == withdrawal else { return }
    let amount = Int128(kept.remove(at: low).amount.units)
    day -= amount
    if low >= hourStart { hour -= amount } else { hourStart -= 1 }
  }

  /// What was requested within an hour and a day of `now`, which is not before the last.
  package func sums(at now: Timestamp) -> WithdrawalWindows.Sums {
    var (day, hour) = (day, hour)
    for entry in kept[first...] {
      guard !entry.at.isWithin(WithdrawalWindows.dayMilliseconds, of: now) else { break }
      day -= Int128(entry.amount.units)
    }
    var start = hourStart
    while start < kept.count, !kept[start].at.isWithin(WithdrawalWindows.hourMilliseconds, of: now)
    {
      hour -= Int128(kept[start].amount.units)
      start += 1
    }
    return WithdrawalWindows.Sums(
      hour: WithdrawalWindows.capped(hour), day: WithdrawalWindows.capped(day),
      hourCount: UInt32(kept.count - start))
  }
}

extension Timestamp {
  /// Whether this instant is less than `milliseconds` before `now`.
  fileprivate func isWithin(_ milliseconds: Int64, of now: Timestamp) -> Bool {
    now.milliseconds - self.milliseconds < milliseconds
  }
}
