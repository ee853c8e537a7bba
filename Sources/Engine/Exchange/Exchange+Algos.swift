public import Algos
import Matching
import Money
public import Structures

// Algo orders: the algo book says who acts, trading carries their orders out like any other.

extension Exchange {
  /// How many algo orders act in one command. A longer cascade goes on with the next command.
  public static let algoStepLimit = 256

  // MARK: Commands

  mutating func placeAlgo(
    _ request: PlaceAlgo, into events: inout EventBuffer
  ) throws(Refusal) {
    _ = try requireAccount(request.account)
    _ = try requireInstrument(request.instrument)
    try requireIDs(request.clientID, request.tag)
    let market = UInt32(request.instrument.raw - 1)
    guard box.trading.markets[market].rules.state != .suspend else { throw .instrumentSuspended }
    do throws(AlgoError) {
      let id = try algos.add(
        NewAlgo(
          owner: request.account.raw, market: request.instrument.raw, clientID: request.clientID,
          tag: request.tag, side: request.side.inAlgos, size: request.size.inAlgos,
          plan: request.plan), algoMarket(market), at: time)
      setEdges(of: market)
      if let algo = algos[id] { events.append(.algo(algo, .placed)) }
    } catch {
      throw error.asRefusal
    }
  }

  mutating func cancelAlgo(
    _ reference: AlgoReference, of account: AccountID, into events: inout EventBuffer
  ) throws(Refusal) {
    let open = try requireAlgo(reference, of: account)
    do throws(AlgoError) {
      end(try algos.cancel(open.id, at: time), into: &events)
    } catch {
      throw error.asRefusal
    }
  }

  mutating func amendAlgo(
    _ request: AmendAlgo, into events: inout EventBuffer
  ) throws(Refusal) {
    let open = try requireAlgo(request.algo, of: request.account)
    try request.requestID.description.requireAlphanumeric(upTo: 32, field: "requestID")
    let market = UInt32(open.market - 1)
    do throws(AlgoError) {
      let algo = try algos.amend(open.id, request.amendment, algoMarket(market), at: time)
      setEdges(of: market)
      events.append(.algo(algo, .amended(requestID: request.requestID)))
    } catch {
      guard request.cancelOnFailure, let canceled = try? algos.cancel(open.id, at: time) else {
        throw error.asRefusal
      }
      end(canceled, into: &events)
    }
  }

  /// Places an order with algo orders that begin when it is filled.
  mutating func placeOrder(
    _ order: PlaceOrder, attaching attached: [AttachedAlgo], into events: inout EventBuffer
  ) throws(Refusal) {
    _ = try requireAccount(order.account)
    _ = try requireInstrument(order.instrument)
    guard (1...AttachedAlgo.limit).contains(attached.count) else {
      throw .tooManyAttached(limit: AttachedAlgo.limit)
    }
    let market = UInt32(order.instrument.raw - 1)
    for algo in attached { try requireIDs(algo.clientID, "") }
    let news = attached.map { algo in
      NewAlgo(
        owner: order.account.raw, market: order.instrument.raw, clientID: algo.clientID, tag: "",
        side: order.side.inAlgos.opposite,
        // The size is what the order will have filled; until then, the least there is.
        size: .base(Lots(1)), plan: algo.plan)
    }
    do throws(AlgoError) {
      var judged = algoMarket(market)
      judged.last = order.price ?? judged.last
      try algos.checkAttached(news, judged)
    } catch {
      throw error.asRefusal
    }
    var request = PlaceRequest(order)
    request.isWatched = true
    let number = box.trading.nextOrder
    do throws(HotRefusal) {
      try box.trading.place(&request, into: &events)
    } catch {
      throw error.asRefusal
    }
    for new in news {
      let id = algos.attach(new, to: number, at: time)
      if let algo = algos[id] { events.append(.algo(algo, .placed)) }
    }
  }

  // MARK: Following what happened

  /// Lets those act whose price, time or turn has come, up to the limit of a command.
  mutating func runAlgos(into events: inout EventBuffer) {
    takeSignals(into: &events)
    var steps = 0
    while steps < Self.algoStepLimit, let algo = algos.next() {
      steps += 1
      act(algo, into: &events)
      takeSignals(into: &events)
    }
  }

  private mutating func act(_ algo: Algo, into events: inout EventBuffer) {
    let market = UInt32(algo.market - 1)
    switch algos.step(algo.id, algoMarket(market), at: time) {
    case .place(let child): place(child, of: algo, into: &events)
    case .cancelChild(let order):
      if let slot = box.trading.openSlot(order) {
        let filled = Lots(box.trading.filled(at: slot))
        box.trading.records[slot].flags.isWatched = false
        box.trading.closeResting(slot, because: .system, into: &events)
        let after = algos.childClosed(order, filled: filled, isCanceled: false, time: time)
        if let after { events.append(.algo(after, .childClosed)) }
      }
    case .paused: if let now = algos[algo.id] { events.append(.algo(now, .paused)) }
    case .wait: break
    case .ended(let after): events.append(.algo(after, .ended))
    }
  }

  private mutating func place(
    _ child: AlgoChild, of algo: Algo, into events: inout EventBuffer
  ) {
    let order = PlaceOrder(
      account: AccountID(algo.owner), instrument: InstrumentID(algo.market), clientOrderID: "",
      tag: algo.tag, side: Side(child.side), type: child.kind.type, price: child.price,
      size: OrderSize(child.size), refuseShrinking: false)
    var request = PlaceRequest(order)
    request.isWatched = algo.plan.slicing != nil
    let number = box.trading.nextOrder
    do throws(HotRefusal) {
      try box.trading.place(&request, into: &events)
    } catch {
      let failed = algos.childFailed(algo.id, time: time)
      setEdges(of: UInt32(algo.market - 1))
      return events.append(.algo(failed, .failed(error.asRefusal)))
    }
    // What a slice filled before it closed, which it may have done at once, is in its signal.
    let end = box.trading.signals.last { $0.kind == .closed && $0.order == number }
    let after = algos.childPlaced(
      algo.id, order: number, at: child.price, filled: Lots(end?.filled ?? 0),
      isOpen: box.trading.openSlot(number) != nil, time: time)
    events.append(.algo(after, .childPlaced))
  }

