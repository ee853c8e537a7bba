// swift-format-ignore-file: NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Custody
import Engine
@testable import Guard
import Journal
import Money
import SignerProtocol
import Signing
import Testing

@Suite struct StuckPayoutTests {
  static let hour: Int64 = 3_600_000

  /// A payout that was broadcast an hour ago.
  private func stuck() async throws -> (world: GuardWorld, id: WithdrawalID, old: Transaction) {
    let world = try await GuardWorld()
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    try await world.round()
    let old = try await world.signedTransaction()
    world.clock.advance(Self.hour)
    return (world, id, old)
  }

  private func replace(_ world: GuardWorld, rate: Int64) throws -> Result<Command?, PayoutError> {
    let rate = FeeRate(satsPerVByte: rate)!
    return try world.build { world.core.replacePayout(feeRate: rate, signers: $0) }
  }

  private func fee(_ transaction: Transaction, in world: GuardWorld) throws -> Int64 {
    try transaction.inputs.reduce(0) {
      let previous = try #require(world.chain.transaction($1.outpoint.transaction))
      return $0 + previous.outputs[Int($1.outpoint.index)].value
    } - transaction.outputs.reduce(0) { $0 + $1.value }
  }

  @Test(arguments: [false, true])
  func `a stuck payout is replaced by a dearer one, and either pays once`(
    oldIsMined: Bool
  ) async throws {
    let (world, id, old) = try await stuck()
    let command = try #require(try replace(world, rate: 30).get())
    try await world.give(command)
    #expect(try await world.state(id) == .broadcast)
    try await world.round()
    #expect(world.lastRefusals.isEmpty)
    let new = try await world.signedTransaction()
    #expect(new.id != old.id)
    #expect(new.outputs[0] == old.outputs[0])
    #expect(!Set(new.inputs.map(\.outpoint)).isDisjoint(with: old.inputs.map(\.outpoint)))
    #expect(try fee(new, in: world) >= 2 * fee(old, in: world))
    #expect(try await world.withdrawal(id).transaction == new.id.bytes)
    let mined = oldIsMined ? old : new
    func change() throws -> [OwnedOutput] {
      try world.follow()
      return world.core.signableCoins.filter { $0.outpoint.transaction == mined.id.bytes }
    }
    try await world.mine([mined])
    #expect(try change().isEmpty, "a reorganisation could bring the other one")
    try await world.mine()
    #expect(try change().count == 1)
    for _ in 0..<2 { try await world.round() }
    guard case .confirmed = try await world.state(id) else {
      Issue.record("not confirmed")
      return
    }
    #expect(try await world.sequencer.read { $0.openPayouts.isEmpty && $0.suspensions.isEmpty })
    #expect(world.core.halted == nil)
  }

  @Test func `nothing is replaced early, without need, or above what the customer paid`()
    async throws
  {
    let (world, _, old) = try await stuck()
    #expect(try replace(world, rate: 10).get() == nil, "fees have not risen")
    world.clock.advance(-1)
    #expect(try replace(world, rate: 30).get() == nil, "it has not waited long")
    world.clock.advance(1)
    world.signers[0] = nil
    world.signers[1] = nil
    #expect(try replace(world, rate: 30).get() == nil, "too few would sign")
    world.signers = try (0..<3).map { index in
      world.signers[index] == nil ? try world.signer(index) : world.signers[index]
    }
    guard case .payoutReplaced(_, let built)? = try replace(world, rate: 5_000).get() else {
      Issue.record("not replaced")
      return
    }
    #expect(built.networkFee.units == 10_000, "what the customer paid")
    #expect(try fee(old, in: world) < 10_000)
  }

  @Test func `it is replaced again and again until the customer's fee is used up`() async throws {
    let (world, id, _) = try await stuck()
    var versions: Set<TransactionID> = []
    for rate in [20, 30, 40, 50, 60, 70, 80] as [Int64] {
      if let command = try? replace(world, rate: rate).get() {
        try await world.give(command)
        try await world.round()
      }
      versions.insert(try await world.signedTransaction().id)
      world.clock.advance(Self.hour)
    }
    #expect(versions.count >= 3)
    #expect(world.lastRefusals.isEmpty)
    #expect(try fee(try await world.signedTransaction(), in: world) <= 10_000)
    try await world.mine([try await world.signedTransaction()])
    try await world.mine()
    guard case .confirmed = try await world.state(id) else {
      Issue.record("not confirmed")
      return
    }
  }

  @Test func `signers refuse a replacement that pays others or less, whatever the guard says`()
    async throws
  {
    let (world, _, _) = try await stuck()
    // The guard is broken into: it drops the first payment and spends its coin on a second one.
    let second = try await world.withdraw(200_000)
    try world.follow()
    for command in try world.core.decide(signers: world.statuses) { try await world.give(command) }
    try world.follow()
    let payout = try #require(try await world.sequencer.read { $0.openPayouts.first })
    let withdrawal = try await world.withdrawal(second)
    var forged = payout
    forged.withdrawals = [second]
    var transaction = try Transaction(parsing: payout.unsigned)
    transaction.outputs[0] = TransactionOutput(
      value: 200_000, script: try Address.parse(withdrawal.address, network: GuardKeys.network))
    transaction.outputs[1].value += 100_000
    forged.unsigned = transaction.bytes
    forged.transaction = transaction.id.bytes
    let coins = try await world.sequencer.read { exchange in
      payout.inputs.compactMap { input in exchange.ownedOutputs.first { $0.outpoint == input } }
    }
    let command = try world.sign(
      PayoutPlan(payout: forged, transaction: transaction, coins: coins))
    #expect(command == nil)
    #expect(world.lastRefusals.count >= 2)
    #expect(world.lastRefusals.allSatisfy { $0.code == .alreadyPaid })
  }

  @Test func `a guard that restarts in between goes on with the replacement`() async throws {
    let (world, id, _) = try await stuck()
    try await world.give(try #require(try replace(world, rate: 30).get()))
    try world.restartGuard()
    for _ in 0..<2 { try await world.round() }
    let payout = try #require(try await world.sequencer.read { $0.openPayouts.first })
    #expect(payout.state == .signed && payout.others.count == 1)
    try await world.mine([try await world.signedTransaction()])
    try await world.mine()
    guard case .confirmed = try await world.state(id) else {
      Issue.record("not confirmed")
      return
    }
  }
}
