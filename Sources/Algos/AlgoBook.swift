public import Money
public import Structures

/// All open algo orders of an exchange.
///
/// It performs nothing itself. It is told what happened (a price moved, time passed, a child ended),
/// queues the algo orders that must act, and says for each which ordinary order to place. The
/// trading path compares a traded price with the two of ``edges(of:)`` and calls
/// ``priceMoved(from:to:in:)`` only when one is reached.
public struct AlgoBook: Sendable {
  /// A price on one side of the last one, as distance from the side on which it is reached first.
  struct Trigger: Comparable, Sendable {
    /// Ticks; negated for prices below, so that the nearest is always the least.
    var key: Int64
    var id: AlgoID
    var leg: Leg

    enum Leg: UInt8, Sendable {
      case takeProfit = 0
      case stopLoss = 1
      case trigger = 2
      /// The active price of a trailing stop.
      case activation = 3
    }

    static func < (a: Trigger, b: Trigger) -> Bool {
      if a.key != b.key { return a.key < b.key }
      return a.id == b.id ? a.leg.rawValue < b.leg.rawValue : a.id < b.id
    }
  }

  /// What waits for the price of one instrument.
  struct Market: Sendable {
    var above = SortedChunks<Trigger>()
    var below = SortedChunks<Trigger>()
    var sells = TrailingStops(side: .sell)
    var buys = TrailingStops(side: .buy)
  }

  struct Due: Comparable, Sendable {
    var at: Timestamp
    var id: AlgoID

    static func < (a: Due, b: Due) -> Bool { a.at == b.at ? a.id < b.id : a.at < b.at }
  }

  struct ClientKey: Hashable, Sendable {
    var owner: UInt64
    var clientID: Text32
  }

  struct LimitKey: Hashable, Sendable {
    var owner: UInt64
    var market: UInt64
    var kind: AlgoPlan.Kind
  }

  /// How many algo orders may be open at once.
  public let capacity: Int

  var algos: [AlgoID: Algo] = [:]
  /// All open ones, by age.
  var ids = SortedChunks<AlgoID>()
  var owned: [UInt64: SortedChunks<AlgoID>] = [:]
  var clientIDs: [ClientKey: AlgoID] = [:]
  var counts: [LimitKey: Int] = [:]
  /// By instrument number.
  var markets: [UInt64: Market] = [:]
  var schedule = SortedChunks<Due>()
  /// By the number of a resting child.
  var children: [UInt64: AlgoID] = [:]
  /// By the number of the order that others are attached to.
  var attached: [UInt64: [AlgoID]] = [:]
  /// Those that must act now, the first one last: a cascade comes and goes at the end.
  var queue: [AlgoID] = []
  var nextID = AlgoID(1)
  var lastArming: UInt64 = 0

  public init(capacity: Int) { self.capacity = capacity }

  public var count: Int { ids.count }
  public var isFull: Bool { ids.count >= capacity }
  /// All open algo orders, the oldest first.
  public var open: [Algo] { ids.elements.compactMap { algos[$0] } }

  /// Returns an open algo order.
  public subscript(_ id: AlgoID) -> Algo? { algos[id] }

  public func find(clientID: Text32, of owner: UInt64) -> Algo? {
    clientIDs[ClientKey(owner: owner, clientID: clientID)].flatMap { algos[$0] }
  }

  /// The open algo orders of one account, the oldest first.
  public func open(of owner: UInt64) -> [Algo] {
    (owned[owner]?.elements ?? []).compactMap { algos[$0] }
  }

  /// The algo orders attached to one order.
  public func attached(to order: UInt64) -> [Algo] {
    (attached[order] ?? []).compactMap { algos[$0] }
  }

  /// The algo order that placed a resting order.
  public func parent(of child: UInt64) -> AlgoID? { children[child] }

  /// Whether one must act.
  public var hasWork: Bool { !queue.isEmpty }
  /// When the next one must be looked at, if time alone makes it act.
  public var nextTime: Timestamp? { schedule.first?.at }

  /// The trigger that a trailing stop has now (`moveTriggerPx`), once it is armed.
  public func trailingTrigger(of id: AlgoID) -> Price? {
    guard let algo = algos[id], algo.arming > 0, algo.fired == nil,
      case .trailing(let callback, _) = algo.plan, let market = markets[algo.market]
    else { return nil }
    let stops = algo.side == .sell ? market.sells : market.buys
    return Price(ticks: stops.trigger(stops.best(of: algo.arming), callback))
  }

  /// The nearest ticks above and below the last price at which something here happens: a traded
  /// price at or above `above`, or at or below `below`, must be told to ``priceMoved(from:to:in:)``.
  public func edges(of market: UInt64) -> (above: Int64, below: Int64) {
    guard let market = markets[market] else { return (.max, .min) }
    let sells = market.sells.edges
    let buys = market.buys.edges
    let above = min(
      market.above.first?.key ?? .max, sells.improving ?? .max, buys.firing ?? .max)
    let below = max(
      market.below.first.map { -$0.key } ?? .min, buys.improving ?? .min, sells.firing ?? .min)
    return (above, below)
  }

  // MARK: The records

  /// Enters an algo order into every index but the triggers.
  mutating func enter(_ algo: Algo) {
    algos[algo.id] = algo
    ids.insert(algo.id)
    owned[algo.owner, default: SortedChunks()].insert(algo.id)
    if !algo.clientID.isEmpty {
      clientIDs[ClientKey(owner: algo.owner, clientID: algo.clientID)] = algo.id
    }
    counts[limitKey(algo), default: 0] += 1
    if algo.childIsOpen { children[algo.child] = algo.id }
    if algo.state == .attached { attached[algo.parent, default: []].append(algo.id) }
  }

  /// Forgets an algo order that has ended. It waits for nothing any more.
  mutating func leave(_ algo: Algo) {
    algos[algo.id] = nil
    ids.remove(algo.id)
    owned[algo.owner]?.remove(algo.id)
    if owned[algo.owner]?.isEmpty == true { owned[algo.owner] = nil }
    if !algo.clientID.isEmpty {
      clientIDs[ClientKey(owner: algo.owner, clientID: algo.clientID)] = nil
    }
    let key = limitKey(algo)
    let count = counts[key, default: 0] - 1
    counts[key] = count > 0 ? count : nil
    if algo.childIsOpen { children[algo.child] = nil }
  }

  func limitKey(_ algo: Algo) -> LimitKey {
    LimitKey(owner: algo.owner, market: algo.market, kind: algo.plan.kind)
  }
}
