import Engine
import Structures

// Which closed orders the model still knows.

extension ModelExchange {
  /// The orders that closed last, in the order in which they did.
  struct Closed: Sendable {
    static let limit = 10_000

    private var ids: [OrderID] = []
    private var oldest = 0

    /// Adds an order that has just closed, and returns the one that is forgotten for it.
    mutating func add(_ id: OrderID) -> OrderID? {
      guard ids.count == Self.limit else {
        ids.append(id)
        return nil
      }
      let forgotten = ids[oldest]
      ids[oldest] = id
      oldest = (oldest + 1) % Self.limit
      return forgotten
    }
  }

  /// Counts an order among the closed ones.
  mutating func remember(_ id: OrderID) {
    guard let old = closed.add(id), let order = orders.removeValue(forKey: old) else { return }
    let key = ClientKey(account: order.account, clientOrderID: order.clientOrderID)
    if newestOfClient[key] == old { newestOfClient[key] = nil }
  }
}
