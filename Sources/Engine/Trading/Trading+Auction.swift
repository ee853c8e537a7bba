import Ledger
import Matching
import Money
import Structures

// Call auctions: what rests and crosses trades at one price.

extension Trading {
  /// Trades what crosses, at the one price; returns that price and the lots, if anything crossed.
  ///
  /// Of the two orders of a trade the later one counts as the taker.
  mutating func uncross(
    _ market: UInt32, into events: inout EventBuffer
  ) -> (price: Price, lots: Lots)? {
    let rules = markets[market].rules
    guard
      let found = markets[market].book.auction(reference: Price(ticks: rules.lastPrice))
    else { return nil }
    var auction = found
    while let trade = markets[market].book.uncross(&auction, scale: rules.scale, in: &orders) {
      settle(trade, at: found.price, on: market, into: &events)
    }
    return (found.price, found.volume)
  }

  private mutating func settle(
    _ uncrossing: Uncrossing, at price: Price, on market: UInt32, into events: inout EventBuffer
  ) {
    if markets[market].rules.traded(at: price.ticks) { note(price: price.ticks, on: market) }
    let rules = markets[market].rules
    let trade = Exchanged(
      lots: uncrossing.lots.count, price: price.ticks, quote: uncrossing.quote.units)
    let base = trade.lots * rules.lotUnits
    let bidIsTaker = records[uncrossing.bid].id > records[uncrossing.ask].id
    let (maker, taker) =
      bidIsTaker ? (uncrossing.ask, uncrossing.bid) : (uncrossing.bid, uncrossing.ask)
    let makerFees = feeRates(of: maker)
    let takerFees = feeRates(of: taker)
    let takerFee = (bidIsTaker ? base : trade.quote).share(Int64(takerFees.takerPPM))
    let makerFee = makerFee(
      Int64(makerFees.makerPPM), receives: bidIsTaker ? trade.quote : base, takerFee: takerFee,
      takerReceives: bidIsTaker ? base : trade.quote)

    for (slot, fee, leaves) in [
      (maker, makerFee, bidIsTaker ? uncrossing.askLeaves : uncrossing.bidLeaves),
      (taker, takerFee, bidIsTaker ? uncrossing.bidLeaves : uncrossing.askLeaves),
    ] {
      Self.fill(
        &records[slot], price: orders[slot].price, trade, base: base, fee, scale: rules.scale,
        ends: leaves, time, &ledger)
    }
    events.append(
      TradeRecord(
        id: nextTrade, market: market, trade, takerSide: bidIsTaker ? .buy : .sell,
        maker: records[maker].id, taker: records[taker].id, makerAccount: records[maker].account,
        takerAccount: records[taker].account, makerFee: makerFee, takerFee: takerFee))
    nextTrade += 1
    events.append(
      records[maker], price: orders[maker].price, tag: tag(at: maker), .filledAsMaker, rules, time)
    events.append(
      records[taker], price: orders[taker].price, tag: tag(at: taker), .filledAsTaker, rules, time)
    pay(
      trade, base: base, maker: maker, makerFee, records[taker], takerFee, rules, into: &events)
    for slot in [maker, taker] where !records[slot].flags.isOpen {
      remember(records[slot], price: orders[slot].price, tag: tag(at: slot))
      unlink(slot)
    }
  }

  private func feeRates(of slot: UInt32) -> FeeRates {
    let tier = UInt32(accounts[records[slot].account].feeTier)
    return fees[records[slot].market * FeeRates.tiers + tier]
  }
}
