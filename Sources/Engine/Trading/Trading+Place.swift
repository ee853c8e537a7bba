import Ledger
import Matching
import Money
import Structures

// Orders are accepted first and meet the book then. See OKX v5, "order semantics".

/// An order on its way: what the engine records of it, with what lies beside the record when it
/// rests.
struct IncomingOrder: BitwiseCopyable {
  var record: OrderRecord
  /// Ticks; 0 for a market order.
  var price: Int64
  var tag: OrderTag
  /// Its account's master, counted from 0.
  var owner: UInt32
  var takerFeePPM: Int64

  init(
    _ record: OrderRecord, price: Int64, tag: OrderTag, owner: UInt32, takerFeePPM: Int64
  ) {
    self.record = record
    self.price = price
    self.tag = tag
    self.owner = owner
    self.takerFeePPM = takerFeePPM
  }
}

extension Trading {
  mutating func place(
    _ request: PlaceRequest, into events: inout EventBuffer
  ) throws(HotRefusal) {
    let account = try account(request.account)
    let market = try market(request.instrument)
    let state = markets[market].rules.state
    if state != .live {
      guard state == .preopen else { throw HotRefusal(.instrumentSuspended) }
      guard request.type == .limit else { throw HotRefusal(.onlyLimitInAuction) }
    }
    guard request.clientOrderID.isAlphanumeric else { throw HotRefusal(.malformedClientOrderID) }
    guard request.tag.isAlphanumeric else { throw HotRefusal(.malformedTag) }
    if !request.clientOrderID.isEmpty, openSlot(request.clientOrderID, of: account) != nil {
      throw HotRefusal(.duplicateClientOrderID)
    }
    let row = accounts[account]
    let rules = markets[market].rules
    let spent = rules.spent(by: request.side)
    let spends = ledger.slot(of: account, asset: spent, in: .trading)
    let selfTrade = request.selfTrade ?? row.selfTrade
    let plan = try plan(
      request, market: market, free: spends.map { ledger[$0].available.units } ?? 0,
      owner: row.master, selfTrade: selfTrade)
    let mayRest = request.type == .limit || request.type == .postOnly
    if mayRest { try requireRoom(of: account, on: market) }
    guard let spends else { throw insufficient(request.side, plan.hold, 0, on: market) }
    guard
      let receives = ledger.reserve(
        account, asset: rules.received(by: request.side), in: .trading)
    else { throw .full(.balances) }

    // Accepted.
    var record = OrderRecord()
    record.id = nextOrder
    nextOrder += 1
    record.account = account
    record.flags = OrderFlags(
      side: request.side, type: request.type, selfTrade: selfTrade,
      isByBudget: request.isByBudget, hasPrice: request.price != 0, hasTag: !request.tag.isEmpty,
      market: market)
    record.flags.isWatched = request.isWatched
    record.spends = spends
    record.receives = receives
    record.clientOrderID = request.clientOrderID
    record.size = plan.size
    record.held = plan.hold
    record.createdAt = time
    record.updatedAt = time
    var order = IncomingOrder(
      record, price: request.price, tag: request.tag, owner: row.master,
      takerFeePPM: Int64(fees[market * FeeRates.tiers + UInt32(row.feeTier)].takerPPM))
    ledger.hold(Amount(units: plan.hold), at: spends)
    events.append(order, .placed, rules, time)
    run(&order, plan, into: &events)
  }

