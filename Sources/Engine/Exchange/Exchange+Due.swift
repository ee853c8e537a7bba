import Algos
import Matching
import Money
import Structures

// What time alone brings about, and the end of every command.

extension Exchange {
  /// Does what fell due: delayed withdrawals, customers' timers, slices of algo orders.
  mutating func doWhatFellDue(by time: Timestamp, into events: inout EventBuffer) {
    box.trading.begin(at: time, into: &events)
    let time = self.time
    releaseDelayed { events.append($0) }
    while let timer = timers.next, timer.at <= time {
      timers.set(timer.account, timer.tag, to: nil)
      events.append(.cancelAllAfter(account: timer.account, tag: timer.tag, at: nil))
      box.trading.cancelAll(
        of: UInt32(timer.account.raw - 1), tag: timer.tag, because: .cancelAllAfter,
        into: &events)
    }
    algos.timePassed(to: time)
    finish(into: &events)
  }

  /// Lets algo orders follow what an order command did, if any waits for it.
  @inline(__always)
  mutating func followOrder(into events: inout EventBuffer) {
    if !box.trading.signals.isEmpty { finish(into: &events) }
  }

  /// Lets algo orders follow what a command did, reports what changed, and checks the money.
  mutating func finish(into events: inout EventBuffer) {
    runAlgos(into: &events)
    for market in 0..<box.trading.markets.count {
      box.trading.reportLevels(of: market, into: &events)
    }
    box.trading.report(into: &events)
    setNextDue()
  }

  /// Notes when the next thing falls due: now, when algo orders are left in the queue.
  mutating func setNextDue() {
    nextDue = [
      withdrawals.due.first?.at, timers.next?.at, algos.nextTime,
      algos.hasWork ? Timestamp(milliseconds: .min) : nil,
    ].reduce(.max) { next, at in min(next, at?.milliseconds ?? .max) }
  }
}
