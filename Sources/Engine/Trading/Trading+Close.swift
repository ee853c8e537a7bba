import Ledger
import Matching
import Money
import Structures

// The end of orders that are not filled.

extension Trading {
  /// Cancels an open order; returns its market.
  mutating func cancel(
    account raw: UInt64, _ name: OrderName, into events: inout EventBuffer
  ) throws(HotRefusal) -> UInt32 {
    let account = try account(raw)
    let slot = try requireOpen(name, of: account)
    let market = records[slot].market
    closeResting(slot, because: .user, into: &events)
    return market
  }

  /// Ends an order that rests: out of the book, and its money free again.
  mutating func closeResting(
    _ slot: UInt32, because source: CancelSource, into events: inout EventBuffer
  ) {
    let flags = records[slot].flags
    markets[flags.market].book.remove(slot, flags.side.inBook, in: &orders)
    closeTaken(slot, because: source, into: &events)
  }

  /// Ends an order that has left its book.
  @inline(__always)
  mutating func closeTaken(
    _ slot: UInt32, because source: CancelSource, into events: inout EventBuffer
  ) {
    let price = orders[slot].price
    Self.end(&records[slot], because: source, time, &ledger)
    let tag = tag(at: slot)
    events.append(
      records[slot], price: price, tag: tag, .canceled, markets[records[slot].market].rules, time)
    remember(records[slot], price: price, tag: tag)
    unlink(slot)
  }

  /// Ends an order that does not rest.
  mutating func close(
    _ order: inout IncomingOrder, because source: CancelSource, into events: inout EventBuffer
  ) {
    Self.end(&order.record, because: source, time, &ledger)
    events.append(order, .canceled, markets[order.record.market].rules, time)
    remember(order.record, price: order.price, tag: order.tag)
  }

  /// Marks an order as canceled and frees what is set aside for it.
  @inline(__always)
  private static func end(
    _ record: inout OrderRecord, because source: CancelSource, _ time: Int64,
    _ ledger: inout Ledger
  ) {
    ledger.release(Amount(units: record.held), at: record.spends)
    record.held = 0
    record.flags.state = .canceled
    record.flags.cancelSource = source
    record.updatedAt = time
  }

  /// The tag of the order in `slot`.
  @inline(__always)
  func tag(at slot: UInt32) -> OrderTag {
    records[slot].flags.hasTag ? tags[slot] : OrderTag()
  }
}
