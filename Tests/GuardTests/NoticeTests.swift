import Cryptography
import Engine
import Guard
import Journal
import Money
import Statements
import Structures
import Testing

/// The guard tells owners of changes itself, and takes their word that a change was not theirs. The test
/// owns the online server.
@Suite struct NoticeTests {
  typealias K = GuardKeys
  private static let hour: Int64 = 3_600_000
  private static let mailbox = "alice@example.org"

  /// A world in which alice is told of changes and has enrolled no key, with coins.
  private func world() async throws -> GuardWorld {
    let world = try await GuardWorld(
      delays: GuardDelays(
        newAddress: 2 * Self.hour, newKey: 3 * Self.hour, newContact: 48 * Self.hour),
      givesNotices: true)
    try await world.openAlice {
      try await world.submit(.setContact(account: GuardWorld.alice, contact: Self.mailbox))
    }
    try world.follow()
    try deliver(world)
    return world
  }

  /// The mail system takes over what is due.
  @discardableResult
  private func deliver(_ world: GuardWorld) throws -> [Notice] {
    let due = world.core.noticesDue
    for notice in due { try world.core.handedOver(notice) }
    return due
  }

  /// The guard's orders about notices reach the server.
  private func report(_ world: GuardWorld) async throws {
    for command in world.core.noticeOrders() { try await world.give(command) }
    try world.follow()
  }

  /// A thief with alice's API key enrols his own key, adds his address, and asks for money.
  private func rob(_ world: GuardWorld) async throws -> WithdrawalID {
    try await world.enrol(K.mallory)
    try await world.addAddress(K.address(66), nonce: 1, by: K.mallory)
    return try await world.withdraw(300_000, to: K.address(66))
  }

  @Test func `the wait for a key begins when its owner was told, and a cancel ends it all`()
    async throws
  {
    let world = try await world()
    let id = try await rob(world)
    // Nobody could be told for two days: nothing leaves.
    world.clock.advance(48 * Self.hour)
    for _ in 0..<2 { try await world.round() }
    guard case .guardHeld(_, let reason) = try await world.state(id) else {
      Issue.record("\(try await world.state(id))")
      return
    }
    #expect(reason.text.contains("has not gone out"))

    let told = try deliver(world)
    #expect(told.map(\.contact) == [Self.mailbox, Self.mailbox])
    #expect(told.last?.destination == K.address(66))
    #expect(world.core.noticesOwed.count == 0)
    world.clock.advance(Self.hour)
    let code = try #require(told.first?.code)
    #expect(try world.core.cancel(code) == .held)
    #expect(try world.core.cancel(code) == .known)
    world.clock.advance(48 * Self.hour)
    for _ in 0..<2 { try await world.round() }
    guard case .refused(let why) = try await world.state(id) else {
      Issue.record("\(try await world.state(id))")
      return
    }
    #expect(why.contains("took a change back"))
    #expect(world.core.halted == nil)
  }

