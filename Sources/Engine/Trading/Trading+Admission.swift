import Ledger
import Matching
import Money
import Structures

/// An order that passed admission: how large it is after shrinking, what is set aside for it, and
/// how far it may go.
struct OrderPlan: BitwiseCopyable {
  /// Lots, or quote units for an order by budget.
  var size: Int64
  var hold: Int64
  /// The most lots to trade.
  var lots: Int64
  /// The worst price in ticks, 0 for any.
  var limit: Int64
  /// For an order by budget that the budget, not the book, ends: the lots at which it does.
  var lotsOfBudget: Int64 = .max

  init(size: Int64, hold: Int64, lots: Int64, limit: Int64) {
    self.size = size
    self.hold = hold
    self.lots = lots
    self.limit = limit
  }
}

// What an order must be before the exchange accepts it. After acceptance nothing can fail.

extension Trading {
  /// Plans an order that names its limit.
  @inline(__always)
  mutating func planLimit(
    _ side: Side, _ size: Int64, at price: Int64, isByBudget: Bool, market: UInt32, free: Int64
  ) throws(HotRefusal) -> OrderPlan {
    guard price > 0 else { throw HotRefusal(.priceMissing) }
    guard !isByBudget else { throw HotRefusal(.quoteSizeNotAllowed) }
    try requireSize(size, on: market)
    try requirePrice(price, side, on: market)
    let hold = try holding(side, size, at: price, on: market)
    guard free >= hold else { throw insufficient(side, hold, free, on: market) }
    return OrderPlan(size: size, hold: hold, lots: size, limit: price)
  }

  /// Returns what must be set aside for `size` at limit `price`.
  @inline(__always)
  mutating func holding(
    _ side: Side, _ size: Int64, at price: Int64, on market: UInt32
  ) throws(HotRefusal) -> Int64 {
    guard let price = Price(ticks: price),
      let notional = markets[market].rules.scale.notional(
        of: Lots(size), at: price, rounding: .up)
    else { throw HotRefusal(.notionalTooLarge) }
    if markets[market].rules.watchesLevels,
      !markets[market].book.hasRoom(for: Lots(size), side.inBook, at: price)
    {
      throw HotRefusal(.sizeAboveMaximum, markets[market].rules.maximumSize)
    }
    // The largest size in base units was checked with the configuration.
    return side == .buy ? notional.units : size * markets[market].rules.lotUnits
  }

  @inline(__always)
  mutating func requireSize(_ size: Int64, on market: UInt32) throws(HotRefusal) {
    guard size >= markets[market].rules.minimumSize else {
      throw HotRefusal(.sizeBelowMinimum, markets[market].rules.minimumSize)
    }
    guard size <= markets[market].rules.maximumSize else {
      throw HotRefusal(.sizeAboveMaximum, markets[market].rules.maximumSize)
    }
  }

  /// Refuses a limit beyond the market's price limits (OKX 51137, 51138).
  @inline(__always)
  mutating func requirePrice(_ price: Int64, _ side: Side, on market: UInt32) throws(HotRefusal) {
    if side == .buy {
      guard price <= markets[market].rules.buyLimit else {
        throw HotRefusal(.priceAboveLimit, markets[market].rules.buyLimit)
      }
    } else {
      guard price >= markets[market].rules.sellLimit else {
        throw HotRefusal(.priceBelowLimit, markets[market].rules.sellLimit)
      }
    }
  }

  mutating func insufficient(
    _ side: Side, _ needed: Int64, _ free: Int64, on market: UInt32
  ) -> HotRefusal {
    let asset = markets[market].rules.spent(by: side)
    return HotRefusal(.insufficientBalance, Int64(asset) + 1, needed, free)
  }

  /// Refuses an account that has as many open orders as it may, in all or on the market.
  @inline(__always)
  mutating func requireRoom(of account: UInt32, on market: UInt32) throws(HotRefusal) {
    let count = accounts[account].openCount
    guard count < AccountRow.openOrdersLimit else {
      throw HotRefusal(.tooManyOpenOrders, Int64(AccountRow.openOrdersLimit))
    }
    let limit = markets[market].rules.openOrdersLimit
    guard count < limit || openOrders(of: account, on: market) < limit else {
      throw HotRefusal(.tooManyOpenOrders, Int64(limit))
    }
  }

  /// How many open orders the account has on a market. Begins to count them when it has not yet.
  @inline(never)
  private mutating func openOrders(of account: UInt32, on market: UInt32) -> UInt32 {
    if !accounts[account].isCounted {
      accounts[account].isCounted = true
      var link = accounts[account].lastOpen
      while link != 0 {
        marketCounts.add(account, records[link - 1].market)
        link = links[link - 1].next
      }
    }
    return marketCounts.count(of: account, on: market)
  }

  // MARK: Market orders

