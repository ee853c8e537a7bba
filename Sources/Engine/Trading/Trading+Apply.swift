import Ledger
import Matching
import Money
import Structures

// Order commands from beginning to end.

extension Trading {
  /// Sets the time and notes it down for the events that follow.
  @inline(__always)
  mutating func begin(at time: Timestamp, into events: inout EventBuffer) {
    events.append(time: advance(to: time))
  }

  /// Sets the time, which never goes back, and returns it.
  @inline(__always)
  mutating func advance(to time: Timestamp) -> Int64 {
    let last = self.time
    // Commands of one batch have one time.
    if time.milliseconds == last { return last }
    let now = max(last, min(time.milliseconds, Exchange.endOfTime.milliseconds))
    self.time = now
    return now
  }

  /// - Parameter request: By address, not to be copied; it stays as it is.
  mutating func carryOut(
    _ request: inout PlaceRequest, at time: Timestamp, into events: inout EventBuffer
  ) {
    begin(at: time, into: &events)
    guard isConfigured else { return events.append(HotRefusal(.notConfigured)) }
    do throws(HotRefusal) {
      try accept(&request, into: &events)
      report(market: UInt32(truncatingIfNeeded: request.instrument &- 1), into: &events)
    } catch {
      events.append(error)
    }
  }

  mutating func carryOut(
    cancel name: OrderName, of account: UInt64, at time: Timestamp,
    into events: inout EventBuffer
  ) {
    begin(at: time, into: &events)
    guard isConfigured else { return events.append(HotRefusal(.notConfigured)) }
    do throws(HotRefusal) {
      let market = try cancel(account: account, name, into: &events)
      report(market: market, into: &events)
    } catch {
      events.append(error)
    }
  }

  mutating func carryOut(
    _ request: AmendRequest, at time: Timestamp, into events: inout EventBuffer
  ) {
    begin(at: time, into: &events)
    guard isConfigured else { return events.append(HotRefusal(.notConfigured)) }
    do throws(HotRefusal) {
      let market = try amend(request, into: &events)
      report(market: market, into: &events)
    } catch {
      events.append(error)
    }
  }

  /// Reports the levels and balances that an order command changed, as they are now, and checks the
  /// money.
  @inline(__always)
  mutating func report(market: UInt32, into events: inout EventBuffer) {
    // Algo orders go on with the command; what changed is reported after them.
    guard signals.isEmpty else { return }
    reportLevels(of: market, into: &events)
    report(into: &events)
  }

  /// Writes what has become of the order in `slot`.
  @inline(__always)
  mutating func report(_ slot: UInt32, _ change: OrderRecordChange, into events: inout EventBuffer)
  {
    let assets = markets[records[slot].market].rules.packedAssets
    let price = orders[slot].price
    guard records[slot].isPlain else {
      return reportWhole(slot, change, price: price, packedAssets: assets, into: &events)
    }
    events.append(plain: &records[slot], price: price, change, packedAssets: assets, time)
  }

  /// The same for an order that may have all words.
  @inline(never)
  private mutating func reportWhole(
    _ slot: UInt32, _ change: OrderRecordChange, price: Int64, packedAssets: UInt64,
    into events: inout EventBuffer
  ) {
    let tag = tag(at: slot)
    beginProgress(of: slot)
    events.append(
      &records[slot], &progress[slot], price: price, tag: tag, change, packedAssets: packedAssets,
      time)
  }

  /// Writes that the order in `slot` was amended.
  @inline(__always)
  mutating func report(
    _ slot: UInt32, amendedTo price: Int64, _ request: RequestID, into events: inout EventBuffer
  ) {
    let tag = tag(at: slot)
    let assets = markets[records[slot].market].rules.packedAssets
    beginProgress(of: slot)
    events.append(
      &records[slot], &progress[slot], price: price, tag: tag, .amended, packedAssets: assets, time,
      request: request)
  }

  @inline(__always)
  mutating func reportLevels(of market: UInt32, into events: inout EventBuffer) {
    markets[market].book.drainTouched { side, price, size, orders in
      events.append(level: side, of: market, price: price, size: size, orders: orders)
    }
  }

  /// Reports the balances that a command changed, as they are now, and checks the money: debits and
  /// credits of every asset it moved are equal.
  @inline(__always)
  mutating func report(into events: inout EventBuffer) {
    events.appendTouched(of: &ledger)
    ledger.checkConservation()
  }
}
