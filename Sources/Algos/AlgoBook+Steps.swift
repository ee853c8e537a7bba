public import Money
public import Structures

/// What an algo order wants done now.
public enum AlgoStep: Equatable, Sendable {
  /// Place this order, and answer with `childPlaced` or `childFailed`.
  case place(AlgoChild)
  /// Cancel this resting order: the price has left it behind. Answer with `childClosed`.
  case cancelChild(UInt64)
  /// It waits from now on, for the market to come back within its price limit.
  case paused
  /// Nothing yet.
  case wait
  /// It has nothing left to do.
  case ended(Algo)
}

// Acting: the queue, and what comes back from the orders placed.

extension AlgoBook {
  /// How often an iceberg looks whether the price has left its slice behind, in milliseconds.
  static let icebergInterval: Int64 = 1_000

  /// Queues what is due at `time`.
  public mutating func timePassed(to time: Timestamp) {
    var due: [AlgoID] = []
    while let next = schedule.first, next.at <= time {
      schedule.remove(next)
      algos[next.id]?.nextAt = nil
      due.append(next.id)
    }
    if !due.isEmpty { queue.insert(contentsOf: due.reversed(), at: 0) }
  }

  /// Takes the first of those that must act from the queue.
  public mutating func next() -> Algo? {
    guard let id = queue.popLast() else { return nil }
    guard let algo = algos[id] else {
      preconditionFailure("who waits in the queue is open")
    }
    return algo
  }

  /// Says what an algo order taken by ``next()`` does in this market.
  public mutating func step(_ id: AlgoID, _ market: AlgoMarket, at time: Timestamp) -> AlgoStep {
    guard var algo = algos[id] else { preconditionFailure("who acts is open") }
    if let leg = algo.fired { return .place(child(of: algo, firedBy: leg)) }
    guard let slicing = algo.plan.slicing else { preconditionFailure("who acts has fired") }
    guard algo.childIsOpen || algo.remaining >= market.minimumSize else {
      end(&algo, .effective, time)
      return .ended(algo)
    }
    scheduleNext(id, time)
    guard market.isTrading else { return .wait }
    if algo.childIsOpen {
      return isLeftBehind(algo, slicing, market) ? .cancelChild(algo.child) : .wait
    }
    switch slicePrice(algo, slicing, market) {
    case .noMarket: return .wait
    case .beyondLimit:
      guard algo.state != .paused else { return .wait }
      algos[id]?.state = .paused
      algos[id]?.updatedAt = time
      return .paused
    case .at(let price):
      let slice = min(slicing.slice, algo.remaining)
      let rest = algo.remaining - slice
      let whole = rest < market.minimumSize && algo.remaining <= market.maximumSize
      return .place(
        AlgoChild(
          kind: algo.plan.kind == .twap ? .ioc : .limit, side: algo.side, price: price,
          size: .base(whole ? algo.remaining : slice)))
    }
  }

  /// The order was placed: `filled` lots of it so far, and it rests when `isOpen`. Returns the algo
  /// order as it is now.
  public mutating func childPlaced(
    _ id: AlgoID, order: UInt64, at price: Price?, filled: Lots, isOpen: Bool, time: Timestamp
  ) -> Algo {
    guard var algo = algos[id] else { preconditionFailure("who placed an order is open") }
    algo.child = order
    algo.childPrice = price
    guard algo.plan.slicing != nil else {
      // It waits for nothing since it fired.
      leave(algo)
      algo.state = .effective
      algo.updatedAt = time
      return algo
    }
    if !isOpen { algo.done += filled }
    algo.childIsOpen = isOpen
    algo.state = .partiallyEffective
    algo.updatedAt = time
    if isOpen { children[order] = id }
    algos[id] = algo
    if !isOpen, algo.remaining <= .zero { end(&algo, .effective, time) }
    return algo
  }

  /// The order was refused: the algo order has failed. Returns it as it ended.
  public mutating func childFailed(_ id: AlgoID, time: Timestamp) -> Algo {
    guard var algo = algos[id] else { preconditionFailure("who placed an order is open") }
    let state: Algo.State = algo.child == 0 ? .orderFailed : .partiallyFailed
    guard algo.fired == nil else {
      leave(algo)
      algo.state = state
      algo.updatedAt = time
      return algo
    }
    end(&algo, state, time)
    return algo
  }