  /// Tells the algo book what orders have done since it was last told.
  private mutating func takeSignals(into events: inout EventBuffer) {
    guard !box.trading.signals.isEmpty else { return }
    let signals = box.trading.signals
    box.trading.signals.removeAll(keepingCapacity: true)
    for signal in signals {
      switch signal.kind {
      case .moved:
        guard let first = Price(ticks: signal.first), let last = Price(ticks: signal.last) else {
          preconditionFailure("trades have prices")
        }
        algos.priceMoved(from: first, to: last, in: UInt64(signal.market) + 1)
        setEdges(of: signal.market)
      case .closed: orderClosed(signal, into: &events)
      }
    }
  }

  private mutating func orderClosed(_ signal: Signal, into events: inout EventBuffer) {
    let slice = algos.childClosed(
      signal.order, filled: Lots(signal.filled), isCanceled: signal.isCanceled, time: time)
    if let slice {
      let change: AlgoChange =
        switch slice.state {
        case .effective: .ended
        case .canceled: .canceled
        default: .childClosed
        }
      events.append(.algo(slice, change))
    }
    let rules = box.trading.markets[signal.market].rules
    let size = signal.kept >= rules.minimumSize ? signal.kept : 0
    let begun = algos.parentClosed(
      signal.order, size: Lots(size), last: Price(ticks: rules.lastPrice), at: time)
    for algo in begun {
      events.append(.algo(algo, algo.state == .canceled ? .canceled : .activated))
    }
    if !begun.isEmpty { setEdges(of: signal.market) }
  }

  private mutating func end(_ algo: Algo, into events: inout EventBuffer) {
    setEdges(of: UInt32(algo.market - 1))
    events.append(.algo(algo, .canceled))
    if algo.childIsOpen, let slot = box.trading.openSlot(algo.child) {
      box.trading.records[slot].flags.isWatched = false
      box.trading.closeResting(slot, because: .user, into: &events)
    }
  }

  /// Tells the market at which prices algo orders want to be asked.
  mutating func setEdges(of market: UInt32) {
    let edges = algos.edges(of: UInt64(market) + 1)
    box.trading.markets[market].rules.algoAbove = edges.above
    box.trading.markets[market].rules.algoBelow = edges.below
  }

  // MARK: Finding

  /// The open algo orders of an account, the oldest first.
  public func openAlgos(of account: AccountID) -> [Algo] { algos.open(of: account.raw) }

  /// An open algo order of an account.
  public func algo(_ reference: AlgoReference, of account: AccountID) -> Algo? {
    switch reference {
    case .id(let id): algos[id].flatMap { $0.owner == account.raw ? $0 : nil }
    case .client(let text): algos.find(clientID: text, of: account.raw)
    }
  }

  /// The open algo orders attached to an open order.
  public func algosAttached(to order: OrderID) -> [Algo] { algos.attached(to: order.raw) }

  private func requireAlgo(
    _ reference: AlgoReference, of account: AccountID
  ) throws(Refusal) -> Algo {
    _ = try requireAccount(account)
    guard let algo = algo(reference, of: account) else { throw .algo(.unknownAlgo) }
    return algo
  }

  private func requireIDs(_ clientID: ClientOrderID, _ tag: OrderTag) throws(Refusal) {
    try clientID.description.requireAlphanumeric(upTo: 32, field: "algoClientOrderID")
    try tag.description.requireAlphanumeric(upTo: 16, field: "tag")
  }

  private func algoMarket(_ market: UInt32) -> AlgoMarket {
    let rules = box.trading.markets[market].rules
    return AlgoMarket(
      last: Price(ticks: rules.lastPrice), bid: box.trading.markets[market].book.best(.bid),
      ask: box.trading.markets[market].book.best(.ask), minimumSize: Lots(rules.minimumSize),
      maximumSize: Lots(rules.maximumSize), isTrading: rules.state == .live)
  }
}

extension Algo {
  public var account: AccountID { AccountID(owner) }
  public var instrument: InstrumentID { InstrumentID(market) }
}

extension Side {
  public init(_ side: Algo.Side) { self = side == .buy ? .buy : .sell }

  fileprivate var inAlgos: Algo.Side { self == .buy ? .buy : .sell }
}

extension OrderSize {
  public init(_ size: Algo.Size) {
    switch size {
    case .base(let lots): self = .base(lots)
    case .quote(let amount): self = .quote(amount)
    }
  }

  fileprivate var inAlgos: Algo.Size {
    switch self {
    case .base(let lots): .base(lots)
    case .quote(let amount): .quote(amount)
    }
  }
}

extension AlgoChild.Kind {
  fileprivate var type: OrderType {
    switch self {
    case .market: .market
    case .limit: .limit
    case .fok: .fok
    case .ioc: .ioc
    }
  }
}

extension AlgoError {
  /// A refusal of the exchange; a full structure is told like any other.
  fileprivate var asRefusal: Refusal {
    if case .full = self { .full(.algos) } else { .algo(self) }
  }
}

extension HotRefusal {
  /// The same in the form that readers know.
  var asRefusal: Refusal {
    guard let refusal else { preconditionFailure("a refusal is made with its numbers") }
    return refusal
  }
}
