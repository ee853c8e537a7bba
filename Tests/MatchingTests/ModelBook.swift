import Matching
import Money

/// The book as anyone would explain it: one list of orders, sorted when asked. Slow and obvious; the
/// real one must never differ from it. One quote unit per tick and lot.
struct ModelBook {
  struct Order: Equatable {
    var slot: UInt32
    var owner: UInt32
    var side: Book.Side
    var ticks: Int64
    var lots: Int64
  }

  /// A level that changed.
  struct Touch: Hashable {
    var side: Book.Side
    var ticks: Int64
  }

  /// In the order of arrival.
  private(set) var orders: [Order] = []
  /// In the order of first change.
  private(set) var touched: [Touch] = []

  /// The orders of `side` in the order in which they trade.
  func queue(_ side: Book.Side) -> [Order] {
    orders.enumerated().filter { $0.element.side == side }.sorted { a, b in
      guard a.element.ticks != b.element.ticks else { return a.offset < b.offset }
      return side == .bid ? a.element.ticks > b.element.ticks : a.element.ticks < b.element.ticks
    }.map(\.element)
  }

  mutating func add(_ order: Order) {
    orders.append(order)
    touch(order)
  }

  mutating func remove(_ slot: UInt32) {
    guard let index = orders.firstIndex(where: { $0.slot == slot }) else { return }
    touch(orders[index])
    orders.remove(at: index)
  }

  mutating func reduce(_ slot: UInt32, by lots: Int64) {
    guard let index = orders.firstIndex(where: { $0.slot == slot }) else { return }
    touch(orders[index])
    orders[index].lots -= lots
    if orders[index].lots == 0 { orders.remove(at: index) }
  }

  mutating func forgetTouched() { touched = [] }

  /// Everything the taker meets, the end included, and what is left of it.
  mutating func match(_ taker: Taker) -> (meetings: [Meeting], rest: Taker) {
    var meetings: [Meeting] = []
    var rest = taker
    for maker in queue(taker.side == .bid ? .ask : .bid) {
      if let limit = taker.limit?.ticks,
        taker.side == .bid ? maker.ticks > limit : maker.ticks < limit
      {
        break
      }
      guard rest.size.count > 0 else { break }
      if maker.owner == taker.owner {
        switch taker.selfTrade {
        case .cancelMaker:
          remove(maker.slot)
          meetings.append(.makerCanceled(slot: maker.slot))
          continue
        case .cancelTaker: return (meetings + [.takerCanceled], rest)
        case .cancelBoth:
          remove(maker.slot)
          return (meetings + [.bothCanceled(slot: maker.slot)], rest)
        }
      }
      var lots = min(rest.size.count, maker.lots)
      if let budget = rest.budget { lots = min(lots, budget.units / maker.ticks) }
      guard lots > 0, let price = Price(ticks: maker.ticks) else { break }
      let quote = Amount(units: lots * maker.ticks)
      reduce(maker.slot, by: lots)
      meetings.append(
        .traded(
          slot: maker.slot, lots: Lots(lots), price: price, quote: quote,
          makerLeaves: lots == maker.lots))
      rest.size -= Lots(lots)
      rest.budget = rest.budget.map { $0 - quote }
      // A maker left standing stands before all others: size or budget is at its end.
      guard lots == maker.lots else { break }
    }
    return (meetings + [.ended], rest)
  }

  private mutating func touch(_ order: Order) {
    let touch = Touch(side: order.side, ticks: order.ticks)
    if !touched.contains(touch) { touched.append(touch) }
  }
}
