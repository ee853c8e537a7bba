import Descriptors
import Engine
import Guard
import Journal
import Money
import SignerProtocol
import Signing
import Statements
import Structures
import Testing
import Wire

@Suite struct GuardServiceTests {
  typealias K = GuardKeys

  private func facts(
    live: UInt32, frozen: Bool = false, checks: [Int64?] = [nil, nil, nil],
    policy: [UInt8] = GuardKeys.descriptor.policyID
  ) -> KeyHolderFacts {
    KeyHolderFacts(
      report: KeyHoldersReport(
        live: live, threshold: 2, seats: 3, frozen: frozen, reduced: live < 3, claims: 0,
        successorAt: nil, logCount: 1, logHead: Array(repeating: 1, count: 32)),
      policyID: policy, keyChecks: checks)
  }

  private func decision(
    _ action: ServiceDecision.Action, by name: String, number: UInt64, signedBy dave: Bool = true
  ) throws -> Command {
    let statement = ServiceStatement(
      operatorName: name, asset: "BTC", action: action.rawValue,
      reasonClass: SuspensionClass.securityIncident.rawValue, text: "an alarm", number: number)
    let key = dave ? (name == "dave" ? K.dave : K.erin) : K.mallory
    return .decideService(
      ServiceDecision(
        operatorName: name, asset: GuardWorld.btc, action: action, reasonClass: .securityIncident,
        text: "an alarm", number: number, signature: try statement.signed(by: key)))
  }

  @Test func `too few key holders hold what waits, and one payment goes ahead of the others`()
    async throws
  {
    let world = try await GuardWorld()
    try await world.openAlice()
    world.core.learn(facts(live: 3))
    try await world.round()
    world.core.learn(facts(live: 1))
    var ids: [WithdrawalID] = []
    for _ in 0..<3 { ids.append(try await world.withdraw(100_000)) }
    for _ in 0..<3 { try await world.round() }
    for id in ids { #expect(try await world.state(id) == .approved) }
    #expect(try await world.sequencer.read { $0.serviceState } == .suspended)

    world.clock.advance(1000)
    world.core.learn(facts(live: 3))
    for _ in 0..<3 { try await world.round() }
    #expect(try await world.sequencer.read { $0.serviceState } == .checking)
    #expect(try await world.sequencer.read { $0.openPayouts.isEmpty }, "no key was proved yet")

    world.clock.advance(1000)
    let now = world.clock.now.milliseconds
    // As the driver does in every round.
    for status in world.statuses { try world.core.learn(status) }
    world.core.learn(
      facts(live: 3, checks: [now, now, nil], policy: [UInt8](repeating: 1, count: 32)))
    for _ in 0..<4 { try await world.round() }
    #expect(
      try await world.sequencer.read { $0.reopening(of: GuardWorld.btc)?.keysProved } == 0,
      "another wallet's keys were proved")
    world.core.learn(facts(live: 3, checks: [now, now, nil]))
    for _ in 0..<4 { try await world.round() }
    let payouts = try await world.sequencer.read { $0.openPayouts }
    let checks = try await world.sequencer.read { $0.reopening(of: GuardWorld.btc) }
    #expect(checks?.isReadyToPay == true, "\(String(describing: checks))")
    #expect(payouts.map(\.withdrawals) == [[ids[0]]], "the first payment is made alone")
    try await world.mine([world.signedTransaction()])
    #expect(try await world.sequencer.read { $0.drain(of: GuardWorld.btc)?.left } == 2)
    for _ in 0..<4 { try await world.round() }
    for id in ids.dropFirst() { #expect(try await world.state(id) == .broadcast) }
    #expect(try await world.sequencer.read { $0.serviceState } == .open)
    #expect(world.core.halted == nil)
  }

  @Test func `what was built before a freeze is not signed while it lasts`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    world.core.learn(facts(live: 3))
    let id = try await world.withdraw(100_000)
    try world.follow()
    let signers = world.signers
    world.signers = world.signers.map { _ in nil }
    try await world.round()
    world.signers = signers
    world.core.learn(facts(live: 3, frozen: true))
    for _ in 0..<3 { try await world.round() }
    #expect(try await world.state(id) != .broadcast)
    #expect(try world.core.payoutsToSign().isEmpty)
  }

