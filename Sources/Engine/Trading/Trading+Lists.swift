import Matching
import Structures

// Open orders in the indexes and in their accounts' lists.

extension Trading {
  /// Enters the order in `slot` into the indexes and into its account's list.
  @inline(__always)
  mutating func link(_ slot: UInt32, id: UInt64, of account: UInt32, clientHash: UInt64?) {
    byID.insert(hash: OrderRecord.idHash(id), slot: slot)
    if let clientHash { byClientID.insert(hash: clientHash, slot: slot) }
    if accounts[account].isCounted { marketCounts.add(account, records[slot].market) }
    let newest = accounts[account].addOpen(slot)
    // A new record has no neighbours.
    if newest != 0 {
      records[slot].next = newest
      records[newest - 1].previous = slot + 1
    }
  }

  /// Takes an order out of the indexes and its account's list.
  @inline(__always)
  private mutating func unlink(_ slot: UInt32, _ links: OrderLinks, clientHash: UInt64?) {
    byID.remove(hash: OrderRecord.idHash(links.id), slot: slot)
    if let clientHash { byClientID.remove(hash: clientHash, slot: slot) }
    if links.next != 0 { records[links.next - 1].previous = links.previous }
    if links.previous != 0 { records[links.previous - 1].next = links.next }
    if accounts[links.account].isCounted {
      marketCounts.remove(links.account, links.flags.market)
    }
    accounts[links.account].removeOpen(isNewest: links.previous == 0, next: links.next)
  }

  /// Remembers an order that has ended and is in no book, and gives its slot back.
  @inline(__always)
  mutating func forget(_ slot: UInt32) {
    let client = clientOrderID(at: slot)
    let links = OrderLinks(&records[slot], client, hashKey)
    if links.flags.isWatched { note(endOf: slot) }
    let hash = links.clientHash
    let tag = links.flags.hasTag ? tags[slot] : OrderTag()
    closed.add(
      slot, of: records, progress, id: links.id, price: orders[slot].price, tag: tag, at: time,
      clientHash: hash)
    // Only orders that may rest were ever found by others.
    if links.flags.mayRest { unlink(slot, links, clientHash: hash) }
    orders.give(slot)
  }

  /// The tag of the order in `slot`.
  @inline(__always)
  func tag(at slot: UInt32) -> OrderTag {
    records[slot].flags.hasTag ? tags[slot] : OrderTag()
  }
}

/// Where an order hangs, read once.
private struct OrderLinks: BitwiseCopyable {
  var id: UInt64
  var account: UInt32
  var flags: OrderFlags
  var next: UInt32
  var previous: UInt32
  /// The hash of its client's id, if it has one.
  var clientHash: UInt64?

  /// - Parameter record: By address, not to be copied; it stays as it is.
  @inline(__always)
  fileprivate init(_ record: inout OpenOrder, _ client: ClientOrderID, _ key: HashKey) {
    id = record.id
    account = record.account
    flags = record.flags
    next = record.next
    previous = record.previous
    clientHash =
      client.isEmpty ? nil : OrderRecord.clientHash(record.account, client, key)
  }
}
