import Ledger
import Matching
import Money
import Structures

// The end of orders that are not filled.

extension Trading {
  /// Cancels an open order; returns its market.
  @inline(__always)
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
  @inline(__always)
  mutating func closeResting(
    _ slot: UInt32, because source: CancelSource, into events: inout EventBuffer
  ) {
    let flags = records[slot].flags
    markets[flags.market].book.remove(slot, flags.side.inBook, in: &orders)
    close(slot, because: source, into: &events)
  }

  /// Ends an order that is in no book, or has left it, and frees what is set aside for it.
  mutating func close(
    _ slot: UInt32, because source: CancelSource, into events: inout EventBuffer
  ) {
    let spends = records[slot].spends
    let held = records[slot].cancel(because: source)
    ledger.release(Amount(units: held), at: spends)
    report(slot, .canceled, into: &events)
    forget(slot)
  }
}
