import Ledger
import Matching
import Money
import Structures

// Trades: the book says who meets whom, the ledger moves the money.

extension Trading {
  /// Lets the order in `slot`, which is in no book, trade with one.
  ///
  /// - Parameter lotsOfBudget: The lots at which the budget, not the book, ends the order.
  /// - Returns: Whether the order is still open; if not, it is gone.
  mutating func match(
    _ slot: UInt32, _ taker: inout Taker, _ lotsOfBudget: Int64, into events: inout EventBuffer
  ) -> Bool {
    let market = records[slot].market
    let tier = UInt32(accounts[records[slot].account].feeTier)
    let takerPPM = Int64(fees[market * FeeRates.tiers + tier].takerPPM)
    var makers = 0
    while true {
      switch markets[market].step(&taker, in: &orders) {
      case .ended: return true
      case .traded(let maker, let lots, let price, let quote, let leaves):
        let exchanged = Exchanged(
          lots: lots.count, price: price.ticks, quote: quote.units,
          base: lots.count * markets[market].rules.lotUnits)
        settle(
          exchanged, maker: maker, makerLeaves: leaves, taker: slot, takerPPM: takerPPM,
          takerEnds: ends(slot, after: exchanged.lots, lotsOfBudget: lotsOfBudget),
          on: market, into: &events)
        if leaves { forget(maker) }
        guard records[slot].flags.isOpen else {
          forget(slot)
          return false
        }
        makers += 1
        if makers == Self.makerLimit, meetsMore(taker, on: market) {
          close(slot, because: .tooManyMakers, into: &events)
          return false
        }
      case .makerCanceled(let maker): close(maker, because: .selfTrade, into: &events)
      case .takerCanceled:
        close(slot, because: .selfTrade, into: &events)
        return false
      case .bothCanceled(let maker):
        close(maker, because: .selfTrade, into: &events)
        close(slot, because: .selfTrade, into: &events)
        return false
      }
    }
  }

  private mutating func meetsMore(_ taker: Taker, on market: UInt32) -> Bool {
    guard taker.size > .zero else { return false }
    guard let limit = taker.limit else {
      return markets[market].book.best(taker.side.opposite) != nil
    }
    return markets[market].book.crosses(taker.side, at: limit)
  }

  /// Settles a trade of the order in `maker`, which rested, with the one in `taker`.
  @inline(__always)
  mutating func settle(
    _ exchanged: Exchanged, maker: UInt32, makerLeaves: Bool, taker: UInt32, takerPPM: Int64,
    takerEnds: Bool, on market: UInt32, into events: inout EventBuffer
  ) {
    if markets[market].rules.traded(at: exchanged.price) {
      note(price: exchanged.price, on: market)
    }
    let takerBuys = records[taker].flags.side == .buy
    let tier = UInt32(accounts[records[maker].account].feeTier)
    let makerPPM = Int64(fees[market * FeeRates.tiers + tier].makerPPM)
    let (makerGets, takerGets) =
      takerBuys
      ? (exchanged.quote, exchanged.base) : (exchanged.base, exchanged.quote)
    let takerFee = takerGets.share(takerPPM)
    // A rebate comes out of the taker's fee of the same trade, in the same asset.
    let makerFee =
      makerPPM >= 0 ? makerGets.share(makerPPM) : -min(takerFee, takerGets.shareDown(-makerPPM))

    fill(maker, exchanged, makerFee, ends: makerLeaves, on: market)
    fill(taker, exchanged, takerFee, ends: takerEnds, on: market)
    events.append(
      TradeRecord(
        id: nextTrade, market: market, exchanged, takerSide: takerBuys ? .buy : .sell,
        maker: records[maker].id, taker: records[taker].id,
        makerAccount: records[maker].account, takerAccount: records[taker].account,
        makerFee: makerFee, takerFee: takerFee))
    nextTrade += 1
    report(maker, .filledAsMaker, into: &events)
    report(taker, .filledAsTaker, into: &events)
    pay(
      exchanged, maker: Party(&records[maker]), makerFee, taker: Party(&records[taker]), takerFee,
      takerBuys: takerBuys, into: &events)
  }

