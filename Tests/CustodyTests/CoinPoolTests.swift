// swift-format-ignore-file: NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Custody
import Engine
import Money
import Structures
import Testing

@Suite struct CoinPoolTests {
  static func coin(_ number: UInt8, _ units: Int64) -> OwnedOutput {
    OwnedOutput(
      outpoint: ChainOutpoint(transaction: [UInt8](repeating: number, count: 32), index: 0),
      script: ScriptIndex(branch: .deposit, index: 0), amount: Amount(units: units), height: 1)
  }

  static func terms(rate: Int64, frozen: Set<ChainOutpoint> = []) -> CoinPool.Terms {
    CoinPool.Terms(
      rate: FeeRate(satsPerVByte: rate)!, longTerm: FeeRate(satsPerVByte: 10)!, inputWeight: 400,
      dust: 330, frozen: frozen)
  }

  @Test func `each coin that is left alone has its reason`() {
    let coins = [
      Self.coin(1, 329), Self.coin(2, 1000), Self.coin(3, 1001), Self.coin(4, 2001),
      Self.coin(5, 90_000), Self.coin(6, 90_000), Self.coin(7, 90_000), Self.coin(8, 90_000),
      Self.coin(9, 90_000),
    ]
    let near = UnconfirmedFamily(ancestors: 1, clusterCount: 1, clusterVBytes: 500)
    let full = UnconfirmedFamily(ancestors: 25, clusterCount: 25, clusterVBytes: 500)
    let standing: [UInt8: CoinPool.Standing] = [
      6: .foreign, 7: .ownChange(generation: 1, family: near),
      8: .ownChange(generation: 2, family: near), 9: .ownChange(generation: 1, family: full),
    ]
    let pool = CoinPool(
      coins, terms: Self.terms(rate: 20, frozen: [Self.coin(5, 0).outpoint]),
      standing: { standing[$0.outpoint.transaction[0]] ?? .confirmed })
    #expect(
      pool.leftAlone.map(\.reason) == [
        .dust, .neverEconomic, .uneconomicNow, .frozen, .unconfirmed, .secondGeneration,
        .mempoolLimit,
      ])
    #expect(pool.leftAlone.map(\.position) == [0, 1, 2, 4, 5, 7, 8])
    #expect(pool.confirmed.map(\.position) == [3])
    #expect(pool.unconfirmed.map(\.position) == [6])
  }

  @Test func `own unconfirmed change is spent only when confirmed coins do not suffice`() throws {
    let coins = [Self.coin(1, 100_000), Self.coin(2, 500_000)]
    let family = UnconfirmedFamily(ancestors: 1, clusterCount: 1, clusterVBytes: 500)
    let pool = CoinPool(
      coins, terms: Self.terms(rate: 5),
      standing: {
        $0.amount.units == 500_000 ? .ownChange(generation: 1, family: family) : .confirmed
      })
    func request(_ target: Int64) -> CoinRequest {
      CoinRequest(
        target: target, changeFee: 200, changeCost: 700, smallestChange: 500,
        limit: CoinLoad(weight: 400_000, count: 50), seed: 1)
    }
    #expect(try #require(pool.select(for: request(60_000))).positions == [0])
    #expect(try #require(pool.select(for: request(300_000))).positions.contains(1))
    #expect(pool.select(for: request(700_000)) == nil)
  }

  @Test(arguments: UInt64(0)..<100)
  func `small and frozen coins are never chosen, and all coins are accounted for`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let coins = (UInt8(0)..<60).map {
      Self.coin($0, .random(in: 0...(Bool.random(using: &random) ? 3000 : 200_000), using: &random))
    }
    let frozen = Set(
      coins.filter { _ in UInt8.random(in: 0..<6, using: &random) == 0 }
        .map(\.outpoint))
    let rate = Int64.random(in: 1...40, using: &random)
    let pool = CoinPool(coins, terms: Self.terms(rate: rate, frozen: frozen))
    #expect(pool.confirmed.count + pool.leftAlone.count == coins.count)
    let chosen = pool.select(
      for: CoinRequest(
        target: .random(in: 1000...2_000_000, using: &random), changeFee: 43 * rate,
        changeCost: 43 * rate + 1000, smallestChange: 1000,
        limit: CoinLoad(weight: 400_000, count: 50), seed: seed))
    for position in chosen?.positions ?? [] {
      #expect(!frozen.contains(coins[position].outpoint))
      #expect(coins[position].amount.units > max(1000, 100 * rate))
    }
  }
}

@Suite struct CoinLadderTests {
  static let ladder = CoinLadder([
    .init(amount: 10_000_000, count: 2), .init(amount: 1_000_000, count: 4),
    .init(amount: 100_000, count: 8),
  ])!

  @Test func `a coin stands on the highest rung that it reaches`() {
    #expect(Self.ladder.missing(among: [Int64]()) == [2, 4, 8])
    #expect(
      Self.ladder.missing(among: [99_999, 100_000, 999_999, 1_000_000, 19_999_999]) == [1, 3, 6])
    #expect(Self.ladder.missing(among: [20_000_000]) == [2, 4, 8], "one to cut from")
  }

  @Test func `change fills the lowest rungs first and what is left stays whole`() {
    let split = Self.ladder.split(
      3_000_000, besides: [Int64](repeating: 100_000, count: 6), outputFee: 500, smallest: 1000,
      limit: 10)
    #expect(split == [1_798_500, 1_000_000, 100_000, 100_000])
    #expect(split.filter { $0 == 100_000 }.count == 2)
    #expect(split.filter { $0 >= 1_000_000 }.count == split.count - 2)
  }

  @Test(arguments: UInt64(0)..<200) func `splitting loses nothing but the outputs' fees`(
    seed: UInt64
  ) {
    var random = SplitMix64(seed: seed)
    let change = Int64.random(in: 1...40_000_000, using: &random)
    let fee = Int64.random(in: 0...8000, using: &random)
    let limit = Int.random(in: 1...12, using: &random)
    let held = (0..<Int.random(in: 0...10, using: &random)).map { _ in
      Int64.random(in: 1...30_000_000, using: &random)
    }
    let split = Self.ladder.split(
      change, besides: held, outputFee: fee, smallest: 1000, limit: limit)
    #expect(split.reduce(0, +) + fee * Int64(split.count - 1) == change)
    #expect((1...limit).contains(split.count))
    #expect(split.count == 1 || split.allSatisfy { $0 >= max(1000, 20 * fee) })
    let before = Self.ladder.missing(among: held).reduce(0, +)
    let after = Self.ladder.missing(among: held + split).reduce(0, +)
    #expect(after <= before)
  }

  @Test func `a ladder that is none is refused`() {
    #expect(CoinLadder([.init(amount: 1, count: 1), .init(amount: 1, count: 1)]) == nil)
    #expect(CoinLadder([.init(amount: 0, count: 1)]) == nil)
    #expect(CoinLadder([.init(amount: 5, count: 0)]) == nil)
  }
}
