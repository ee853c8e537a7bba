import Matching
import Money
import Structures

// Answers about orders. An open order is given in the form of a closed one.

extension Trading {
  /// Returns the account's order, open or remembered.
  func find(_ name: OrderName, of account: UInt32) -> ClosedOrder? {
    let open = name.isClient ? openSlot(name.clientOrderID, of: account) : openSlot(name.id)
    let found: ClosedOrder?
    if let open {
      found = order(open)
    } else {
      found =
        name.isClient ? closed.find(name.clientOrderID, of: account, hashKey) : closed.find(name.id)
    }
    return found?.record.account == account ? found : nil
  }

  /// The account's open orders, the newest first.
  func openOrders(of account: UInt32) -> [ClosedOrder] {
    var found: [ClosedOrder] = []
    var link = accounts[account].lastOpen
    while link != 0 {
      found.append(order(link - 1))
      link = records[link - 1].next
    }
    return found
  }

  /// The market's open orders, as they trade.
  func openOrders(on market: UInt32) -> [ClosedOrder] {
    var found: [ClosedOrder] = []
    for side in [Book.Side.bid, .ask] {
      markets[market].book.walk(side, in: orders) { slot in
        found.append(order(slot))
        return true
      }
    }
    return found
  }

  func order(_ slot: UInt32) -> ClosedOrder {
    ClosedOrder(record(at: slot), price: orders[slot].price, tag: tag(at: slot))
  }
}