  /// Whether a trade of `lots` fills the order, or spends its budget.
  @inline(__always)
  private func ends(_ slot: UInt32, after lots: Int64, lotsOfBudget: Int64) -> Bool {
    records[slot].flags.isByBudget
      ? filled(at: slot) + lots == lotsOfBudget : remaining(at: slot) == lots
  }

  /// Counts a trade on one of its orders, and frees what the order no longer needs.
  @inline(__always)
  private mutating func fill(
    _ slot: UInt32, _ exchanged: Exchanged, _ fee: Int64, ends: Bool, on market: UInt32
  ) {
    let isBuy = records[slot].flags.side == .buy
    beginProgress(of: slot)
    progress[slot].count(exchanged, fee, at: time)
    records[slot].markFills()
    records[slot].flags.state = ends ? .filled : .partiallyFilled
    // What is left over here is paid below, from the same slot.
    let held = records[slot].held - (isBuy ? exchanged.quote : exchanged.base)
    var needed = held
    if ends {
      needed = 0
    } else if isBuy, let price = Price(ticks: orders[slot].price) {
      guard
        let rest = markets[market].rules.scale.notional(
          of: Lots(remaining(at: slot)), at: price, rounding: .up)
      else { preconditionFailure("the whole order's notional was checked") }
      needed = rest.units
    }
    records[slot].held = needed
    if held > needed {
      ledger.release(Amount(units: held - needed), at: records[slot].spends)
    }
  }

  /// Moves both sides of a trade and both fees, and writes the bills.
  @inline(__always)
  private mutating func pay(
    _ exchanged: Exchanged, maker: Party, _ makerFee: Int64, taker: Party, _ takerFee: Int64,
    takerBuys: Bool, into events: inout EventBuffer
  ) {
    let (buyer, seller) = takerBuys ? (taker, maker) : (maker, taker)
    ledger.settle(Amount(units: exchanged.quote), from: buyer.spends, to: seller.receives)
    ledger.settle(Amount(units: exchanged.base), from: seller.spends, to: buyer.receives)
    bill(-exchanged.quote, at: buyer.spends, .tradeBuy, buyer.order, into: &events)
    bill(exchanged.base, at: buyer.receives, .tradeBuy, buyer.order, into: &events)
    bill(-exchanged.base, at: seller.spends, .tradeSell, seller.order, into: &events)
    bill(exchanged.quote, at: seller.receives, .tradeSell, seller.order, into: &events)
    // The taker's fee first: a rebate is paid from it.
    if takerFee != 0 {
      ledger.charge(Amount(units: takerFee), at: taker.receives, for: .tradingFees)
      bill(-takerFee, at: taker.receives, .fee, taker.order, into: &events)
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

/// What two orders exchanged, in lots, ticks, and units of both assets.
struct Exchanged: BitwiseCopyable {
  var lots: Int64
  var price: Int64
  var quote: Int64
  /// At most the maximum size in base units, which was checked with the configuration.
  var base: Int64

  init(lots: Int64, price: Int64, quote: Int64, base: Int64) {
    self.lots = lots
    self.price = price
    self.quote = quote
    self.base = base
  }
}

/// One side of a trade: the order, and the ledger slots of what it gives and gets.
private struct Party: BitwiseCopyable {
  var order: UInt64
  var spends: UInt32
  var receives: UInt32

  @inline(__always)
  fileprivate init(_ record: inout OpenOrder) {
    order = record.id
    spends = record.spends
    receives = record.receives
  }
}

extension Int64 {
  /// Returns `millionths`, at most 100 000, of a number of units, rounded up: what a customer owes.
  @inline(__always)
  fileprivate func share(_ millionths: Int64) -> Int64 {
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
