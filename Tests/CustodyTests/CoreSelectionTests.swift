// swift-format-ignore-file: NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Custody
import Structures
import Testing

/// The cases of Bitcoin Core's own tests, `wallet/test/coinselection_tests.cpp` and
/// `coinselector_tests.cpp` (MIT), as tables: the same coins are chosen after the same number of steps.
@Suite struct CoreSelectionTests {
  static let cent: Int64 = 1_000_000
  static let inputVBytes: Int64 = 68
  static let outputVBytes: Int64 = 31
  /// Edge cases around the smallest relay rates, and a few usual and unusual ones.
  static let feeRates: [Int64] = [
    0, 1, 99, 100, 315, 1_000, 2_345, 10_292, 59_764, 1_500_000,
  ]

  struct World {
    let rate: FeeRate
    let longTerm = FeeRate(satsPerKVByte: 10_000)!
    let discard = FeeRate(satsPerKVByte: 3_000)!

    init(_ satsPerKVByte: Int64 = 5_000) { rate = FeeRate(satsPerKVByte: satsPerKVByte)! }

    var changeFee: Int64 { rate.fee(forVBytes: outputVBytes) }
    var changeCost: Int64 { discard.fee(forVBytes: inputVBytes) + changeFee }

    /// Coins by what they are worth after their fee.
    func pool(_ worths: [Int64], vbytes: Int64 = inputVBytes, from: Int = 0) -> [CoinCandidate] {
      worths.enumerated().map { index, worth in
        let fee = rate.fee(forVBytes: vbytes)
        return CoinCandidate(
          position: from + index, value: worth + fee, fee: fee,
          longTermFee: longTerm.fee(forVBytes: vbytes), load: CoinLoad(weight: 4 * vbytes))!
      }
    }

    func request(_ target: Int64, weight: Int64 = 400_000) -> CoinRequest {
      CoinRequest(
        target: target, changeFee: changeFee, changeCost: changeCost, smallestChange: 0,
        limit: CoinLoad(weight: weight, count: .max), seed: 0)
    }

    func search(_ pool: [CoinCandidate], _ request: CoinRequest) -> BranchAndBound.Outcome {
      BranchAndBound(candidates: pool.sorted(by: CoinCandidate.precedes), request: request)
        .search()
    }
  }

  struct Case {
    var pool: [Int64]
    var target: Int64
    var chosen: [Int64]
    var steps: Int?
    var weight: Int64 = 400_000
  }

