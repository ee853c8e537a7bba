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

@Suite struct LadderTests {
  private static let ladder = CoinLadder([
    CoinLadder.Rung(amount: 500_000, count: 2), CoinLadder.Rung(amount: 200_000, count: 3),
  ])

  private func paid() async throws -> (world: GuardWorld, id: WithdrawalID, payout: Payout) {
    let world = try await GuardWorld(ladder: Self.ladder)
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    try await world.round()
    #expect(world.lastRefusals.isEmpty, "\(world.lastRefusals)")
    return (world, id, try #require(try await world.sequencer.read { $0.openPayouts.first }))
  }

  @Test func `change comes back in the sizes that the wallet lacks, and each pays at once`()
    async throws
  {
    let (world, id, payout) = try await paid()
    #expect(payout.split.count == 6)
    #expect(payout.split.dropFirst().map(\.units) == [500_000, 500_000, 200_000, 200_000, 200_000])
    let signed = try await world.signedTransaction()
    #expect(signed.outputs.count == 7)
    let inputs: Int64 = 5_000_000
    #expect(
      signed.outputs.reduce(payout.networkFee.units) { $0 + $1.value } == inputs,
      "every satoshi in is a satoshi out")
    #expect(payout.networkFee.units <= 10_000, "what the customer paid")
    #expect(try await world.sequencer.read { $0.nextChangeIndex } == 6)
    try await world.mine([signed])
    try await world.mine()
    for _ in 0..<2 { try await world.round() }
    guard case .confirmed = try await world.state(id) else {
      Issue.record("not confirmed")
      return
    }
    #expect(try await world.sequencer.read { $0.spendableOutputs.count } == 6)
    #expect(
      try await world.sequencer.read { $0.isConsistent && $0.suspensions.isEmpty })
    // Payouts of several withdrawals are under way at once, none of which waits for another's change.
    for amount in [150_000, 160_000, 170_000] as [Int64] {
      try await world.withdraw(amount)
      for _ in 0..<2 { try await world.round() }
    }
    let open = try await world.sequencer.read { $0.openPayouts }
    #expect(open.count == 3)
    #expect(open.allSatisfy { $0.state == .signed })
    #expect(world.core.halted == nil)
  }

  @Test func `a replacement takes its fee out of the largest part`() async throws {
    let (world, id, payout) = try await paid()
    world.clock.advance(StuckPayoutTests.hour)
    let command = try world.build {
      world.core.replacePayout(feeRate: FeeRate(satsPerVByte: 15)!, signers: $0)
    }.get()
    guard case .payoutReplaced(_, let built)? = command else {
      Issue.record("not replaced")
      return
    }
    #expect(built.split.dropFirst() == payout.split.dropFirst())
    #expect(built.split[0] < payout.split[0])
    try await world.give(.payoutReplaced(payout: payout.id, by: built))
    try await world.round()
    #expect(world.lastRefusals.isEmpty, "\(world.lastRefusals)")
    try world.restartGuard()
    try await world.round()
    #expect(world.core.halted == nil)
    try await world.mine([try await world.signedTransaction()])
    try await world.mine()
    guard case .confirmed = try await world.state(id) else {
      Issue.record("not confirmed")
      return
    }
    #expect(try await world.sequencer.read { $0.isConsistent && $0.nextChangeIndex == 6 })
  }

  @Test func `signers derive every part again`() async throws {
    let (world, _, payout) = try await paid()
    // The guard is broken into: a part of the change goes to somebody else, or twice to one place.
    let bad: [(String, (inout Transaction) -> Void)] = [
      (
        "stranger",
        { $0.outputs[3].script = try! Address.parse(GuardKeys.address(9), network: .regtest) }
      ),
      ("same place", { $0.outputs[3].script = $0.outputs[2].script }),
    ]
    for (name, change) in bad {
      var transaction = try Transaction(parsing: payout.unsigned)
      change(&transaction)
      var forged = payout
      forged.unsigned = transaction.bytes
      forged.transaction = transaction.id.bytes
      let coins = try await world.sequencer.read { exchange in
        payout.inputs.compactMap { input in exchange.ownedOutputs.first { $0.outpoint == input } }
      }
      #expect(
        try world.sign(PayoutPlan(payout: forged, transaction: transaction, coins: coins)) == nil)
      #expect(world.lastRefusals.count == 3, "\(name)")
      #expect(world.lastRefusals.allSatisfy { $0.code == .foreignChange }, "\(name)")
    }
  }
}
