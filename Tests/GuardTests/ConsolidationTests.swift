// swift-format-ignore-file: NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Custody
import Engine
import Guard
import Journal
import Money
import Testing

@Suite struct ConsolidationTests {
  static let policy = Consolidation.Policy(
    below: FeeRate(satsPerVByte: 5)!, coinCount: 10, largest: 1_000_000)

  /// Alice has withdrawn once, so the house has earned a fee, and paid in thirty times a little.
  private func world(
    consolidation: Consolidation.Policy? = policy, coin: Int64 = 20_000
  ) async throws -> GuardWorld {
    let world = try await GuardWorld(consolidation: consolidation)
    try await world.openAlice()
    _ = try await world.withdraw(300_000)
    try await world.round()
    try await world.mine([try await world.signedTransaction()])
    for _ in 0..<30 { try await world.mine([world.chain.payment(of: coin, to: 0)]) }
    for _ in 0..<2 { try await world.mine() }
    try await world.round()
    return world
  }

  private func consolidate(_ world: GuardWorld, rate: Int64) throws -> Command? {
    let rate = FeeRate(satsPerVByte: rate)!
    return try world.build { world.core.consolidate(feeRate: rate, signers: $0) }.get()
  }

  @Test func `small coins are gathered while fees are low, from what fees left over`() async throws
  {
    let world = try await world()
    #expect(try consolidate(world, rate: 5) == nil, "fees are not low")
    let before = try await world.sequencer.read {
      ($0.ownedOutputs.count, $0.owed(GuardWorld.btc), $0.consolidationBudget(GuardWorld.btc))
    }
    try await world.give(try #require(try consolidate(world, rate: 1)))
    try await world.round()
    #expect(world.lastRefusals.isEmpty)
    #expect(try consolidate(world, rate: 1) == nil, "one at a time")
    let payout = try #require(try await world.sequencer.read { $0.openPayouts.first })
    #expect(payout.state == .signed && payout.withdrawals.isEmpty)
    try await world.mine([try await world.signedTransaction()])
    try await world.mine()
    for _ in 0..<2 { try await world.round() }
    let after = try await world.sequencer.read {
      ($0.ownedOutputs.count, $0.owed(GuardWorld.btc), $0.consolidationBudget(GuardWorld.btc))
    }
    #expect(after.0 == before.0 - payout.inputs.count + 1)
    #expect(payout.inputs.count > 10)
    #expect(before.1 - after.1 == payout.networkFee)
    #expect(before.2 - after.2 == payout.networkFee)
    #expect(try await world.sequencer.read { $0.suspensions.isEmpty && $0.openPayouts.isEmpty })
    #expect(world.core.halted == nil)
  }

  @Test func `what gathers coins is replaced when no block takes it`() async throws {
    let world = try await world(coin: 60_000)
    try await world.give(try #require(try consolidate(world, rate: 1)))
    try await world.round()
    let first = try await world.signedTransaction()
    #expect(!world.core.hasStuckPayouts)
    world.clock.advance(3_600_000)
    #expect(world.core.hasStuckPayouts)
    func replace(_ rate: Int64) throws -> Command? {
      try world.build {
        world.core.replacePayout(feeRate: FeeRate(satsPerVByte: rate)!, signers: $0)
      }.get()
    }
    #expect(try replace(1) == nil, "fees have not risen")
    try await world.give(try #require(try replace(3)))
    try await world.round()
    #expect(world.lastRefusals.isEmpty, "\(world.lastRefusals)")
    let second = try await world.signedTransaction()
    #expect(second.outputs.count == 1 && second.outputs[0].value < first.outputs[0].value)
    #expect(second.outputs[0].script == first.outputs[0].script)
    try await world.mine([second])
    for _ in 0..<2 { try await world.mine() }
    try await world.round()
    #expect(try await world.sequencer.read { $0.openPayouts.isEmpty && $0.suspensions.isEmpty })
  }

  @Test func `what waits to be paid comes first, and few coins stay as they are`() async throws {
    var many = Self.policy
    many.coinCount = 31
    let calm = try await world(consolidation: many)
    #expect(try consolidate(calm, rate: 1) == nil)
    let busy = try await world()
    _ = try await busy.withdraw(100_000)
    try busy.follow()
    busy.core.learn(try #require(busy.chain.reserves))
    for command in try busy.core.decide(signers: busy.statuses) { try await busy.give(command) }
    try busy.follow()
    try #require(busy.core.hasReleasedWithdrawals)
    #expect(try consolidate(busy, rate: 1) == nil)
  }

  @Test func `a guard that never gathers coins stops at one that it did not order`() async throws {
    let world = try await world()
    let command = try #require(try consolidate(world, rate: 1))
    let quiet = try await self.world(consolidation: nil)
    #expect(try consolidate(quiet, rate: 1) == nil)
    // The online server is broken into, and journals what it likes.
    try await quiet.submit(command)
    try await quiet.round()
    #expect(quiet.core.halted != nil)
  }
}
