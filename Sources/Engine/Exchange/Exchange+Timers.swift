import Matching
import Money
import Structures

extension Exchange {
  /// How long a customer's timer may run, in milliseconds, as on OKX.
  static let timerRange: ClosedRange<Int64> = 10_000...120_000

  /// Starts the customer's timer for `tag` anew, or stops it. See OKX v5, `cancel-all-after`.
  mutating func cancelAllAfter(
    _ milliseconds: Int64, of account: AccountID, tag: OrderTag, into events: inout EventBuffer
  ) throws(Refusal) {
    _ = try requireAccount(account)
    try tag.description.requireAlphanumeric(upTo: 16, field: "tag")
    guard milliseconds == 0 || Self.timerRange.contains(milliseconds) else {
      throw .timerOutOfRange(
        minimum: Self.timerRange.lowerBound, maximum: Self.timerRange.upperBound)
    }
    guard
      milliseconds == 0 || timers.time(of: account, tag: tag) != nil
        || timers.count(of: account) < TimerRegister.limit
    else { throw .tooManyTimers(limit: UInt32(TimerRegister.limit)) }
    let at = milliseconds == 0 ? nil : time.advanced(byMilliseconds: milliseconds)
    timers.set(account, tag, to: at)
    events.append(.cancelAllAfter(account: account, tag: tag, at: at))
  }

  /// Cancels open orders: all of the account's, or those on one instrument, or of one side.
  mutating func cancelOrders(
    of account: AccountID, on instrument: InstrumentID?, _ side: Side?,
    into events: inout EventBuffer
  ) throws(Refusal) {
    _ = try requireAccount(account)
    if let instrument { _ = try requireInstrument(instrument) }
    box.trading.cancelAll(
      of: UInt32(account.raw - 1), on: instrument.map { UInt32($0.raw - 1) }, side: side,
      because: .user, into: &events)
  }
}
