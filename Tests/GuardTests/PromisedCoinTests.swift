// swift-format-ignore-file: NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Custody
import Descriptors
import Engine
import Guard
import Journal
import Money
import SignerProtocol
import Structures
import Testing

@Suite struct PromisedCoinTests {
  /// A payout without change was replaced by a version with one more coin, and a block has the old one:
  /// that coin is free in the books, and the signers have promised it to the version that lost.
  private func lost(
    float: FloatTerms? = nil
  ) async throws -> (world: GuardWorld, promised: ChainOutpoint) {
    // Which amount leaves no change depends on the sizes of the wallet's signatures.
    for value in stride(from: Int64(300_600), through: 306_000, by: 300) {
      let world = try await GuardWorld(float: float)
      if float != nil {
        try await world.submit(
          .coldWallet(
            ColdWallet(descriptor: FloatTests.cold.text, maximumFee: Amount(units: 10_000))),
          .registerColdBatch(try FloatTests.batch()))
      }
      try await world.openAlice(paidBy: world.chain.payment(of: value, to: 0))
      try await world.mine([world.chain.payment(of: 3_000_000, to: 0)])
      for _ in 0..<2 { try await world.mine() }
      for _ in 0..<2 { try await world.round() }
      let id = try await world.withdraw(300_000)
      try await world.round()
      guard
        let payout = try await world.sequencer.read({ $0.openPayouts.first }),
        payout.changeIndex == nil
      else { continue }
      let old = try await world.signedTransaction()
      world.clock.advance(StuckPayoutTests.hour)
      var dearer: Command?
      for rate in [20, 30, 40] as [Int64] where dearer == nil {
        dearer = try? world.build {
          world.core.replacePayout(feeRate: FeeRate(satsPerVByte: rate)!, signers: $0)
        }.get()
      }
      guard let dearer else { continue }
      try await world.give(dearer)
      try await world.round()
      let new = try await world.signedTransaction()
      let added = Set(new.inputs.map(\.outpoint)).subtracting(old.inputs.map(\.outpoint))
      let promised = ChainOutpoint(try #require(added.first))
      try await world.mine([old])
      for _ in 0..<3 { try await world.mine() }
      for _ in 0..<2 { try await world.round() }
      guard case .confirmed = try await world.state(id) else { throw Refusal.unknownWithdrawal }
      try #require(
        try await world.sequencer.read { $0.spendableOutputs.map(\.outpoint) } == [promised])
      return (world, promised)
    }
    throw Refusal.unknownPayout
  }

  @Test func `the next payout waits for another coin, and is signed`() async throws {
    let (world, promised) = try await lost()
    let id = try await world.withdraw(200_000)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.withdrawal(id).payout == nil)
    #expect(world.lastRefusals.isEmpty, "\(world.lastRefusals)")
    try await world.mine([world.chain.payment(of: 900_000, to: 0)])
    for _ in 0..<2 { try await world.mine() }
    for _ in 0..<3 { try await world.round() }
    #expect(world.lastRefusals.isEmpty, "\(world.lastRefusals)")
    let signed = try await world.signedTransaction()
    #expect(signed.inputs.allSatisfy { ChainOutpoint($0.outpoint) != promised })
    #expect(try await world.withdrawal(id).transaction == signed.id.bytes)
  }

  @Test(arguments: [false, true])
  func `once signers are shown the final version they spend it again`(isNew: Bool) async throws {
    let (world, promised) = try await lost()
    let id = try await world.withdraw(200_000)
    if isNew { try world.restartGuard() }
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.withdrawal(id).payout == nil)
    try world.settle()
    #expect(world.lastRefusals.isEmpty, "\(world.lastRefusals)")
    #expect(world.core.settlements(world.statuses).isEmpty)
    for _ in 0..<2 { try await world.round() }
    let signed = try await world.signedTransaction()
    #expect(signed.inputs.map { ChainOutpoint($0.outpoint) } == [promised])
    #expect(try await world.withdrawal(id).transaction == signed.id.bytes)
  }

  @Test func `two signers that know are enough, and a late one is told later`() async throws {
    let (world, promised) = try await lost()
    let late = world.signers[2]
    world.signers[2] = nil
    try world.settle()
    let id = try await world.withdraw(200_000)
    for _ in 0..<2 { try await world.round() }
    let signed = try await world.signedTransaction()
    #expect(signed.inputs.map { ChainOutpoint($0.outpoint) } == [promised])
    world.signers[2] = late
    let told = try #require(world.core.settlements(world.statuses).first)
    #expect(told.fingerprints == [world.statuses[2].fingerprint])
    try world.settle()
    #expect(world.core.settlements(world.statuses).isEmpty)
    #expect(try await world.withdrawal(id).payout != nil)
  }

  @Test func `a guard that starts anew leaves it alone too`() async throws {
    let (world, _) = try await lost()
    let id = try await world.withdraw(200_000)
    try world.restartGuard()
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.withdrawal(id).payout == nil)
    #expect(world.core.halted == nil)
  }

  @Test func `it does not go to cold storage`() async throws {
    let (world, promised) = try await lost(float: FloatTests.terms)
    try await world.mine([world.chain.payment(of: 2_000_000, to: 0)])
    for _ in 0..<2 { try await world.mine() }
    for _ in 0..<2 { try await world.round() }
    let command = try world.build {
      world.core.sweep(feeRate: FeeRate(satsPerVByte: 1)!, signers: $0)
    }.get()
    guard case .payoutBuilt(let built)? = command else {
      Issue.record("nothing is swept")
      return
    }
    #expect(!built.inputs.contains(promised))
    try await world.give(.payoutBuilt(built))
    try await world.round()
    #expect(world.lastRefusals.isEmpty, "\(world.lastRefusals)")
    #expect(try await world.sequencer.read { $0.openPayouts.first?.signed } != nil)
  }
}
