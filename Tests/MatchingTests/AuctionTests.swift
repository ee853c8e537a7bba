import Matching
import Money
import Structures
import Testing

@Suite struct AuctionTests {
  /// A book before a call auction, as a trader writes it, and what comes of it.
  struct Row: CustomTestStringConvertible {
    var testDescription: String
    /// Lots at ticks, in order of arrival.
    var bids: [(Int64, at: Int64)]
    var asks: [(Int64, at: Int64)]
    var reference: Int64?
    /// Price, volume and imbalance, or nothing.
    var result: (Int64, Int64, Int64)?
  }

  static let rows: [Row] = [
    Row(testDescription: "nothing crosses", bids: [(5, at: 99)], asks: [(5, at: 100)]),
    Row(testDescription: "one side only", bids: [(5, at: 99)], asks: []),
    Row(
      testDescription: "the most lots trade", bids: [(10, at: 102), (20, at: 101), (5, at: 100)],
      asks: [(10, at: 99), (15, at: 101), (30, at: 102)], reference: 110, result: (101, 25, 5)),
    Row(
      testDescription: "buyers left over: the highest price",
      bids: [(40, at: 202), (20, at: 201)], asks: [(10, at: 198), (20, at: 199)], reference: 190,
      result: (202, 30, 10)),
    Row(
      testDescription: "sellers left over: the lowest price",
      bids: [(10, at: 202), (20, at: 201)], asks: [(40, at: 198)], reference: 300,
      result: (198, 30, -10)),
    Row(
      testDescription: "nobody left over: the reference, if it is between",
      bids: [(10, at: 110)], asks: [(10, at: 100)], reference: 104, result: (104, 10, 0)),
    Row(
      testDescription: "nobody left over: the nearest to a reference above",
      bids: [(10, at: 110)], asks: [(10, at: 100)], reference: 150, result: (110, 10, 0)),
    Row(
      testDescription: "nobody left over: the nearest to a reference below",
      bids: [(10, at: 110)], asks: [(10, at: 100)], reference: 50, result: (100, 10, 0)),
    Row(
      testDescription: "no reference: the middle", bids: [(10, at: 110)], asks: [(10, at: 101)],
      result: (105, 10, 0)),
    Row(
      testDescription: "a further bid lifts the lowest price",
      bids: [(10, at: 110), (3, at: 104)], asks: [(10, at: 100)], reference: 90,
      result: (105, 10, 0)),
    Row(
      testDescription: "neighbouring bid and ask: the smaller is left over",
      bids: [(10, at: 110), (3, at: 104)], asks: [(10, at: 100), (4, at: 105)], reference: 107,
      result: (104, 10, 3)),
    Row(
      testDescription: "neighbouring bid and ask of one size: the reference decides",
      bids: [(10, at: 110), (4, at: 104)], asks: [(10, at: 100), (4, at: 105)], reference: 107,
      result: (107, 10, -4)),
  ]

  @Test(arguments: rows)
  func `a call auction finds the price of the rules`(row: Row) throws {
    var desk = try BookDesk()
    desk.book.isCrossingAllowed = true
    for (lots, ticks) in row.bids { try desk.rest(.bid, lots, at: ticks) }
    for (lots, ticks) in row.asks { try desk.rest(.ask, lots, at: ticks) }
    let auction = desk.book.auction(reference: row.reference.flatMap { Price(ticks: $0) })
    #expect(auction?.price.ticks == row.result?.0)
    #expect(auction?.volume.count == row.result?.1)
    #expect(auction?.imbalance == row.result?.2)
  }

  /// The rules as they are written, tried on every price there is.
  private func naive(_ model: ModelBook, reference: Int64?, ticks: ClosedRange<Int64>) -> Auction? {
    struct Candidate {
      var ticks: Int64
      var volume: Int64
      var imbalance: Int64
    }
    var best = ticks.map { ticks in
      let demand = model.queue(.bid).filter { $0.ticks >= ticks }.reduce(0) { $0 + $1.lots }
      let supply = model.queue(.ask).filter { $0.ticks <= ticks }.reduce(0) { $0 + $1.lots }
      return Candidate(
        ticks: ticks, volume: min(demand, supply), imbalance: demand - supply)
    }
    let volume = best.map(\.volume).max() ?? 0
    guard volume > 0 else { return nil }
    best = best.filter { $0.volume == volume }
    let surplus = best.map { abs($0.imbalance) }.min()
    best = best.filter { abs($0.imbalance) == surplus }
    let chosen: Candidate?
    if best.allSatisfy({ $0.imbalance > 0 }) {
      chosen = best.last
    } else if best.allSatisfy({ $0.imbalance < 0 }) {
      chosen = best.first
    } else {
      let target = reference ?? (best[0].ticks + best[best.count - 1].ticks) / 2
      chosen = best.min { abs($0.ticks - target) < abs($1.ticks - target) }
    }
    guard let chosen, let price = Price(ticks: chosen.ticks) else { return nil }
    return Auction(price: price, volume: Lots(volume), imbalance: chosen.imbalance)
  }

  @Test(arguments: UInt64(0)..<300)
  func `an auction never differs from trying every price`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let comment = Comment(rawValue: "seed \(seed)")
    var desk = try BookDesk()
    desk.book.isCrossingAllowed = true
    let range = Int64(100)...Int64.random(in: 102...135, using: &random)
    for _ in 0..<Int.random(in: 0...14, using: &random) {
      try desk.rest(
        Bool.random(using: &random) ? .bid : .ask, .random(in: 1...5, using: &random),
        at: .random(in: range, using: &random), owner: .random(in: 1...2, using: &random))
    }
    let reference = Bool.random(using: &random) ? Int64.random(in: 95...140, using: &random) : nil
    let auction = desk.book.auction(reference: reference.flatMap { Price(ticks: $0) })
    #expect(auction == naive(desk.model, reference: reference, ticks: range), comment)
    try desk.compare(comment)
    guard var auction else { return }

    // The trades: everyone who accepts the price, best and earliest first, until one side is empty.
    let (price, volume) = (auction.price, auction.volume)
    let (bids, asks) = (desk.model.queue(.bid), desk.model.queue(.ask))
    var traded: [UInt32: Int64] = [:]
    while let trade = desk.book.uncross(&auction, scale: desk.scale, in: &desk.slots) {
      #expect(trade.quote.units == trade.lots.count * price.ticks, comment)
      traded[trade.bid, default: 0] += trade.lots.count
      traded[trade.ask, default: 0] += trade.lots.count
      desk.model.reduce(trade.bid, by: trade.lots.count)
      desk.model.reduce(trade.ask, by: trade.lots.count)
      for (slot, leaves) in [(trade.bid, trade.bidLeaves), (trade.ask, trade.askLeaves)] {
        #expect(leaves == !desk.model.orders.contains { $0.slot == slot }, comment)
        if leaves { desk.slots.give(slot) }
      }
    }
    #expect(auction.volume == .zero, comment)
    for queue in [bids, asks] {
      var left = volume.count
      for order in queue {
        let lots = min(order.lots, left)
        #expect(traded[order.slot, default: 0] == lots, comment)
        if lots > 0 {
          #expect(order.side == .bid ? order.ticks >= price.ticks : order.ticks <= price.ticks)
        }
        left -= lots
      }
      #expect(left == 0, comment)
    }
    desk.book.isCrossingAllowed = false
    desk.drain(comment)
    try desk.compare(comment)
  }
}
