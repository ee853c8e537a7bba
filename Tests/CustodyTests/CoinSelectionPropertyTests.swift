// swift-format-ignore-file: NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Custody
import Structures
import Testing

@Suite struct CoinSelectionPropertyTests {
  struct World {
    var pool: [CoinCandidate]
    var request: CoinRequest

    init(seed: UInt64) {
      var random = SplitMix64(seed: seed)
      let rate = FeeRate(satsPerKVByte: .random(in: 0...60_000, using: &random))!
      let longTerm = FeeRate(satsPerKVByte: 10_000)!
      let count = Int.random(in: 1...11, using: &random)
      pool = (0..<count).compactMap { position in
        CoinCandidate(
          position: position, value: .random(in: 1...300_000, using: &random),
          fee: rate.fee(forWeight: 400), longTermFee: longTerm.fee(forWeight: 400),
          load: CoinLoad(weight: 400, evidence: 300))
      }
      let total = max(2, pool.reduce(0) { $0 + $1.worth })
      let changeFee = rate.fee(forWeight: 172)
      request = CoinRequest(
        target: .random(in: 1...total, using: &random), changeFee: changeFee,
        changeCost: changeFee + longTerm.fee(forWeight: 400), smallestChange: 1000,
        excessLimit: Bool.random(using: &random) ? .max : .random(in: 0...5000, using: &random),
        limit: CoinLoad(weight: .random(in: 400...5000, using: &random), evidence: 3000, count: 9),
        seed: seed)
    }

    /// Every set of coins that serves, as ``CoinSelection`` judges it.
    func all(_ method: CoinSelection.Method) -> [CoinSelection] {
      (1..<max(2, 1 << pool.count)).compactMap { bits in
        CoinSelection(
          method, pool.indices.filter { bits >> $0 & 1 == 1 }.map { pool[$0] }, for: request)
      }
    }
  }

  @Test(arguments: UInt64(0)..<400)
  func `branch and bound finds the least waste that there is without change`(seed: UInt64) {
    let world = World(seed: seed)
    let window = min(world.request.changeCost, world.request.excessLimit)
    let best = world.all(.branchAndBound)
      .filter { $0.worth - world.request.target <= window }.map(\.waste).min()
    let found = BranchAndBound(
      candidates: world.pool.sorted(by: CoinCandidate.precedes), request: world.request
    ).search()
    #expect(found.isComplete)
    #expect(found.selection?.positions.isEmpty ?? true == (best == nil))
    if !world.pool.isEmpty, world.pool[0].waste <= 0, let selection = found.selection, let best {
      // Core stops at the first coins that suffice: more of them would only be wasted, except that
      // below the long-term rate each further input saves something.
      #expect(selection.waste >= best)
    } else {
      #expect(found.selection?.waste == best)
    }
  }

  @Test(arguments: UInt64(0)..<400)
  func `something is chosen whenever anything can be, and it serves`(seed: UInt64) throws {
    let world = World(seed: seed)
    let all = world.all(.knapsack)
    let chosen = CoinSelection.best(of: world.pool, for: world.request)
    guard !all.isEmpty else {
      if let chosen { #expect(chosen.method == .branchAndBound) }
      return
    }
    // One that only fits without change in a window may need a search; all others are found.
    guard let chosen else {
      #expect(all.allSatisfy { $0.change == 0 })
      return
    }
    let coins = world.pool.filter { chosen.positions.contains($0.position) }
    #expect(coins.count == chosen.positions.count)
    let worth = coins.reduce(0) { $0 + $1.worth }
    #expect(worth == chosen.worth)
    let paid = chosen.change > 0 ? chosen.change + world.request.changeFee : 0
    #expect(worth >= world.request.target + paid)
    #expect(chosen.change == 0 || chosen.change >= world.request.smallestChange)
    if chosen.change == 0 { #expect(worth - world.request.target <= world.request.excessLimit) }
    #expect(Int64(coins.count) * 400 <= world.request.limit.weight)
    #expect(Int64(coins.count) * 300 <= world.request.limit.evidence)
    #expect(coins.count <= 9)
    let least = try #require(
      (all + world.all(.branchAndBound)).map(\.waste).min())
    #expect(chosen.waste >= least)
  }

  @Test(arguments: UInt64(0)..<50)
  func `the same request chooses the same coins, in whatever order they are listed`(seed: UInt64) {
    let world = World(seed: seed)
    var random = SplitMix64(seed: seed &+ 1)
    let once = CoinSelection.best(of: world.pool, for: world.request)
    let again = CoinSelection.best(of: world.pool.shuffled(using: &random), for: world.request)
    #expect(once == again)
  }

  @Test func `waste is the cost of inputs over the usual, and of change or what is left over`() {
    // As in Bitcoin Core's waste_test: fee 100 and long-term fee 50, two inputs of 3 and 1 coins.
    func coin(_ position: Int, _ worth: Int64, fee: Int64, longTerm: Int64) -> CoinCandidate {
      CoinCandidate(
        position: position, value: worth + fee, fee: fee, longTermFee: longTerm,
        load: CoinLoad(weight: 1))!
    }
    func waste(target: Int64, fee: Int64, longTerm: Int64, changeCost: Int64) -> Int64? {
      CoinSelection(
        .knapsack,
        [
          coin(0, 3_000_000, fee: fee, longTerm: longTerm),
          coin(1, 1_000_000, fee: fee, longTerm: longTerm),
        ],
        for: CoinRequest(
          target: target, changeFee: 75, changeCost: changeCost, smallestChange: 200,
          limit: CoinLoad(weight: 10, count: 10), seed: 0))?.waste
    }
    let rows: [(target: Int64, fee: Int64, longTerm: Int64, waste: Int64)] = [
      (3_000_000, 100, 50, 100 + 125), (3_000_000, 100, 100, 125), (3_000_000, 50, 100, 25),
      (4_000_000 - 80, 100, 50, 100 + 80), (4_000_000 - 80, 100, 100, 80),
      (4_000_000, 100, 50, 100), (4_000_000, 100, 100, 0), (4_000_000, 50, 100, -100),
    ]
    for row in rows {
      #expect(
        waste(target: row.target, fee: row.fee, longTerm: row.longTerm, changeCost: 125)
          == row.waste, "\(row)")
    }
    #expect(waste(target: 4_000_001, fee: 100, longTerm: 50, changeCost: 125) == nil)
  }
}
