import Matching
import Money
import Structures

// Answers about open orders.

/// An open order with what the book and the tags know of it.
struct WholeOrder: BitwiseCopyable {
  let record: OrderRecord
  let price: Int64
  let tag: OrderTag

  init(_ record: OrderRecord, price: Int64, tag: OrderTag) {
    self.record = record
    self.price = price
    self.tag = tag
  }
}

extension Trading {
  /// Returns the account's open order.
  func find(_ name: OrderName, of account: UInt32) -> WholeOrder? {
    let slot = name.isClient ? openSlot(name.clientOrderID, of: account) : openSlot(name.id)
    guard let slot, records[slot].account == account else { return nil }
    return order(slot)
  }

  /// The account's open orders, the newest first.
  func openOrders(of account: UInt32) -> [WholeOrder] {
    var found: [WholeOrder] = []
    var link = accounts[account].lastOpen
    while link != 0 {
      found.append(order(link - 1))
      link = links[link - 1].next
    }
    return found
  }

  /// The market's open orders, as they trade.
  func openOrders(on market: UInt32) -> [WholeOrder] {
    var found: [WholeOrder] = []
    for side in [Book.Side.bid, .ask] {
      markets[market].book.walk(side, in: orders) { slot in
        found.append(order(slot))
        return true
      }
    }
    return found
  }

  func order(_ slot: UInt32) -> WholeOrder {
    WholeOrder(record(at: slot), price: orders[slot].price, tag: tag(at: slot))
  }
}
