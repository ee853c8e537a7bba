// swift-format-ignore-file: NeverUseForceTry, NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import ColdAddresses
import Cryptography
import Custody
import Descriptors
import Engine
import Guard
import Journal
import Money
import SignerProtocol
import Statements
import Structures
import Testing

@Suite struct FloatTests {
  typealias K = GuardKeys
  static let issuer = K.key(120)

  static let cold: Descriptor = {
    let keys = (UInt8(41)...43).map { seed in
      let root = try! ExtendedPrivateKey(
        seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)), network: K.network)
      return "\(root.publicKey.text)/<0;1>/*"
    }
    return try! Descriptor(
      parsing: "wsh(sortedmulti(2,\(keys.joined(separator: ","))))", network: K.network)
  }()

  static let terms = FloatTerms(
    cold: cold, issuerKey: issuer.publicKey.bytes,
    policy: FloatPolicy(
      targetBasisPoints: 2_000, lowBasisPoints: 5_000, highBasisPoints: 15_000,
      smallestMove: 20_000)!, sweepBelow: FeeRate(satsPerVByte: 10)!)

  static func batch(
    count: Int = 6, cap: Int64 = 3_000_000, by key: Ed25519.PrivateKey = issuer
  ) throws -> ColdBatch {
    let batch = try ColdAddressBatch(
      following: nil, of: cold, count: count, addressCap: cap, epoch: 1, epochCap: 10_000_000)
    return ColdBatch(
      number: batch.number, firstIndex: batch.firstIndex, count: batch.count,
      addressCap: Amount(units: batch.addressCap), epoch: batch.epoch,
      epochCap: Amount(units: batch.epochCap), signed: try Signed(batch, by: key).bytes)
  }

  /// Alice has 4 690 000 left of 5 000 000, all of it hot, and the house a fee.
  private func world(
    batch: ColdBatch? = nil, float: FloatTerms? = terms
  ) async throws -> GuardWorld {
    let world = try await GuardWorld(float: float)
    try await world.submit(
      .coldWallet(
        ColdWallet(descriptor: Self.cold.text, maximumFee: Amount(units: 10_000))),
      .registerColdBatch(try batch ?? Self.batch()))
    try await world.openAlice()
    _ = try await world.withdraw(300_000)
    try await world.round()
    try await world.mine([try await world.signedTransaction()])
    for _ in 0..<2 { try await world.mine() }
    try await world.round()
    return world
  }

  private func sweep(_ world: GuardWorld, rate: Int64 = 1) throws -> Command? {
    let rate = FeeRate(satsPerVByte: rate)!
    return try world.build { world.core.sweep(feeRate: rate, signers: $0) }.get()
  }

  /// Has the guard sweep, and a block take it.
  @discardableResult
  private func sweepToCold(_ world: GuardWorld) async throws -> Payout {
    try await world.give(try #require(try sweep(world)))
    try await world.round()
    #expect(world.lastRefusals.isEmpty, "\(world.lastRefusals)")
    let payout = try #require(try await world.sequencer.read { $0.openPayouts.first })
    try await world.mine([try await world.signedTransaction()])
    for _ in 0..<2 { try await world.mine() }
    try await world.round()
    return payout
  }

  @Test func `what is above the band goes to cold addresses, and the float is at its target`()
    async throws
  {
    let world = try await world(batch: try Self.batch(cap: 2_000_000))
    #expect(try sweep(world, rate: 10) == nil, "fees are not low")
    let owed = try await world.sequencer.read { $0.owed(GuardWorld.btc).units }
    let payout = try await sweepToCold(world)
    // Twenty percent stay; two addresses of at most 2 000 000 take the rest.
    #expect(payout.cold.map(\.index) == [0, 1])
    #expect(payout.cold.allSatisfy { $0.amount.units <= 2_000_000 })
    let swept = payout.cold.reduce(0) { $0 + $1.amount.units }
    #expect(swept == owed - (owed + 4) / 5)
    #expect(try await world.sequencer.read { $0.coldTotal.units } == swept)
    #expect(try sweep(world) == nil, "the float is inside its band")
    #expect(world.core.halted == nil)
    #expect(try await world.sequencer.read { $0.suspensions.isEmpty })
  }

  @Test(arguments: [(count: 20, value: Int64(240_000)), (100, 48_000)])
  func `a wallet of many small coins is swept in parts`(count: Int, value: Int64) async throws {
    let world = try await GuardWorld(float: Self.terms)
    try await world.submit(
      .coldWallet(
        ColdWallet(descriptor: Self.cold.text, maximumFee: Amount(units: 10_000))),
      .registerColdBatch(try Self.batch()))
    try await world.openAlice(paidBy: world.chain.payment(of: value, to: 0))
    try await world.mine((1..<count).map { _ in world.chain.payment(of: value, to: 0) })
    for _ in 0..<2 { try await world.mine() }
    for _ in 0..<2 { try await world.round() }
    // Ten withdrawals leave fees for the house.
    for _ in 0..<10 { try await world.withdraw(2_000) }
    for _ in 0..<2 { try await world.round() }
    while let signed = try await world.sequencer.read({
      $0.openPayouts.first { $0.state == .signed }?.signed
    }) {
      try await world.mine([try Transaction(parsing: signed)])
      for _ in 0..<2 { try await world.mine() }
      try await world.round()
    }
    guard case .payoutBuilt(let built)? = try sweep(world) else {
      Issue.record("nothing is swept")
      return
    }
    #expect(built.inputs.count <= 50)
    let swept = built.cold.reduce(0) { $0 + $1.amount.units }
    #expect(swept >= Self.terms.policy.smallestMove)
    try await world.give(.payoutBuilt(built))
    try await world.round()
    #expect(world.lastRefusals.isEmpty, "\(world.lastRefusals)")
  }

  @Test func `when addresses run out the guard says so`() async throws {
    let world = try await world(batch: try Self.batch(count: 1, cap: 1_000_000))
    #expect(world.core.sweepObstacle == nil)
    try await sweepToCold(world)
    #expect(world.core.sweepObstacle == "no cold address is left")
    #expect(try sweep(world) == nil)
  }

  @Test func `no payout is built while the plan that takes its change position is on its way`()
    async throws
  {
    let world = try await world()
    try await sweepToCold(world)
    try await world.withdraw(1_500_000)
    let small = try await world.withdraw(10_000)
    try world.follow()
    if world.core.wantsReserves, let reserves = world.chain.reserves {
      world.core.learn(reserves)
    }
    for command in try world.core.decide(signers: world.statuses) { try await world.give(command) }
    try world.follow()
    let plan = try #require(world.core.planFloat())
    try await world.give(plan)
    #expect(try world.buildPayout().get() == nil, "its change position is taken")
    try world.follow()
    try await world.give(try #require(try world.buildPayout().get()))
    #expect(try await world.withdrawal(small).payout != nil)
  }

  @Test func `more than the hot wallet holds waits, is refilled, and is paid`() async throws {
    let world = try await world()
    try await sweepToCold(world)
    let before = try await world.sequencer.read { ($0.hotFloat.units, $0.openRefill) }
    #expect(before.1 == nil)
    let large = try await world.withdraw(1_500_000)
    let small = try await world.withdraw(10_000)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.withdrawal(large).awaitsRefill)
    #expect(try await world.withdrawal(small).payout != nil, "a small one does not wait behind it")
    let refill = try #require(try await world.sequencer.read { $0.openRefill })
    #expect(refill.need.missing > .zero && refill.need.amount > refill.need.missing)
    #expect(
      try await world.sequencer.read { $0.suspensions.map(\.reason) }
        == [.refillAwaited(missing: refill.need.missing)])
    // The people at the vault send it.
    let coins = try await world.sequencer.read { $0.coldOutputs }
    let sum = coins.reduce(0) { $0 + $1.amount.units }
    let place = try K.descriptor.script(branch: 1, index: refill.changeIndex).scriptPubKey
    let sent = Transaction(
      inputs: coins.map { TransactionInput(outpoint: Outpoint($0.outpoint)!) },
      outputs: [
        TransactionOutput(value: refill.need.amount.units, script: place),
        TransactionOutput(
          value: sum - refill.need.amount.units - 1_000,
          script: try Self.cold.script(branch: 1, index: 0).scriptPubKey),
      ])
    try await world.mine([try await world.signedTransaction(), sent])
    for _ in 0..<3 { try await world.round() }
    #expect(try await world.sequencer.read { $0.openRefill } == nil)
    #expect(try await world.sequencer.read { $0.suspensions.isEmpty })
    let paid = try await world.withdrawal(large)
    #expect(paid.payout != nil && !paid.awaitsRefill)
    #expect(world.core.halted == nil)
  }

  private func holders(live: UInt32) -> KeyHolderFacts {
    KeyHolderFacts(
      report: KeyHoldersReport(
        live: live, threshold: 2, seats: 3, frozen: false, reduced: live < 3, claims: 0,
        successorAt: nil, logCount: 1, logHead: Array(repeating: 1, count: 32)),
      policyID: K.descriptor.policyID, keyChecks: [nil, nil, nil])
  }

  @Test(arguments: [(Int64(5_000), UInt32(1_000)), (2_500, 500), (10_000, 2_000)])
  func `less is kept hot while a key holder is missing, and as much as before when he is back`(
    share: Int64, target: UInt32
  ) async throws {
    var terms = Self.terms
    terms.fewHoldersBasisPoints = share
    let world = try await world(float: terms)
    world.core.learn(holders(live: 3))
    try await sweepToCold(world)
    let usual = try await world.sequencer.read { $0.floatPlan }
    #expect(usual?.targetBasisPoints == 2_000 && usual?.isShrunk == false)
    #expect(try sweep(world) == nil)

    world.core.learn(holders(live: 2))
    try await world.round()
    let plan = try #require(try await world.sequencer.read { $0.floatPlan })
    #expect(plan.targetBasisPoints == target && plan.usualTargetBasisPoints == 2_000)
    #expect(plan.isShrunk == (target < 2_000))
    if plan.isShrunk {
      let (before, owed) = try await world.sequencer.read {
        ($0.hotFloat.units, $0.owed(GuardWorld.btc).units)
      }
      let payout = try await sweepToCold(world)
      let swept = payout.cold.reduce(0) { $0 + $1.amount.units }
      let policy = try #require(FloatPolicy(targetBasisPoints: Int64(target)))
      #expect(before - swept == policy.target(owed))
      // What goes out meanwhile asks for no refill up to the usual target.
      #expect(try await world.sequencer.read { $0.openRefill } == nil)
    } else {
      #expect(try sweep(world) == nil)
    }
    world.core.learn(holders(live: 3))
    try await world.round()
    let after = try await world.sequencer.read { $0.floatPlan }
    #expect(after?.targetBasisPoints == 2_000 && after?.isShrunk == false)
    #expect(world.core.halted == nil)
  }

  @Test func `a request is taken back when the float recovers by itself`() async throws {
    let world = try await world()
    try await sweepToCold(world)
    let large = try await world.withdraw(1_500_000)
    try await world.round()
    #expect(try await world.sequencer.read { $0.openRefill } != nil)
    try await world.submit(.cancelWithdrawal(account: GuardWorld.alice, withdrawal: large))
    try await world.round()
    #expect(try await world.sequencer.read { $0.lastRefill?.state } == .withdrawn)
    #expect(try await world.sequencer.read { $0.suspensions.isEmpty })
  }

  @Test func `without a cold wallet nothing is swept and nothing waits for one`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    try await world.round()
    #expect(try sweep(world) == nil)
    #expect(!world.core.mayHaveTooMuch)
    let id = try await world.withdraw(1_500_000)
    try await world.round()
    #expect(try await world.withdrawal(id).payout != nil)
    #expect(try await world.sequencer.read { $0.floatPlan } == nil)
  }

  @Test func `a cold wallet that the guard does not know stops it`() async throws {
    let world = try await GuardWorld()
    try await world.submit(
      .coldWallet(ColdWallet(descriptor: Self.cold.text, maximumFee: .zero)))
    try world.follow()
    #expect(world.core.halted != nil)
  }

  @Test func `cold addresses that nobody signed stop the guard`() async throws {
    var altered = try Self.batch()
    altered.addressCap = Amount(units: 1)
    for batch in [try Self.batch(by: K.mallory), altered] {
      let world = try await GuardWorld(float: Self.terms)
      try await world.submit(
        .coldWallet(ColdWallet(descriptor: Self.cold.text, maximumFee: .zero)),
        .registerColdBatch(batch))
      try world.follow()
      #expect(world.core.halted != nil)
    }
  }

  @Test func `a sweep to a script that is no cold address stops the guard`() async throws {
    let world = try await world()
    guard case .payoutBuilt(var built)? = try sweep(world) else {
      Issue.record("nothing to sweep")
      return
    }
    var transaction = try Transaction(parsing: built.unsigned)
    transaction.outputs[0].script = .payToWitness(
      version: 0, program: [UInt8](repeating: 6, count: 20))
    built.unsigned = transaction.bytes
    built.transaction = transaction.id.bytes
    // The online server is broken into, and journals what it likes.
    try await world.submit(.payoutBuilt(built))
    try await world.round()
    #expect(world.core.halted != nil)
  }

  @Test func `a sweep that no block takes is replaced by a dearer one to the same addresses`()
    async throws
  {
    let world = try await world()
    try await world.give(try #require(try sweep(world)))
    try await world.round()
    let first = try await world.signedTransaction()
    world.clock.advance(3_600_000)
    let command = try world.build {
      world.core.replacePayout(feeRate: FeeRate(satsPerVByte: 8)!, signers: $0)
    }.get()
    try await world.give(try #require(command))
    try await world.round()
    #expect(world.lastRefusals.isEmpty, "\(world.lastRefusals)")
    let second = try await world.signedTransaction()
    #expect(first.id != second.id)
    #expect(Set(first.inputs.map(\.outpoint)).isSubset(of: second.inputs.map(\.outpoint)))
    let payout = try #require(try await world.sequencer.read { $0.openPayouts.first })
    #expect(
      Array(first.outputs.prefix(payout.cold.count))
        == Array(second.outputs.prefix(payout.cold.count)))
    #expect(payout.others.count == 1)
    // Whichever a block takes is the one that counts.
    try await world.mine([first])
    for _ in 0..<2 { try await world.mine() }
    try await world.round()
    #expect(try await world.sequencer.read { $0.openPayouts.isEmpty && $0.suspensions.isEmpty })
    #expect(world.core.halted == nil)
  }

  @Test func `a guard that starts anew takes the batches from the journal`() async throws {
    let world = try await world()
    try world.restartGuard()
    try await world.round()
    #expect(world.core.halted == nil)
    try await sweepToCold(world)
  }
}
