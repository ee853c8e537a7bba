package import Engine
import Money

/// One market of the model: two sorted arrays of resting orders.
package struct ModelBook: Sendable {
  /// An order in line.
  package struct Resting: Sendable {
    package var id: OrderID
    package var account: AccountID
    package var price: Int64
    package var lots: Int64
  }

  /// What an incoming order does with one order in line.
  enum Step: Sendable {
    case trade(Resting, lots: Int64, quote: Int64)
    /// It belongs to the same customer and goes.
    case removeOwn(Resting)
  }

  /// Why an incoming order stops.
  enum End: Sendable { case size, bookOrLimit, budget }

  /// Everything that an incoming order would do, in order, and why it would stop.
  struct Meetings: Sendable {
    var steps: [Step]
    var end: End

    var lots: Int64 { steps.reduce(0) { $0 + $1.lots } }
    var quote: Int64 { steps.reduce(0) { $0 + $1.quote } }
  }

  /// Best first, and at one price whoever came first.
  package private(set) var bids: [Resting] = []
  package private(set) var asks: [Resting] = []
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

  /// The lots that `budget` pays for at `price`: the largest whose notional, rounded down or not, is
  /// not above it.
  private func lots(_ budget: Int64, _ price: Int64) -> Int64 {
    Int64(clamping: Int128(budget) * divisor / (Int128(price) * factor))
  }

  /// What an incoming order would meet.
  func meetings(
    _ side: Side, of account: AccountID, lots wanted: Int64, limit: Int64?, budget: Int64?
  ) -> Meetings {
    var left = wanted
    var money = budget
    var steps: [Step] = []
    for resting in line(side.opposite) {
      guard left > 0 else { return Meetings(steps: steps, end: .size) }
      if let limit {
        guard side == .buy ? resting.price <= limit : resting.price >= limit else {
          return Meetings(steps: steps, end: .bookOrLimit)
        }
      }
      guard resting.account != account else {
        steps.append(.removeOwn(resting))
        continue
      }
      var size = min(left, resting.lots)
      if let money { size = min(size, lots(money, resting.price)) }
      guard size > 0, let quote = notional(size, resting.price, up: false) else {
        return Meetings(steps: steps, end: .budget)
      }
      steps.append(.trade(resting, lots: size, quote: quote))
      let cutShort = size < min(left, resting.lots)
      left -= size
      money = money.map { $0 - quote }
      if cutShort { return Meetings(steps: steps, end: .budget) }
    }
    return Meetings(steps: steps, end: left > 0 ? .bookOrLimit : .size)
  }
}

extension ModelBook.Step {
  var lots: Int64 { if case .trade(_, let lots, _) = self { lots } else { 0 } }
  var quote: Int64 { if case .trade(_, _, let quote) = self { quote } else { 0 } }
}
