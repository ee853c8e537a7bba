import Matching
import Structures

// Open orders in the indexes and in their accounts' lists.

extension Trading {
  /// Enters the order in `slot` into the indexes and into its account's list.
  @inline(__always)
  mutating func link(_ slot: UInt32, id: UInt64, of account: UInt32, clientHash: UInt64?) {
    byID.insert(id, slot: slot, of: records) { $0.id }
    if let clientHash { byClientID.insert(hash: clientHash, slot: slot) }
    if accounts[account].isCounted { marketCounts.add(account, records[slot].market) }
    let newest = accounts[account].addOpen(slot)
    links[slot] = OrderLinks(next: newest, previous: 0)
    if newest != 0 { links[newest - 1].previous = slot + 1 }
  }

  /// Forgets an order that has ended and is in no book, and gives its slot back.
  @inline(never)
  mutating func forget(_ slot: UInt32) {
    let record = records.place(of: slot)
    let flags = record.value.flags
    if flags.isWatched { note(endOf: slot) }
    if record.value.hasFewWords, flags.mayRest, !accounts[record.value.account].isCounted {
      return forgetPlain(slot, record, accounts.place(of: record.value.account))
    }
    // Only orders that may rest were ever found by others.
    if flags.mayRest {
      byID.remove(record.value.id, slot: slot)
      let client = clientOrderID(at: slot)
      if !client.isEmpty {
        byClientID.remove(
          hash: clientSeed.hash(record.value.account, client), slot: slot)
      }
      let row = accounts.place(of: record.value.account)
      if row.value.isCounted { marketCounts.remove(record.value.account, flags.market) }
      unlist(slot, row)
      row.value.endCounting()
    }
    orders.give(slot)
  }

  /// The same for an order that could rest, with neither a tag nor a long client's id, of an account
  /// whose orders are not counted by market.
  @inline(__always)
  mutating func forgetPlain(
    _ slot: UInt32, _ record: Place<OpenOrder>, _ row: Place<AccountRow>
  ) {
    byID.remove(record.value.id, slot: slot)
    forgetFound(slot, record, row)
    orders.give(slot)
  }

  /// The same for one that is not found by its id any more. The caller gives its slot back.
  @inline(__always)
  mutating func forgetFound(
    _ slot: UInt32, _ record: Place<OpenOrder>, _ row: Place<AccountRow>
  ) {
    unlist(slot, row)
    let client = Text32(unchecked: record.value.client0, record.value.client1, 0, 0)
    if !client.isEmpty {
      byClientID.remove(hash: clientSeed.hash(record.value.account, client), slot: slot)
    }
  }

  /// Takes an order out of its account's list.
  ///
  /// Where there is no neighbour, the order itself is written to, which is over: whether there is one
  /// cannot be foreseen, and a branch would be taken wrongly half of the time.
  @inline(__always)
  private mutating func unlist(_ slot: UInt32, _ row: Place<AccountRow>) {
    let own = links[slot]
    let (next, previous) = (own.next, own.previous)
    links.place(of: next != 0 ? next &- 1 : slot).value.previous = previous
    links.place(of: previous != 0 ? previous &- 1 : slot).value.next = next
    row.value.removeOpen(isNewest: previous == 0, next: next)
  }

  /// The tag of the order in `slot`.
  @inline(__always)
  func tag(at slot: UInt32) -> OrderTag {
    records[slot].flags.hasTag ? tags[slot] : OrderTag()
  }
}
