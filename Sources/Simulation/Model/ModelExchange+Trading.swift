import Engine
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
  mutating func trade(_ id: OrderID, lots: Int64, budget: Int64?) {
    guard let taker = orders[id] else { return }
    let index = Int(taker.instrument.raw) - 1
    let meetings = books[index].meetings(
      taker.side, of: taker.account, lots: lots, limit: taker.price?.ticks, budget: budget)
    let spendsAll = budget != nil && (meetings.end == .budget || meetings.quote == budget)
    var lotsToCome = meetings.lots
    for step in meetings.steps {
      lotsToCome -= step.lots
      switch step {
      case .removeOwn(let own): close(own.id, because: .selfTrade)
      case .trade(let resting, let size, let quote):
        settle(
          resting, taker: id, lots: size, quote: quote, takerEnds: spendsAll && lotsToCome == 0)
      }
    }
  }

  private mutating func settle(
    _ resting: ModelBook.Resting, taker takerID: OrderID, lots: Int64, quote: Int64,
    takerEnds: Bool
  ) {
    guard let maker = orders[resting.id], let taker = orders[takerID],
      let price = Price(ticks: resting.price), let instrument = instrument(taker.instrument)
    else { preconditionFailure("an order in line is open") }
    let base = lots * instrument.lotUnits
    let makerFee = share(maker.side == .buy ? base : quote, instrument.makerFeePPM)
    let takerFee = share(taker.side == .buy ? base : quote, instrument.takerFeePPM)
    let trade = Trade(
      id: nextTrade, instrument: taker.instrument, price: price, size: Lots(lots),
      quote: Amount(units: quote), takerSide: taker.side, maker: maker.id, taker: taker.id,
      makerAccount: maker.account, takerAccount: taker.account, makerFee: Amount(units: makerFee),
      takerFee: Amount(units: takerFee), at: time)
    nextTrade = nextTrade.next

    touch(maker, price)
    books[Int(taker.instrument.raw) - 1].set(maker.id, lots: resting.lots - lots)
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
    for (order, fee) in [(maker, makerFee), (taker, takerFee)] {
      change(purse(order.account, order.feeAsset), available: -fee)
      fees[order.feeAsset, default: 0] += fee
      bill(purse(order.account, order.feeAsset), -fee, .fee, for: order.id.raw)
    }
    for id in [maker.id, taker.id] where orders[id]?.state.isOpen == false { remember(id) }
  }

  /// Counts a trade on one of its orders; what is set aside shrinks to what the rest needs.
  private mutating func fill(
    _ id: OrderID, _ trade: Trade, fee: Int64, base: Int64, ends: Bool
  ) {
    guard var order = orders[id] else { return }
    order.filled += trade.size
    order.filledQuote += trade.quote
    order.fee += Amount(units: fee)
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
            fee: Amount(units: fee), feeAsset: order.feeAsset, isMaker: isMaker))))
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
    books[Int(order.instrument.raw) - 1].add(
      .init(
        id: id, account: order.account, price: price.ticks, lots: (size - order.filled).count),
      order.side)
  }

  mutating func cancel(
    _ reference: OrderReference, of account: AccountID
  ) throws(Refusal) {
    try requireAccount(account)
    close(try requireOpen(reference, of: account).id, because: .user)
  }

  private func requireOpen(
    _ reference: OrderReference, of account: AccountID
  ) throws(Refusal) -> Order {
    guard let order = find(reference, of: account) else { throw .unknownOrder }
    guard order.state.isOpen else { throw .orderAlreadyClosed }
    return order
  }

  /// Ends an open order: out of the book, its money free.
  mutating func close(_ id: OrderID, because source: CancelSource) {
    guard var order = orders[id] else { return }
    if let price = order.price { touch(order, price) }
    books[Int(order.instrument.raw) - 1].remove(id)
    keep(0, asideFor: &order)
    order.state = .canceled
    order.cancelSource = source
    order.updatedAt = time
    orders[id] = order
    outcome.events.append(.order(order, .canceled))
    remember(id)
  }

  /// Size may shrink in place; everything else goes to the end of the line and may trade.
  mutating func amend(_ request: AmendOrder) throws(Refusal) {
    try requireAccount(request.account)
    try requireAlphanumeric("\(request.requestID)", upTo: 32, "requestID")
    var order = try requireOpen(request.order, of: request.account)
    guard order.type == .limit || order.type == .postOnly, case .base(let oldSize) = order.size,
      let oldPrice = order.price
    else { throw .typeCannotBeAmended }
    let newSize = request.size ?? oldSize
    let newPrice = request.price ?? oldPrice
    guard newSize != oldSize || newPrice != oldPrice else { throw .nothingToAmend }
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

    let index = Int(order.instrument.raw) - 1
    let left = (newSize - order.filled).count
    if newPrice == oldPrice, newSize < oldSize {
      books[index].set(order.id, lots: left)
      if left == 0 { remember(order.id) }
      return
    }
    books[index].remove(order.id)
    guard left > 0 else { return remember(order.id) }
    trade(order.id, lots: left, budget: nil)
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
