public import Money
public import Structures

/// A new algo order, as a customer asks for it.
public struct NewAlgo: Equatable, Sendable {
  public var owner: UInt64
  public var market: UInt64
  public var clientID: Text32
  public var tag: Text16
  public var side: Algo.Side
  public var size: Algo.Size
  public var plan: AlgoPlan

  public init(
    owner: UInt64, market: UInt64, clientID: Text32, tag: Text16, side: Algo.Side, size: Algo.Size,
    plan: AlgoPlan
  ) {
    self.owner = owner
    self.market = market
    self.clientID = clientID
    self.tag = tag
    self.side = side
    self.size = size
    self.plan = plan
  }
}

/// What the market allows and shows when an algo order is judged.
public struct AlgoMarket: Equatable, Sendable {
  public var last: Price?
  public var bid: Price?
  public var ask: Price?
  /// The least and the most lots of one ordinary order.
  public var minimumSize: Lots
  public var maximumSize: Lots
  /// Whether orders trade now: slices wait while they do not.
  public var isTrading: Bool

  public init(
    last: Price?, bid: Price?, ask: Price?, minimumSize: Lots, maximumSize: Lots, isTrading: Bool
  ) {
    self.last = last
    self.bid = bid
    self.ask = ask
    self.minimumSize = minimumSize
    self.maximumSize = maximumSize
    self.isTrading = isTrading
  }
}

// How algo orders come in, change and go.

extension AlgoBook {
  /// Accepts an algo order, or says why not and changes nothing.
  public mutating func add(
    _ new: NewAlgo, _ market: AlgoMarket, at time: Timestamp
  ) throws(AlgoError) -> AlgoID {
    try check(new, market)
    try requireRoom(for: [new.plan.kind], owner: new.owner, market: new.market)
    try requireUnused(new.clientID, owner: new.owner)
    if new.plan.slicing == nil, market.last == nil { throw .noLastPrice }
    let id = take(new, state: .live, parent: 0, reference: market.last, time)
    if new.plan.slicing != nil {
      queue.insert(id, at: 0)
    } else if let last = market.last {
      startWaiting(id, last: last)
    }
    return id
  }

  /// Says whether algo orders with these plans could be attached to an order of `owner`, whose side
  /// they take back.
  public func checkAttached(_ news: [NewAlgo], _ market: AlgoMarket) throws(AlgoError) {
    for (index, new) in news.enumerated() {
      guard new.plan.kind == .stop || new.plan.kind == .trailing else { throw .cannotBeAmended }
      try check(new, market)
      try requireUnused(new.clientID, owner: new.owner)
      if !new.clientID.isEmpty, news[..<index].contains(where: { $0.clientID == new.clientID }) {
        throw .duplicateClientID
      }
    }
    guard let first = news.first else { return }
    try requireRoom(for: news.map(\.plan.kind), owner: first.owner, market: first.market)
  }

  /// Attaches an algo order that passed ``checkAttached(_:_:)`` to the order with number `parent`.
  public mutating func attach(_ new: NewAlgo, to parent: UInt64, at time: Timestamp) -> AlgoID {
    take(new, state: .attached, parent: parent, reference: nil, time)
  }

  /// The order `parent` has ended: what is attached to it begins, for `size`, or ends with it when
  /// nothing was filled. Returns what they have become.
  public mutating func parentClosed(
    _ parent: UInt64, size: Lots, last: Price?, at time: Timestamp
  ) -> [Algo] {
    (attached.removeValue(forKey: parent) ?? []).compactMap { id in
      guard var algo = algos[id] else { return nil }
      algo.updatedAt = time
      guard size > .zero, let last else {
        algo.state = .canceled
        leave(algo)
        return algo
      }
      algo.state = .live
      algo.size = .base(size)
      algo.reference = last
      algos[id] = algo
      startWaiting(id, last: last)
      return algos[id]
    }
  }

  /// Ends an algo order. Returns it as it ended; its child may still rest (`childIsOpen`).
  public mutating func cancel(_ id: AlgoID, at time: Timestamp) throws(AlgoError) -> Algo {
    guard var algo = algos[id] else { throw .unknownAlgo }
    guard algo.fired == nil else { throw .alreadyTriggered }
    end(&algo, .canceled, time)
    return algo
  }

  /// Takes an ended algo order out of every list.
  mutating func end(_ algo: inout Algo, _ state: Algo.State, _ time: Timestamp) {
    if algo.state == .attached {
      attached[algo.parent]?.removeAll { $0 == algo.id }
      if attached[algo.parent]?.isEmpty == true { attached[algo.parent] = nil }
    } else if algo.plan.slicing != nil {
      if let at = algo.nextAt { schedule.remove(Due(at: at, id: algo.id)) }
      queue.removeAll { $0 == algo.id }
    } else {
      stopWaiting(algo)
    }
    leave(algo)
    algo.state = state
    algo.nextAt = nil
    algo.updatedAt = time
  }

  private mutating func take(
    _ new: NewAlgo, state: Algo.State, parent: UInt64, reference: Price?, _ time: Timestamp
  ) -> AlgoID {
    let id = nextID
    nextID = id.next
    enter(
      Algo(
        id: id, owner: new.owner, market: new.market, clientID: new.clientID, tag: new.tag,
        side: new.side, size: new.size, plan: new.plan, state: state, parent: parent,
        reference: reference, arming: 0, fired: nil, child: 0, childIsOpen: false, childPrice: nil,
        done: .zero, nextAt: nil, createdAt: time, updatedAt: time))
    return id
  }

  private func requireUnused(_ clientID: Text32, owner: UInt64) throws(AlgoError) {
    guard clientID.isEmpty || find(clientID: clientID, of: owner) == nil else {
      throw .duplicateClientID
    }
  }

  private func requireRoom(
    for kinds: [AlgoPlan.Kind], owner: UInt64, market: UInt64
  ) throws(AlgoError) {
    guard count + kinds.count <= capacity else { throw .full(capacity: capacity) }
    for (index, kind) in kinds.enumerated() {
      let before = kinds[..<index].count { $0 == kind }
      let key = LimitKey(owner: owner, market: market, kind: kind)
      guard counts[key, default: 0] + before < kind.limit else {
        throw .tooMany(kind, limit: kind.limit)
      }
    }
  }
}
