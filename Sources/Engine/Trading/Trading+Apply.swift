import Ledger
import Matching
import Money
import Structures

// Order commands from beginning to end.

extension Trading {
  /// Sets the time and notes it down for the events that follow.
  @inline(__always)
  mutating func begin(at time: Timestamp, into events: inout EventBuffer) {
    self.time = max(self.time, min(time.milliseconds, Exchange.endOfTime.milliseconds))
    events.append(time: self.time)
  }

  mutating func carryOut(
    _ request: PlaceRequest, at time: Timestamp, into events: inout EventBuffer
  ) {
    begin(at: time, into: &events)
    guard isConfigured else { return events.append(HotRefusal(.notConfigured)) }
    do throws(HotRefusal) {
      try place(request, into: &events)
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
  private mutating func report(market: UInt32, into events: inout EventBuffer) {
    // Algo orders go on with the command; what changed is reported after them.
    guard signals.isEmpty else { return }
    reportLevels(of: market, into: &events)
    report(into: &events)
  }

  /// Writes what has become of the order in `slot`.
  mutating func report(_ slot: UInt32, _ change: OrderRecordChange, into events: inout EventBuffer)
  {
    events.append(
      records[slot], price: orders[slot].price, tag: tag(at: slot), change,
      packedAssets: markets[records[slot].market].rules.packedAssets, time)
  }

  /// Writes that the order in `slot` was amended.
  @inline(__always)
  mutating func report(
    _ slot: UInt32, amendedTo price: Int64, _ request: RequestID, into events: inout EventBuffer
  ) {
    events.append(
      records[slot], price: price, tag: tag(at: slot), .amended,
      packedAssets: markets[records[slot].market].rules.packedAssets, time, request: request)
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
    ledger.drainTouched { events.append(balance: $0) }
    ledger.checkConservation()
  }
}
