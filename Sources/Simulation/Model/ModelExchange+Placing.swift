import Engine
import Matching
import Money
import Structures

// New orders of the model: what must be true before one is accepted.

extension ModelExchange {
  /// An accepted order's size, what is set aside for it, and how many lots it may trade.
  private struct Accepted {
    var size: OrderSize
    var hold: Int64
    var lots: Int64
    var budget: Int64?
  }

  mutating func place(_ request: PlaceOrder) throws(Refusal) {
    let accepted = try admit(request)
    guard let instrument = instrument(request.instrument) else { return }
    let order = Order(
      id: nextOrder, account: request.account, instrument: request.instrument,
      clientOrderID: request.clientOrderID, tag: request.tag, side: request.side,
      type: request.type, selfTrade: request.selfTrade ?? .cancelMaker, price: request.price,
      size: accepted.size, filled: .zero,
      filledQuote: .zero, fee: .zero,
      feeAsset: request.side == .buy ? instrument.base : instrument.quote,
      held: Amount(units: accepted.hold), state: .live, cancelSource: nil, createdAt: time,
      updatedAt: time)
    nextOrder = nextOrder.next
    orders[order.id] = order
    if !request.clientOrderID.isEmpty {
      let key = ClientKey(account: request.account, clientOrderID: request.clientOrderID)
      newestOfClient[key] = order.id
    }
    change(spending(order), available: -accepted.hold, held: accepted.hold)
    outcome.events.append(.order(order, .placed))
    run(order, lots: accepted.lots, budget: accepted.budget)
  }

  private mutating func run(_ order: Order, lots: Int64, budget: Int64?) {
    let book = books[Int(order.instrument.raw) - 1]
    switch order.type {
    case .limit:
      trade(order.id, lots: lots, budget: nil)
      rest(order.id)
    case .postOnly:
      if let price = order.price, book.crosses(order.side, price.ticks) {
        close(order.id, because: .postOnlyWouldTake)
      } else {
        rest(order.id)
      }
    case .fok:
      let would = book.meetings(
        order.side, of: order.account, lots: lots, limit: order.price?.ticks, budget: nil)
      if would.lots < lots { return close(order.id, because: .fokNotFillable) }
      trade(order.id, lots: lots, budget: nil)
    case .ioc, .market, .optimalLimitIOC:
      trade(order.id, lots: lots, budget: budget)
      if orders[order.id]?.state.isOpen == true { close(order.id, because: .iocRemainder) }
    }
  }

  private func admit(_ request: PlaceOrder) throws(Refusal) -> Accepted {
    try requireAccount(request.account)
    guard let instrument = instrument(request.instrument) else { throw .unknownInstrument }
    try requireAlphanumeric("\(request.clientOrderID)", upTo: 32, "clientOrderID")
    try requireAlphanumeric("\(request.tag)", upTo: 16, "tag")
    if !request.clientOrderID.isEmpty,
      find(.client(request.clientOrderID), of: request.account)?.state.isOpen == true
    {
      throw .duplicateClientOrderID
    }
    if request.type == .market {
      guard request.price == nil else { throw .priceNotAllowed }
      switch (request.side, request.size) {
      case (.sell, .base(let size)): return try admitMarketSell(request, size.count, instrument)
      case (.buy, .base(let size)): return try admitMarketBuy(request, size.count, instrument)
      case (.buy, .quote(let money)): return try admitSpending(request, money.units, instrument)
      case (.sell, .quote): throw .quoteSizeNotAllowed
      }
    }
    guard let price = request.price else { throw .priceMissing }
    guard case .base(let size) = request.size else { throw .quoteSizeNotAllowed }
    try requireSize(size.count, instrument)
    let hold = try holding(request.instrument, request.side, size.count, price.ticks)
    let spent = request.side == .buy ? instrument.quote : instrument.base
    try requireFunds(hold, in: purse(request.account, spent))
    return Accepted(size: request.size, hold: hold, lots: size.count)
  }

  /// A market sell shrinks to what the customer has, and needs a buyer.
  private func admitMarketSell(
    _ request: PlaceOrder, _ size: Int64, _ instrument: Instrument
  ) throws(Refusal) -> Accepted {
    try requireSize(size, instrument)
    let money = available(purse(request.account, instrument.base))
    let lots = min(size, money / instrument.lotUnits)
    if lots < size, request.refuseShrinking || lots < instrument.minimumSize.count {
      throw .insufficientBalance(
        asset: instrument.base, needed: Amount(units: size * instrument.lotUnits),
        available: Amount(units: money))
    }
    guard meetings(request, lots: lots).lots > 0 else { throw .noLiquidity }
    return Accepted(size: .base(Lots(lots)), hold: lots * instrument.lotUnits, lots: lots)
  }

