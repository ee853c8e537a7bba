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
    let record = records.place(of: slot)
    let number = record.value.market
    let market = markets.place(of: number)
    var side = side(of: slot)
    let tier = UInt32(accounts[record.value.account].feeTier)
    let takerPPM = Int64(fees[number * FeeRates.tiers + tier].takerPPM)
    var makers = 0
    while true {
      switch market.value.step(&taker, in: &orders) {
      case .ended: return true
      case .traded(let maker, let lots, let price, let quote, let leaves):
        let exchanged = Exchanged(
          lots: lots.count, price: price.ticks, quote: quote.units,
          base: lots.count * market.value.rules.lotUnits)
        settle(
          exchanged, maker: maker, makerLeaves: leaves, &side, takerPPM: takerPPM,
          takerEnds: ends(side, after: exchanged.lots, lotsOfBudget: lotsOfBudget),
          on: number, into: &events)
        if leaves { forget(maker) }
        guard record.value.flags.isOpen else {
          forget(slot)
          return false
        }
        makers += 1
        if makers == Self.makerLimit, meetsMore(taker, on: number) {
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
  @inline(never)
  mutating func settle(
    _ exchanged: Exchanged, maker: UInt32, makerLeaves: Bool, taker: UInt32, takerPPM: Int64,
    takerEnds: Bool, on market: UInt32, into events: inout EventBuffer
  ) {
    var side = side(of: taker)
    settle(
      exchanged, maker: maker, makerLeaves: makerLeaves, &side, takerPPM: takerPPM,
      takerEnds: takerEnds, on: market, into: &events)
  }

  /// Settles a trade of the order in `maker`, which rested, with `takerSide`.
  ///
  /// - Parameter takerSide: By address, not to be copied for each trade; it stays as it is.
  @inline(never)
  private mutating func settle(
    _ exchanged: Exchanged, maker: UInt32, makerLeaves: Bool, _ takerSide: inout TradeSide,
    takerPPM: Int64, takerEnds: Bool, on market: UInt32, into events: inout EventBuffer
  ) {
    let makerSide = side(of: maker)
    let place = markets.place(of: market)
    if place.value.rules.traded(at: exchanged.price) { note(price: exchanged.price, on: market) }
    let takerBuys = takerSide.record.value.flags.side == .buy
    let tier = UInt32(accounts.place(of: makerSide.record.value.account).value.feeTier)
    let makerPPM = Int64(fees.place(of: market &* FeeRates.tiers &+ tier).value.makerPPM)
    let (makerGets, takerGets) =
      takerBuys
      ? (exchanged.quote, exchanged.base) : (exchanged.base, exchanged.quote)
    let takerFee = takerGets.share(takerPPM)
    // A rebate comes out of the taker's fee of the same trade, in the same asset.
    let makerFee =
      makerPPM >= 0 ? makerGets.share(makerPPM) : -min(takerFee, takerGets.shareDown(-makerPPM))

    let scale = place.value.rules.scale
    fill(makerSide, exchanged, makerFee, isBuy: !takerBuys, ends: makerLeaves, scale)
    fill(takerSide, exchanged, takerFee, isBuy: takerBuys, ends: takerEnds, scale)
    events.makePlainRoom()
    var writer = events.beginPlain()
    writer.write(
      TradeRecord(
        id: nextTrade, market: market, exchanged, takerSide: takerBuys ? .buy : .sell,
        maker: makerSide.record.value.id, taker: takerSide.record.value.id,
        makerAccount: makerSide.record.value.account, takerAccount: takerSide.record.value.account,
        makerFee: makerFee, takerFee: takerFee))
    nextTrade &+= 1
    let assets = place.value.rules.packedAssets
    report(makerSide, .filledAsMaker, packedAssets: assets, &writer, into: &events)
    report(takerSide, .filledAsTaker, packedAssets: assets, &writer, into: &events)
    pay(
      exchanged, makerSide, makerFee, takerSide, takerFee, takerBuys: takerBuys, &writer)
    events.end(writer)
  }

  /// Writes what has become of one order of a trade.
  @inline(__always)
  private mutating func report(
    _ side: TradeSide, _ change: OrderRecordChange, packedAssets: UInt64,
    _ writer: inout EventWriter, into events: inout EventBuffer
  ) {
    guard side.record.value.hasFewWords else {
      events.end(writer)
      report(side.slot, change, into: &events)
      events.makePlainRoom()
      writer = events.beginPlain()
      return
    }
    writer.write(
      change, side.record, side.progress, price: side.resting.value.price,
      packedAssets: packedAssets, time)
  }

  /// Whether a trade of `lots` fills the order, or spends its budget.
  @inline(__always)
  private func ends(_ side: TradeSide, after lots: Int64, lotsOfBudget: Int64) -> Bool {
    let record = side.record
    let filled = record.value.hasFills ? side.progress.value.filled : 0
    return filled &+ lots == (record.value.flags.isByBudget ? lotsOfBudget : record.value.size)
  }

  /// Counts a trade on one of its orders, and frees what the order no longer needs.
  @inline(__always)
  private mutating func fill(
    _ side: TradeSide, _ exchanged: Exchanged, _ fee: Int64, isBuy: Bool, ends: Bool,
    _ scale: NotionalScale
  ) {
    let (record, progress) = (side.record, side.progress)
    if !record.value.hasProgress {
      record.value.markProgress()
      progress.value = OrderProgress(updatedAt: record.value.createdAt)
    }
    progress.value.count(exchanged, fee, at: time)
    record.value.markFills()
    record.value.flags.state = ends ? .filled : .partiallyFilled
    // What is left over here is paid below, from the same slot.
    let spent = isBuy ? exchanged.quote : exchanged.base
    // Neither is negative.
    let held = record.value.held &- spent
    var needed = held
    if ends {
      needed = 0
    } else if isBuy, let price = Price(ticks: side.resting.value.price) {
      let left = Lots(record.value.size - progress.value.filled)
      guard let rest = scale.notional(of: left, at: price, rounding: .up) else {
        preconditionFailure("the whole order's notional was checked")
      }
      needed = rest.units
    }
    record.value.held = needed
    if held > needed {
      side.spends.value.release(held &- needed)
      ledger.noteChange(at: side.spends, of: record.value.spends)
    }
  }

  /// Moves both sides of a trade and both fees, and writes the bills.
  @inline(__always)
  private mutating func pay(
    _ exchanged: Exchanged, _ maker: TradeSide, _ makerFee: Int64, _ taker: TradeSide,
    _ takerFee: Int64, takerBuys: Bool, _ writer: inout EventWriter
  ) {
    let (buyer, seller) = takerBuys ? (taker, maker) : (maker, taker)
    ledger.settle(exchanged.quote, from: buyer.spends, to: seller.receives)
    ledger.settle(exchanged.base, from: seller.spends, to: buyer.receives)
    ledger.noteChange(at: buyer.spends, of: buyer.record.value.spends)
    ledger.noteChange(at: seller.receives, of: seller.record.value.receives)
    ledger.noteChange(at: seller.spends, of: seller.record.value.spends)
    ledger.noteChange(at: buyer.receives, of: buyer.record.value.receives)
    var bill = nextBill
    let (bought, sold) = (buyer.record.value.id, seller.record.value.id)
    if exchanged.quote != 0 {
      writer.write(billOf: buyer.spends, id: bill, change: -exchanged.quote, .tradeBuy, bought)
      bill &+= 1
    }
    writer.write(billOf: buyer.receives, id: bill, change: exchanged.base, .tradeBuy, bought)
    writer.write(billOf: seller.spends, id: bill &+ 1, change: -exchanged.base, .tradeSell, sold)
    bill &+= 2
    if exchanged.quote != 0 {
      writer.write(billOf: seller.receives, id: bill, change: exchanged.quote, .tradeSell, sold)
      bill &+= 1
    }
    // The taker's fee first: a rebate is paid from it.
    if takerFee != 0 {
      ledger.charge(takerFee, at: taker.receives, for: .tradingFees)
      writer.write(
        billOf: taker.receives, id: bill, change: -takerFee, .fee, taker.record.value.id)
      bill &+= 1
    }
    if makerFee != 0 {
      payMaker(makerFee, maker, bill, &writer)
      bill &+= 1
    }
    nextBill = bill
  }

  /// Moves the maker's fee, or the rebate that it is when negative.
  @inline(__always)
  private mutating func payMaker(
    _ fee: Int64, _ maker: TradeSide, _ bill: UInt64, _ writer: inout EventWriter
  ) {
    if fee > 0 {
      ledger.charge(fee, at: maker.receives, for: .tradingFees)
      writer.write(billOf: maker.receives, id: bill, change: -fee, .fee, maker.record.value.id)
    } else {
      ledger.grant(-fee, from: .tradingFees, at: maker.spends)
      writer.write(billOf: maker.spends, id: bill, change: -fee, .rebate, maker.record.value.id)
    }
  }

  /// The places of an order's records and of its two balances.
  @inline(__always)
  private func side(of slot: UInt32) -> TradeSide {
    let record = records.place(of: slot)
    return TradeSide(
      slot: slot, record: record, progress: progress.place(of: slot),
      resting: orders.place(of: slot), spends: ledger.place(of: record.value.spends),
      receives: ledger.place(of: record.value.receives))
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

/// One side of a trade: where the order's records lie, and the balances of what it gives and gets.
private struct TradeSide: BitwiseCopyable {
  var slot: UInt32
  var record: Place<OpenOrder>
  var progress: Place<OrderProgress>
  var resting: Place<RestingOrder>
  var spends: Place<BalanceSlot>
  var receives: Place<BalanceSlot>

  @inline(__always)
  fileprivate init(
    slot: UInt32, record: Place<OpenOrder>, progress: Place<OrderProgress>,
    resting: Place<RestingOrder>, spends: Place<BalanceSlot>, receives: Place<BalanceSlot>
  ) {
    self.slot = slot
    self.record = record
    self.progress = progress
    self.resting = resting
    self.spends = spends
    self.receives = receives
  }
}

extension Int64 {
  /// Returns `millionths`, at most 100 000, of a number of units, rounded up: what a customer owes.
  @inline(__always)
  fileprivate func share(_ millionths: Int64) -> Int64 {
    let product = UInt64(self).multipliedFullWidth(by: UInt64(millionths))
    // At most a tenth of what is received, so that rounding up cannot wrap.
    if product.high == 0, product.low <= UInt64(Int64.max) {
      return Int64(truncatingIfNeeded: (product.low &+ 999_999) / 1_000_000)
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
