import Matching
import Money
import Structures

// What an order must be before the exchange accepts it. After acceptance nothing can fail.

extension Exchange {
  func plan(_ request: PlaceOrder) throws(Refusal) -> OrderPlan {
    _ = try requireAccount(request.account)
    let instrument = try requireInstrument(request.instrument)
    try request.clientOrderID.description.requireAlphanumeric(upTo: 32, field: "clientOrderID")
    try request.tag.description.requireAlphanumeric(upTo: 16, field: "tag")
    if !request.clientOrderID.isEmpty,
      order(.client(request.clientOrderID), of: request.account)?.state.isOpen == true
    {
      throw .duplicateClientOrderID
    }
    guard request.type == .market else { return try planLimit(request, on: instrument) }
    guard request.price == nil else { throw .priceNotAllowed }
    switch (request.side, request.size) {
    case (.sell, .base(let size)): return try planMarketSell(request, size, on: instrument)
    case (.buy, .base(let size)): return try planMarketBuy(request, size, on: instrument)
    case (.buy, .quote(let budget)): return try planMarketBuy(request, budget, on: instrument)
    case (.sell, .quote): throw .quoteSizeNotAllowed
    }
  }

  /// Returns what must be set aside for `size` at limit `price`.
  func holding(
    _ side: Side, _ size: Lots, at price: Price, on id: InstrumentID, _ instrument: Instrument
  ) throws(Refusal) -> Amount {
    let market = markets[Int(id.raw) - 1]
    guard let notional = market.scale.notional(of: size, at: price, rounding: .up) else {
      throw .notionalTooLarge
    }
    guard market.book.hasRoom(for: size, side.inBook, at: price) else {
      throw .sizeAboveMaximum(maximum: instrument.maximumSize)
    }
    return side == .buy ? notional : Amount(units: size.count * instrument.lotUnits)
  }

  func requireSize(_ size: Lots, on instrument: Instrument) throws(Refusal) {
    guard size >= instrument.minimumSize else {
      throw .sizeBelowMinimum(minimum: instrument.minimumSize)
    }
    guard size <= instrument.maximumSize else {
      throw .sizeAboveMaximum(maximum: instrument.maximumSize)
    }
  }

  private func planLimit(
    _ request: PlaceOrder, on instrument: Instrument
  ) throws(Refusal) -> OrderPlan {
    guard let price = request.price else { throw .priceMissing }
    guard case .base(let size) = request.size else { throw .quoteSizeNotAllowed }
    try requireSize(size, on: instrument)
    let hold = try holding(request.side, size, at: price, on: request.instrument, instrument)
    let asset = request.side == .buy ? instrument.quote : instrument.base
    try require(hold, of: asset, account: request.account, in: .trading)
    return OrderPlan(size: request.size, hold: hold, taker: taker(request, size))
  }

  private func planMarketSell(
    _ request: PlaceOrder, _ size: Lots, on instrument: Instrument
  ) throws(Refusal) -> OrderPlan {
    try requireSize(size, on: instrument)
    let available = available(instrument.base, request)
    let affordable = Lots(available.units / instrument.lotUnits)
    let shrunk = min(size, affordable)
    if shrunk < size, request.refuseShrinking || shrunk < instrument.minimumSize {
      throw .insufficientBalance(
        asset: instrument.base, needed: Amount(units: size.count * instrument.lotUnits),
        available: available)
    }
    let taker = taker(request, shrunk)
    guard preview(taker, on: request.instrument).size > .zero else { throw .noLiquidity }
    return OrderPlan(
      size: .base(shrunk), hold: Amount(units: shrunk.count * instrument.lotUnits), taker: taker)
  }

  /// A buy of so many lots: it needs what the lots in the book cost, and shrinks to the balance.
  private func planMarketBuy(
    _ request: PlaceOrder, _ size: Lots, on instrument: Instrument
  ) throws(Refusal) -> OrderPlan {
    try requireSize(size, on: instrument)
    guard let best = bestForeignAsk(request) else { throw .noLiquidity }
    let available = available(instrument.quote, request)
    var fillable = preview(taker(request, size, budget: available), on: request.instrument)
    if fillable.budgetSpent {
      if request.refuseShrinking || fillable.size < instrument.minimumSize {
        let scale = markets[Int(request.instrument.raw) - 1].scale
        let atBest = scale.notional(of: size, at: best, rounding: .up) ?? NotionalScale.ceiling
        throw .insufficientBalance(
          asset: instrument.quote, needed: max(atBest, available + Amount(units: 1)),
          available: available)
      }
      // Without the budget the same lots cost the same: each trade's quote depends on it alone.
      fillable = preview(taker(request, fillable.size), on: request.instrument)
      return OrderPlan(
        size: .base(fillable.size), hold: fillable.quote, taker: taker(request, fillable.size))
    }
    return OrderPlan(size: .base(size), hold: fillable.quote, taker: taker(request, size))
  }

  /// A buy for so much quote.
  private func planMarketBuy(
    _ request: PlaceOrder, _ budget: Amount, on instrument: Instrument
  ) throws(Refusal) -> OrderPlan {
    guard budget > .zero else { throw .amountNotPositive }
    guard bestForeignAsk(request) != nil else { throw .noLiquidity }
    let available = available(instrument.quote, request)
    let shrunk = min(budget, available)
    if shrunk < budget, request.refuseShrinking || shrunk == .zero {
      throw .insufficientBalance(asset: instrument.quote, needed: budget, available: available)
    }
    let taker = taker(request, instrument.maximumSize, budget: shrunk)
    let fillable = preview(taker, on: request.instrument)
    if fillable.budgetSpent, fillable.size < instrument.minimumSize {
      throw .sizeBelowMinimum(minimum: instrument.minimumSize)
    }
    var plan = OrderPlan(size: .quote(shrunk), hold: shrunk, taker: taker)
    plan.budgetEndsIt = fillable.budgetSpent || fillable.quote == shrunk
    return plan
  }

  private func available(_ asset: AssetID, _ request: PlaceOrder) -> Amount {
    balance(of: request.account, asset: asset, wallet: .trading).available
  }

  private func taker(_ request: PlaceOrder, _ size: Lots, budget: Amount? = nil) -> Taker {
    Taker(
      owner: request.account.raw, side: request.side.inBook, limit: request.price, size: size,
      budget: budget)
  }

  /// The best ask that is not the customer's own.
  private func bestForeignAsk(_ request: PlaceOrder) -> Price? {
    var found: Price?
    markets[Int(request.instrument.raw) - 1].book.walk(.ask) { resting in
      if resting.owner != request.account.raw { found = resting.price }
      return found == nil
    }
    return found
  }
}
