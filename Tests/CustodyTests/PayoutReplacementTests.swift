// swift-format-ignore-file: NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Custody
import Descriptors
import Engine
import Money
import Structures
import Testing

@Suite struct PayoutReplacementTests {
  typealias B = PayoutBuilderTests
  static let rules = ReplacementRules(relayIncrement: .relayed)

  private func replace(
    _ built: PayoutBuilt, _ withdrawals: [Withdrawal], _ coins: [OwnedOutput],
    rate: Int64, builder: PayoutBuilder = B.builder, lineage: PayoutLineage? = nil
  ) throws -> (built: PayoutBuilt, lineage: PayoutLineage) {
    var builder = builder
    builder.feeRate = FeeRate(satsPerVByte: rate)!
    let paid = withdrawals.filter { built.withdrawals.contains($0.id) }
    let first = try #require(builder.version(built, withdrawals: paid))
    let byOutpoint = Dictionary(uniqueKeysWithValues: coins.map { ($0.outpoint, $0) })
    let stuck = StuckPayout(
      lineage: lineage ?? PayoutLineage(first), withdrawals: paid,
      coins: try built.inputs.map { try #require(byOutpoint[$0]) },
      changeIndex: built.changeIndex)
    return try builder.replacement(
      asset: AssetID(1), of: stuck, spare: coins.filter { !built.inputs.contains($0.outpoint) },
      freshChangeIndex: 9, rules: Self.rules)
  }

  @Test func `the change pays for a dearer version with the same payments`() throws {
    let withdrawals = [B.withdrawal(1, 50_000), B.withdrawal(2, 60_000)]
    let coins = [B.coin(1, 1_000_000), B.coin(2, 900_000)]
    let built = try B.build(withdrawals, coins)
    let (next, lineage) = try replace(built, withdrawals, coins, rate: 25)
    #expect(next.inputs == built.inputs)
    #expect(next.withdrawals == built.withdrawals)
    #expect(next.changeIndex == built.changeIndex)
    #expect(next.networkFee.units > 2 * built.networkFee.units)
    #expect(
      next.change.units + next.networkFee.units == built.change.units + built.networkFee.units)
    let (old, new) = (
      try Transaction(parsing: built.unsigned), try Transaction(parsing: next.unsigned)
    )
    #expect(old.outputs.prefix(2) == new.outputs.prefix(2))
    #expect(lineage.versions.map(\.id) == [old.id, new.id])
  }

  @Test func `a payout without change takes a further coin`() throws {
    let withdrawals = [B.withdrawal(1, 50_000)]
    let coins = [B.coin(2, 51_700), B.coin(1, 1_000_000)]
    let built = try B.build(withdrawals, coins)
    try #require(built.changeIndex == nil)
    let (next, _) = try replace(built, withdrawals, coins, rate: 30)
    #expect(next.inputs == [coins[0].outpoint, coins[1].outpoint])
    #expect(next.changeIndex == 9)
    #expect(throws: PayoutError.self) {
      try replace(built, withdrawals, [coins[0]], rate: 30)
    }
  }

  @Test func `the customers' fees bound every version`() throws {
    let withdrawals = [B.withdrawal(1, 50_000, fee: 3_000)]
    let coins = [B.coin(1, 1_000_000)]
    let built = try B.build(withdrawals, coins)
    let (next, lineage) = try replace(built, withdrawals, coins, rate: 500)
    #expect(next.networkFee.units == 3_000)
    #expect(throws: PayoutError.self) {
      try replace(next, withdrawals, coins, rate: 500, lineage: lineage)
    }
  }

  @Test(arguments: UInt64(0)..<100)
  func `every further version conflicts with all before and balances`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let coins = (1...UInt8.random(in: 1...20, using: &random)).map {
      B.coin($0, .random(in: 20_000...400_000, using: &random))
    }
    let withdrawals = (1...UInt64.random(in: 1...6, using: &random)).map {
      B.withdrawal($0, .random(in: 1_000...200_000, using: &random), fee: 60_000)
    }
    guard var built = try? B.build(withdrawals, coins) else { return }
    var lineage: PayoutLineage?
    var rate: Int64 = 10
    for _ in 0..<6 {
      rate = rate * 3 / 2 + 1
      guard
        let next = try? replace(built, withdrawals, coins, rate: rate, lineage: lineage)
      else { break }
      #expect(Set(built.inputs).isSubset(of: next.built.inputs))
      #expect(next.built.networkFee > built.networkFee)
      let sum = coins.filter { next.built.inputs.contains($0.outpoint) }
        .reduce(0) { $0 + $1.amount.units }
      let paid = withdrawals.filter { next.built.withdrawals.contains($0.id) }
        .reduce(0) { $0 + $1.amount.units }
      #expect(sum == paid + next.built.change.units + next.built.networkFee.units)
      #expect(next.built.networkFee.units <= 60_000 * Int64(next.built.withdrawals.count))
      built = next.built
      lineage = next.lineage
    }
  }

  @Test func `the smallest coins are gathered while fees are low, within all limits`() throws {
    let coins = (UInt8(1)...40).map { B.coin($0, 5_000 * Int64($0)) }
    let change = try B.descriptor.script(branch: 1, index: 0)
    let size = try PayoutSize(payments: [], change: change)
    func plan(
      rate: Int64, count: Int = 10, budget: Int64 = 100_000, inputs: Int = 12,
      weight: Int64 = 400_000
    ) -> Consolidation? {
      let pool = CoinPool(
        coins,
        terms: CoinPool.Terms(
          rate: FeeRate(satsPerVByte: rate)!, longTerm: .usual, inputWeight: 4 * size.input,
          dust: 330))
      return Consolidation.plan(
        pool, coins: coins, rate: FeeRate(satsPerVByte: rate)!, size: size, dust: 330,
        budget: budget,
        policy: .init(
          below: FeeRate(satsPerVByte: 10)!, coinCount: count, largest: 150_000,
          inputLimit: inputs, weight: weight))
    }
    let found = try #require(plan(rate: 2))
    #expect(found.positions == Array(0..<12))
    #expect(found.output + found.fee == 5_000 * 78)
    #expect(plan(rate: 10) == nil, "fees are not low")
    #expect(plan(rate: 2, count: 40) == nil, "there are not too many")
    #expect(try #require(plan(rate: 2, inputs: 100)).positions.count == 29, "large ones stay")
    let cheap = try #require(plan(rate: 2, budget: 1_000))
    #expect(cheap.fee <= 1_000 && cheap.positions.count < 6)
    let light = try #require(plan(rate: 2, inputs: 100, weight: 4_000))
    #expect(
      4 * (size.base + size.changeOutput + size.input * Int64(light.positions.count)) <= 4_000)
  }
}