  mutating func planMarket(
    _ request: inout PlaceRequest, market: UInt32, free: Int64, owner: UInt32,
    selfTrade: SelfTradePrevention
  ) throws(HotRefusal) -> OrderPlan {
    guard request.price == 0 else { throw HotRefusal(.priceNotAllowed) }
    guard !request.isByBudget || request.side == .buy && request.type == .market else {
      throw HotRefusal(.quoteSizeNotAllowed)
    }
    if request.isByBudget {
      guard request.size > 0 else { throw HotRefusal(.amountNotPositive) }
    } else {
      try requireSize(request.size, on: market)
    }
    let best = markets[market].book.best(request.side.inBook.opposite)
    let limit = markets[market].rules.bandLimit(request.side, from: best)
    let taker = Taker(
      owner: owner, side: request.side.inBook, limit: limit, size: Lots(request.size),
      selfTrade: selfTrade)
    guard let first = firstMet(by: taker, on: market) else { throw HotRefusal(.noLiquidity) }
    if request.side == .sell {
      return try planSell(request, taker, market: market, free: free)
    }
    return request.isByBudget
      ? try planBuy(budgetOf: request, taker, market: market, free: free)
      : try planBuy(request, taker, first: first, market: market, free: free)
  }

  private mutating func planSell(
    _ request: PlaceRequest, _ taker: Taker, market: UInt32, free: Int64
  ) throws(HotRefusal) -> OrderPlan {
    let rules = markets[market].rules
    let shrunk = min(request.size, free / rules.lotUnits)
    if shrunk < request.size, request.refusesShrinking || shrunk < rules.minimumSize {
      throw insufficient(.sell, request.size * rules.lotUnits, free, on: market)
    }
    return OrderPlan(
      size: shrunk, hold: shrunk * rules.lotUnits, lots: shrunk, limit: taker.limit?.ticks ?? 0)
  }

  /// A buy of so many lots: it needs what the lots in the book cost, and shrinks to the balance.
  private mutating func planBuy(
    _ request: PlaceRequest, _ taker: Taker, first: Price, market: UInt32, free: Int64
  ) throws(HotRefusal) -> OrderPlan {
    let rules = markets[market].rules
    var taker = taker
    taker.budget = Amount(units: free)
    var fillable = fillable(taker, on: market)
    taker.budget = nil
    let limit = taker.limit?.ticks ?? 0
    // Who has nothing buys nothing, also where nobody would ask him for money.
    guard fillable.isBudgetSpent || free == 0 else {
      return OrderPlan(
        size: request.size, hold: fillable.quote.units, lots: request.size, limit: limit)
    }
    if request.refusesShrinking || fillable.size.count < rules.minimumSize {
      let atBest =
        rules.scale.notional(of: Lots(request.size), at: first, rounding: .up)
        ?? NotionalScale.ceiling
      throw insufficient(.buy, max(atBest.units, free + 1), free, on: market)
    }
    // Without the budget the same lots cost the same: each trade's quote depends on it alone.
    taker.size = fillable.size
    fillable = self.fillable(taker, on: market)
    return OrderPlan(
      size: fillable.size.count, hold: fillable.quote.units, lots: fillable.size.count,
      limit: limit)
  }

  /// A buy for so much quote.
  private mutating func planBuy(
    budgetOf request: PlaceRequest, _ taker: Taker, market: UInt32, free: Int64
  ) throws(HotRefusal) -> OrderPlan {
    let rules = markets[market].rules
    let shrunk = min(request.size, free)
    if shrunk < request.size, request.refusesShrinking || shrunk == 0 {
      throw insufficient(.buy, request.size, free, on: market)
    }
    var taker = taker
    taker.size = Lots(rules.maximumSize)
    taker.budget = Amount(units: shrunk)
    let fillable = fillable(taker, on: market)
    if fillable.isBudgetSpent, fillable.size.count < rules.minimumSize {
      throw HotRefusal(.sizeBelowMinimum, rules.minimumSize)
    }
    var plan = OrderPlan(
      size: shrunk, hold: shrunk, lots: rules.maximumSize, limit: taker.limit?.ticks ?? 0)
    if fillable.isBudgetSpent || fillable.quote.units == shrunk {
      plan.lotsOfBudget = fillable.size.count
    }
    return plan
  }

  /// What an order would trade with as many makers as it may meet: the walk ends where it would.
  mutating func fillable(_ taker: Taker, on market: UInt32) -> Fillable {
    markets[market].book.fillable(
      taker, scale: markets[market].rules.scale, in: orders, makers: Self.makerLimit)
  }

  /// The price of the first order that `taker` would not pass over: the best one that is not its
  /// owner's, or an own one that would end it.
  private mutating func firstMet(by taker: Taker, on market: UInt32) -> Price? {
    var found: Price?
    markets[market].book.walk(taker.side.opposite, in: orders) { slot in
      let resting = orders[slot]
      guard resting.owner != taker.owner || taker.selfTrade != .cancelMaker else { return true }
      found = Price(ticks: resting.price)
      return false
    }
    return found
  }
}

extension MarketRules {
  /// The asset, counted from 0, that an order of `side` gives away.
  @inline(__always)
  func spent(by side: Side) -> Int { side == .buy ? quote : base }
  /// The asset, counted from 0, that an order of `side` gets, and pays its fee in.
  @inline(__always)
  func received(by side: Side) -> Int { side == .buy ? base : quote }
}