  /// A resting slice has ended with `filled` lots in all. When somebody else took it out
  /// (`isCanceled`), its algo order ends too; otherwise the next slice follows. Returns the algo order
  /// as it is now, if the order was a slice.
  public mutating func childClosed(
    _ order: UInt64, filled: Lots, isCanceled: Bool, time: Timestamp
  ) -> Algo? {
    guard let id = children.removeValue(forKey: order), var algo = algos[id] else { return nil }
    algo.childIsOpen = false
    algo.done += filled
    algo.updatedAt = time
    algos[id] = algo
    if algo.remaining <= .zero {
      end(&algo, .effective, time)
    } else if isCanceled {
      end(&algo, .canceled, time)
    } else if let at = algo.nextAt {
      schedule.remove(Due(at: at, id: id))
      algos[id]?.nextAt = nil
      algo.nextAt = nil
      queue.insert(id, at: 0)
    }
    return algo
  }

  private func child(of algo: Algo, firedBy leg: Algo.Leg) -> AlgoChild {
    switch (algo.plan, leg) {
    case (.conditional(let profit?, _), .takeProfit), (.oco(let profit, _), .takeProfit):
      return child(of: algo, profit.order, .limit)
    case (.conditional(_, let loss?), .stopLoss), (.oco(_, let loss), .stopLoss):
      return child(of: algo, loss.order, .limit)
    case (.trigger(let leg, let execution), .trigger):
      switch execution {
      case .normal: return child(of: algo, leg.order, .limit)
      case .fok: return child(of: algo, leg.order, .fok)
      case .ioc: return child(of: algo, leg.order, .ioc)
      }
    case (.trailing, .trailing): return child(of: algo, .market, .market)
    default: preconditionFailure("a plan fires by its own legs")
    }
  }

  private func child(
    of algo: Algo, _ price: TriggerLeg.OrderPrice, _ kind: AlgoChild.Kind
  ) -> AlgoChild {
    switch price {
    case .market: AlgoChild(kind: .market, side: algo.side, price: nil, size: algo.size)
    case .limit(let price):
      AlgoChild(kind: kind, side: algo.side, price: price, size: algo.size)
    }
  }

  private mutating func scheduleNext(_ id: AlgoID, _ time: Timestamp) {
    guard let algo = algos[id] else { return }
    let wait: Int64 =
      if case .twap(_, let interval) = algo.plan { interval } else { Self.icebergInterval }
    let at = time.advanced(byMilliseconds: wait)
    algos[id]?.nextAt = at
    schedule.insert(Due(at: at, id: id))
  }

  /// Whether the last price is two distances away from the resting slice, in the direction in which
  /// it will not be filled, and a new slice would stand nearer to it.
  private func isLeftBehind(_ algo: Algo, _ slicing: Slicing, _ market: AlgoMarket) -> Bool {
    guard let last = market.last, let price = algo.childPrice else { return false }
    let direction: Int64 = algo.side == .buy ? 1 : -1
    let edge = slicing.distance.ticks(from: price.ticks, direction: direction, times: 2)
    guard algo.side == .buy ? last.ticks > edge : last.ticks < edge,
      case .at(let better) = slicePrice(algo, slicing, market)
    else { return false }
    return algo.side == .buy ? better > price : better < price
  }

  private enum SlicePrice {
    case at(Price)
    case beyondLimit
    case noMarket
  }

  private func slicePrice(
    _ algo: Algo, _ slicing: Slicing, _ market: AlgoMarket
  ) -> SlicePrice {
    let isTwap = algo.plan.kind == .twap
    let buys = algo.side == .buy
    // A twap takes from the other side, an iceberg rests on its own.
    guard let best = buys == isTwap ? market.ask : market.bid,
      let price = Price(
        ticks: slicing.distance.ticks(from: best.ticks, direction: buys == isTwap ? 1 : -1))
    else { return .noMarket }
    let judged = isTwap ? best : price
    guard buys ? judged <= slicing.limit : judged >= slicing.limit else { return .beyondLimit }
    return .at(buys ? min(price, slicing.limit) : max(price, slicing.limit))
  }
}
