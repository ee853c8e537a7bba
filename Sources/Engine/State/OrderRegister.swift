import Structures

/// Open orders, and the last closed ones.
struct OrderRegister: Sendable {
  /// How many closed orders are remembered.
  static let closedLimit = 10_000

  struct ClientKey: Hashable, Sendable {
    var account: AccountID
    var clientOrderID: ClientOrderID
  }

  private(set) var orders: [OrderID: Order] = [:]
  /// By account index: its open orders.
  private(set) var open: [SortedArray<OrderID>] = []
  /// The newest order that carries a client's id, open or remembered.
  private(set) var clientIDs: [ClientKey: OrderID] = [:]
  /// Closed orders, a ring; the oldest is at `oldest` once it is full.
  private var closed: [OrderID] = []
  private var oldest = 0
  var nextOrder = OrderID(1_000_000)

  init() {}

  subscript(_ id: OrderID) -> Order? { orders[id] }

  /// Closed orders, the one that closed first leading.
  var closedOldestFirst: [OrderID] { Array(closed[oldest...] + closed[..<oldest]) }

  func find(_ reference: OrderReference, of account: AccountID) -> Order? {
    switch reference {
    case .id(let id): orders[id].flatMap { $0.account == account ? $0 : nil }
    case .client(let text):
      clientIDs[ClientKey(account: account, clientOrderID: text)].flatMap { orders[$0] }
    }
  }

  func openOrders(of account: AccountID) -> [OrderID] {
    account.index(in: open.count).map { open[$0].elements } ?? []
  }

  /// Records a new open order.
  mutating func insert(_ order: Order) {
    let index = Int(order.account.raw) - 1
    while open.count <= index { open.append(SortedArray()) }
    open[index].insert(order.id)
    remember(order)
  }

  /// Records what an open order has become.
  mutating func update(_ order: Order) { orders[order.id] = order }

  /// Records that an open order has ended; forgets the one that ended longest ago.
  mutating func close(_ order: Order) {
    open[Int(order.account.raw) - 1].remove(order.id)
    orders[order.id] = order
    guard closed.count == Self.closedLimit else { return closed.append(order.id) }
    forget(closed[oldest])
    closed[oldest] = order.id
    oldest = (oldest + 1) % Self.closedLimit
  }

  /// Records an order that was closed before, when a snapshot is read.
  mutating func restoreClosed(_ order: Order) {
    remember(order)
    closed.append(order.id)
  }

  private mutating func remember(_ order: Order) {
    orders[order.id] = order
    guard !order.clientOrderID.isEmpty else { return }
    let key = ClientKey(account: order.account, clientOrderID: order.clientOrderID)
    if let newest = clientIDs[key], newest > order.id { return }
    clientIDs[key] = order.id
  }

  private mutating func forget(_ id: OrderID) {
    guard let order = orders.removeValue(forKey: id) else { return }
    let key = ClientKey(account: order.account, clientOrderID: order.clientOrderID)
    if clientIDs[key] == id { clientIDs[key] = nil }
  }
}
