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
      let bidIsTaker = records[trade.bid].id > records[trade.ask].id
      let (maker, taker) = bidIsTaker ? (trade.ask, trade.bid) : (trade.bid, trade.ask)
      let tier = UInt32(accounts[records[taker].account].feeTier)
      settle(
        Exchanged(
          lots: trade.lots.count, price: found.price.ticks, quote: trade.quote.units,
          base: trade.lots.count * rules.lotUnits),
        maker: maker, makerLeaves: bidIsTaker ? trade.askLeaves : trade.bidLeaves, taker: taker,
        takerPPM: Int64(fees[market * FeeRates.tiers + tier].takerPPM),
        takerEnds: bidIsTaker ? trade.bidLeaves : trade.askLeaves, on: market, into: &events)
      for slot in [maker, taker] where !records[slot].flags.isOpen { forget(slot) }
    }
    return (found.price, found.volume)
  }
}