  private func check(
    _ world: World, _ pool: [CoinCandidate], _ row: Case,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let outcome = world.search(pool, world.request(row.target, weight: row.weight))
    let worth = Dictionary(uniqueKeysWithValues: pool.map { ($0.position, $0.worth) })
    let chosen = outcome.selection?.positions.compactMap { worth[$0] }.sorted() ?? []
    #expect(chosen == row.chosen.sorted(), sourceLocation: sourceLocation)
    if let steps = row.steps {
      #expect(outcome.steps == steps, "steps", sourceLocation: sourceLocation)
    }
    if let selection = outcome.selection { #expect(selection.change == 0) }
  }

  @Test(arguments: feeRates)
  func `branch and bound finds what Bitcoin Core finds, as fast`(rate: Int64) {
    let world = World(rate)
    let cent = Self.cent
    let simple = [1 * cent, 3 * cent, 5 * cent]
    let cost = world.changeCost
    let rows = [
      Case(pool: [], target: cent, chosen: []),
      Case(pool: simple, target: 1 * cent, chosen: [1 * cent], steps: 3),
      Case(pool: simple, target: 3 * cent, chosen: [3 * cent], steps: 3),
      Case(pool: simple, target: 5 * cent, chosen: [5 * cent], steps: 2),
      Case(pool: simple, target: 4 * cent, chosen: [1 * cent, 3 * cent], steps: 4),
      Case(pool: simple, target: 9 * cent, chosen: simple, steps: 5),
      Case(pool: simple, target: 4 * cent - cost, chosen: [1 * cent, 3 * cent], steps: 4),
      Case(pool: simple, target: 4 * cent - cost - 1, chosen: []),
      Case(
        pool: simple, target: 4 * cent, chosen: [1 * cent, 3 * cent], steps: 4,
        weight: 8 * Self.inputVBytes),
      Case(pool: simple, target: 4 * cent, chosen: [], weight: 8 * Self.inputVBytes - 1),
      Case(pool: simple, target: cent / 2, chosen: []),
      Case(pool: simple, target: 7 * cent, chosen: []),
      Case(pool: simple, target: 10 * cent, chosen: []),
    ]
    for row in rows { check(world, world.pool(row.pool), row) }
    let outcome = world.search(
      world.pool(simple), world.request(4 * cent, weight: 8 * Self.inputVBytes - 1))
    #expect(outcome.wasTooHeavy)
  }

  @Test(arguments: [0, 59_764] as [Int64]) func `equal coins are not tried in each other's place`(
    rate: Int64
  ) {
    let world = World(rate)
    let cent = Self.cent
    let pool = [2 * cent, 7 * cent, 7 * cent] + [Int64](repeating: 5 * cent, count: 50_000)
    check(
      world, world.pool(pool),
      Case(pool: [], target: 16 * cent, chosen: [2 * cent, 7 * cent, 7 * cent], steps: 16))
  }

  @Test(arguments: [0, 59_764] as [Int64])
  func `the search ends at its limit`(rate: Int64) {
    let world = World(rate)
    let small = (Int64(0)..<8).map { Self.cent + $0 }
    func pool(_ count: Int64) -> [CoinCandidate] {
      world.pool(small + (Int64(8)..<count).map { Self.cent + world.changeCost + $0 })
    }
    let target = 8 * Self.cent
    check(world, pool(17), Case(pool: [], target: target, chosen: small, steps: 51_765))
    check(world, pool(18), Case(pool: [], target: target, chosen: small, steps: 87_957))
    check(world, pool(19), Case(pool: [], target: target, chosen: []))
    #expect(!world.search(pool(19), world.request(target)).isComplete)
  }

  @Test func `many inputs are spent while fees are low, and few while they are high`() {
    let cent = Self.cent
    let (low, high) = (World(), World(25_000))
    let light = [2 * cent, 3 * cent, 5 * cent, 10 * cent]
    check(
      low, low.pool(light),
      Case(pool: [], target: 10 * cent, chosen: [2 * cent, 3 * cent, 5 * cent], steps: 6))
    check(
      high, high.pool(light), Case(pool: [], target: 10 * cent, chosen: [10 * cent], steps: 5))
    func mixed(_ world: World) -> [CoinCandidate] {
      world.pool(light) + world.pool([6 * cent, 7 * cent], vbytes: 500, from: 4)
    }
    check(
      low, mixed(low),
      Case(pool: [], target: 13 * cent, chosen: [6 * cent, 7 * cent], steps: 18))
    check(
      high, mixed(high),
      Case(pool: [], target: 13 * cent, chosen: [3 * cent, 10 * cent], steps: 9))
  }

  @Test(arguments: feeRates) func `a random draw leaves sensible change or nothing`(rate: Int64) {
    let world = World(rate)
    let cent = Self.cent
    let floor = world.changeFee + CoinRequest.usualChange
    let simple = [1 * cent, 3 * cent, 5 * cent]
    let many = simple + [Int64](repeating: 5 * cent, count: 100) + [7 * cent, 7 * cent, 7 * cent]
    let heavy = 16 * (Self.inputVBytes - 1)
    let rows: [(pool: [Int64], target: Int64, weight: Int64, isFound: Bool)] = [
      ([], cent, 400_000, false),
      (simple, 21_000, 400_000, true), (simple, cent, 400_000, true),
      (simple, 3_125_000, 400_000, true), (simple, 4 * cent, 400_000, true),
      (simple, 7 * cent, 400_000, true), (simple, 9 * cent - floor, 400_000, true),
      (simple, 9 * cent - floor + 1, 400_000, false), (simple, 9 * cent + 1, 400_000, false),
      (simple, 9 * cent, 400_000, false), (many, 20 * cent, heavy, true),
      (many, 25 * cent, 12 * Self.inputVBytes, false),
    ]
    for row in rows {
      let draw = SingleRandomDraw(
        candidates: world.pool(row.pool).sorted(by: CoinCandidate.precedes),
        request: world.request(row.target, weight: row.weight))
      for seed in UInt64(0)..<5 {
        var random = SplitMix64(seed: seed)
        let selection = draw.draw(using: &random)
        #expect((selection != nil) == row.isFound, "\(row), seed \(seed)")
        guard let selection else { continue }
        #expect(selection.worth >= row.target + floor, "\(row), seed \(seed)")
        #expect(selection.load.weight <= row.weight, "\(row), seed \(seed)")
      }
    }
  }

  /// Hundredths of a cent.
  struct Sum {
    var pool: [Int64]
    var target: Int64
    var total: Int64?
    var count: Int?
  }

  static let knapsackRows = [
    Sum(pool: [], target: 100, total: nil),
    Sum(pool: [100], target: 100, total: 100),
    Sum(pool: [100, 200], target: 300, total: 300),
    Sum(pool: [100, 200, 500, 1000, 2000], target: 3800, total: 3800),
    Sum(pool: [100, 200, 500, 1000, 2000], target: 3400, total: 3500, count: 3),
    Sum(pool: [100, 200, 500, 1000, 2000], target: 700, total: 700, count: 2),
    Sum(pool: [100, 200, 500, 1000, 2000], target: 800, total: 800, count: 3),
    Sum(pool: [100, 200, 500, 1000, 2000], target: 900, total: 1000, count: 1),
    Sum(pool: [600, 700, 800, 2000, 3000], target: 7100, total: 7100),
    Sum(pool: [600, 700, 800, 2000, 3000], target: 7200, total: nil),
    Sum(pool: [600, 700, 800, 2000, 3000], target: 1600, total: 2000, count: 1),
    Sum(pool: [500, 600, 700, 800, 2000, 3000], target: 1600, total: 1800, count: 3),
    Sum(pool: [500, 600, 700, 800, 1800, 2000, 3000], target: 1600, total: 1800, count: 1),
    Sum(pool: [500, 600, 700, 800, 1800, 2000, 3000], target: 1100, total: 1100, count: 2),
    Sum(
      pool: [500, 600, 700, 800, 1800, 2000, 3000, 10_000, 20_000, 30_000, 40_000], target: 9500,
      total: 10_000, count: 1),
    Sum(
      pool: [500, 600, 700, 800, 1800, 2000, 3000, 10_000, 20_000, 30_000, 40_000],
      target: 19_500, total: 20_000, count: 1),
    Sum(pool: [10, 20, 30, 40, 50], target: 100, total: 100),
    Sum(pool: [10, 20, 30, 40, 50, 111_100], target: 100, total: 100),
    Sum(pool: [10, 20, 30, 40, 50, 60, 70, 111_100], target: 100, total: 100),
    Sum(
      pool: [Int64](repeating: 500_000_000, count: 20), target: 5_000_000_000,
      total: 5_000_000_000, count: 10),
    Sum(pool: [50, 60, 70, 111_100], target: 100, total: 111_100, count: 1),
    Sum(pool: [40, 60, 80, 111_100], target: 100, total: 100, count: 2),
    Sum(pool: [5, 100, 10_000], target: 10_001, total: 10_105, count: 3),
    Sum(pool: [5, 100, 10_000], target: 9_990, total: 10_100, count: 2),
  ]

  @Test(arguments: knapsackRows.indices)
  func `the knapsack is filled as Bitcoin Core fills it`(row: Int) {
    let row = Self.knapsackRows[row]
    let unit = Self.cent / 100
    let pool = row.pool.enumerated().compactMap {
      CoinCandidate(
        position: $0, value: $1 * unit, fee: 0, longTermFee: 0, load: CoinLoad(weight: 272))
    }
    let request = CoinRequest(
      target: row.target * unit, changeFee: 0, changeCost: 0, smallestChange: 0,
      wantedChange: Self.cent, limit: CoinLoad(weight: 400_000, count: .max), seed: 0)
    for seed in UInt64(0)..<20 {
      var random = SplitMix64(seed: seed)
      let selection = Knapsack(
        candidates: pool.sorted(by: CoinCandidate.precedes), request: request
      ).solve(using: &random)
      #expect(selection?.worth == row.total.map { $0 * unit }, "seed \(seed)")
      if let count = row.count { #expect(selection?.positions.count == count, "seed \(seed)") }
    }
  }

  @Test func `the weight of a standard transaction is kept, with whatever coins`() {
    let coin: Int64 = 100_000_000
    func best(_ coins: [Int64]) -> (CoinSelection?, [Int64]) {
      let pool = coins.enumerated().compactMap {
        CoinCandidate(
          position: $0, value: $1, fee: 0, longTermFee: 0, load: CoinLoad(weight: 272))
      }
      let selection = CoinSelection.best(
        of: pool,
        for: CoinRequest(
          target: 4_950_000_000, changeFee: 0, changeCost: 0, smallestChange: 1,
          wantedChange: Self.cent, limit: CoinLoad(weight: 400_000 - 4 * 78, count: .max),
          seed: 7))
      return (selection, selection?.positions.map { coins[$0] } ?? [])
    }
    let small = [Int64](repeating: 3_300_000, count: 1515)
    let (one, chosen) = best(small + [50 * coin])
    #expect(one != nil && chosen.contains(50 * coin))
    let (two, mixed) = best(
      [Int64](repeating: 6_250_000, count: 400) + [Int64](repeating: 2_500_000, count: 2000))
    #expect(two != nil && mixed.contains(6_250_000) && mixed.contains(2_500_000))
    #expect(best(small).0 == nil)
  }
}
