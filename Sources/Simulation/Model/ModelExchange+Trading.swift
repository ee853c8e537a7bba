import Engine
import Matching
import Money
import Structures

// Trades, rests, cancels and amendments of the model.

extension ModelExchange {
  /// The purse that an order pays from.
  func spending(_ order: Order) -> Purse {
    purse(order.account, spentAsset(order))
  }

  private func spentAsset(_ order: Order) -> AssetID {
    guard let instrument = instrument(order.instrument) else {
      preconditionFailure("an order's market is known")
    }
    return order.side == .buy ? instrument.quote : instrument.base
  }

  /// Remembers how a level was before this command touched it.
  private mutating func touch(_ order: Order, _ price: Price) {
    let name = LevelName(instrument: order.instrument, side: order.side, price: price)
    if outcome.levels[name] == nil { outcome.levels[name] = level(name) }
  }

  /// Lets an open order take what it can from the other side.
  ///
  /// - Returns: Why it stopped.
  @discardableResult
  mutating func trade(_ id: OrderID, _ incoming: ModelBook.Incoming) -> ModelBook.End {
    guard let taker = orders[id] else { return .size }
    let meetings = books[Int(taker.instrument.raw) - 1].meetings(incoming)
    let spendsAll =
      incoming.budget != nil && (meetings.end == .budget || meetings.quote == incoming.budget)
    var lotsToCome = meetings.lots
    var trades = 0
    for (number, step) in meetings.steps.enumerated() {
      switch step {
      case .removeOwn(let own): close(own.id, because: .selfTrade)
      case .trade(let resting, let size, let quote):
        lotsToCome -= size
        settle(
          resting, taker: id, at: resting.price, lots: size, quote: quote,
          takerEnds: spendsAll && lotsToCome == 0)
        if !isOpen(id) { return .budget }
        trades += 1
        let goesOn = number + 1 < meetings.steps.count || meetings.end == .own
        if trades == Self.makerLimit, goesOn {
          close(id, because: .tooManyMakers)
          return .size
        }
      }
    }
    if meetings.end == .own { close(id, because: .selfTrade) }
    return meetings.end
  }

  /// Exchanges lots and money between an order in line and another one.
  mutating func settle(
    _ resting: ModelBook.Resting, taker takerID: OrderID, at ticks: Int64, lots: Int64,
    quote: Int64, takerEnds: Bool
  ) {
    guard let maker = orders[resting.id], let taker = orders[takerID],
      let price = Price(ticks: ticks), let instrument = instrument(taker.instrument)
    else { preconditionFailure("an order in line is open") }
    let base = lots * instrument.lotUnits
    let (makerFee, takerFee) = tradeFees(
      maker: rates(maker.account, instrument).maker, taker: rates(taker.account, instrument).taker,
      makerGets: maker.side == .buy ? base : quote,
      takerGets: taker.side == .buy ? base : quote)
    let trade = Trade(
      id: nextTrade, instrument: taker.instrument, price: price, size: Lots(lots),
      quote: Amount(units: quote), takerSide: taker.side, maker: maker.id, taker: taker.id,
      makerAccount: maker.account, takerAccount: taker.account, makerFee: Amount(units: makerFee),
      takerFee: Amount(units: takerFee), at: time)
    nextTrade = nextTrade.next

    takeLots(resting, lots)
    books[Int(taker.instrument.raw) - 1].lastPrice = price.ticks
    fill(maker.id, trade, fee: makerFee, base: base, ends: false)
    fill(taker.id, trade, fee: takerFee, base: base, ends: takerEnds)
    outcome.events.append(.trade(trade))
    report(maker.id, trade, fee: makerFee, isMaker: true)
    report(taker.id, trade, fee: takerFee, isMaker: false)

    let (buyer, seller) = maker.side == .buy ? (maker, taker) : (taker, maker)
    let moves: [(Order, AssetID, Int64, Bill.Reason)] = [
      (buyer, instrument.quote, -quote, .tradeBuy), (buyer, instrument.base, base, .tradeBuy),
      (seller, instrument.base, -base, .tradeSell), (seller, instrument.quote, quote, .tradeSell),
    ]
    for (order, asset, change, _) in moves {
      if change < 0 {
        self.change(purse(order.account, asset), held: change)
      } else {
        self.change(purse(order.account, asset), available: change)
      }
    }
    for (order, asset, change, reason) in moves {
      bill(purse(order.account, asset), change, reason, for: order.id.raw)
    }
    charge(taker, takerFee, in: taker.feeAsset)
    // The maker gets a rebate in what the taker paid his fee in.
    charge(maker, makerFee, in: makerFee < 0 ? taker.feeAsset : maker.feeAsset)
    for id in [maker.id, taker.id] where orders[id]?.state.isOpen == false { forget(id) }
  }

