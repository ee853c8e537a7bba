import Engine
import Money
import Structures

/// A stream of orders as a crypto market sees them, the same for the same seed: 50 % new limit
/// orders, 40 % cancels, 5 % amendments, 5 % immediate-or-cancel.
///
/// It is told what happened, so that it cancels and amends what rests. When more rests than it should,
/// a new order is priced to take; so the book keeps its depth. Buyers have even account numbers and
/// sellers odd ones: self-trade prevention never acts.
struct OrderMix: Sendable {
  private struct Resting {
    let id: OrderID
    let account: AccountID
    let side: Side
  }

  private let customers: UInt64
  private let depth: Int
  private var random: SplitMix64
  private var middle = Market.startTicks
  private var resting: [Resting] = []
  private var positions: [OrderID: Int] = [:]

  /// - Parameter depth: Orders that should rest.
  init(seed: UInt64, customers: Int, depth: Int) {
    random = SplitMix64(seed: seed)
    self.customers = UInt64(customers)
    self.depth = depth
  }

  /// How many orders rest, as far as this mix was told.
  var restingCount: Int { resting.count }

  /// The next command of the mix.
  mutating func next() -> Command {
    if Int.random(in: 0..<16, using: &random) == 0 {
      middle += Bool.random(using: &random) ? 1 : -1
    }
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<40: if let cancel = cancel() { return cancel }
    case 40..<45: if let amend = amend() { return amend }
    case 45..<50: return order(.ioc, takes: true)
    default: break
    }
    return order(.limit, takes: resting.count > depth)
  }

  /// A new limit order that most probably rests: to fill the book before a measurement.
  mutating func filling() -> Command { order(.limit, takes: false) }

  /// Learns what rests now.
  mutating func observe(_ event: Event) {
    guard case .order(let order, _) = event else { return }
    switch order.state {
    case .live, .partiallyFilled:
      guard order.type == .limit, positions[order.id] == nil else { return }
      positions[order.id] = resting.count
      resting.append(Resting(id: order.id, account: order.account, side: order.side))
    case .filled, .canceled: forget(order.id)
    }
  }

  private mutating func forget(_ id: OrderID) {
    guard let position = positions.removeValue(forKey: id) else { return }
    let last = resting.removeLast()
    guard last.id != id else { return }
    resting[position] = last
    positions[last.id] = position
  }

  private mutating func cancel() -> Command? {
    guard let order = resting.randomElement(using: &random) else { return nil }
    // At once, so that of many concurrent submitters only one cancels it.
    forget(order.id)
    return .cancelOrder(account: order.account, order: .id(order.id))
  }

  private mutating func amend() -> Command? {
    guard let order = resting.randomElement(using: &random) else { return nil }
    return .amendOrder(
      AmendOrder(
        account: order.account, order: .id(order.id), requestID: "", size: nil,
        price: price(order.side, takes: false), cancelOnFailure: false))
  }

  private mutating func order(_ type: OrderType, takes: Bool) -> Command {
    let side: Side = Bool.random(using: &random) ? .buy : .sell
    let pair = UInt64.random(in: 0..<(customers / 2), using: &random)
    return .placeOrder(
      PlaceOrder(
        account: AccountID(side == .buy ? 2 * pair + 2 : 2 * pair + 1), instrument: Market.pair,
        clientOrderID: "", tag: "", side: side, type: type, price: price(side, takes: takes),
        size: .base(Lots(Int64.random(in: 1...2000, using: &random))), refuseShrinking: false))
  }

  /// Passive prices gather near the middle and thin out away from it.
  private mutating func price(_ side: Side, takes: Bool) -> Price? {
    let near = Int64.random(in: 1...200, using: &random)
    let away = min(near, Int64.random(in: 1...200, using: &random))
    let offset = takes ? 20 : -away
    return Price(ticks: side == .buy ? middle + offset : middle - offset)
  }
}
