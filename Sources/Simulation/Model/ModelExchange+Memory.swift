import Engine
import Structures

// Which orders the model knows, and by which names.

extension ModelExchange {
  /// Counts an order as open on its market.
  mutating func countOpen(_ order: Order, by change: Int) {
    let count = Int(openCounts[order.account, default: [:]][order.instrument, default: 0]) + change
    openCounts[order.account, default: [:]][order.instrument] = UInt32(count)
    openTotal = UInt32(Int(openTotal) + change)
  }

  /// Forgets an order that has just closed.
  mutating func forget(_ id: OrderID) {
    guard let order = orders.removeValue(forKey: id), !order.clientOrderID.isEmpty else { return }
    let key = ClientKey(account: order.account, id: order.clientOrderID)
    if openOfClient[key] == id { openOfClient[key] = nil }
  }

  /// The open order that a customer names.
  func findOpen(_ reference: OrderReference, of account: AccountID) -> Order? {
    switch reference {
    case .id(let id): orders[id].flatMap { $0.account == account ? $0 : nil }
    case .client(let id):
      openOfClient[ClientKey(account: account, id: id)].flatMap { orders[$0] }
    }
  }

  func requireOpen(
    _ reference: OrderReference, of account: AccountID
  ) throws(Refusal) -> Order {
    guard let order = findOpen(reference, of: account) else { throw .unknownOrder }
    return order
  }
}
