// swift-format-ignore-file: NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Custody
import Engine
import Guard
import Journal
import Money
import SignerProtocol
import Signing
import Testing

@Suite struct ChildTests {
  private static let rate = FeeRate(satsPerVByte: 40)!

  /// A payout that no block takes, after an earlier one whose customer's fee the house has left over.
  private func stuck() async throws -> (world: GuardWorld, id: WithdrawalID, parent: Transaction) {
    let world = try await GuardWorld()
    try await world.openAlice()
    for _ in 0..<4 {
      _ = try await world.withdraw(100_000)
      try await world.round()
      try await world.mine([try await world.signedTransaction()])
      try await world.mine()
      for _ in 0..<2 { try await world.round() }
    }
    let id = try await world.withdraw(300_000)
    try await world.round()
    world.clock.advance(StuckPayoutTests.hour)
    return (world, id, try await world.signedTransaction())
  }

  private func child(_ world: GuardWorld, rate: FeeRate = rate) throws -> Command? {
    try world.build { world.core.payForStuck(feeRate: rate, signers: $0) }.get()
  }

  private func children(_ world: GuardWorld) async throws -> [Payout] {
    try await world.sequencer.read { $0.openPayouts.filter(\.withdrawals.isEmpty) }
  }

  @Test func `a child lifts its parent, is signed as a gathering, and both are mined`()
    async throws
  {
    let (world, id, parent) = try await stuck()
    let float = try await world.sequencer.read { $0.hotFloat }
    guard case .payoutBuilt(let built)? = try child(world) else {
      Issue.record("no child")
      return
    }
    #expect(built.withdrawals.isEmpty && built.inputs.count == 1)
    #expect(built.inputs[0].transaction == parent.id.bytes)
    try await world.give(.payoutBuilt(built))
    #expect(
      try await world.sequencer.read { $0.hotFloat } == float - built.networkFee,
      "the change counts once")
    try await world.round()
    #expect(world.lastRefusals.isEmpty, "\(world.lastRefusals)")
    let signed = try #require(try await children(world).first)
    let transaction = try Transaction(parsing: try #require(signed.signed))
    let paid = try await world.sequencer.read { $0.payout(withTransaction: parent.id.bytes) }
    let fees = built.networkFee.units + (paid?.networkFee.units ?? 0)
    #expect(
      fees >= Self.rate.fee(forVBytes: Int64(parent.virtualSize + transaction.virtualSize)))
    #expect(built.networkFee.units <= (built.change.units + built.networkFee.units) / 100)
    #expect(try child(world) == nil, "one for a payout")
    #expect(
      try world.build { world.core.replacePayout(feeRate: Self.rate, signers: $0) }.get() == nil,
      "replacing the parent would evict it")
    let owed = try await world.sequencer.read { $0.owed(GuardWorld.btc) }
    try await world.mine([parent, transaction])
    for _ in 0..<3 { try await world.mine() }
    try await world.round()
    guard case .confirmed = try await world.state(id) else {
      Issue.record("not confirmed")
      return
    }
    let exchange = try await world.sequencer.read { exchange in
      (
        exchange.openPayouts.isEmpty, exchange.suspensions.isEmpty, exchange.isConsistent,
        exchange.owed(GuardWorld.btc),
        exchange.ownedOutputs.reduce(Amount.zero) { $0 + $1.amount }
      )
    }
    #expect(exchange.0 && exchange.1 && exchange.2)
    #expect(exchange.3 == owed - Amount(units: 300_000 + fees))
    #expect(exchange.3 == exchange.4, "what is owed is what there is")
  }

  @Test func `a block may take the parent alone, and the child later`() async throws {
    let (world, _, parent) = try await stuck()
    try await world.give(try #require(try child(world)))
    try await world.round()
    let child = try #require(try await children(world).first)
    try await world.mine([parent])
    #expect(
      try await world.sequencer.read { exchange in
        !exchange.spendableOutputs.contains { $0.outpoint == child.inputs[0] }
      }, "the coin is set aside")
    for _ in 0..<2 { try await world.mine() }
    try await world.mine([try Transaction(parsing: try #require(child.signed))])
    for _ in 0..<2 { try await world.mine() }
    try await world.round()
    #expect(try await world.sequencer.read { $0.openPayouts.isEmpty && $0.suspensions.isEmpty })
  }

  @Test func `when an earlier version of the parent is final, the child is given up`() async throws
  {
    let (world, id, old) = try await stuck()
    try await world.give(
      try #require(
        try world.build {
          world.core.replacePayout(feeRate: FeeRate(satsPerVByte: 20)!, signers: $0)
        }.get()))
    try await world.round()
    world.clock.advance(StuckPayoutTests.hour)
    try await world.give(try #require(try child(world)))
    try await world.round()
    #expect(try await children(world).count == 1)
    let budget = try await world.sequencer.read { $0.consolidationBudget(GuardWorld.btc) }
    try await world.mine([old])
    for _ in 0..<2 { try await world.mine() }
    for _ in 0..<2 { try await world.round() }
    guard case .confirmed = try await world.state(id) else {
      Issue.record("not confirmed")
      return
    }
    #expect(try await children(world).isEmpty)
    #expect(
      try await world.sequencer.read { $0.consolidationBudget(GuardWorld.btc) } > budget,
      "what it would have cost is free again")
    #expect(try await world.sequencer.read { $0.isConsistent && $0.suspensions.isEmpty })
    #expect(world.core.halted == nil)
  }

  @Test func `nothing pays for what is not stuck, out of customers' money, or above the ceilings`()
    async throws
  {
    let (world, _, _) = try await stuck()
    #expect(try child(world, rate: .relayed) == nil, "fees have not risen")
    #expect(throws: PayoutError.self) {
      try self.child(world, rate: FeeRate(satsPerVByte: 5_000)!)
    }
    world.clock.advance(-1)
    #expect(try child(world) == nil, "it has not waited long")
  }

  @Test func `the core takes no payout of a child's coin, no second child, and no grandchild`()
    async throws
  {
    let (world, _, _) = try await stuck()
    guard case .payoutBuilt(let built)? = try child(world) else {
      Issue.record("no child")
      return
    }
    func refusal(_ change: (inout PayoutBuilt) -> Void) async throws -> Refusal? {
      var other = built
      change(&other)
      other.transaction[0] ^= 0x55
      return try await world.sequencer.submit(.payoutBuilt(other)).refusal
    }
    #expect(try await refusal { $0.inputs[0].index += 1 } != nil, "not that output")
    #expect(try await refusal { $0.change += Amount(units: 1) } != nil, "more out than in")
    #expect(
      try await refusal {
        $0.networkFee = $0.change
        $0.change = built.networkFee
      } != nil, "more than fees left over")
    try await world.give(.payoutBuilt(built))
    #expect(
      try await refusal { $0.changeIndex = $0.changeIndex.map { $0 + 1 } }
        == .payoutMismatch("a child spends that change already"))
    try await world.round()
    let child = try #require(try await children(world).first)
    let grandchild = try await refusal {
      $0.inputs = [ChainOutpoint(transaction: child.transaction, index: 0)]
      $0.changeIndex = $0.changeIndex.map { $0 + 1 }
      $0.change = child.change - Amount(units: 300)
      $0.networkFee = Amount(units: 300)
    }
    #expect(grandchild != nil)
  }
}
