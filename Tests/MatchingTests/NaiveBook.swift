import Matching
import Money

/// The book as anyone would explain it: one list per side, sorted by price and then by arrival.
/// Slow and obvious; the real one must never differ from it.
struct NaiveBook {
  private var arrived: [(order: Book.Resting, turn: Int)] = []
  private var turn = 0

  func orders(_ side: Book.Side) -> [Book.Resting] {
    arrived.filter { $0.order.side == side }.sorted { a, b in
      if a.order.price != b.order.price {
        return side == .bid ? a.order.price > b.order.price : a.order.price < b.order.price
      }
      return a.turn < b.turn
    }.map(\.order)
  }

  mutating func add(_ order: Book.Resting) {
    arrived.append((order, turn))
    turn += 1
  }

  mutating func remove(_ id: UInt64) { arrived.removeAll { $0.order.id == id } }

  mutating func reduce(_ id: UInt64, by lots: Lots) {
    for index in arrived.indices where arrived[index].order.id == id {
      arrived[index].order.size -= lots
    }
    arrived.removeAll { $0.order.size == .zero }
  }

  /// On a scale of one quote unit per tick and lot.
  mutating func match(_ taker: Taker) -> [Meeting] {
    var meetings: [Meeting] = []
    var size = taker.size
    var budget = taker.budget
    for maker in orders(taker.side.opposite) {
      let accepts =
        taker.limit.map { taker.side == .bid ? maker.price <= $0 : maker.price >= $0 } ?? true
      guard size > .zero, accepts else { break }
      if maker.owner == taker.owner {
        remove(maker.id)
        meetings.append(.selfTrade(maker: maker))
        continue
      }
      var lots = min(size, maker.size)
      if let budget { lots = min(lots, Lots(budget.units / maker.price.ticks)) }
      guard lots > .zero else { break }
      let quote = Amount(units: lots.count * maker.price.ticks)
      reduce(maker.id, by: lots)
      meetings.append(.traded(maker: maker, size: lots, quote: quote))
      // A maker left standing stands before all others: the budget is spent.
      if lots < min(size, maker.size) { break }
      size -= lots
      budget = budget.map { $0 - quote }
    }
    return meetings
  }
}
