public import Money
import Structures

// Waiting for a price. An algo order waits in the trigger lists of its market or among its trailing
// stops, from when it is entered until it fires or ends.

extension AlgoBook {
  /// Takes in that trades went from the price `first` to the price `last` in one direction. What
  /// they reach fires and goes to the front of the queue, in the order in which it was reached, so
  /// that a cascade is followed to its end before older work continues.
  ///
  /// The prices between the two reach nothing that the last does not reach too.
  public mutating func priceMoved(from first: Price, to last: Price, in number: UInt64) {
    guard markets[number] != nil else { return }
    var fired: [AlgoID] = []
    for price in first == last ? [last] : [first, last] {
      markets[number]?.sells.follow(price.ticks)
      markets[number]?.buys.follow(price.ticks)
      while let id = fireNext(at: price.ticks, in: number) {
        if let id { fired.append(id) }
      }
    }
    queue.append(contentsOf: fired.reversed())
  }

  /// Fires what `ticks` reaches first, if anything; the inner value is absent when it was a trailing
  /// stop that only became armed.
  private mutating func fireNext(at ticks: Int64, in number: UInt64) -> AlgoID?? {
    guard let market = markets[number] else { return nil }
    let rise = market.above.first.flatMap { $0.key <= ticks ? $0 : nil }
    let fall = market.below.first.flatMap { -$0.key >= ticks ? $0 : nil }
    let sellEdge = market.sells.edges.firing.flatMap { ticks <= $0 ? $0 : nil }
    let buyEdge = market.buys.edges.firing.flatMap { ticks >= $0 ? $0 : nil }
    if let rise, buyEdge.map({ rise.key <= $0 }) ?? true { return fire(rise, at: ticks) }
    if buyEdge != nil, let id = markets[number]?.buys.fire(at: ticks) {
      return .some(mark(id, .trailing))
    }
    if let fall, sellEdge.map({ -fall.key >= $0 }) ?? true { return fire(fall, at: ticks) }
    if sellEdge != nil, let id = markets[number]?.sells.fire(at: ticks) {
      return .some(mark(id, .trailing))
    }
    return nil
  }

  private mutating func fire(_ trigger: Trigger, at ticks: Int64) -> AlgoID? {
    guard let algo = algos[trigger.id] else { preconditionFailure("a trigger has an algo order") }
    stopWaiting(algo)
    switch trigger.leg {
    case .takeProfit: return mark(trigger.id, .takeProfit)
    case .stopLoss: return mark(trigger.id, .stopLoss)
    case .trigger: return mark(trigger.id, .trigger)
    case .activation:
      arm(trigger.id, at: ticks)
      return nil
    }
  }

  private mutating func mark(_ id: AlgoID, _ leg: Algo.Leg) -> AlgoID {
    algos[id]?.fired = leg
    return id
  }

  /// Lets an open algo order wait for its prices, beginning at the last price. One whose trigger is
  /// reached already fires at once.
  mutating func startWaiting(_ id: AlgoID, last: Price) {
    guard let algo = algos[id] else { return }
    if markets[algo.market] == nil { markets[algo.market] = Market() }
    if case .trailing(_, nil) = algo.plan {
      // Brought up to date first, so that no group is behind the price it is armed at.
      priceMoved(from: last, to: last, in: algo.market)
      return arm(id, at: last.ticks)
    }
    for (trigger, isAbove) in triggers(of: algo) {
      if isAbove {
        markets[algo.market]?.above.insert(trigger)
      } else {
        markets[algo.market]?.below.insert(trigger)
      }
    }
    priceMoved(from: last, to: last, in: algo.market)
  }

  /// Takes an algo order out of every list in which it waits for a price.
  mutating func stopWaiting(_ algo: Algo) {
    guard algo.fired == nil, algo.state != .attached else { return }
    if case .trailing(let callback, _) = algo.plan, algo.arming > 0 {
      if algo.side == .sell {
        markets[algo.market]?.sells.disarm(algo.id, callback, arming: algo.arming)
      } else {
        markets[algo.market]?.buys.disarm(algo.id, callback, arming: algo.arming)
      }
      return
    }
    for (trigger, isAbove) in triggers(of: algo) {
      if isAbove {
        markets[algo.market]?.above.remove(trigger)
      } else {
        markets[algo.market]?.below.remove(trigger)
      }
    }
  }

  private mutating func arm(_ id: AlgoID, at ticks: Int64) {
    guard var algo = algos[id], case .trailing(let callback, _) = algo.plan else { return }
    lastArming += 1
    algo.arming = lastArming
    algos[id] = algo
    if algo.side == .sell {
      markets[algo.market]?.sells.arm(id, callback, arming: algo.arming, at: ticks)
    } else {
      markets[algo.market]?.buys.arm(id, callback, arming: algo.arming, at: ticks)
    }
  }

  /// The fixed prices for which an algo order waits, and whether each lies above.
  func triggers(of algo: Algo) -> [(Trigger, isAbove: Bool)] {
    func trigger(_ price: Price, _ leg: Trigger.Leg, above: Bool) -> (Trigger, isAbove: Bool) {
      (Trigger(key: above ? price.ticks : -price.ticks, id: algo.id, leg: leg), above)
    }
    let sells = algo.side == .sell
    switch algo.plan {
    case .conditional(let profit, let loss):
      return [
        profit.map { trigger($0.trigger, .takeProfit, above: sells) },
        loss.map { trigger($0.trigger, .stopLoss, above: !sells) },
      ].compactMap(\.self)
    case .oco(let profit, let loss):
      return [
        trigger(profit.trigger, .takeProfit, above: sells),
        trigger(loss.trigger, .stopLoss, above: !sells),
      ]
    case .trigger(let leg, _):
      let isAbove = algo.reference.map { leg.trigger >= $0 } ?? true
      return [trigger(leg.trigger, .trigger, above: isAbove)]
    case .trailing(_, let active):
      return active.map { [trigger($0, .activation, above: sells)] } ?? []
    case .iceberg, .twap: return []
    }
  }
}
