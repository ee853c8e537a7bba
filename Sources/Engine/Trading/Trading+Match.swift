import Ledger
import Matching
import Money
import Structures

// Trades: the book says who meets whom, the ledger moves the money.

extension Trading {
  /// Lets an order trade with the book.
  ///
  /// - Parameter lotsOfBudget: The lots at which the budget, not the book, ends the order.
  mutating func match(
    _ order: inout IncomingOrder, _ taker: inout Taker, _ lotsOfBudget: Int64,
    into events: inout EventBuffer
  ) {
    let market = order.record.market
    let scale = markets[market].rules.scale
    var makers = 0
    while true {
      switch markets[market].book.step(&taker, scale: scale, in: &orders) {
      case .ended: return
      case .traded(let slot, let lots, let price, let quote, let leaves):
        settle(
          Exchanged(lots: lots.count, price: price.ticks, quote: quote.units), maker: slot,
          makerLeaves: leaves, &order, lotsOfBudget: lotsOfBudget, into: &events)
        makers += 1
        if !order.record.flags.isOpen { return }
        if makers == Self.makerLimit, meetsMore(taker, on: market) {
          return close(&order, because: .tooManyMakers, into: &events)
        }
      case .makerCanceled(let slot): closeTaken(slot, because: .selfTrade, into: &events)
      case .takerCanceled: return close(&order, because: .selfTrade, into: &events)
      case .bothCanceled(let slot):
        closeTaken(slot, because: .selfTrade, into: &events)
        return close(&order, because: .selfTrade, into: &events)
      }
    }
  }

  private func meetsMore(_ taker: Taker, on market: UInt32) -> Bool {
    guard taker.size > .zero else { return false }
    guard let limit = taker.limit else {
      return markets[market].book.best(taker.side.opposite) != nil
    }
    return markets[market].book.crosses(taker.side, at: limit)
  }

  private mutating func settle(
    _ trade: Exchanged, maker slot: UInt32, makerLeaves: Bool, _ order: inout IncomingOrder,
    lotsOfBudget: Int64, into events: inout EventBuffer
  ) {
    let market = order.record.market
    if markets[market].rules.traded(at: trade.price) { note(price: trade.price, on: market) }
    let rules = markets[market].rules
    // At most the maximum size in base units, which was checked with the configuration.
    let base = trade.lots * rules.lotUnits
    let takerBuys = order.record.flags.side == .buy
    let makerAccount = records[slot].account
    let tier = UInt32(accounts[makerAccount].feeTier)
    let makerPPM = Int64(fees[market * FeeRates.tiers + tier].makerPPM)
    let takerFee = (takerBuys ? base : trade.quote).share(order.takerFeePPM)
    let makerFee = makerFee(
      makerPPM, receives: takerBuys ? trade.quote : base, takerFee: takerFee,
      takerReceives: takerBuys ? base : trade.quote)

    fill(
      &order.record, price: order.price, trade, base: base, takerFee, scale: rules.scale,
      ends: order.record.filled + trade.lots == lotsOfBudget)
    let makerPrice = trade.price
    Self.fill(
      &records[slot], price: makerPrice, trade, base: base, makerFee, scale: rules.scale,
      ends: makerLeaves, time, &ledger)

    let id = nextTrade
    nextTrade += 1
    events.append(
      TradeRecord(
        id: id, market: market, trade, takerSide: order.record.flags.side,
        maker: records[slot].id, taker: order.record.id, makerAccount: makerAccount,
        takerAccount: order.record.account, makerFee: makerFee, takerFee: takerFee))
    events.append(
      records[slot], price: makerPrice, tag: tag(at: slot), .filledAsMaker, rules, time)
    events.append(order, .filledAsTaker, rules, time)
    pay(trade, base: base, maker: slot, makerFee, order.record, takerFee, rules, into: &events)

    if makerLeaves {
      remember(records[slot], price: makerPrice, tag: tag(at: slot))
      unlink(slot)
    }
    if !order.record.flags.isOpen {
      remember(order.record, price: order.price, tag: order.tag)
    }
  }

  /// What a maker owes; negative for a rebate.
  @inline(__always)
  func makerFee(
    _ makerPPM: Int64, receives: Int64, takerFee: Int64, takerReceives: Int64
  ) -> Int64 {
    makerPPM >= 0
      ? receives.share(makerPPM)
      // A rebate comes out of the taker's fee of the same trade, in the same asset.
      : -min(takerFee, takerReceives.shareDown(-makerPPM))
  }

  @inline(__always)
  private mutating func fill(
    _ record: inout OrderRecord, price: Int64, _ trade: Exchanged, base: Int64, _ fee: Int64,
    scale: NotionalScale, ends: Bool
  ) {
    Self.fill(
      &record, price: price, trade, base: base, fee, scale: scale,
      ends: ends || !record.flags.isByBudget && record.remaining == trade.lots, time, &ledger)
  }

