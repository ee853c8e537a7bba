import Matching
import Structures

// Open orders in the indexes and in their accounts' lists.

extension Trading {
  /// Enters the order in `slot` into the indexes and into its account's list.
  @inline(__always)
  mutating func link(_ slot: UInt32, clientHash: UInt64) {
    byID.insert(hash: OrderRecord.idHash(records[slot].id), slot: slot)
    if !records[slot].clientOrderID.isEmpty { byClientID.insert(hash: clientHash, slot: slot) }
    let account = records[slot].account
    let newest = accounts[account].lastOpen
    records[slot].next = newest
    records[slot].previous = 0
    if newest != 0 { records[newest - 1].previous = slot + 1 }
    accounts[account].lastOpen = slot + 1
    accounts[account].openCount += 1
  }

  /// Takes an order out of the indexes and its account's list.
  @inline(__always)
  private mutating func unlink(_ slot: UInt32, clientHash: UInt64) {
    byID.remove(hash: OrderRecord.idHash(records[slot].id), slot: slot)
    if !records[slot].clientOrderID.isEmpty { byClientID.remove(hash: clientHash, slot: slot) }
    let (account, next, previous) =
      (records[slot].account, records[slot].next, records[slot].previous)
    if next != 0 { records[next - 1].previous = previous }
    if previous != 0 {
      records[previous - 1].next = next
    } else {
      accounts[account].lastOpen = next
    }
    accounts[account].openCount -= 1
  }

  /// Remembers an order that has ended and is in no book, and gives its slot back.
  @inline(__always)
  mutating func forget(_ slot: UInt32) {
    if records[slot].flags.isWatched { note(endOf: slot) }
    let hash = records[slot].clientHash
    closed.add(records[slot], price: orders[slot].price, tag: tag(at: slot), clientHash: hash)
    // Only orders that may rest were ever found by others.
    if records[slot].flags.mayRest { unlink(slot, clientHash: hash) }
    orders.give(slot)
  }

  /// The tag of the order in `slot`.
  @inline(__always)
  func tag(at slot: UInt32) -> OrderTag {
    records[slot].flags.hasTag ? tags[slot] : OrderTag()
  }
}
