import Ledger
import Matching
import Money
import Structures

// Orders are accepted first and meet the book then. See OKX v5, "order semantics".

extension Trading {
  /// - Parameter request: By address, not to be copied; it stays as it is.
  mutating func place(
    _ request: inout PlaceRequest, into events: inout EventBuffer
  ) throws(HotRefusal) {
    try accept(&request, into: &events)
  }

  /// The same, written into its caller.
  @inline(__always)
  mutating func accept(
    _ request: inout PlaceRequest, into events: inout EventBuffer
  ) throws(HotRefusal) {
    let account = try account(request.account)
    let market = try market(request.instrument)
    let state = markets[market].rules.state
    if state != .live {
      guard state == .preopen else { throw HotRefusal(.instrumentSuspended) }
      guard request.type == .limit else { throw HotRefusal(.onlyLimitInAuction) }
    }
    var clientHash: UInt64?
    if !request.clientOrderID.isEmpty {
      let hash = clientSeed.hash(account, request.clientOrderID)
      clientHash = hash
      guard request.hasPlainID else { throw HotRefusal(.malformedClientOrderID) }
      guard openSlot(request.clientOrderID, of: account, hash: hash) == nil else {
        throw HotRefusal(.duplicateClientOrderID)
      }
    }
    guard request.hasPlainTag else { throw HotRefusal(.malformedTag) }
    let selfTrade = request.selfTrade ?? accounts[account].selfTrade
    var balances =
      accounts[account].balances(on: market) ?? findBalances(of: account, on: market)
    let spends = balances.spent(by: request.side)
    let free = spends == .none ? 0 : ledger[spends].available.units
    let plan =
      request.type.namesLimit
      ? try planLimit(
        request.side, request.size, at: request.price, isByBudget: request.isByBudget,
        market: market, free: free)
      : try planMarket(
        &request, market: market, free: free, owner: accounts[account].master,
        selfTrade: selfTrade)
    var flags = OrderFlags(
      side: request.side, type: request.type, selfTrade: selfTrade,
      isByBudget: request.isByBudget, hasPrice: request.price != 0, hasTag: !request.tag.isEmpty,
      market: market)
    flags.isWatched = request.isWatched
    if flags.mayRest { try requireRoom(of: account, on: market) }
    guard !orders.isFull else { throw .full(.orders) }
    guard spends != .none else { throw insufficient(request.side, plan.hold, 0, on: market) }
    if balances.received(by: request.side) == .none {
      try makeBalance(of: account, on: market, for: request.side, &balances)
    }

    // Accepted.
    let slot = takeSlot(price: request.price, size: plan.lots, owner: accounts[account].master)
    let id = nextOrder
    records[slot].begin(
      id: id, account: account, flags: flags, spends: spends,
      receives: balances.received(by: request.side), client0: request.clientOrderID.word0,
      client1: request.clientOrderID.word1, size: plan.size,
      held: plan.hold, at: time)
    nextOrder += 1
    if request.clientOrderID.word2 != 0 { keepLongID(request.clientOrderID, of: slot) }
    if flags.hasTag { tags[slot] = request.tag }
    remember(balances, of: account, on: market)
    ledger.hold(Amount(units: plan.hold), at: spends)
    if flags.mayRest { link(slot, id: id, of: account, clientHash: clientHash) }
    report(slot, .placed, into: &events)
    if flags.mayRest, !meetsOther(plan.limit, request.side.inBook, on: market) {
      return rest(slot, on: market, request.side.inBook, into: &events)
    }
    run(slot, flags, plan, into: &events)
  }

  func findBalances(of account: UInt32, on market: UInt32) -> MarketBalances {
    if hasManyMarkets, let balances = known.find(account, on: market) { return balances }
    let base = ledger.slot(of: account, asset: markets[market].rules.base, in: .trading)
    let quote = ledger.slot(of: account, asset: markets[market].rules.quote, in: .trading)
    return MarketBalances(base: base ?? .none, quote: quote ?? .none)
  }

  /// Remembers both balances of the account on the market.
  @inline(__always)
  mutating func remember(_ balances: MarketBalances, of account: UInt32, on market: UInt32) {
    accounts[account].remember(balances, on: market)
    if hasManyMarkets { known.remember(balances, of: account, on: market) }
  }

  /// Makes the balance that an order of `side` brings money to.
  private mutating func makeBalance(
    of account: UInt32, on market: UInt32, for side: Side, _ balances: inout MarketBalances
  ) throws(HotRefusal) {
    let asset = markets[market].rules.received(by: side)
    guard let slot = ledger.reserve(account, asset: asset, in: .trading) else {
      throw .full(.balances)
    }
    if side == .buy { balances.base = slot } else { balances.quote = slot }
  }

  @inline(__always)
  private mutating func takeSlot(price: Int64, size: Int64, owner: UInt32) -> UInt32 {
    // A market order has no price and never enters a book.
    guard let some = Price(ticks: max(price, 1)),
      let slot = orders.take(RestingOrder(price: some, size: Lots(size), owner: owner))
    else { preconditionFailure("admission saw a free slot") }
    if price == 0 { orders[slot].price = 0 }
    return slot
  }

  /// Whether an order that may rest meets one instead. In a call auction, orders rest and cross.
  @inline(__always)
  private mutating func meetsOther(_ limit: Int64, _ side: Book.Side, on market: UInt32) -> Bool {
    guard markets[market].rules.state == .live, let limit = Price(ticks: limit) else {
      return false
    }
    return markets[market].book.crosses(side, at: limit)
  }

  /// Does with an accepted order what its type says, unless it rests at once.
  mutating func run(
    _ slot: UInt32, _ flags: OrderFlags, _ plan: OrderPlan, into events: inout EventBuffer
  ) {
    let market = flags.market
    let side = flags.side.inBook
    if flags.type == .postOnly {
      return close(slot, because: .postOnlyWouldTake, into: &events)
    }
    var taker = Taker(
      owner: orders[slot].owner, side: side, limit: Price(ticks: plan.limit),
      size: Lots(plan.lots), selfTrade: flags.selfTrade)
    if flags.type == .fok, !fillsWhole(taker, on: market) {
      return close(slot, because: .fokNotFillable, into: &events)
    }
    if flags.isByBudget { taker.budget = Amount(units: plan.hold) }
    guard match(slot, &taker, plan.lotsOfBudget, into: &events) else { return }
    if flags.mayRest {
      orders[slot].size = taker.size.count
      return rest(slot, on: market, side, into: &events)
    }
    let stoppedByBand =
      !flags.hasPrice && plan.limit != 0 && taker.size > .zero
      && markets[market].book.best(side.opposite) != nil
    close(slot, because: stoppedByBand ? .priceBand : .iocRemainder, into: &events)
  }

  /// Puts what is left of an order into the book.
  @inline(__always)
  mutating func rest(
    _ slot: UInt32, on market: UInt32, _ side: Book.Side, into events: inout EventBuffer
  ) {
    if !markets[market].book.add(slot, side, in: &orders) {
      close(slot, because: .system, into: &events)
    }
  }

  /// Whether all of `taker` would trade, with no more makers than an order may meet.
  private mutating func fillsWhole(_ taker: Taker, on market: UInt32) -> Bool {
    markets[market].book.fillsWhole(
      taker, scale: markets[market].rules.scale, in: orders, makers: Self.makerLimit)
  }
}
