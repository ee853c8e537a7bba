import Algos
import Money
import Structures

/// Waiting algo orders in the plainest way: every price is compared with every order.
struct SlowAlgos {
  struct Waiting {
    var id: AlgoID
    var side: Algo.Side
    var plan: AlgoPlan
    var reference: Int64
    /// The best price of a trailing stop that is armed.
    var best: Int64?
  }

  var waiting: [Waiting] = []
  var last: Int64

  /// One thing that a price has reached; the least goes first.
  private struct Reached: Comparable {
    var order: [Int64]
    var id: AlgoID
    var isActivation = false

    static func < (a: Reached, b: Reached) -> Bool { a.order.lexicographicallyPrecedes(b.order) }
  }

  /// Lets one price happen; returns what fires, in order.
  mutating func move(to price: Int64) -> [AlgoID] {
    last = price
    for index in waiting.indices {
      guard let best = waiting[index].best else { continue }
      waiting[index].best = waiting[index].side == .sell ? max(best, price) : min(best, price)
    }
    var fired: [AlgoID] = []
    while let next = waiting.flatMap({ reached($0, price) }).min() {
      guard let index = waiting.firstIndex(where: { $0.id == next.id }) else { break }
      if next.isActivation {
        waiting[index].best = price
      } else {
        fired.append(next.id)
        waiting.remove(at: index)
      }
    }
    return fired
  }

  private func reached(_ algo: Waiting, _ price: Int64) -> [Reached] {
    let id = Int64(algo.id.raw)
    /// Rises before falls, the nearest first; fixed triggers before trailing ones.
    func fixed(_ trigger: Int64, above: Bool, leg: Int64) -> Reached? {
      guard above ? price >= trigger : price <= trigger else { return nil }
      return Reached(
        order: [above ? 0 : 1, above ? trigger : -trigger, 0, id, leg], id: algo.id,
        isActivation: leg == 3)
    }
    let sells = algo.side == .sell
    switch algo.plan {
    case .conditional(let profit, let loss):
      return [
        profit.flatMap { fixed($0.trigger.ticks, above: sells, leg: 0) },
        loss.flatMap { fixed($0.trigger.ticks, above: !sells, leg: 1) },
      ].compactMap(\.self)
    case .oco(let profit, let loss):
      return [
        fixed(profit.trigger.ticks, above: sells, leg: 0),
        fixed(loss.trigger.ticks, above: !sells, leg: 1),
      ].compactMap(\.self)
    case .trigger(let leg, _):
      let trigger = leg.trigger.ticks
      return [fixed(trigger, above: trigger >= algo.reference, leg: 2)].compactMap(\.self)
    case .trailing(let callback, let active):
      guard let best = algo.best else {
        return [active.flatMap { fixed($0.ticks, above: sells, leg: 3) }].compactMap(\.self)
      }
      let trigger = SlowAlgos.trigger(best, callback, sells)
      guard trigger > 0, sells ? price <= trigger : price >= trigger else { return [] }
      let (form, magnitude): (Int64, Int64) =
        switch callback {
        case .spread(let ticks): (0, ticks)
        case .ratio(let millionths): (1, millionths)
        }
      return [
        Reached(
          order: [
            sells ? 1 : 0, sells ? -trigger : trigger, 1, sells ? -best : best, form, magnitude, id,
          ], id: algo.id)
      ]
    case .iceberg, .twap: return []
    }
  }

  static func trigger(_ best: Int64, _ callback: PriceDistance, _ sells: Bool) -> Int64 {
    switch callback {
    case .spread(let ticks): return sells ? best - ticks : best + ticks
    case .ratio(let millionths):
      let product = best * (sells ? 1_000_000 - millionths : 1_000_000 + millionths)
      return sells ? product / 1_000_000 : (product + 999_999) / 1_000_000
    }
  }
}