  /// Counts a trade on one of its orders, and frees what the order no longer needs.
  @inline(__always)
  static func fill(
    _ record: inout OrderRecord, price: Int64, _ trade: Exchanged, base: Int64, _ fee: Int64,
    scale: NotionalScale, ends: Bool, _ time: Int64, _ ledger: inout Ledger
  ) {
    record.filled += trade.lots
    record.filledQuote += trade.quote
    if fee >= 0 { record.fee += fee } else { record.rebate -= fee }
    record.updatedAt = time
    let isBuy = record.flags.side == .buy
    // What is left over here is paid below, from the same slot.
    record.held -= isBuy ? trade.quote : base
    record.flags.state = ends ? .filled : .partiallyFilled
    var needed = record.held
    if ends {
      needed = 0
    } else if isBuy, let price = Price(ticks: price) {
      guard
        let rest = scale.notional(of: Lots(record.remaining), at: price, rounding: .up)
      else { preconditionFailure("the whole order's notional was checked") }
      needed = rest.units
    }
    if record.held > needed {
      ledger.release(Amount(units: record.held - needed), at: record.spends)
      record.held = needed
    }
  }

  /// Moves both sides of a trade and both fees, and writes the bills.
  @inline(__always)
  mutating func pay(
    _ trade: Exchanged, base: Int64, maker slot: UInt32, _ makerFee: Int64,
    _ taker: OrderRecord, _ takerFee: Int64, _ rules: MarketRules,
    into events: inout EventBuffer
  ) {
    let maker = Party(records[slot])
    let other = Party(taker)
    let takerBuys = taker.flags.side == .buy
    let (buyer, seller) = takerBuys ? (other, maker) : (maker, other)
    ledger.settle(Amount(units: trade.quote), from: buyer.spends, to: seller.receives)
    ledger.settle(Amount(units: base), from: seller.spends, to: buyer.receives)
    bill(-trade.quote, at: buyer.spends, .tradeBuy, buyer.order, into: &events)
    bill(base, at: buyer.receives, .tradeBuy, buyer.order, into: &events)
    bill(-base, at: seller.spends, .tradeSell, seller.order, into: &events)
    bill(trade.quote, at: seller.receives, .tradeSell, seller.order, into: &events)
    // The taker's fee first: a rebate is paid from it.
    if takerFee != 0 {
      ledger.charge(Amount(units: takerFee), at: other.receives, for: .tradingFees)
      bill(-takerFee, at: other.receives, .fee, other.order, into: &events)
    }
    if makerFee > 0 {
      ledger.charge(Amount(units: makerFee), at: maker.receives, for: .tradingFees)
      bill(-makerFee, at: maker.receives, .fee, maker.order, into: &events)
    } else if makerFee < 0 {
      ledger.grant(Amount(units: -makerFee), from: .tradingFees, at: maker.spends)
      bill(-makerFee, at: maker.spends, .rebate, maker.order, into: &events)
    }
  }

  /// Writes the bill of a change that was just posted.
  @inline(__always)
  mutating func bill(
    _ change: Int64, at slot: UInt32, _ reason: Bill.Reason, _ reference: UInt64,
    into events: inout EventBuffer
  ) {
    guard change != 0 else { return }
    events.append(
      billOf: ledger[slot], id: nextBill, change: change, reason: reason, reference: reference)
    nextBill += 1
  }
}

/// What two orders exchanged, in lots, ticks and quote units.
struct Exchanged: BitwiseCopyable {
  var lots: Int64
  var price: Int64
  var quote: Int64

  init(lots: Int64, price: Int64, quote: Int64) {
    self.lots = lots
    self.price = price
    self.quote = quote
  }
}

/// One side of a trade: the order, and the ledger slots of what it gives and gets.
private struct Party: BitwiseCopyable {
  var order: UInt64
  var spends: UInt32
  var receives: UInt32

  @inline(__always)
  init(_ record: OrderRecord) {
    order = record.id
    spends = record.spends
    receives = record.receives
  }
}

extension Int64 {
  /// Returns `millionths`, at most 100 000, of a number of units, rounded up: what a customer owes.
  @inline(__always)
  func share(_ millionths: Int64) -> Int64 {
    let product = UInt64(self).multipliedFullWidth(by: UInt64(millionths))
    // At most a tenth of what is received, so that rounding up cannot wrap.
    if product.high == 0 {
      let (whole, rest) = product.low.quotientAndRemainder(dividingBy: 1_000_000)
      return Int64(whole) + (rest > 0 ? 1 : 0)
    }
    let (whole, rest) = (1_000_000 as UInt64).dividingFullWidth(product)
    return Int64(whole) + (rest > 0 ? 1 : 0)
  }

  /// The same, rounded down: what a customer gets.
  @inline(__always)
  fileprivate func shareDown(_ millionths: Int64) -> Int64 {
    let product = UInt64(self).multipliedFullWidth(by: UInt64(millionths))
    return product.high == 0
      ? Int64(product.low / 1_000_000)
      : Int64((1_000_000 as UInt64).dividingFullWidth(product).quotient)
  }
}