  @Test func `what was built before a freeze is given up, judged again and paid after the checks`()
    async throws
  {
    let world = try await GuardWorld()
    try await world.openAlice()
    world.core.learn(facts(live: 3))
    let ids = [try await world.withdraw(100_000), try await world.withdraw(110_000)]
    let signers = world.signers
    world.signers = world.signers.map { _ in nil }
    try world.look()
    for command in try world.core.decide(signers: signers.compactMap { $0?.status }) {
      try await world.give(command)
    }
    try world.follow()
    let built = try world.buildPayout(signers: signers.compactMap { $0?.status }).get()
    try await world.give(try #require(built))
    world.signers = signers
    for id in ids { #expect(try await world.state(id) == .building) }

    world.core.learn(facts(live: 3, frozen: true))
    for _ in 0..<2 { try await world.round() }
    world.clock.advance(1000)
    world.core.learn(facts(live: 3))
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.sequencer.read { $0.serviceState } == .checking)
    #expect(try world.core.payoutsToSign().isEmpty, "no key was proved, nothing was judged again")
    try await world.giveUp()
    for id in ids { #expect(try await world.state(id) == .released) }

    let now = world.clock.now.milliseconds
    for status in world.statuses { try world.core.learn(status) }
    world.core.learn(facts(live: 3, checks: [now, now, nil]))
    for _ in 0..<4 { try await world.round() }
    #expect(try await world.state(ids[0]) == .broadcast)
    #expect(try await world.state(ids[1]) == .released, "the first payment is made alone")
    try await world.mine([world.signedTransaction()])
    for _ in 0..<4 { try await world.round() }
    #expect(try await world.state(ids[1]) == .broadcast)
    #expect(world.core.halted == nil)
  }

  @Test func `with one holder short half as much leaves in an hour`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    world.core.learn(facts(live: 2))
    let first = try await world.withdraw(1_400_000)
    let second = try await world.withdraw(1_400_000)
    for _ in 0..<3 { try await world.round() }
    #expect(try await world.state(first) == .broadcast)
    guard case .guardHeld = try await world.state(second) else {
      Issue.record("the second is \(try await world.state(second))")
      return
    }
  }

  @Test func `a key holders' log that cannot be written stops withdrawals in public`() async throws
  {
    let world = try await GuardWorld()
    try await world.openAlice()
    world.core.learn(facts(live: 3))
    try await world.round()
    #expect(try await world.sequencer.read { $0.serviceState } == .open)
    world.core.learn(keyHolderProblem: "the disk is full")
    for _ in 0..<2 { try await world.round() }
    #expect(
      try await world.sequencer.read { $0.guardReport?.halted }
        == "the key holders' log: the disk is full")
    #expect(try await world.sequencer.read { $0.serviceState } == .suspended)
    world.core.learn(keyHolderProblem: nil)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.sequencer.read { $0.serviceState } == .open)
    #expect(world.core.halted == nil)
  }

  @Test func `a key holders' log that was cut back or is not kept stops the guard`() async throws {
    for isKept in [true, false] {
      let world = try await GuardWorld()
      try await world.openAlice()
      world.core.learn(facts(live: 3))
      try await world.round()
      let told = try #require(try await world.sequencer.read { $0.keyHolders })
      try world.core.compareKeyHolderLog { $0 == told.logHead && $1 == told.logCount }
      #expect(world.core.halted == nil, "the log has what was told")
      try world.core.compareKeyHolderLog(isKept ? { _, _ in false } : nil)
      #expect(
        world.core.halted
          == (isKept
            ? "the key holders' log was cut back: it has not the entry 1 that was published, with head "
              + Hex.text(told.logHead)
            : "the journal tells of a key holders' log, and this guard keeps none"))
    }
  }

  @Test func `where the journal tells of key holders nothing leaves before their log is read`()
    async throws
  {
    let world = try await GuardWorld()
    try await world.openAlice()
    world.core.learn(facts(live: 3))
    try await world.round()
    try world.restartGuard()
    let id = try await world.withdraw(100_000)
    for _ in 0..<3 { try await world.round() }
    #expect(try await world.state(id) == .approved)
    world.core.learn(facts(live: 3))
    for _ in 0..<3 { try await world.round() }
    #expect(try await world.state(id) == .broadcast)
  }

  @Test func `checks that the guard did not make stop it`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    try await world.submit(
      decision(.suspend, by: "dave", number: 1), decision(.lift, by: "dave", number: 2),
      decision(.lift, by: "erin", number: 3))
    #expect(try await world.sequencer.read { $0.serviceState } == .checking)
    try world.follow()
    #expect(world.core.halted == nil)
    try await world.submit(
      .reopeningChecked(
        ReopeningCheck(
          asset: GuardWorld.btc, keysProved: 3, keysNeeded: 2, countersEqual: 3, countersNeeded: 2,
          judged: 0, drainPerHour: 1000, signature: Array(repeating: 1, count: 64))))
    try world.follow()
    #expect(
      world.core.halted == "checks before reopening are in the journal that the guard did not make")
  }

  @Test func `a report on key holders that the guard did not make stops it`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    world.core.learn(facts(live: 3, frozen: true))
    try await world.round()
    #expect(world.core.halted == nil)
    // The guard's own word of the freeze, with one field turned.
    var forged = try #require(try await world.sequencer.read { $0.keyHolders })
    forged.frozen = false
    try await world.submit(.keyHoldersReported(forged))
    try world.follow()
    #expect(
      world.core.halted
        == "a report on the key holders is in the journal that the guard did not make")
  }

  @Test func `an end of a suspension that no operator signed stops the guard`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    try await world.submit(decision(.suspend, by: "dave", number: 1))
    try world.follow()
    #expect(world.core.halted == nil)
    try await world.submit(decision(.lift, by: "erin", number: 2, signedBy: false))
    try world.follow()
    #expect(world.core.halted == "a decision on the service is not signed by its operator")
  }

  @Test func `a wallet that the guard does not know stops it`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    try await world.submit(
      .rotateWallet(WalletRotation(descriptor: "a thief's", maximumFee: .zero)))
    try world.follow()
    #expect(world.core.halted == "a wallet takes over that this guard does not know")
  }

  @Test(arguments: [
    (1000, nil),
    (1001, "bringing coins over may lose 1001 satoshi; the guard's rotationFee is 1000"),
  ])
  func `a wallet takes over only for the fee that the guard allows`(fee: Int64, halt: String?)
    async throws
  {
    let world = try await GuardWorld()
    let clock = world.clock
    let next = try #require(K.wallets.first { $0.text != K.descriptor.text })
    var policy = world.policy
    policy.former = [next]
    policy.rotationFee = 1000
    world.core = try GuardCore(
      policy: policy, key: K.guardKey, recordPath: world.folder + "/guard-2",
      clock: { clock.now })
    try await world.openAlice()
    try await world.submit(
      .rotateWallet(WalletRotation(descriptor: next.text, maximumFee: Amount(units: fee))))
    try world.follow()
    #expect(world.core.halted == halt)
  }
}