  /// What both sides of a trade pay; the maker's is negative for a rebate.
  private func tradeFees(
    maker makerPPM: Int64, taker takerPPM: Int64, makerGets: Int64, takerGets: Int64
  ) -> (maker: Int64, taker: Int64) {
    let taker = share(takerGets, takerPPM)
    guard makerPPM < 0 else { return (share(makerGets, makerPPM), taker) }
    let rebate = Int64(Int128(takerGets) * Int128(-makerPPM) / 1_000_000)
    return (-min(rebate, taker), taker)
  }

  /// Takes lots off an order in line, which leaves when none remain.
  mutating func takeLots(_ resting: ModelBook.Resting, _ lots: Int64) {
    guard let order = orders[resting.id], let price = Price(ticks: resting.price) else { return }
    touch(order, price)
    books[Int(order.instrument.raw) - 1].set(order.id, lots: resting.lots - lots)
    if lots == resting.lots { countOpen(order, by: -1) }
  }

  private mutating func charge(_ order: Order, _ fee: Int64, in asset: AssetID) {
    guard fee != 0 else { return }
    let purse = purse(order.account, asset)
    change(purse, available: -fee)
    fees[asset, default: 0] += fee
    bill(purse, -fee, fee > 0 ? .fee : .rebate, for: order.id.raw)
  }

  /// Counts a trade on one of its orders; what is set aside shrinks to what the rest needs.
  private mutating func fill(
    _ id: OrderID, _ trade: Trade, fee: Int64, base: Int64, ends: Bool
  ) {
    guard var order = orders[id] else { return }
    order.filled += trade.size
    order.filledQuote += trade.quote
    if fee >= 0 {
      order.fee += Amount(units: fee)
    } else {
      order.rebate += Amount(units: -fee)
    }
    order.held -= order.side == .buy ? trade.quote : Amount(units: base)
    order.updatedAt = time
    if ends || order.size == .base(order.filled) {
      order.state = .filled
      keep(0, asideFor: &order)
    } else {
      order.state = .partiallyFilled
      if order.side == .buy, let price = order.price, case .base(let size) = order.size,
        let needed = books[Int(order.instrument.raw) - 1]
          .notional((size - order.filled).count, price.ticks, up: true)
      {
        keep(needed, asideFor: &order)
      }
    }
    orders[id] = order
  }

  private mutating func report(_ id: OrderID, _ trade: Trade, fee: Int64, isMaker: Bool) {
    guard let order = orders[id] else { return }
    outcome.events.append(
      .order(
        order,
        .filled(
          Fill(
            trade: trade.id, price: trade.price, size: trade.size, quote: trade.quote,
            fee: Amount(units: fee), feeAsset: fee < 0 ? spentAsset(order) : order.feeAsset,
            isMaker: isMaker))))
  }

  /// Sets more aside for an order, or gives back what it no longer needs.
  private mutating func keep(_ needed: Int64, asideFor order: inout Order) {
    let more = needed - order.held.units
    change(spending(order), available: -more, held: more)
    order.held = Amount(units: needed)
  }

  /// Millionths of an amount, rounded up.
  private func share(_ units: Int64, _ millionths: Int64) -> Int64 {
    let exact = Int128(units) * Int128(millionths)
    return Int64(exact / 1_000_000 + (exact % 1_000_000 > 0 ? 1 : 0))
  }