  /// Does with an accepted order what its type says.
  @inline(__always)
  private mutating func run(
    _ order: inout IncomingOrder, _ plan: OrderPlan, into events: inout EventBuffer
  ) {
    let market = order.record.market
    var taker = Taker(
      owner: order.owner, side: order.record.flags.side.inBook, limit: Price(ticks: plan.limit),
      size: Lots(plan.lots), selfTrade: order.record.flags.selfTrade)
    switch order.record.flags.type {
    case .limit:
      if markets[market].rules.state == .live, let price = taker.limit,
        markets[market].book.crosses(taker.side, at: price)
      {
        match(&order, &taker, plan.lotsOfBudget, into: &events)
      }
      if order.record.flags.isOpen { rest(&order, into: &events) }
    case .postOnly:
      if let price = taker.limit, markets[market].book.crosses(taker.side, at: price) {
        close(&order, because: .postOnlyWouldTake, into: &events)
      } else {
        rest(&order, into: &events)
      }
    case .fok:
      guard fillsWhole(taker, on: market) else {
        return close(&order, because: .fokNotFillable, into: &events)
      }
      match(&order, &taker, plan.lotsOfBudget, into: &events)
    case .ioc, .market, .optimalLimitIOC:
      if order.record.flags.isByBudget { taker.budget = Amount(units: plan.hold) }
      match(&order, &taker, plan.lotsOfBudget, into: &events)
      guard order.record.flags.isOpen else { return }
      let stoppedByBand =
        order.price == 0 && plan.limit != 0 && taker.size > .zero
        && markets[market].book.best(taker.side.opposite) != nil
      close(&order, because: stoppedByBand ? .priceBand : .iocRemainder, into: &events)
    }
  }

  /// Whether all of `taker` would trade, with no more makers than an order may meet.
  private func fillsWhole(_ taker: Taker, on market: UInt32) -> Bool {
    let scale = markets[market].rules.scale
    guard markets[market].book.fillsWhole(taker, scale: scale, in: orders) else { return false }
    var makers = 0
    var missing = taker.size.count
    markets[market].book.walk(taker.side.opposite, in: orders) { slot in
      guard missing > 0, makers <= Self.makerLimit else { return false }
      if orders[slot].owner != taker.owner {
        makers += 1
        missing -= orders[slot].size
      }
      return true
    }
    return makers <= Self.makerLimit
  }

  /// Puts what is left of an order into the book, under a slot of its own.
  @inline(__always)
  private mutating func rest(_ order: inout IncomingOrder, into events: inout EventBuffer) {
    guard let price = Price(ticks: order.price),
      let slot = orders.take(
        RestingOrder(price: price, size: Lots(order.record.remaining), owner: order.owner))
    else { preconditionFailure("admission saw a price and a free slot") }
    guard
      markets[order.record.market].book.add(slot, order.record.flags.side.inBook, in: &orders)
    else {
      orders.give(slot)
      return close(&order, because: .system, into: &events)
    }
    link(&order.record, at: slot)
    records[slot] = order.record
    if order.record.flags.hasTag { tags[slot] = order.tag }
  }

  /// Enters an order into the indexes and into its account's list.
  @inline(__always)
  mutating func link(_ record: inout OrderRecord, at slot: UInt32) {
    byID.insert(hash: record.id, slot: slot)
    if !record.clientOrderID.isEmpty { byClientID.insert(hash: record.clientHash, slot: slot) }
    var row = accounts[record.account]
    record.next = row.lastOpen
    record.previous = 0
    if row.lastOpen != 0 { records[row.lastOpen - 1].previous = slot + 1 }
    row.lastOpen = slot + 1
    row.openCount += 1
    accounts[record.account] = row
  }

  /// Takes an order out of the indexes and its account's list, and gives its slot back.
  @inline(__always)
  mutating func unlink(_ slot: UInt32) {
    let (id, account) = (records[slot].id, records[slot].account)
    byID.remove(hash: id, slot: slot)
    if !records[slot].clientOrderID.isEmpty {
      byClientID.remove(hash: records[slot].clientHash, slot: slot)
    }
    let (next, previous) = (records[slot].next, records[slot].previous)
    if next != 0 { records[next - 1].previous = previous }
    if previous != 0 {
      records[previous - 1].next = next
    } else {
      accounts[account].lastOpen = next
    }
    accounts[account].openCount -= 1
    orders.give(slot)
  }
}