  @Test func `without a cancel the key counts after its wait, as it must for its owner`()
    async throws
  {
    let world = try await world()
    let id = try await rob(world)
    try world.follow()
    try deliver(world)
    world.clock.advance(3 * Self.hour - 1)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(id) != .broadcast)
    world.clock.advance(1)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(id) == .broadcast)
  }

  @Test func `an honest server learns of the notice and of the cancel, and people end the hold`()
    async throws
  {
    let world = try await world()
    try await report(world)
    let thief = try await rob(world)
    try world.follow()
    let told = try deliver(world)
    try await report(world)
    #expect(try await world.sequencer.read { $0.openChanges.allSatisfy { $0.codeDigest != nil } })
    #expect(world.core.noticeOrders().isEmpty)

    let change = try #require(told.first?.code.change)
    _ = try world.core.cancel(try #require(told.first?.code))
    try await report(world)
    #expect(try await world.state(thief) == .canceled)
    #expect(try await world.sequencer.read { $0.account(GuardWorld.alice)?.signingKey } == nil)
    // The key that was taken back does not keep alice's own out.
    try await endHold(world, change, [("dave", K.dave), ("erin", K.erin)])
    try await world.enrol(K.alice)
    try await world.addAddress(K.address(1), nonce: 2)
    let own = try await world.withdraw(300_000)
    try world.follow()
    try deliver(world)
    try world.restartGuard()
    world.clock.advance(3 * Self.hour)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(own) == .broadcast)
    #expect(world.core.halted == nil)
  }

  private func endHold(
    _ world: GuardWorld, _ change: UInt64, _ operators: [(String, Ed25519.PrivateKey)]
  ) async throws {
    for (name, key) in operators {
      let statement = HoldStatement(operatorName: name, account: 1, change: change, ends: true)
      try await world.submit(
        .endHold(
          EndHold(
            account: GuardWorld.alice, change: ChangeID(change), operatorName: name,
            signature: try statement.signed(by: key))))
    }
    try world.follow()
  }

  @Test func `ending a hold again, or executing the journal again, forgets no key`() async throws {
    let world = try await world()
    try await report(world)
    _ = try await rob(world)
    try world.follow()
    let code = try #require(try deliver(world).first?.code)
    try await report(world)
    _ = try world.core.cancel(code)
    try await report(world)
    try await endHold(world, code.change, [("dave", K.dave), ("erin", K.erin)])
    // The very key comes back, honestly; and another one after it.
    try await world.enrol(K.mallory)
    try world.follow()
    try world.restartGuard()
    try world.follow()
    try deliver(world)
    try await world.enrol(K.alice)
    try await world.addAddress(K.address(1), nonce: 2)
    let other = try await world.withdraw(300_000)
    try world.follow()
    try deliver(world)
    world.clock.advance(48 * Self.hour)
    for _ in 0..<2 { try await world.round() }
    guard case .refused(let why) = try await world.state(other) else {
      Issue.record("\(try await world.state(other))")
      return
    }
    #expect(why.contains("another key than the customer is known by"))
  }

  @Test func `the contact before is told until the new one has cooled off by the guard's clock`()
    async throws
  {
    let world = try await world()
    let thief = "mallory@example.org"
    try await world.submit(.setContact(account: GuardWorld.alice, contact: thief))
    try world.follow()
    #expect(Set(world.core.noticesDue.map(\.contact)) == [Self.mailbox, thief])
    world.clock.advance(400 * Self.hour)
    try await world.enrol(K.mallory)
    try world.follow()
    // The new contact's own notice has not gone out: it has not begun to cool off.
    #expect(
      world.core.noticesDue.filter { $0.change.id == ChangeID(3) }.map(\.contact)
        == [thief, Self.mailbox])
    try deliver(world)
    world.clock.advance(48 * Self.hour - 1)
    try await world.addAddress(K.address(66), nonce: 1, by: K.mallory)
    try world.follow()
    #expect(world.core.noticesDue.map(\.contact) == [thief, Self.mailbox])
    world.clock.advance(1)
    #expect(world.core.noticesDue.map(\.contact) == [thief])
  }

  @Test
  func `what was handed over is not due again after a restart, and the rest is, with its code`()
    async throws
  {
    let world = try await world()
    try await world.enrol(K.mallory)
    try await world.submit(
      .setContact(account: GuardWorld.alice, contact: "mallory@example.org"))
    try world.follow()
    let due = world.core.noticesDue
    #expect(due.count == 4)
    try world.core.handedOver(try #require(due.first))
    try world.restartGuard()
    try world.follow()
    #expect(world.core.noticesDue == Array(due.dropFirst()))
    let code = try #require(due.first?.code)
    #expect(try world.core.cancel(code) == .held)
    try world.restartGuard()
    try world.follow()
    #expect(try world.core.cancel(code) == .known)
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func `codes that the guard did not make change nothing`(seed: UInt64) async throws {
    let world = try await world()
    let id = try await rob(world)
    try world.follow()
    let told = try deliver(world)
    let right = try #require(told.first?.code)
    var random = SplitMix64(seed: seed)
    for turn in 0..<200 {
      var code = right
      switch turn % 4 {
      case 0: code.secret[turn % 16] ^= UInt8.random(in: 1...255, using: &random)
      case 1: code.change = UInt64.random(in: 0...9, using: &random)
      case 2: code.account += UInt64.random(in: 1...9, using: &random)
      default: code.secret = (0..<16).map { _ in .random(in: 0...255, using: &random) }
      }
      if code != right { #expect(try world.core.cancel(code) == .unknown, "seed \(seed)") }
    }
    world.clock.advance(3 * Self.hour)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(id) == .broadcast, "nothing was held")
  }

  @Test(arguments: 0..<4)
  func `a server that makes up notices, cancels or ends of holds stops the guard`(way: Int)
    async throws
  {
    let world = try await world()
    try await report(world)
    _ = try await rob(world)
    try world.follow()
    let code = try #require(try deliver(world).first?.code)
    let digest = way == 0 ? [UInt8](repeating: 0, count: 32) : SHA256.hash(code.secret)
    try await world.submit(
      .noticeGiven(
        NoticeGiven(
          account: GuardWorld.alice, change: ChangeID(code.change), codeDigest: digest,
          cancellableUntil: world.clock.now)))
    try world.follow()
    #expect((world.core.halted != nil) == (way == 0))
    guard way > 0 else { return }
    let secret = way == 1 ? [UInt8](repeating: 0, count: 16) : code.secret
    try await world.submit(
      .cancelChange(
        CancelChange(
          account: GuardWorld.alice, change: ChangeID(code.change), authority: .code(secret))))
    try world.follow()
    #expect((world.core.halted != nil) == (way == 1))
    guard way > 1 else { return }
    let (name, key) = way == 2 ? ("dave", K.mallory) : ("dave", K.dave)
    try await endHold(world, code.change, [(name, key)])
    #expect((world.core.halted != nil) == (way == 2))
  }

  @Test func `a key that has grown old does not end the hold that the server kept to itself`()
    async throws
  {
    let world = try await world()
    try await report(world)
    _ = try await rob(world)
    try world.follow()
    let code = try #require(try deliver(world).first?.code)
    #expect(try world.core.cancel(code) == .held)
    // The server journals nothing of it until the thief's key speaks for the account there.
    world.clock.advance(25 * Self.hour)
    try await world.addAddress(K.address(67), nonce: 2, by: K.mallory)
    let change = try #require(try await world.sequencer.read { $0.openChanges.last?.id })
    func word(_ ends: Bool) throws -> [UInt8] {
      try HoldStatement(account: 1, change: change.raw, ends: ends).signed(by: K.mallory)
    }
    try await world.submit(
      .cancelChange(
        CancelChange(
          account: GuardWorld.alice, change: change, authority: .signature(try word(false)))),
      .endHold(
        EndHold(
          account: GuardWorld.alice, change: change, operatorName: nil,
          signature: try word(true))))
    try world.follow()
    #expect(world.core.halted == nil, "each of these words is the key's own")
    let id = try await world.withdraw(300_000, to: K.address(66))
    try deliver(world)
    world.clock.advance(48 * Self.hour)
    for _ in 0..<2 { try await world.round() }
    guard case .refused(let why) = try await world.state(id) else {
      Issue.record("\(try await world.state(id))")
      return
    }
    #expect(why.contains("took a change back"))
    // A person who has spoken with her ends it.
    try world.core.endHold(of: 1)
    #expect(try world.core.cancel(code) == .known)
  }

  @Test func `the key from before a change takes it back, and ends the hold`() async throws {
    let world = try await world()
    try await world.enrol(K.alice)
    try await world.addAddress(K.address(1), nonce: 1)
    try world.follow()
    try deliver(world)
    world.clock.advance(30 * Self.hour)
    try await world.enrol(K.mallory)
    let change = try #require(try await world.sequencer.read { $0.openChanges.last?.id })
    func word(_ ends: Bool, _ key: Ed25519.PrivateKey) throws -> [UInt8] {
      try HoldStatement(account: 1, change: change.raw, ends: ends).signed(by: key)
    }
    try await world.submit(
      .cancelChange(
        CancelChange(
          account: GuardWorld.alice, change: change,
          authority: .signature(try word(false, K.alice)))))
    try world.follow()
    #expect(world.core.halted == nil)
    #expect(world.core.exchange.hold(of: GuardWorld.alice) != nil)
    try await world.submit(
      .endHold(
        EndHold(
          account: GuardWorld.alice, change: change, operatorName: nil,
          signature: try word(true, K.alice))))
    let own = try await world.withdraw(300_000)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(own) == .broadcast)
    #expect(world.core.halted == nil)
  }
}
