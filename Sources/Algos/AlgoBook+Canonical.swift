import Money
import Structures
package import Wire

// The open algo orders, by age, with the best price of each armed trailing stop, and the queue. Every
// index is rebuilt on reading.

extension AlgoBook: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(UInt64(capacity))
    writer.write(nextID.raw)
    writer.write(lastArming)
    writer.write(list: open) { writer, algo in
      writer.write(algo)
      writer.write(optional: best(of: algo)) { $0.write($1) }
    }
    writer.write(list: queue) { $0.write($1.raw) }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let start = reader.offset
    guard let capacity = Int(exactly: try reader.read(UInt64.self)) else {
      throw .malformed(at: start)
    }
    self.init(capacity: capacity)
    nextID = AlgoID(try reader.read())
    lastArming = try reader.read()
    var armed: [(arming: UInt64, id: AlgoID, best: Int64)] = []
    var previous = AlgoID(0)
    for _ in 0..<(try reader.read(UInt32.self)) {
      let at = reader.offset
      let algo = try reader.read(Algo.self)
      let best = try reader.readOptional { r throws(WireError) in try r.read(Int64.self) }
      guard previous < algo.id, algo.id < nextID, !isFull, isSound(algo),
        (best != nil) == algo.isArmed, algo.arming <= lastArming,
        algo.clientID.isEmpty || find(clientID: algo.clientID, of: algo.owner) == nil,
        !algo.childIsOpen || children[algo.child] == nil
      else { throw .malformed(at: at) }
      previous = algo.id
      enter(algo)
      if let at = algo.nextAt { schedule.insert(Due(at: at, id: algo.id)) }
      if let best { armed.append((algo.arming, algo.id, best)) } else { restoreTriggers(of: algo) }
    }
    try restore(armed.sorted { $0.arming < $1.arming }, at: reader.offset)
    var queued: Set<AlgoID> = []
    for raw in try reader.readList({ r throws(WireError) in try r.read(UInt64.self) }) {
      guard let algo = algos[AlgoID(raw)], algo.nextAt == nil,
        algo.fired != nil || algo.plan.slicing != nil, queued.insert(algo.id).inserted
      else { throw .malformed(at: reader.offset) }
      queue.append(algo.id)
    }
    // Whoever has fired, or has no time for its next slice, acts from the queue.
    let acting = open.count { $0.fired != nil || $0.plan.slicing != nil && $0.nextAt == nil }
    guard acting == queue.count else { throw .malformed(at: reader.offset) }
  }

  /// The best price that an armed trailing stop has seen.
  private func best(of algo: Algo) -> Int64? {
    guard algo.isArmed, let market = markets[algo.market] else { return nil }
    return algo.side == .sell
      ? market.sells.best(of: algo.arming) : market.buys.best(of: algo.arming)
  }

  private func isSound(_ algo: Algo) -> Bool {
    guard algo.state.isOpen, algo.done >= .zero, algo.childIsOpen == false || algo.child > 0,
      (algo.state == .attached) == (algo.parent > 0 && algo.reference == nil)
    else { return false }
    return algo.nextAt == nil || algo.plan.slicing != nil
  }

  private mutating func restoreTriggers(of algo: Algo) {
    guard algo.fired == nil, algo.state != .attached else { return }
    for (trigger, isAbove) in triggers(of: algo) {
      if isAbove {
        markets[algo.market, default: Market()].above.insert(trigger)
      } else {
        markets[algo.market, default: Market()].below.insert(trigger)
      }
    }
  }

  private mutating func restore(
    _ armed: [(arming: UInt64, id: AlgoID, best: Int64)], at offset: Int
  ) throws(WireError) {
    var lastArming: UInt64 = 0
    for (arming, id, best) in armed {
      guard arming > lastArming, best > 0, let algo = algos[id],
        case .trailing(let callback, _) = algo.plan
      else { throw .malformed(at: offset) }
      lastArming = arming
      var market = markets[algo.market] ?? Market()
      let before = (algo.side == .sell ? market.sells : market.buys).groups.last?.best
      guard before.map({ algo.side == .sell ? $0 >= best : $0 <= best }) ?? true else {
        throw .malformed(at: offset)
      }
      if algo.side == .sell {
        market.sells.arm(id, callback, arming: arming, at: best)
      } else {
        market.buys.arm(id, callback, arming: arming, at: best)
      }
      markets[algo.market] = market
    }
  }
}

extension Algo {
  /// Whether it follows the price as a trailing stop now.
  fileprivate var isArmed: Bool { arming > 0 && fired == nil && plan.kind == .trailing }
}
