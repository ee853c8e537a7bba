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
    let due = try world.core.noticesDue()
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
    #expect(told.map(\.contact.text) == [Self.mailbox, Self.mailbox])
    #expect(told.last?.destination == K.address(66))
    #expect(world.core.noticesOwed.count == 0)
    world.clock.advance(Self.hour)
    let code = try #require(told.first?.code ?? nil)
    #expect(try world.core.cancel(code) == .held)
    #expect(try world.core.cancel(code) == .known)
    world.clock.advance(48 * Self.hour)
    for _ in 0..<2 { try await world.round() }
    let why = try await world.refusal(of: id)
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

    let code = try #require(told.first?.code ?? nil)
    let change = code.change
    _ = try world.core.cancel(code)
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
            account: GuardWorld.alice, change: ChangeID(change),
            authority: .operatorNamed(name, signature: try statement.signed(by: key)))))
    }
    try world.follow()
  }

  @Test func `ending a hold again, or executing the journal again, forgets no key`() async throws {
    let world = try await world()
    try await report(world)
    _ = try await rob(world)
    try world.follow()
    let code = try #require(try deliver(world).first?.code ?? nil)
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
    let why = try await world.refusal(of: other)
    #expect(why.contains("another key than the customer is known by"))
  }

  @Test func `the contact before is told until the new one has cooled off by the guard's clock`()
    async throws
  {
    let world = try await world()
    let thief = "mallory@example.org"
    try await world.submit(.setContact(account: GuardWorld.alice, contact: thief))
    try world.follow()
    #expect(Set(try world.core.noticesDue().map(\.contact.text)) == [Self.mailbox, thief])
    world.clock.advance(400 * Self.hour)
    try await world.enrol(K.mallory)
    try world.follow()
    // The new contact's own notice has not gone out: it has not begun to cool off.
    #expect(
      try world.core.noticesDue().filter { $0.change == ChangeID(3) }.map(\.contact.text)
        == [thief, Self.mailbox])
    try deliver(world)
    world.clock.advance(48 * Self.hour - 1)
    try await world.addAddress(K.address(66), nonce: 1, by: K.mallory)
    try world.follow()
    let before = try world.core.noticesDue()
    #expect(before.map(\.contact.text) == [thief, Self.mailbox])
    #expect(before.map { $0.code == nil } == [true, false], "a new contact has no codes")
    world.clock.advance(1)
    let after = try world.core.noticesDue()
    #expect(after.map(\.contact.text) == [thief])
    #expect(after.first?.code != nil)
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
    let due = try world.core.noticesDue()
    #expect(due.count == 4)
    try world.core.handedOver(try #require(due.first))
    try world.restartGuard()
    try world.follow()
    #expect(try world.core.noticesDue() == Array(due.dropFirst()))
    let code = try #require(due.compactMap(\.code).first)
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
    let right = try #require(told.first?.code ?? nil)
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
    let code = try #require(try deliver(world).first?.code ?? nil)
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
    let code = try #require(try deliver(world).first?.code ?? nil)
    #expect(try world.core.cancel(code) == .held)
    // The server journals nothing of it until the thief's key speaks for the account there.
    world.clock.advance(31 * 24 * Self.hour)
    try await world.addAddress(K.address(67), nonce: 2, by: K.mallory)
    let change = try #require(try await world.sequencer.read { $0.openChanges.last?.id })
    func word(_ ends: Bool) throws -> [UInt8] {
      try HoldStatement(account: 1, change: change.raw, ends: ends).signed(by: K.mallory)
    }
    try await world.submit(
      .cancelChange(
        CancelChange(
          account: GuardWorld.alice, change: change,
          authority: .key(K.mallory.publicKey.bytes, signature: try word(false)))),
      .endHold(
        EndHold(
          account: GuardWorld.alice, change: change,
          authority: .key(K.mallory.publicKey.bytes, signature: try word(true)))))
    try world.follow()
    #expect(world.core.halted == nil, "each of these words is the key's own")
    let id = try await world.withdraw(300_000, to: K.address(66))
    try deliver(world)
    world.clock.advance(48 * Self.hour)
    for _ in 0..<2 { try await world.round() }
    let why = try await world.refusal(of: id)
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
    try await report(world)
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
          authority: .key(K.alice.publicKey.bytes, signature: try word(false, K.alice)))))
    try world.follow()
    #expect(world.core.halted == nil)
    #expect(world.core.exchange.hold(of: GuardWorld.alice) != nil)
    try await world.submit(
      .endHold(
        EndHold(
          account: GuardWorld.alice, change: change,
          authority: .key(K.alice.publicKey.bytes, signature: try word(true, K.alice)))))
    let own = try await world.withdraw(300_000)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(own) == .broadcast)
    #expect(world.core.halted == nil)
  }

  // Whose word counts, at the instant at which it takes effect.

  @Test func `a key's word that comes when another key speaks is refused, and stops nobody`()
    async throws
  {
    let world = try await world()
    try await world.enrol(K.alice)
    try world.follow()
    try deliver(world)
    try await report(world)
    world.clock.advance(30 * Self.hour)
    // Both keys are the customer's own.
    try await world.enrol(K.mallory)
    try world.follow()
    try deliver(world)
    try await report(world)
    let key = try #require(try await world.sequencer.read { $0.openChanges.last })
    world.clock.advance(Self.hour)
    try await world.addAddress(K.address(66), nonce: 1, by: K.mallory)
    let address = try #require(try await world.sequencer.read { $0.openChanges.last })
    // Nothing is journaled until the key's change is over: the exchange last looked when it was not.
    world.clock.advance(key.cancellableUntil.milliseconds - world.clock.now.milliseconds + 5)
    let standing = try await world.sequencer.read { $0.standingKey(of: GuardWorld.alice) }
    #expect(standing == K.alice.publicKey.bytes)
    let now = world.clock.now
    let next = try await world.sequencer.read { $0.standingKey(of: GuardWorld.alice, at: now) }
    #expect(next == K.mallory.publicKey.bytes)
    func cancel(by key: Ed25519.PrivateKey) throws -> Command {
      let word = HoldStatement(account: 1, change: address.id.raw, ends: false)
      return .cancelChange(
        CancelChange(
          account: GuardWorld.alice, change: address.id,
          authority: .key(key.publicKey.bytes, signature: try word.signed(by: key))))
    }
    let late = try await world.sequencer.submit(try cancel(by: K.alice))
    #expect(late.refusal == .keyDoesNotSpeak)
    try world.follow()
    #expect(world.core.halted == nil)
    let right = try await world.sequencer.submit(try cancel(by: K.mallory))
    #expect(right.refusal == nil)
    try world.restartGuard()
    try world.follow()
    #expect(world.core.halted == nil)
    #expect(world.core.exchange.hold(of: GuardWorld.alice)?.change == address.id)
  }

  @Test func `a key's word under another key's signature stops the guard`() async throws {
    let world = try await world()
    try await world.enrol(K.alice)
    try world.follow()
    try deliver(world)
    try await report(world)
    world.clock.advance(30 * Self.hour)
    try await world.enrol(K.mallory)
    let change = try #require(try await world.sequencer.read { $0.openChanges.last?.id })
    let word = HoldStatement(account: 1, change: change.raw, ends: false)
    try await world.submit(
      .cancelChange(
        CancelChange(
          account: GuardWorld.alice, change: change,
          authority: .key(K.alice.publicKey.bytes, signature: try word.signed(by: K.mallory)))))
    try world.follow()
    #expect(world.core.halted != nil)
  }

  @Test func `a refused command says nothing, and what fell due before it counts`() async throws {
    let world = try await world()
    try await world.enrol(K.alice)
    try await world.addAddress(K.address(1), nonce: 1)
    var configuration = GuardWorld.configuration()
    configuration.assets[0].limits.delayAbove = Amount(units: 100_000)
    try await world.submit(.configure(configuration))
    let id = try await world.withdraw(300_000)
    try world.follow()
    try deliver(world)
    world.clock.advance(3 * Self.hour)
    // The withdrawal's online wait has passed: that is the first that the command's entry says.
    let forged = try await world.sequencer.submit(
      .noticeGiven(
        NoticeGiven(
          account: GuardWorld.alice, change: ChangeID(99),
          codeDigest: [UInt8](repeating: 0, count: 32), cancellableUntil: world.clock.now)))
    #expect(forged.refusal == .unknownChange)
    #expect(forged.events.first != .refused(.unknownChange))
    for _ in 0..<2 { try await world.round() }
    #expect(world.core.halted == nil)
    #expect(try await world.state(id) == .broadcast)
  }

  // Mail that does not flow.

  /// Alice's code at the page of the exchange.
  private func atThePage(_ world: GuardWorld, _ code: NoticeCode) async throws -> Refusal? {
    try await world.sequencer.submit(
      .cancelChange(
        CancelChange(
          account: GuardWorld.alice, change: ChangeID(code.change), authority: .code(code.secret)))
    ).refusal
  }

  @Test(arguments: [Int64(25), 600])
  func `the code in a notice that goes out late still cancels at the exchange`(hours: Int64)
    async throws
  {
    let world = try await world()
    try await report(world)
    let id = try await rob(world)
    try world.follow()
    world.clock.advance(hours * Self.hour)
    for _ in 0..<2 { try await world.round() }
    let code = try #require(try deliver(world).first?.code ?? nil)
    try await report(world)
    #expect(world.core.noticesOwed.count == 0)
    // She reads it before the guard's wait is over.
    world.clock.advance(2 * Self.hour)
    for _ in 0..<2 { try await world.round() }
    #expect(try await atThePage(world, code) == nil)
    world.clock.advance(48 * Self.hour)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(id) == .canceled)
    #expect(world.core.halted == nil)
  }

  @Test(arguments: [true, false])
  func `a contact that takes no mail makes nobody's code worthless`(atOnce: Bool) async throws {
    let world = try await world()
    try await report(world)
    try await world.submit(
      .setContact(account: GuardWorld.alice, contact: "thief@nowhere.example"))
    let id = try await rob(world)
    try world.follow()
    let hers = try world.core.noticesDue().filter { $0.contact.text == Self.mailbox }
    #expect(hers.count == 3)
    for notice in hers { try world.core.handedOver(notice) }
    try await report(world)
    #expect(world.core.noticesOwed.count == 3, "the thief has not been told")
    #expect(try await world.sequencer.read { $0.openChanges.allSatisfy { $0.codeDigest != nil } })
    let code = try #require(hers.last?.code ?? nil)
    if !atOnce {
      world.clock.advance(25 * Self.hour)
      for _ in 0..<2 { try await world.round() }
      #expect(try await world.state(id) != .broadcast)
      // Now it takes mail, and the guard's wait begins: her code counts as long.
      try deliver(world)
      try await report(world)
      #expect(try await world.sequencer.read { $0.openChanges.allSatisfy(\.isTold) })
      world.clock.advance(2 * Self.hour)
    }
    #expect(try await atThePage(world, code) == nil)
    world.clock.advance(48 * Self.hour)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(id) == .canceled)
  }

  /// Mallory's own account, with a contact that nobody delivers to and as many changes as there may be.
  private func crowd(_ world: GuardWorld) async throws -> AccountID {
    try await world.submit(.openAccount(name: "mallory"))
    let mallory = AccountID(2)
    try await world.submit(.setContact(account: mallory, contact: "x@nowhere.example"))
    for turn in 1..<Exchange.openChangeLimit {
      try await world.submit(try enrolment(of: mallory, turn))
    }
    return mallory
  }

  private func enrolment(of account: AccountID, _ turn: Int) throws -> Command {
    let key = turn.isMultiple(of: 2) ? K.mallory : K.alice
    let statement = EnrolmentStatement(account: account.raw, publicKey: key.publicKey.bytes)
    return .enrolSigningKey(
      account: account, publicKey: key.publicKey.bytes, proof: try statement.signed(by: key))
  }

  @Test func `one account's notices that nobody takes over keep nobody else's back`() async throws {
    let world = try await world()
    try await report(world)
    let mallory = try await crowd(world)
    let tooMany = try await world.sequencer.submit(
      try enrolment(of: mallory, Exchange.openChangeLimit))
    #expect(tooMany.refusal == .tooManyChanges(limit: UInt32(Exchange.openChangeLimit)))
    try await world.enrol(K.alice)
    try await world.addAddress(K.address(1), nonce: 1)
    try world.follow()
    // In turn, whichever account had its turn last; and what is not tried again yet does not count.
    for turn in [UInt64(0), 1, 2, 3] {
      let due = try world.core.noticesDue(after: turn)
      #expect(due.prefix(4).count { $0.contact.text == Self.mailbox } == 2, "after \(turn)")
      #expect(due.first?.account == (turn == 1 ? mallory : GuardWorld.alice))
    }
    let due = try world.core.noticesDue()
    #expect(due.count == Exchange.openChangeLimit + 2)
    let busy = Set(due.filter { $0.account == mallory }.map(\.name))
    #expect(try world.core.noticesDue(besides: busy).map(\.account.raw) == [1, 1])
  }

  @Test func `what is over and what nothing rests on is told no more`() async throws {
    let world = try await world()
    try await report(world)
    let mallory = try await crowd(world)
    let id = try await rob(world)
    try world.follow()
    #expect(world.core.noticesOwed.count == Exchange.openChangeLimit + 2)
    world.clock.advance(31 * 24 * Self.hour)
    try await world.submit(.setContact(account: GuardWorld.alice, contact: "alice@example.net"))
    try world.follow()
    let due = try world.core.noticesDue()
    // Mallory's contact and both keys, of which the journal may still say that one is in force, stay; so
    // does everything on which alice's withdrawal rests.
    let rest = due.filter { $0.account == mallory }
    #expect(rest.count < Exchange.openChangeLimit && !rest.isEmpty)
    #expect(due.contains { $0.account == GuardWorld.alice && $0.destination == K.address(66) })
    for _ in 0..<2 { try await world.round() }
    guard case .guardHeld(_, let reason) = try await world.state(id) else {
      Issue.record("\(try await world.state(id))")
      return
    }
    #expect(reason.text.contains("has not gone out"))
  }

  // What the journal says is not what the guard mails.

  @Test func `a contact or an address that is none is no recipient and nobody's words`()
    async throws
  {
    let world = try await world()
    for text in ["-oQ/tmp@example.org", "a@b.example\nBcc: m@example.org", "not an address"] {
      try await world.submit(.setContact(account: GuardWorld.alice, contact: text))
    }
    try await world.enrol(K.mallory)
    let words = "bc1qx\n\nDear customer"
    try await world.addAddress(words, nonce: 1, by: K.mallory)
    try world.follow()
    let due = try world.core.noticesDue()
    #expect(due.count == 5)
    #expect(due.allSatisfy { $0.contact.text == Self.mailbox && $0.code != nil })
    #expect(due.last?.destination == "626331" + "71780a0a4465617220637573746f6d6572")
  }

  // News of holds.

  @Test func `owners are told of cancels and of ends of holds, without a code, once`() async throws
  {
    let world = try await world()
    try await report(world)
    let thief = "mallory@example.org"
    try await world.submit(.setContact(account: GuardWorld.alice, contact: thief))
    try world.follow()
    let code = try #require(try deliver(world).compactMap(\.code).first)
    try await report(world)
    #expect(try await atThePage(world, code) == nil)
    try world.follow()
    let cancelled = try world.core.noticesDue()
    // The contact that was taken back is told as well: the cancel could be a thief's.
    #expect(cancelled.map(\.contact.text) == [Self.mailbox, thief])
    #expect(cancelled.allSatisfy { $0.subject == .cancelled && $0.code == nil })
    try world.core.handedOver(try #require(cancelled.first))
    try world.restartGuard()
    try world.follow()
    #expect(try deliver(world) == Array(cancelled.dropFirst()))
    #expect(try world.core.noticesDue().isEmpty)
    // One operator's word ends nothing.
    try await endHold(world, code.change, [("dave", K.dave)])
    #expect(try world.core.noticesDue().isEmpty)
    try await endHold(world, code.change, [("erin", K.erin)])
    #expect(try deliver(world).map(\.subject) == [.holdEnded])
    try world.restartGuard()
    try world.follow()
    #expect(try world.core.noticesDue().isEmpty)
    #expect(world.core.halted == nil)
  }

  @Test func `news of a hold that are old are told to nobody`() async throws {
    let world = try await world()
    try await report(world)
    try await world.enrol(K.mallory)
    try world.follow()
    let code = try #require(try deliver(world).compactMap(\.code).first)
    try await report(world)
    #expect(try await atThePage(world, code) == nil)
    try world.follow()
    #expect(try world.core.noticesDue().count == 1)
    world.clock.advance(30 * 24 * Self.hour)
    #expect(try world.core.noticesDue().isEmpty)
    try world.restartGuard()
    try world.follow()
    #expect(try world.core.noticesDue().isEmpty)
  }
}
