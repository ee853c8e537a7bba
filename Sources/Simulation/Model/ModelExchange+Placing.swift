import Engine
import Matching
import Money
import Structures

// New orders of the model: what must be true before one is accepted, and what its type makes of it.

extension ModelExchange {
  /// An accepted order's size, what is set aside for it, and how it meets the book.
  private struct Accepted {
    var size: OrderSize
    var hold: Int64
    var incoming: ModelBook.Incoming
  }

  mutating func place(_ request: PlaceOrder) throws(Refusal) {
    let accepted = try admit(request)
    try requirePlace()
    guard let instrument = instrument(request.instrument) else { return }
    let received = request.side == .buy ? instrument.base : instrument.quote
    try reserve(purse(request.account, received))
    let order = Order(
      id: nextOrder, account: request.account, instrument: request.instrument,
      clientOrderID: request.clientOrderID, tag: request.tag, side: request.side,
      type: request.type, selfTrade: accepted.incoming.selfTrade, price: request.price,
      size: accepted.size, filled: .zero, filledQuote: .zero, fee: .zero, feeAsset: received,
      held: Amount(units: accepted.hold), state: .live, cancelSource: nil, createdAt: time,
      updatedAt: time)
    nextOrder = nextOrder.next
    orders[order.id] = order
    if !request.clientOrderID.isEmpty {
      openOfClient[ClientKey(account: order.account, id: order.clientOrderID)] = order.id
    }
    change(spending(order), available: -accepted.hold, held: accepted.hold)
    outcome.events.append(.order(order, .placed))
    run(order, accepted.incoming)
  }

  private mutating func run(_ order: Order, _ incoming: ModelBook.Incoming) {
    let index = Int(order.instrument.raw) - 1
    switch order.type {
    case .limit:
      if books[index].state == .live { trade(order.id, incoming) }
      rest(order.id)
    case .postOnly:
      if let price = order.price, books[index].crosses(order.side, price.ticks) {
        close(order.id, because: .postOnlyWouldTake)
      } else {
        rest(order.id)
      }
    case .fok:
      let would = books[index].meetings(incoming)
      guard would.lots == incoming.lots, would.trades <= Self.makerLimit else {
        return close(order.id, because: .fokNotFillable)
      }
      trade(order.id, incoming)
    case .ioc:
      trade(order.id, incoming)
      if isOpen(order.id) { close(order.id, because: .iocRemainder) }
    case .market, .optimalLimitIOC:
      let end = trade(order.id, incoming)
      if isOpen(order.id) { close(order.id, because: end == .limit ? .priceBand : .iocRemainder) }
    }
  }

  func isOpen(_ id: OrderID) -> Bool { orders[id]?.state.isOpen == true }

  private func admit(_ request: PlaceOrder) throws(Refusal) -> Accepted {
    try requireAccount(request.account)
    guard let instrument = instrument(request.instrument) else { throw .unknownInstrument }
    switch books[Int(request.instrument.raw) - 1].state {
    case .live: break
    case .suspend: throw .instrumentSuspended
    case .preopen: guard request.type == .limit else { throw .onlyLimitInAuction }
    }
    try requireAlphanumeric("\(request.clientOrderID)", upTo: 32, "clientOrderID")
    let key = ClientKey(account: request.account, id: request.clientOrderID)
    if !request.clientOrderID.isEmpty, openOfClient[key] != nil { throw .duplicateClientOrderID }
    try requireAlphanumeric("\(request.tag)", upTo: 16, "tag")
    if request.type == .market || request.type == .optimalLimitIOC {
      return try admitMarket(request, instrument)
    }
    guard let price = request.price else { throw .priceMissing }
    guard case .base(let size) = request.size else { throw .quoteSizeNotAllowed }
    try requireSize(size.count, instrument)
    try requirePrice(price.ticks, request.side, request.instrument, instrument)
    let hold = try holding(request.instrument, request.side, size.count, price.ticks)
    let spent = request.side == .buy ? instrument.quote : instrument.base
    try requireFunds(hold, in: purse(request.account, spent))
    if request.type == .limit || request.type == .postOnly {
      try requireRoom(request.account, request.instrument, instrument)
    }
    return Accepted(
      size: request.size, hold: hold,
      incoming: incoming(request, lots: size.count, limit: price.ticks))
  }

