public import Money
import Structures

/// What a call auction would do: all its trades are at one price.
///
/// The price is found by rules that are applied in turn until one price is left:
/// 1. the most lots trade;
/// 2. the fewest lots that would accept the price are left over;
/// 3. if only buyers are left over, the highest such price, if only sellers, the lowest;
/// 4. the price nearest to the reference.
///
/// These are the rules of the exchanges that run call auctions (Xetra's market model, section
/// "Price determination in auctions"). Self-trade prevention does not apply: the price is formed
/// over all orders.
public struct Auction: Equatable, Sendable, BitwiseCopyable {
  /// The price of every trade.
  public var price: Price
  /// Lots to trade.
  public var volume: Lots
  /// Lots that accept the price and find no one: positive buyers, negative sellers.
  public var imbalance: Int64

  package init(price: Price, volume: Lots, imbalance: Int64) {
    self.price = price
    self.volume = volume
    self.imbalance = imbalance
  }
}

/// A trade of a call auction.
public struct Uncrossing: Equatable, Sendable, BitwiseCopyable {
  /// The buyer's slot.
  public var bid: UInt32
  /// The seller's slot.
  public var ask: UInt32
  public var lots: Lots
  /// Rounded down: the buyer pays and the seller gets the same number of units.
  public var quote: Amount
  /// Whether the buyer's order has left the book, with size 0.
  public var bidLeaves: Bool
  /// Whether the seller's order has left the book, with size 0.
  public var askLeaves: Bool
}

extension Book {
  /// Returns what a call auction of the orders would do now, or `nil` when none trade.
  ///
  /// Linear in the levels that cross, not in their orders.
  ///
  /// - Parameter reference: The last price, or `nil` for the middle of the prices in question.
  /// - Precondition: The crossing lots of a side add up to less than 2^63.
  public func auction(reference: Price?) -> Auction? {
    guard let matched = matchLevels() else { return nil }
    let (lowest, highest) = (matched.ask, matched.bid)
    func auction(_ ticks: Int64, _ imbalance: Int64) -> Auction {
      guard let price = Price(ticks: ticks) else { preconditionFailure("a price is positive") }
      return Auction(price: price, volume: Lots(matched.volume), imbalance: imbalance)
    }
    // The most lots trade from `lowest` to `highest`. Where one side's last level is not used up,
    // the other side has no further orders in between.
    if matched.askLeft > 0 { return auction(lowest, -matched.askLeft) }
    if matched.bidLeft > 0 { return auction(highest, matched.bidLeft) }
    // Nobody is left over between the next bid below and the next ask above.
    let nextBid = matched.nextBid.flatMap { $0.ticks >= lowest ? $0 : nil }
    let nextAsk = matched.nextAsk.flatMap { $0.ticks <= highest ? $0 : nil }
    var low = nextBid.map { $0.ticks + 1 } ?? lowest
    var high = nextAsk.map { $0.ticks - 1 } ?? highest
    func nearest() -> Int64 {
      min(max(reference?.ticks ?? low + (high - low) / 2, low), high)
    }
    guard low > high, let nextBid, let nextAsk else { return auction(nearest(), 0) }
    // They are one tick apart: either buyers are left over or sellers are.
    if nextBid.size < nextAsk.size { return auction(nextBid.ticks, nextBid.size) }
    if nextBid.size > nextAsk.size { return auction(nextAsk.ticks, -nextAsk.size) }
    low = matched.bidAfterNext.map { max($0 + 1, lowest) } ?? lowest
    high = matched.askAfterNext.map { min($0 - 1, highest) } ?? highest
    let price = nearest()
    return auction(price, price <= nextBid.ticks ? nextBid.size : -nextAsk.size)
  }

  /// Carries out the next trade of `auction`, or returns `nil` when all are done. Earlier orders
  /// trade first at each price, better prices before that.
  ///
  /// - Parameter auction: What ``auction(reference:)`` returned; what is left of its volume after.
  /// - Precondition: The notional of a buyer's order at its own price does not exceed
  ///   ``NotionalScale/ceiling``.
  public mutating func uncross(
    _ auction: inout Auction, scale: NotionalScale, in slots: inout OrderSlots
  ) -> Uncrossing? {
    guard auction.volume > .zero else { return nil }
    guard let bid = front(.bid), let ask = front(.ask),
      slots[bid].price >= auction.price.ticks, slots[ask].price <= auction.price.ticks
    else { preconditionFailure("an auction is of the orders that are there") }
    let lots = min(auction.volume.count, slots[bid].size, slots[ask].size)
    guard let quote = scale.notional(of: Lots(lots), at: auction.price, rounding: .down) else {
      preconditionFailure("a resting order's notional was checked when it came")
    }
    auction.volume -= Lots(lots)
    return Uncrossing(
      bid: bid, ask: ask, lots: Lots(lots), quote: quote,
      bidLeaves: fill(bid, lots, .bid, in: &slots), askLeaves: fill(ask, lots, .ask, in: &slots))
  }

  /// Takes `lots` off an order; returns whether it left the book.
  private mutating func fill(
    _ slot: UInt32, _ lots: Int64, _ side: Side, in slots: inout OrderSlots
  ) -> Bool {
    guard lots == slots[slot].size else {
      shrink(slot, by: lots, side, in: &slots)
      return false
    }
    slots[slot].size = 0
    unlink(slot, lots: lots, side, in: &slots)
    return true
  }

  /// What is left when the levels of both sides are set off against each other, best first, as long
  /// as they cross.
  private struct MatchedLevels {
    var volume: Int64 = 0
    /// The last levels that traded, in ticks, and what is left of them in lots.
    var bid: Int64 = 0
    var ask: Int64 = 0
    var bidLeft: Int64 = 0
    var askLeft: Int64 = 0
    var nextBid: (ticks: Int64, size: Int64)?
    var nextAsk: (ticks: Int64, size: Int64)?
    /// In ticks.
    var bidAfterNext: Int64?
    var askAfterNext: Int64?
  }

  private func matchLevels() -> MatchedLevels? {
    var bid = ladder.bids.bestLevel
    var ask = ladder.asks.bestLevel
    var matched = MatchedLevels()
    while let buyer = level(bid, .bid), let seller = level(ask, .ask), buyer.ticks >= seller.ticks {
      let bidSize = matched.bidLeft > 0 ? matched.bidLeft : buyer.size
      let askSize = matched.askLeft > 0 ? matched.askLeft : seller.size
      let lots = min(bidSize, askSize)
      matched.volume += lots
      (matched.bid, matched.ask) = (buyer.ticks, seller.ticks)
      (matched.bidLeft, matched.askLeft) = (bidSize - lots, askSize - lots)
      if matched.bidLeft == 0 { bid = ladder.next(after: bid) }
      if matched.askLeft == 0 { ask = ladder.next(after: ask) }
    }
    guard matched.volume > 0 else { return nil }
    matched.nextBid = level(bid, .bid)
    matched.nextAsk = level(ask, .ask)
    if matched.nextBid != nil {
      matched.bidAfterNext = level(ladder.next(after: bid), .bid)?.ticks
    }
    if matched.nextAsk != nil {
      matched.askAfterNext = level(ladder.next(after: ask), .ask)?.ticks
    }
    return matched
  }

  private func level(_ index: UInt32, _ side: Side) -> (ticks: Int64, size: Int64)? {
    guard index != RestingOrder.none else { return nil }
    return (Self.price(rank: ladder.rank(of: index), side).ticks, ladder.levels[index].size)
  }
}
