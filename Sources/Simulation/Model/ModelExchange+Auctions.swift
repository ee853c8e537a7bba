import Engine
import Money
import Structures

// States of markets, and the call auction that opens one.

extension ModelExchange {
  mutating func set(
    _ state: InstrumentState, of id: InstrumentID, by operatorName: String
  ) throws(Refusal) {
    try requireOperator(operatorName)
    guard instrument(id) != nil else { throw .unknownInstrument }
    let index = Int(id.raw) - 1
    guard books[index].state != state else { throw .instrumentStateUnchanged }
    books[index].state = state
    outcome.events.append(.instrumentState(id, state))
    if state == .preopen { books[index].collects = true }
    guard state == .live, books[index].collects else { return }
    books[index].collects = false
    let price = books[index].uncrossingPrice()
    let lots = price.map { books[index].volume(at: $0) } ?? 0
    if let price { uncross(index, at: price, lots) }
    outcome.events.append(
      .auction(
        AuctionResult(
          instrument: id, price: price.flatMap(Price.init(ticks:)), size: Lots(lots))))
  }

  /// Trades the first of both sides with each other until so many lots are gone. The later order of
  /// a trade counts as the taker.
  private mutating func uncross(_ index: Int, at price: Int64, _ volume: Int64) {
    var left = volume
    while left > 0, let bid = books[index].bids.first, let ask = books[index].asks.first {
      let lots = min(left, bid.lots, ask.lots)
      guard let quote = books[index].notional(lots, price, up: false) else { return }
      left -= lots
      let (maker, taker) = bid.id < ask.id ? (bid, ask) : (ask, bid)
      takeLots(taker, lots)
      settle(maker, taker: taker.id, at: price, lots: lots, quote: quote, takerEnds: false)
    }
  }
}

extension ModelBook {
  /// Lots that trade at one price.
  func volume(at price: Int64) -> Int64 { Int64(min(bidLots(at: price), askLots(at: price))) }

  private func bidLots(at price: Int64) -> Int128 {
    bids.reduce(0) { $0 + ($1.price >= price ? Int128($1.lots) : 0) }
  }

  private func askLots(at price: Int64) -> Int128 {
    asks.reduce(0) { $0 + ($1.price <= price ? Int128($1.lots) : 0) }
  }

  /// The price at which the most lots trade; of those, at which the fewest are left over; of those,
  /// the highest where buyers are left over and the lowest where sellers are; then the nearest to the
  /// last price.
  func uncrossingPrice() -> Int64? {
    let prices = (bids + asks).map(\.price)
    // The sums change at these prices and right beside them only.
    var found = Set(prices + prices.map { $0 &+ 1 } + prices.map { $0 - 1 }).filter { $0 >= 1 }
      .map { (price: $0, bid: bidLots(at: $0), ask: askLots(at: $0)) }
    let most = found.map { min($0.bid, $0.ask) }.max() ?? 0
    guard most > 0 else { return nil }
    found = found.filter { min($0.bid, $0.ask) == most }
    let least = found.map { abs($0.bid - $0.ask) }.min() ?? 0
    found = found.filter { abs($0.bid - $0.ask) == least }
    guard let low = found.map(\.price).min(), let high = found.map(\.price).max() else {
      return nil
    }
    if found.allSatisfy({ $0.bid > $0.ask }) { return high }
    if found.allSatisfy({ $0.bid < $0.ask }) { return low }
    return min(max(lastPrice ?? low + (high - low) / 2, low), high)
  }

  private func abs(_ number: Int128) -> Int128 { number < 0 ? -number : number }
}
