import Engine
import Money
import Structures
import Testing

@testable import MarketData

@Suite struct DepthFeedTests {
  /// A reader that has only what was published.
  private struct Reader {
    var sides: [Side: [Int64: DepthLevel]] = [.buy: [:], .sell: [:]]

    mutating func take(_ side: Side, _ levels: [DepthLevel]) {
      for level in levels {
        sides[side]?[level.price.ticks] = level.size == .zero ? nil : level
      }
    }

    func levels(_ side: Side) -> [DepthLevel] {
      let sorted = (sides[side] ?? [:]).values.sorted { $0.price < $1.price }
      return side == .buy ? sorted.reversed() : sorted
    }
  }

  @Test(arguments: UInt64(0)..<24)
  func `a reader of changes always has the best levels`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var market = Market()
    let depth = Int.random(in: 1...8, using: &random)
    var feed = DepthFeed(depth: depth)
    var reader = Reader()
    var naive: [Side: [Int64: Int64]] = [.buy: [:], .sell: [:]]
    var last: UInt64 = 0
    for step in 1...400 {
      let side: Side = Bool.random(using: &random) ? .buy : .sell
      let ticks = Int64.random(in: side == .buy ? 1...30 : 31...60, using: &random)
      let size = Int64.random(in: 0...3, using: &random)
      naive[side]?[ticks] = size == 0 ? nil : size
      market.set(
        BookLevel(
          instrument: InstrumentID(1), side: side, price: try #require(Price(ticks: ticks)),
          size: Lots(size), orders: 1), sequence: UInt64(step))
      guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
      if let change = feed.advance(to: market.book) {
        #expect(change.previous == last && change.sequence == UInt64(step))
        last = change.sequence
        reader.take(.buy, change.bids)
        reader.take(.sell, change.asks)
      }
      for side in [Side.buy, .sell] {
        let all = (naive[side] ?? [:]).sorted { $0.key < $1.key }
        let best = (side == .buy ? all.reversed() : all).prefix(depth)
        #expect(reader.levels(side).map(\.price.ticks) == best.map(\.key))
        #expect(reader.levels(side).map(\.size.count) == best.map(\.value))
      }
    }
  }
}
