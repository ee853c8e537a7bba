public import Money
public import Structures

/// What changes in an algo order; what is absent stays.
public struct AlgoAmendment: Equatable, Sendable {
  /// A change of one leg of a conditional or oco order.
  public enum Leg: Equatable, Sendable {
    case keep
    /// OKX writes a trigger price of 0. An oco becomes a conditional.
    case remove
    /// A conditional that gains its other leg becomes an oco; then both prices are needed.
    case change(trigger: Price?, order: TriggerLeg.OrderPrice?)
  }

  public var size: Lots?
  public var takeProfit: Leg
  public var stopLoss: Leg
  public var trigger: Price?
  public var order: TriggerLeg.OrderPrice?
  public var callback: PriceDistance?
  public var active: Price?

  public init(
    size: Lots? = nil, takeProfit: Leg = .keep, stopLoss: Leg = .keep, trigger: Price? = nil,
    order: TriggerLeg.OrderPrice? = nil, callback: PriceDistance? = nil, active: Price? = nil
  ) {
    self.size = size
    self.takeProfit = takeProfit
    self.stopLoss = stopLoss
    self.trigger = trigger
    self.order = order
    self.callback = callback
    self.active = active
  }
}

extension AlgoBook {
  /// Changes an open algo order, or says why not and changes nothing. Returns it as it is now.
  public mutating func amend(
    _ id: AlgoID, _ amendment: AlgoAmendment, _ market: AlgoMarket, at time: Timestamp
  ) throws(AlgoError) -> Algo {
    guard let old = algos[id] else { throw .unknownAlgo }
    guard old.fired == nil else { throw .alreadyTriggered }
    guard old.plan.slicing == nil else { throw .cannotBeAmended }
    guard old.state == .attached || market.last != nil else { throw .noLastPrice }
    var new = old
    if let size = amendment.size {
      guard case .base = old.size, old.state != .attached else { throw .cannotBeAmended }
      new.size = .base(size)
    }
    new.plan = try amended(old, by: amendment)
    guard new.plan != old.plan || new.size != old.size else { throw .nothingToAmend }
    try check(
      NewAlgo(
        owner: new.owner, market: new.market, clientID: new.clientID, tag: new.tag, side: new.side,
        size: new.size, plan: new.plan), new.state == .attached ? market.withoutLast : market)

    new.updatedAt = time
    guard old.state != .attached, let last = market.last else {
      algos[id] = new
      return new
    }
    guard new.plan != old.plan else {
      algos[id] = new
      return new
    }
    stopWaiting(old)
    new.reference = last
    new.arming = 0
    algos[id] = new
    startWaiting(id, last: last)
    return algos[id] ?? new
  }

  private func amended(
    _ old: Algo, by amendment: AlgoAmendment
  ) throws(AlgoError) -> AlgoPlan {
    let changesLegs = amendment.takeProfit != .keep || amendment.stopLoss != .keep
    let changesTrigger = amendment.trigger != nil || amendment.order != nil
    let changesTrailing = amendment.callback != nil || amendment.active != nil
    switch old.plan {
    case .conditional(let profit, let loss):
      guard !changesTrigger, !changesTrailing else { throw .cannotBeAmended }
      return try legs(
        profit.changed(by: amendment.takeProfit), loss.changed(by: amendment.stopLoss))
    case .oco(let profit, let loss):
      guard !changesTrigger, !changesTrailing else { throw .cannotBeAmended }
      return try legs(
        TriggerLeg?.some(profit).changed(by: amendment.takeProfit),
        TriggerLeg?.some(loss).changed(by: amendment.stopLoss))
    case .trigger(let leg, let execution):
      guard !changesLegs, !changesTrailing else { throw .cannotBeAmended }
      return .trigger(
        TriggerLeg(
          trigger: amendment.trigger ?? leg.trigger, order: amendment.order ?? leg.order),
        execution: execution)
    case .trailing(let callback, let active):
      guard !changesLegs, !changesTrigger else { throw .cannotBeAmended }
      // Armed already: its active price has done its work.
      guard amendment.active == nil || old.arming == 0 else { throw .cannotBeAmended }
      return .trailing(
        callback: amendment.callback ?? callback,
        active: amendment.active ?? (old.arming == 0 ? active : nil))
    case .iceberg, .twap: throw .cannotBeAmended
    }
  }

  private func legs(
    _ profit: TriggerLeg?, _ loss: TriggerLeg?
  ) throws(AlgoError) -> AlgoPlan {
    switch (profit, loss) {
    case (let profit?, let loss?): .oco(takeProfit: profit, stopLoss: loss)
    case (nil, nil): throw .legsMissing
    default: .conditional(takeProfit: profit, stopLoss: loss)
    }
  }
}

extension TriggerLeg? {
  fileprivate func changed(by change: AlgoAmendment.Leg) throws(AlgoError) -> TriggerLeg? {
    switch change {
    case .keep: return self
    case .remove: return nil
    case .change(let trigger, let order):
      guard let trigger = trigger ?? self?.trigger, let order = order ?? self?.order else {
        throw .legsMissing
      }
      return TriggerLeg(trigger: trigger, order: order)
    }
  }
}

extension AlgoMarket {
  /// For what begins only later: its triggers are not judged by today's price.
  fileprivate var withoutLast: AlgoMarket {
    var market = self
    market.last = nil
    return market
  }
}
