import Matching
import Structures

extension Trading {
  /// Cancels the account's open orders, the oldest first: all, or those on one market, of one side,
  /// with one tag.
  mutating func cancelAll(
    of account: UInt32, on market: UInt32? = nil, side: Side? = nil, tag: OrderTag = "",
    because source: CancelSource, into events: inout EventBuffer
  ) {
    var slots: [UInt32] = []
    var link = accounts[account].lastOpen
    while link != 0 {
      let slot = link - 1
      let record = records[slot]
      if market.map({ $0 == record.market }) ?? true, side.map({ $0 == record.flags.side }) ?? true,
        tag.isEmpty || self.tag(at: slot) == tag
      {
        slots.append(slot)
      }
      link = links[slot].next
    }
    for slot in slots.reversed() { closeResting(slot, because: source, into: &events) }
  }
}
