import Engine
import Money
import Structures
import Testing

@testable import MarketData

@Suite struct CandleTests {
  private static let day: Int64 = 86_400_000

  private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

  private func trade(_ id: UInt64, _ price: Int64, _ lots: Int64, at: Int64) throws -> PublicTrade {
    PublicTrade(
      id: TradeID(id), price: try #require(Price(ticks: price)), size: Lots(lots),
      quote: Amount(units: price * lots), takerSide: .buy, at: time(at))
  }

  @Test(arguments: [
    // 2024-02-29T17:30:00Z, which is already the first of March in UTC+8.
    ("1m", Int64(1_709_227_800_000)), ("4H", 1_709_222_400_000),
    ("1D", 1_709_222_400_000), ("1Dutc", 1_709_164_800_000), ("12H", 1_709_222_400_000),
    ("6Hutc", 1_709_208_000_000), ("1Wutc", 1_708_905_600_000), ("1W", 1_708_876_800_000),
    ("1M", 1_709_222_400_000), ("1Mutc", 1_706_745_600_000), ("3M", 1_704_038_400_000),
    ("3Mutc", 1_704_067_200_000),
  ])
  func `a bar opens where OKX opens it`(name: String, opening: Int64) throws {
    let bar = try #require(CandleBar(named: name))
    #expect(bar.opening(of: time(1_709_227_800_000)) == time(opening))
  }

  @Test func `bars follow each other without gap, whatever their width`() {
    for (name, bar) in CandleBar.named {
      var opening = bar.opening(of: time(1_700_000_000_000))
      for _ in 0..<40 {
        let next = bar.next(after: opening)
        #expect(next > opening, "\(name)")
        #expect(bar.opening(of: next) == next && bar.previous(before: next) == opening, "\(name)")
        opening = next
      }
    }
  }

  @Test func `candles are put together from trades and gaps are flat`() throws {
    var market = Market()
    let start: Int64 = 1_700_000_040_000
    market.add(try trade(1, 100, 2, at: start), sequence: 1)
    market.add(try trade(2, 105, 1, at: start + 1000), sequence: 1)
    market.add(try trade(3, 95, 4, at: start + 59_000), sequence: 2)
    market.add(try trade(4, 97, 1, at: start + 180_000), sequence: 3)
    let candles = market.candles(.minute, limit: 10, now: time(start + 200_000))
    #expect(candles.map { $0.opening.milliseconds - start } == [180_000, 120_000, 60_000, 0])
    #expect(candles.map(\.close.ticks) == [97, 95, 95, 95])
    #expect(candles.map(\.volume) == [1, 0, 0, 7])
    #expect(candles.map(\.isClosed) == [false, true, true, true])
    #expect(candles[3].open.ticks == 100 && candles[3].high.ticks == 105)
    #expect(candles[3].quote == 100 * 2 + 105 + 95 * 4)
    let middle = market.candles(
      .minute, before: time(start), after: time(start + 180_000), limit: 10,
      now: time(start + 200_000))
    #expect(middle.map { $0.opening.milliseconds - start } == [120_000, 60_000])
  }

  @Test func `the last 24 hours forget what is older`() throws {
    var market = Market()
    market.add(try trade(1, 100, 2, at: 1_700_000_000_000), sequence: 1)
    market.add(try trade(2, 110, 3, at: 1_700_000_000_000 + Self.day / 2), sequence: 1)
    let full = try #require(market.rolling24Hours(now: time(1_700_000_000_000 + Self.day / 2)))
    #expect(full.volume == 5 && full.open.ticks == 100 && full.high.ticks == 110)
    let later = try #require(
      market.rolling24Hours(now: time(1_700_000_000_000 + Self.day + 120_000)))
    #expect(later.volume == 3 && later.open.ticks == 100 && later.low.ticks == 110)
    let empty = try #require(market.rolling24Hours(now: time(1_700_000_000_000 + 3 * Self.day)))
    #expect(empty.volume == 0 && empty.open.ticks == 110)
  }

  @Test(arguments: UInt64(0)..<16)
  func `wider candles hold exactly what narrow ones hold`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var market = Market()
    var at: Int64 = 1_700_000_000_000
    var total: Int128 = 0
    for id in 1...300 {
      at += Int64.random(in: 0...200_000, using: &random)
      let lots = Int64.random(in: 1...9, using: &random)
      total += Int128(lots)
      market.add(
        try trade(UInt64(id), .random(in: 90...110, using: &random), lots, at: at), sequence: 1)
    }
    for (name, bar) in CandleBar.named where name != "1s" {
      let candles = market.candles(bar, limit: 100_000, now: time(at))
      #expect(candles.reduce(0) { $0 + $1.volume } == total, "\(name)")
      for (newer, older) in zip(candles, candles.dropFirst()) {
        #expect(bar.next(after: older.opening) == newer.opening, "\(name)")
      }
    }
  }
}
