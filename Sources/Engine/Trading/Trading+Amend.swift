import Ledger
import Matching
import Money
import Structures

extension Trading {
  /// Changes the size or price of an open order. It keeps its place only when it shrinks at its
  /// price; otherwise it goes to the end of the line, also when it names the price that it has, and
  /// trades at once if its new price meets one.
  ///
  /// - Returns: Its market.
  mutating func amend(
    _ request: AmendRequest, into events: inout EventBuffer
  ) throws(HotRefusal) -> UInt32 {
    let account = try account(request.account)
    guard request.requestID.isAlphanumeric else { throw HotRefusal(.malformedRequestID) }
    let slot = try requireOpen(request.order, of: account)
    let market = records[slot].market
    switch markets[market].rules.state {
    case .live: break
    case .suspend: throw HotRefusal(.instrumentSuspended)
    case .preopen: throw HotRefusal(.onlyLimitInAuction)
    }
    let old = (size: records[slot].size, price: orders[slot].price)
    let size = request.size ?? old.size
    let price = request.price == 0 ? old.price : request.price
    guard size != old.size || request.price != 0 else { throw HotRefusal(.nothingToAmend) }
    let needed: Int64
    do throws(HotRefusal) {
      needed = try holding(of: slot, size: size, price: price)
    } catch {
      guard request.cancelsOnFailure else { throw error }
      closeResting(slot, because: .user, into: &events)
      return market
    }

    // Accepted.
    setHeld(of: slot, to: needed)
    records[slot].size = size
    records[slot].updatedAt = time
    if size == records[slot].filled { records[slot].flags.state = .filled }
    let side = records[slot].flags.side.inBook
    events.append(
      records[slot], price: price, tag: tag(at: slot), .amended(request.requestID),
      markets[market].rules, time)
    guard records[slot].flags.isOpen else {
      markets[market].book.remove(slot, side, in: &orders)
      remember(records[slot], price: price, tag: tag(at: slot))
      unlink(slot)
      return market
    }
    if price == old.price, size < old.size {
      markets[market].book.reduce(slot, by: Lots(old.size - size), side, in: &orders)
      return market
    }
    markets[market].book.remove(slot, side, in: &orders)
    orders[slot].price = price
    orders[slot].size = records[slot].remaining
    move(slot, on: market, side, to: price, into: &events)
    return market
  }

  /// Lets an order that left the book meet it again at a new price, and puts back what is left.
  @inline(__always)
  private mutating func move(
    _ slot: UInt32, on market: UInt32, _ side: Book.Side, to price: Int64,
    into events: inout EventBuffer
  ) {
    if let limit = Price(ticks: price), markets[market].book.crosses(side, at: limit) {
      guard trade(slot, on: market, at: limit, into: &events) else { return }
    }
    guard markets[market].book.add(slot, side, in: &orders) else {
      return closeTaken(slot, because: .system, into: &events)
    }
  }

  /// Trades an order that left the book; returns whether something is left that may rest.
  private mutating func trade(
    _ slot: UInt32, on market: UInt32, at limit: Price, into events: inout EventBuffer
  ) -> Bool {
    let row = accounts[records[slot].account]
    var order = IncomingOrder(
      records[slot], price: limit.ticks, tag: tag(at: slot), owner: row.master,
      takerFeePPM: Int64(fees[market * FeeRates.tiers + UInt32(row.feeTier)].takerPPM))
    var taker = Taker(
      owner: row.master, side: order.record.flags.side.inBook, limit: limit,
      size: Lots(order.record.remaining), selfTrade: order.record.flags.selfTrade)
    match(&order, &taker, .max, into: &events)
    // Its neighbours in the account's list may have closed meanwhile.
    order.record.next = records[slot].next
    order.record.previous = records[slot].previous
    records[slot] = order.record
    guard order.record.flags.isOpen else {
      unlink(slot)
      return false
    }
    orders[slot].size = order.record.remaining
    return true
  }

  /// Returns what must be set aside for the order once it has `size` and `price`, or refuses them.
  @inline(__always)
  private func holding(of slot: UInt32, size: Int64, price: Int64) throws(HotRefusal) -> Int64 {
    let (filled, held, flags) = (records[slot].filled, records[slot].held, records[slot].flags)
    let market = flags.market
    guard size >= filled else { throw HotRefusal(.amendBelowFilled, filled) }
    guard size > filled || size == 0 else { return 0 }
    try requireSize(size, on: market)
    // What a much-amended order has traded in all stays countable.
    guard records[slot].filledQuote <= NotionalScale.ceiling.units else {
      throw HotRefusal(.notionalTooLarge)
    }
    if price != orders[slot].price { try requirePrice(price, flags.side, on: market) }
    let needed = try holding(flags.side, size - filled, at: price, on: market)
    if needed > held {
      let free = ledger[records[slot].spends].available.units
      guard free >= needed - held else {
        throw insufficient(flags.side, needed - held, free, on: market)
      }
    }
    if flags.type == .postOnly, let limit = Price(ticks: price),
      markets[market].book.crosses(flags.side.inBook, at: limit)
    {
      throw HotRefusal(.amendWouldTake)
    }
    return needed
  }

  @inline(__always)
  private mutating func setHeld(of slot: UInt32, to needed: Int64) {
    let (held, spends) = (records[slot].held, records[slot].spends)
    if needed > held {
      ledger.hold(Amount(units: needed - held), at: spends)
    } else if needed < held {
      ledger.release(Amount(units: held - needed), at: spends)
    }
    records[slot].held = needed
  }
}
