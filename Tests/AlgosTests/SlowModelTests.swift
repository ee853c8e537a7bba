import Algos
import Money
import Structures
import Testing

@Suite struct SlowModelTests {
  @Test(arguments: UInt64(0)..<40)
  func `algo orders fire as if every price were compared with every order`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var desk = AlgoDesk()
    var slow = SlowAlgos(last: 100)
    for step in 0..<600 {
      let last = slow.last
      let what = Int.random(in: 0..<10, using: &random)
      if what < 5 {
        let side: Algo.Side = Bool.random(using: &random) ? .buy : .sell
        let plan = plan(side, last, &random)
        let owner = UInt64.random(in: 1...40, using: &random)
        guard let id = try? desk.add(side, 1, plan, owner: owner) else { continue }
        var entry = SlowAlgos.Waiting(id: id, side: side, plan: plan, reference: last)
        if case .trailing(_, nil) = plan { entry.best = last }
        slow.waiting.append(entry)
        #expect(fired(&desk) == slow.move(to: last), "seed \(seed) step \(step)")
      } else if what < 7 {
        guard let index = slow.waiting.indices.randomElement(using: &random) else { continue }
        _ = try desk.book.cancel(slow.waiting[index].id, at: desk.now)
        slow.waiting.remove(at: index)
      } else if what < 9 {
        // Trades of one order go one way; the book is told the ends, the model every price.
        let first = max(1, last + Int64.random(in: -8...8, using: &random))
        let length = Int64.random(in: 0...6, using: &random)
        let up = Bool.random(using: &random)
        let path = (0...length).map { max(1, first + (up ? $0 : -$0)) }
        let edges = desk.book.edges(of: 1)
        let isBetween = path.allSatisfy { $0 < edges.above && $0 > edges.below }
        desk.move(to: path[0], path[path.count - 1])
        let expected = path.flatMap { slow.move(to: $0) }
        if isBetween { #expect(expected == [], "the edges hide something: seed \(seed)") }
        #expect(fired(&desk) == expected, "seed \(seed) step \(step)")
      } else {
        try desk.restart()
      }
      for waiting in slow.waiting {
        guard case .trailing(let callback, _) = waiting.plan, let best = waiting.best else {
          continue
        }
        let trigger = SlowAlgos.trigger(best, callback, waiting.side == .sell)
        #expect(desk.book.trailingTrigger(of: waiting.id) == Price(ticks: trigger))
      }
    }
    #expect(desk.book.count == slow.waiting.count)
  }

  private func fired(_ desk: inout AlgoDesk) -> [AlgoID] {
    var fired: [AlgoID] = []
    while let algo = desk.book.next() {
      guard case .place = desk.book.step(algo.id, desk.market, at: desk.now) else { continue }
      fired.append(algo.id)
      _ = desk.book.childFailed(algo.id, time: desk.now)
    }
    return fired
  }

  private func plan(_ side: Algo.Side, _ last: Int64, _ random: inout SplitMix64) -> AlgoPlan {
    func near(_ range: ClosedRange<Int64>) -> Price {
      price(max(1, last + Int64.random(in: range, using: &random)))
    }
    let up = TriggerLeg(trigger: near(1...9), order: .market)
    let down = TriggerLeg(trigger: near(-9 ... -1), order: .market)
    let callback: PriceDistance =
      Bool.random(using: &random)
      ? .spread(ticks: .random(in: 1...12, using: &random))
      : .ratio(millionths: .random(in: 1_000...150_000, using: &random))
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return .conditional(takeProfit: side == .sell ? up : down, stopLoss: nil)
    case 1: return .conditional(takeProfit: nil, stopLoss: side == .sell ? down : up)
    case 2:
      return side == .sell
        ? .oco(takeProfit: up, stopLoss: down) : .oco(takeProfit: down, stopLoss: up)
    case 3:
      return .trigger(TriggerLeg(trigger: near(-9...9), order: .market), execution: .normal)
    case 4:
      return .trailing(callback: callback, active: side == .sell ? up.trigger : down.trigger)
    default: return .trailing(callback: callback, active: nil)
    }
  }
}
