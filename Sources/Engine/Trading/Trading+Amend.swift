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
    beginProgress(of: slot)
    progress[slot].updatedAt = time
    if size == filled(at: slot) { records[slot].flags.state = .filled }
    let side = records[slot].flags.side.inBook
    report(slot, amendedTo: price, request.requestID, into: &events)
    guard records[slot].flags.isOpen else {
      markets[market].book.remove(slot, side, in: &orders)
      forget(slot)
      return market
    }
    if price == old.price, size < old.size {
      markets[market].book.reduce(slot, by: Lots(old.size - size), side, in: &orders)
      return market
    }
    markets[market].book.remove(slot, side, in: &orders)
    orders[slot].price = price
    orders[slot].size = remaining(at: slot)
    if let limit = Price(ticks: price), markets[market].book.crosses(side, at: limit) {
      guard trade(slot, on: market, side, at: limit, into: &events) else { return market }
    }
    rest(slot, on: market, side, into: &events)
    return market
  }

  /// Trades an order that left the book; returns whether something is left that may rest.
  private mutating func trade(
    _ slot: UInt32, on market: UInt32, _ side: Book.Side, at limit: Price,
    into events: inout EventBuffer
  ) -> Bool {
    var taker = Taker(
      owner: orders[slot].owner, side: side, limit: limit, size: Lots(remaining(at: slot)),
      selfTrade: records[slot].flags.selfTrade)
    guard match(slot, &taker, .max, into: &events) else { return false }
    orders[slot].size = taker.size.count
    return true
  }

  /// Returns what must be set aside for the order once it has `size` and `price`, or refuses them.
  @inline(__always)
  private mutating func holding(of slot: UInt32, size: Int64, price: Int64) throws(HotRefusal)
    -> Int64
  {
    let (filled, held, flags) = (filled(at: slot), records[slot].held, records[slot].flags)
    let market = flags.market
    guard size >= filled else { throw HotRefusal(.amendBelowFilled, filled) }
    guard size > filled || size == 0 else { return 0 }
    try requireSize(size, on: market)
    // What a much-amended order has traded in all stays countable.
    guard filled == 0 || progress[slot].filledQuote <= NotionalScale.ceiling.units else {
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