  /// A market buy of lots shrinks to what the customer can pay, and needs a seller.
  private func admitMarketBuy(
    _ request: PlaceOrder, _ size: Int64, _ instrument: Instrument
  ) throws(Refusal) -> Accepted {
    try requireSize(size, instrument)
    guard let best = bestOfOthers(request) else { throw .noLiquidity }
    let money = available(purse(request.account, instrument.quote))
    let would = meetings(request, lots: size, budget: money)
    guard would.end == .budget else {
      return Accepted(size: request.size, hold: would.quote, lots: size)
    }
    if request.refuseShrinking || would.lots < instrument.minimumSize.count {
      let book = books[Int(request.instrument.raw) - 1]
      let atBest = book.notional(size, best, up: true) ?? 1 << 60
      throw .insufficientBalance(
        asset: instrument.quote, needed: Amount(units: max(atBest, money + 1)),
        available: Amount(units: money))
    }
    return Accepted(
      size: .base(Lots(would.lots)), hold: would.quote, lots: would.lots)
  }

  /// A market buy for so much money shrinks to what the customer has, and needs a seller.
  private func admitSpending(
    _ request: PlaceOrder, _ wanted: Int64, _ instrument: Instrument
  ) throws(Refusal) -> Accepted {
    guard wanted > 0 else { throw .amountNotPositive }
    guard bestOfOthers(request) != nil else { throw .noLiquidity }
    let money = available(purse(request.account, instrument.quote))
    let budget = min(wanted, money)
    if budget < wanted, request.refuseShrinking || budget == 0 {
      throw .insufficientBalance(
        asset: instrument.quote, needed: Amount(units: wanted), available: Amount(units: money))
    }
    let most = instrument.maximumSize.count
    let would = meetings(request, lots: most, budget: budget)
    if would.end == .budget, would.lots < instrument.minimumSize.count {
      throw .sizeBelowMinimum(minimum: instrument.minimumSize)
    }
    return Accepted(
      size: .quote(Amount(units: budget)), hold: budget, lots: most, budget: budget)
  }

  private func meetings(
    _ request: PlaceOrder, lots: Int64, budget: Int64? = nil
  ) -> ModelBook.Meetings {
    books[Int(request.instrument.raw) - 1].meetings(
      request.side, of: request.account, lots: lots, limit: nil, budget: budget)
  }

  private func bestOfOthers(_ request: PlaceOrder) -> Int64? {
    books[Int(request.instrument.raw) - 1].line(request.side.opposite)
      .first { $0.account != request.account }?.price
  }

  func requireSize(_ size: Int64, _ instrument: Instrument) throws(Refusal) {
    guard size >= instrument.minimumSize.count else {
      throw .sizeBelowMinimum(minimum: instrument.minimumSize)
    }
    guard size <= instrument.maximumSize.count else {
      throw .sizeAboveMaximum(maximum: instrument.maximumSize)
    }
  }

  /// What a resting order of this size and price needs set aside.
  func holding(
    _ id: InstrumentID, _ side: Side, _ size: Int64, _ price: Int64
  ) throws(Refusal) -> Int64 {
    guard let instrument = instrument(id) else { throw .unknownInstrument }
    let book = books[Int(id.raw) - 1]
    guard let notional = book.notional(size, price, up: true) else { throw .notionalTooLarge }
    let there = book.line(side).reduce(Int128(0)) {
      $0 + ($1.price == price ? Int128($1.lots) : 0)
    }
    guard there + Int128(size) <= Int128(Int64.max) else {
      throw .sizeAboveMaximum(maximum: instrument.maximumSize)
    }
    return side == .buy ? notional : size * instrument.lotUnits
  }

  func requireAlphanumeric(_ text: String, upTo limit: Int, _ field: String) throws(Refusal) {
    let allowed = Set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
    guard text.utf8.count <= limit, text.utf8.allSatisfy(allowed.contains) else {
      throw .malformed(field: field, problem: "allowed are up to \(limit) letters and digits")
    }
  }
}
