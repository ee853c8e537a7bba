import Engine
import Structures

// Which orders the model still knows, and by which names.

extension ModelExchange {
  /// How many closed orders are remembered: of those whose ids are equal modulo this, the last.
  private static let memory: UInt64 = 1 << 14

  /// Counts an order as open on its market.
  mutating func countOpen(_ order: Order, by change: Int) {
    let count = Int(openCounts[order.account, default: [:]][order.instrument, default: 0]) + change
    openCounts[order.account, default: [:]][order.instrument] = UInt32(count)
    openTotal = UInt32(Int(openTotal) + change)
  }

  /// Moves an order that has just closed from the open ones to the remembered ones.
  mutating func remember(_ id: OrderID) {
    guard let order = orders.removeValue(forKey: id) else { return }
    closed[id.raw % Self.memory] = order
    guard !order.clientOrderID.isEmpty else { return }
    let key = ClientKey(account: order.account, id: order.clientOrderID)
    if openOfClient[key] == id { openOfClient[key] = nil }
    closedOfClient[key] = id
  }

  /// The open order that a customer names.
  func findOpen(_ reference: OrderReference, of account: AccountID) -> Order? {
    switch reference {
    case .id(let id): orders[id].flatMap { $0.account == account ? $0 : nil }
    case .client(let id):
      openOfClient[ClientKey(account: account, id: id)].flatMap { orders[$0] }
    }
  }

  /// The closed order that a customer names, if it is remembered.
  func findClosed(_ reference: OrderReference, of account: AccountID) -> Order? {
    let id: OrderID?
    switch reference {
    case .id(let named): id = named
    case .client(let named): id = closedOfClient[ClientKey(account: account, id: named)]
    }
    guard let id, let order = closed[id.raw % Self.memory], order.id == id,
      order.account == account
    else { return nil }
    return order
  }

  func requireOpen(
    _ reference: OrderReference, of account: AccountID
  ) throws(Refusal) -> Order {
    if let order = findOpen(reference, of: account) { return order }
    throw findClosed(reference, of: account) == nil ? .unknownOrder : .orderAlreadyClosed
  }
}
