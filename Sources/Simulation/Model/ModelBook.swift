package import Engine
import Matching
import Money

/// One market of the model: two sorted arrays of resting orders.
package struct ModelBook: Sendable {
  /// An order in line.
  package struct Resting: Sendable {
    package var id: OrderID
    package var account: AccountID
    /// Whose orders do not trade with each other.
    package var owner: AccountID
    package var price: Int64
    package var lots: Int64
  }

  /// An order on its way to the line.
  struct Incoming: Sendable {
    var side: Side
    var owner: AccountID
    var selfTrade: SelfTradePrevention
    var lots: Int64
    /// The worst price, or `nil` for any.
    var limit: Int64?
    /// The most to spend, or `nil` for anything.
    var budget: Int64?
  }

  /// What an incoming order does with one order in line.
  enum Step: Sendable {
    case trade(Resting, lots: Int64, quote: Int64)
    /// It belongs to the same owner and goes.
    case removeOwn(Resting)
  }

  /// Why an incoming order stops.
  enum End: Sendable {
    case size, limit, bookEmpty, budget
    /// It met an order of its owner.
    case own
  }

  /// Everything that an incoming order would do, in order, and why it would stop.
  struct Meetings: Sendable {
    var steps: [Step] = []
    var end = End.size

    var lots: Int64 { steps.reduce(0) { $0 + $1.lots } }
    var quote: Int64 { steps.reduce(0) { $0 + $1.quote } }
    var trades: Int { steps.count { $0.lots > 0 } }
  }

  /// Best first, and at one price whoever came first.
  package private(set) var bids: [Resting] = []
  package private(set) var asks: [Resting] = []
  /// The price of the last trade.
  var lastPrice: Int64?
  var state = InstrumentState.live
  /// Whether orders that cross rest, for a call auction to trade them.
  var collects = false
  /// Quote units for one tick and lot are `factor` ÷ `divisor`.
  private let factor: Int128
  private let divisor: Int128

  init(_ instrument: Instrument, decimals: Int) {
    factor = Int128(instrument.tickUnits) * Int128(instrument.lotUnits)
    var power: Int128 = 1
    for _ in 0..<decimals { power *= 10 }
    divisor = power
  }

  package func line(_ side: Side) -> [Resting] { side == .buy ? bids : asks }

  /// Whether an order of `side` at `price` would trade at once.
  func crosses(_ side: Side, _ price: Int64) -> Bool {
    side == .buy
      ? asks.first.map { $0.price <= price } ?? false
      : bids.first.map { $0.price >= price } ?? false
  }

  /// Puts an order behind everyone whose price is as good or better.
  mutating func add(_ resting: Resting, _ side: Side) {
    if side == .buy {
      bids.insert(
        resting, at: bids.firstIndex { $0.price < resting.price } ?? bids.endIndex)
    } else {
      asks.insert(
        resting, at: asks.firstIndex { $0.price > resting.price } ?? asks.endIndex)
    }
  }

  mutating func remove(_ id: OrderID) {
    if let index = bids.firstIndex(where: { $0.id == id }) { bids.remove(at: index) }
    if let index = asks.firstIndex(where: { $0.id == id }) { asks.remove(at: index) }
  }

  /// Sets what is left of an order, which keeps its place, or takes it out when nothing is.
  mutating func set(_ id: OrderID, lots: Int64) {
    guard lots > 0 else { return remove(id) }
    if let index = bids.firstIndex(where: { $0.id == id }) { bids[index].lots = lots }
    if let index = asks.firstIndex(where: { $0.id == id }) { asks[index].lots = lots }
  }

  /// Lots × price in quote units; `nil` above 2^60.
  func notional(_ lots: Int64, _ price: Int64, up: Bool) -> Int64? {
    let steps = Int128(lots) * Int128(price)
    guard steps <= Int128.max / factor else { return nil }
    let exact = steps * factor
    let units = exact / divisor + (up && exact % divisor > 0 ? 1 : 0)
    return units <= 1 << 60 ? Int64(units) : nil
  }

  /// The lots that `budget` pays for in full at `price`.
  private func lots(_ budget: Int64, _ price: Int64) -> Int64 {
    Int64(clamping: Int128(budget) * divisor / (Int128(price) * factor))
  }

  /// What an incoming order would meet, trading with at most `makers` orders.
  func meetings(_ incoming: Incoming, makers: Int = .max) -> Meetings {
    var left = incoming.lots
    var money = incoming.budget
    var found = Meetings()
    for resting in line(incoming.side.opposite) {
      guard left > 0 else { return found }
      if let limit = incoming.limit {
        guard incoming.side == .buy ? resting.price <= limit : resting.price >= limit else {
          found.end = .limit
          return found
        }
      }
      guard resting.owner != incoming.owner else {
        if incoming.selfTrade != .cancelTaker { found.steps.append(.removeOwn(resting)) }
        if incoming.selfTrade == .cancelMaker { continue }
        found.end = .own
        return found
      }
      guard found.trades < makers else {
        found.end = .bookEmpty
        return found
      }
      var size = min(left, resting.lots)
      if let money { size = min(size, lots(money, resting.price)) }
      guard size > 0, let quote = notional(size, resting.price, up: false) else {
        found.end = .budget
        return found
      }
      found.steps.append(.trade(resting, lots: size, quote: quote))
      // The crumbs that a budget leaves buy nothing, even where a quote would round to zero.
      let isCutShort = size < min(left, resting.lots)
      left -= size
      money = money.map { $0 - quote }
      if isCutShort {
        found.end = .budget
        return found
      }
    }
    found.end = left > 0 ? .bookEmpty : .size
    return found
  }
}

extension ModelBook.Step {
  var lots: Int64 { if case .trade(_, let lots, _) = self { lots } else { 0 } }
  var quote: Int64 { if case .trade(_, _, let quote) = self { quote } else { 0 } }
}
