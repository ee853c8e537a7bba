import Matching
import Money
public import Structures

extension Exchange {
  /// Opens, halts or resumes a market. Going live trades at one price what crossed meanwhile.
  mutating func setState(
    _ state: InstrumentState, of instrument: InstrumentID, by operatorName: String,
    into events: inout EventBuffer
  ) throws(Refusal) {
    try requireOperator(operatorName)
    _ = try requireInstrument(instrument)
    let market = UInt32(instrument.raw - 1)
    let old = box.trading.markets[market].rules.state
    guard state != old else { throw .instrumentStateUnchanged }

    box.trading.markets[market].rules.state = state
    events.append(.instrumentState(instrument, state))
    guard state == .live else {
      // Once a call auction began, what crosses stays until the market is live.
      if state == .preopen { box.trading.markets[market].book.isCrossingAllowed = true }
      return
    }
    guard box.trading.markets[market].book.isCrossingAllowed else { return }
    let found = box.trading.uncross(market, into: &events)
    box.trading.markets[market].book.isCrossingAllowed = false
    events.append(
      .auction(
        AuctionResult(instrument: instrument, price: found?.price, size: found?.lots ?? .zero)))
  }

  /// Whether a market trades; `nil` for an unknown one.
  public func state(of instrument: InstrumentID) -> InstrumentState? {
    instrument.index(in: Int(box.trading.markets.count))
      .map { box.trading.markets[UInt32($0)].rules.state }
  }

  /// What the call auction of a market that is not live would do now.
  public func indicativeAuction(_ instrument: InstrumentID) -> AuctionResult? {
    guard let index = instrument.index(in: Int(box.trading.markets.count)) else { return nil }
    let market = UInt32(index)
    guard box.trading.markets[market].book.isCrossingAllowed else { return nil }
    let last = Price(ticks: box.trading.markets[market].rules.lastPrice)
    let auction = box.trading.markets[market].book.auction(reference: last)
    return AuctionResult(
      instrument: instrument, price: auction?.price, size: auction?.volume ?? .zero)
  }

  /// One side's open orders of a market, in the order in which they would trade.
  public func queue(_ instrument: InstrumentID, _ side: Side) -> [Order] {
    guard let index = instrument.index(in: Int(box.trading.markets.count)) else { return [] }
    return box.trading.openOrders(on: UInt32(index)).map(order).filter { $0.side == side }
  }
}
