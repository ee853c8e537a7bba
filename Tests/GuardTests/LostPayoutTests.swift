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
import Structures
import Testing

@Suite struct LostPayoutTests {
  static let hour = StuckPayoutTests.hour

  /// A withdrawal in a payout that no signer has been asked about.
  private func built() async throws -> (world: GuardWorld, id: WithdrawalID, payout: Payout) {
    let world = try await GuardWorld()
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    try await world.release()
    try await world.give(try #require(try world.buildPayout().get()))
    try world.follow()
    let payout = try #require(try await world.sequencer.read { $0.openPayouts.first })
    return (world, id, payout)
  }

  private func request(_ world: GuardWorld, _ signer: Int) throws -> SigningRequest {
    let plan = try #require(try world.core.payoutsToSign().first)
    let previous = plan.transaction.inputs.compactMap {
      world.chain.transaction($0.outpoint.transaction)
    }
    return try #require(
      world.core.signingRequest(
        plan, previous: previous, to: world.statuses[signer].fingerprint))
  }

  @Test func `what nobody signs is given up after its time, and paid anew`() async throws {
    let (world, id, payout) = try await built()
    #expect(world.core.unsignedPayouts(world.statuses).isEmpty, "it has not waited long")
    world.clock.advance(Self.hour)
    #expect(world.core.unsignedPayouts(world.statuses) == [payout])
    #expect(
      world.core.unsignedPayouts(world.statuses, awaited: [payout.id]).isEmpty,
      "a holder who sleeps may still say yes")
    #expect(
      world.core.unsignedPayouts(Array(world.statuses.prefix(1))).isEmpty, "too few would promise")
    let before = try world.signers.indices.map { try request(world, $0) }
    try await world.giveUp()
    #expect(try await world.state(id) == .released)
    #expect(try await world.sequencer.read { $0.payout(payout.id)?.state } == .lost(.unsigned))
    // A guard that has them sign it all the same is refused by all who promised.
    for (signer, request) in zip(world.signers, before) {
      guard case .refused(let refusal) = try #require(signer).answer(.sign(request)) else {
        Issue.record("signed after all")
        continue
      }
      #expect(refusal.code == .withdrawn)
    }
    for _ in 0..<2 { try await world.round() }
    let signed = try await world.signedTransaction()
    #expect(signed.id.bytes != payout.transaction)
    try await world.mine([signed])
    try await world.mine()
    guard case .confirmed = try await world.state(id) else {
      Issue.record("not confirmed")
      return
    }
    #expect(try await world.sequencer.read { $0.isConsistent && $0.suspensions.isEmpty })
  }

  @Test func `the customer can take it back then`() async throws {
    let (world, id, _) = try await built()
    world.clock.advance(Self.hour)
    try await world.giveUp()
    try await world.submit(.cancelWithdrawal(account: GuardWorld.alice, withdrawal: id))
    #expect(try await world.state(id) == .canceled)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.sequencer.read { $0.openPayouts.isEmpty && $0.isConsistent })
    #expect(world.core.halted == nil)
  }

  @Test(arguments: [1, 2])
  func `what signers may have signed is given up only while the others are too few`(
    signed: Int
  ) async throws {
    let (world, id, payout) = try await built()
    for index in 0..<signed {
      guard case .signed = world.signers[index]!.answer(.sign(try request(world, index))) else {
        Issue.record("not signed")
        return
      }
    }
    world.clock.advance(Self.hour)
    try await world.giveUp()
    #expect(world.lastRefusals.count { $0.code == .alreadySigned } == signed)
    if signed == 1 {
      #expect(try await world.state(id) == .released)
      // Two signers pay it anew; the one that signed before holds to that.
      for _ in 0..<2 { try await world.round() }
      let again = try await world.signedTransaction()
      #expect(again.id.bytes != payout.transaction)
    } else {
      #expect(try await world.state(id) == .building)
      #expect(try await world.sequencer.read { $0.payout(payout.id)?.state } == .built)
    }
  }

  @Test(arguments: [false, true])
  func `what two signers signed each alone is let go of, and any two pay`(
    isRestarted: Bool
  ) async throws {
    let (world, id, _) = try await built()
    func giveUp(signedBy signer: Int) async throws {
      guard case .signed = world.signers[signer]!.answer(.sign(try request(world, signer))) else {
        Issue.record("not signed")
        return
      }
      world.clock.advance(Self.hour)
      try await world.giveUp()
      #expect(try await world.state(id) == .released)
    }
    try await giveUp(signedBy: 0)
    try world.look()
    try await world.give(try #require(try world.buildPayout().get()))
    try world.follow()
    try await giveUp(signedBy: 2)
    // Nobody but the third would sign now, were they not told.
    if isRestarted {
      try world.restartGuard()
      try world.follow()
    }
    let alone = world.signers[1]
    world.signers[1] = nil
    world.letGo()
    #expect(world.core.abandonments(world.statuses).isEmpty, "one promise is missing for each")
    world.signers[1] = alone
    world.letGo()
    world.letGo()
    #expect(world.core.abandonments(world.statuses).isEmpty)
    world.signers[1] = nil
    for _ in 0..<2 { try await world.round() }
    let signed = try await world.signedTransaction()
    try await world.mine([signed])
    try await world.mine()
    guard case .confirmed = try await world.state(id) else {
      Issue.record("not confirmed")
      return
    }
    #expect(try await world.sequencer.read { $0.isConsistent && $0.suspensions.isEmpty })
  }

  @Test func `a signer that was frozen when it was asked is asked again after each block`()
    async throws
  {
    let (world, _, payout) = try await built()
    guard case .signed = world.signers[0]!.answer(.sign(try request(world, 0))) else {
      Issue.record("not signed")
      return
    }
    world.clock.advance(Self.hour)
    try await world.giveUp()
    let statuses = world.statuses
    let frozen = statuses[2].fingerprint
    world.signers[2] = nil
    world.letGo()
    // The keys of these tests are used by all of them, and a freeze wipes one: only its answer is played.
    var status = statuses[2]
    status.frozen = "a drill"
    let request = SignerRequest.withdraw(transaction: payout.transaction)
    let standing = Standing(.status(status), to: request, by: frozen)
    #expect(standing == .promisedSilently(fingerprint: frozen))
    #expect(Standing(.status(statuses[1]), to: request, by: frozen) == nil, "another's word")
    world.core.learn(try #require(standing), on: payout.transaction)
    #expect(world.core.abandonments(statuses).isEmpty, "it has just been asked")
    try await world.mine()
    try world.follow()
    let waiting = try #require(world.core.abandonments(statuses).first)
    #expect(waiting.transaction == payout.transaction)
    #expect(waiting.unasked == [frozen], "its promise is what the first waits for")
  }

  @Test func `one final transaction frees the coins of all that was given up beside it`()
    async throws
  {
    let (_, _, payout) = try await built()
    let coins = (0..<3).map {
      ChainOutpoint(transaction: [UInt8](repeating: UInt8($0), count: 32), index: 7)
    }
    var dead = DeadVersions()
    func take(_ transaction: UInt8, _ inputs: [ChainOutpoint], _ state: Payout.State) {
      var version = payout
      version.transaction = [UInt8](repeating: transaction, count: 32)
      version.inputs = inputs
      version.state = state
      dead.take(version, isHeldBack: false)
    }
    take(1, [coins[0], coins[1]], .lost(.unsigned))
    take(2, [coins[0], coins[2]], .lost(.unsigned))
    let point = ChainPoint(height: 9, hash: [UInt8](repeating: 9, count: 32))
    take(3, [coins[0]], .confirmed(point))
    let freed = try #require(dead.freed[[UInt8](repeating: 3, count: 32)])
    #expect(freed.coins == [coins[1], coins[2]])
    #expect(dead.abandoned.isEmpty)
  }

  @Test func `a replacement that nobody signs is dropped, and the version before stays`()
    async throws
  {
    let (world, id, _) = try await built()
    try await world.round()
    let old = try await world.signedTransaction()
    world.clock.advance(Self.hour)
    let dearer = try #require(
      try world.build {
        world.core.replacePayout(feeRate: FeeRate(satsPerVByte: 30)!, signers: $0)
      }.get())
    try await world.give(dearer)
    try world.follow()
    world.clock.advance(Self.hour)
    try await world.giveUp()
    let payout = try #require(try await world.sequencer.read { $0.openPayouts.first })
    #expect(payout.state == .signed && payout.others.isEmpty)
    #expect(payout.transaction == old.id.bytes)
    #expect(try await world.state(id) == .broadcast)
    // The very same one is not tried again.
    world.clock.advance(Self.hour)
    #expect(
      try world.build {
        world.core.replacePayout(feeRate: FeeRate(satsPerVByte: 30)!, signers: $0)
      }.get() == nil)
    try await world.mine([old])
    try await world.mine()
    guard case .confirmed = try await world.state(id) else {
      Issue.record("not confirmed")
      return
    }
  }

  @Test func `a payout that lost its coin is given up, and paid again once signers have seen why`()
    async throws
  {
    let (world, id, _) = try await built()
    try await world.round()
    let payout = try #require(try await world.sequencer.read { $0.openPayouts.first })
    try await world.mine([world.chain.payment(of: 3_000_000, to: 0)])
    // The keys themselves took the coin elsewhere, as a recovery with another program does.
    let coin = try #require(payout.inputs.first.flatMap(Self.outpoint))
    let thief = Transaction(
      inputs: [TransactionInput(outpoint: coin)],
      outputs: [
        TransactionOutput(
          value: 1_000_000,
          script: try Address.parse(GuardKeys.address(9), network: GuardKeys.network))
      ])
    try await world.mine([thief])
    try world.follow()
    #expect(world.core.suspectedLosses.isEmpty, "the block may still go")
    try await world.mine()
    try await world.mine()
    try world.follow()
    let loss = try #require(world.core.suspectedLosses.first)
    #expect(loss.by == thief.id && loss.coin == coin)
    #expect(
      world.core.giveUp(loss, shownBy: world.chain.blocks[0].block) == nil,
      "the node shows another block")
    try await world.giveUp()
    #expect(try await world.state(id) == .released)
    #expect(
      try await world.sequencer.read { $0.suspensions.contains { $0.closes } },
      "people have to look at this")
    // Signers hold to what they signed until they see that it can never be.
    #expect(world.core.settlements(world.statuses).map(\.transaction) == [thief.id])
    try world.settle()
    #expect(world.lastRefusals.isEmpty, "\(world.lastRefusals)")
    #expect(world.core.settlements(world.statuses).isEmpty)
  }

  private static func outpoint(_ place: ChainOutpoint) -> Outpoint? {
    TransactionID(bytes: place.transaction).map { Outpoint(transaction: $0, index: place.index) }
  }
}