  /// Puts what is left of a limit order into its book.
  mutating func rest(_ id: OrderID) {
    guard let order = orders[id], order.state.isOpen, let price = order.price,
      case .base(let size) = order.size
    else { return }
    touch(order, price)
    countOpen(order, by: 1)
    books[Int(order.instrument.raw) - 1].add(
      .init(
        id: id, account: order.account, owner: owner(of: order.account), price: price.ticks,
        lots: (size - order.filled).count), order.side)
  }

  /// Takes an order out of its book, if it is in there.
  private mutating func takeOut(_ order: Order) {
    let index = Int(order.instrument.raw) - 1
    guard books[index].line(order.side).contains(where: { $0.id == order.id }) else { return }
    books[index].remove(order.id)
    countOpen(order, by: -1)
  }

  mutating func cancel(
    _ reference: OrderReference, of account: AccountID
  ) throws(Refusal) {
    try requireAccount(account)
    close(try requireOpen(reference, of: account).id, because: .user)
  }

  /// Ends an open order: out of the book, its money free.
  mutating func close(_ id: OrderID, because source: CancelSource) {
    guard var order = orders[id] else { return }
    if let price = order.price { touch(order, price) }
    takeOut(order)
    keep(0, asideFor: &order)
    order.state = .canceled
    order.cancelSource = source
    order.updatedAt = time
    orders[id] = order
    outcome.events.append(.order(order, .canceled))
    forget(id)
  }

  /// Size may shrink in place; everything else goes to the end of the line and may trade.
  mutating func amend(_ request: AmendOrder) throws(Refusal) {
    try requireAccount(request.account)
    try requireAlphanumeric("\(request.requestID)", upTo: 32, "requestID")
    var order = try requireOpen(request.order, of: request.account)
    switch books[Int(order.instrument.raw) - 1].state {
    case .live: break
    case .suspend: throw .instrumentSuspended
    case .preopen: throw .onlyLimitInAuction
    }
    guard order.type == .limit || order.type == .postOnly, case .base(let oldSize) = order.size,
      let oldPrice = order.price
    else { throw .typeCannotBeAmended }
    let newSize = request.size ?? oldSize
    let newPrice = request.price ?? oldPrice
    // Naming the price that it has gives up its place in line.
    guard newSize != oldSize || request.price != nil else { throw .nothingToAmend }
    let needed: Int64
    do throws(Refusal) {
      needed = try holding(order, newSize.count, newPrice.ticks)
    } catch {
      guard request.cancelOnFailure else { throw error }
      return close(order.id, because: .user)
    }
    touch(order, oldPrice)
    order.size = .base(newSize)
    order.price = newPrice
    order.updatedAt = time
    keep(needed, asideFor: &order)
    if newSize == order.filled { order.state = .filled }
    orders[order.id] = order
    outcome.events.append(.order(order, .amended(requestID: request.requestID)))

    let left = (newSize - order.filled).count
    if newPrice == oldPrice, newSize < oldSize, left > 0 {
      return books[Int(order.instrument.raw) - 1].set(order.id, lots: left)
    }
    takeOut(order)
    guard left > 0 else { return forget(order.id) }
    trade(
      order.id,
      ModelBook.Incoming(
        side: order.side, owner: owner(of: order.account), selfTrade: order.selfTrade, lots: left,
        limit: newPrice.ticks))
    rest(order.id)
  }

  /// What an amended order needs set aside, or why it may not become that.
  private func holding(
    _ order: Order, _ size: Int64, _ price: Int64
  ) throws(Refusal) -> Int64 {
    guard let instrument = instrument(order.instrument) else { throw .unknownInstrument }
    guard size >= order.filled.count else { throw .amendBelowFilled(filled: order.filled) }
    if size == order.filled.count, size > 0 { return 0 }
    try requireSize(size, instrument)
    guard order.filledQuote.units <= 1 << 60 else { throw .notionalTooLarge }
    if order.price?.ticks != price {
      try requirePrice(price, order.side, order.instrument, instrument)
    }
    let needed = try holding(order.instrument, order.side, size - order.filled.count, price)
    if needed > order.held.units {
      try requireFunds(needed - order.held.units, in: spending(order))
    }
    if order.type == .postOnly, books[Int(order.instrument.raw) - 1].crosses(order.side, price) {
      throw .amendWouldTake
    }
    return needed
  }
}