  private func incoming(
    _ request: PlaceOrder, lots: Int64, limit: Int64?, budget: Int64? = nil
  ) -> ModelBook.Incoming {
    ModelBook.Incoming(
      side: request.side, owner: owner(of: request.account),
      selfTrade: selfTrade(request), lots: lots, limit: limit, budget: budget)
  }

  // MARK: Market orders

  private func admitMarket(
    _ request: PlaceOrder, _ instrument: Instrument
  ) throws(Refusal) -> Accepted {
    guard request.price == nil else { throw .priceNotAllowed }
    let book = books[Int(request.instrument.raw) - 1]
    let limit = bandLimit(request.side, book, instrument)
    if case .quote(let wanted) = request.size {
      guard request.side == .buy, request.type == .market else { throw .quoteSizeNotAllowed }
      guard wanted > .zero else { throw .amountNotPositive }
    }
    if case .base(let size) = request.size { try requireSize(size.count, instrument) }
    // An own order counts as a partner where it would end the order instead of making way.
    let owner = owner(of: request.account)
    let makesWay = selfTrade(request) == .cancelMaker
    guard
      let first = book.line(request.side.opposite).first(where: {
        $0.owner != owner || !makesWay
      })
    else { throw .noLiquidity }
    switch (request.side, request.size) {
    case (.sell, .base(let size)):
      return try admitSell(request, size.count, limit, instrument)
    case (.buy, .base(let size)):
      return try admitBuy(request, size.count, limit, first: first.price, instrument)
    case (_, .quote(let wanted)):
      return try admitSpending(request, wanted.units, limit, instrument)
    }
  }

  /// A market sell shrinks to what the customer has.
  private func admitSell(
    _ request: PlaceOrder, _ size: Int64, _ limit: Int64?, _ instrument: Instrument
  ) throws(Refusal) -> Accepted {
    let money = available(purse(request.account, instrument.base))
    let lots = min(size, money / instrument.lotUnits)
    if lots < size, request.refuseShrinking || lots < instrument.minimumSize.count {
      throw .insufficientBalance(
        asset: instrument.base, needed: Amount(units: size * instrument.lotUnits),
        available: Amount(units: money))
    }
    return Accepted(
      size: .base(Lots(lots)), hold: lots * instrument.lotUnits,
      incoming: incoming(request, lots: lots, limit: limit))
  }

  /// A market buy of lots shrinks to what the customer can pay.
  private func admitBuy(
    _ request: PlaceOrder, _ size: Int64, _ limit: Int64?, first: Int64, _ instrument: Instrument
  ) throws(Refusal) -> Accepted {
    let book = books[Int(request.instrument.raw) - 1]
    let money = available(purse(request.account, instrument.quote))
    let would = book.meetings(
      incoming(request, lots: size, limit: limit, budget: money), makers: Self.makerLimit)
    // Who has nothing buys nothing, also where nobody would ask him for money.
    guard would.end == .budget || money == 0 else {
      return Accepted(
        size: request.size, hold: would.quote,
        incoming: incoming(request, lots: size, limit: limit))
    }
    if request.refuseShrinking || would.lots < instrument.minimumSize.count {
      let atBest = book.notional(size, first, up: true) ?? 1 << 60
      throw .insufficientBalance(
        asset: instrument.quote, needed: Amount(units: max(atBest, money + 1)),
        available: Amount(units: money))
    }
    return Accepted(
      size: .base(Lots(would.lots)), hold: would.quote,
      incoming: incoming(request, lots: would.lots, limit: limit))
  }

  /// A market buy for so much money shrinks to what the customer has.
  private func admitSpending(
    _ request: PlaceOrder, _ wanted: Int64, _ limit: Int64?, _ instrument: Instrument
  ) throws(Refusal) -> Accepted {
    let money = available(purse(request.account, instrument.quote))
    let budget = min(wanted, money)
    if budget < wanted, request.refuseShrinking || budget == 0 {
      throw .insufficientBalance(
        asset: instrument.quote, needed: Amount(units: wanted), available: Amount(units: money))
    }
    let incoming = incoming(
      request, lots: instrument.maximumSize.count, limit: limit, budget: budget)
    let would = books[Int(request.instrument.raw) - 1].meetings(
      incoming, makers: Self.makerLimit)
    if would.end == .budget, would.lots < instrument.minimumSize.count {
      throw .sizeBelowMinimum(minimum: instrument.minimumSize)
    }
    return Accepted(size: .quote(Amount(units: budget)), hold: budget, incoming: incoming)
  }
}
