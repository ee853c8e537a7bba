import Engine
import Money
import Structures
import Testing

/// Changes of what guards an account, which their owner is told of and can take back.
@Suite struct CredentialChangeTests {
  private static let day = 24 * TestExchange.hour
  private static let signature = Array(repeating: UInt8(1), count: 64)

  private func enrol(_ account: AccountID, _ number: Int) -> Command {
    .enrolSigningKey(account: account, publicKey: identifier(number), proof: Self.signature)
  }

  private func cancel(
    _ account: AccountID, _ change: UInt64, by key: Int = 7, code: Bool = false
  ) -> Command {
    .cancelChange(
      CancelChange(
        account: account, change: ChangeID(change),
        authority: code
          ? .code(Array(repeating: 1, count: 16))
          : .key(identifier(key), signature: Self.signature)))
  }

  private func notice(_ account: AccountID, _ change: UInt64, until: Timestamp?) -> Command {
    .noticeGiven(
      NoticeGiven(
        account: account, change: ChangeID(change), codeDigest: identifier(5),
        cancellableUntil: until))
  }

  private func end(
    _ account: AccountID, _ change: UInt64, by name: String?, key: Int = 7
  ) -> Command {
    .endHold(
      EndHold(
        account: account, change: ChangeID(change),
        authority: name.map { .operatorNamed($0, signature: Self.signature) }
          ?? .key(identifier(key), signature: Self.signature)))
  }

  /// Alice with key, address and coins, whose own changes can no longer be cancelled, and who is told.
  private func world(contact: String? = "alice@example.org") -> (TestExchange, AccountID) {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    if let contact {
      world.run(.setContact(account: alice, contact: contact))
      world.run(notice(alice, 3, until: world.now))
    }
    world.wait(Self.day)
    world.run(.tick)
    #expect(world.exchange.openChanges(of: alice).isEmpty)
    return (world, alice)
  }

  @Test func `a replaced key comes back, and its addresses go, when the change is cancelled`() {
    var (world, alice) = world()
    let events = world.run(enrol(alice, 8))
    let change = world.exchange.openChanges(of: alice)
    #expect(change.count == 1 && change.first?.id == ChangeID(4))
    #expect(events.contains { if case .credentialChange(_, .begun) = $0 { true } else { false } })
    #expect(world.exchange.standingKey(of: alice) == identifier(7))
    world.run(world.addAddress(alice, "bc-thief", nonce: 9))
    world.wait(2 * TestExchange.hour)
    world.run(world.request(alice, 50_000, to: "bc-thief"))
    world.run(world.request(alice, 60_000))
    #expect(world.held(alice, TestExchange.btc, .funding) == 111_000)

    world.run(cancel(alice, 4))
    #expect(world.exchange.account(alice)?.signingKey == identifier(7))
    #expect(world.exchange.addressBook(of: alice).map(\.address) == ["bc-home"])
    #expect(world.exchange.openChanges(of: alice).isEmpty)
    // Nothing moved: what waited to leave is the customer's again.
    #expect(world.held(alice, TestExchange.btc, .funding) == 0)
    #expect(world.available(alice, TestExchange.btc, .funding) == 1_000_000)
    #expect(world.exchange.hold(of: alice)?.keyEnds == true)
  }

  @Test func `a held account changes nothing and pays nobody`() {
    var (world, alice) = world()
    world.run(enrol(alice, 8))
    world.run(cancel(alice, 4))
    let refused = Refusal.accountHeld(since: world.now)
    #expect(world.refusal(enrol(alice, 9)) == refused)
    #expect(world.refusal(world.addAddress(alice, "bc-2", nonce: 10)) == refused)
    #expect(world.refusal(world.request(alice, 50_000)) == refused)
    #expect(world.refusal(.setContact(account: alice, contact: "m@example.org")) == refused)
    // The same word again: the change is gone.
    #expect(world.refusal(cancel(alice, 4)) == .unknownChange)
    #expect(world.refusal(end(alice, 3, by: "dave")) == .unknownHold)
    world.run(end(alice, 4, by: nil))
    #expect(world.exchange.hold(of: alice) == nil)
    #expect(world.refusal(end(alice, 4, by: nil)) == .unknownHold)
    world.wait(2 * TestExchange.hour)
    #expect(world.refusal(world.request(alice, 50_000)) == nil)
  }

  @Test func `two different operators end a hold`() {
    var (world, alice) = world()
    world.run(enrol(alice, 8))
    world.run(cancel(alice, 4))
    #expect(world.refusal(end(alice, 4, by: "frank")) == .unknownOperator)
    world.run(end(alice, 4, by: "dave"))
    #expect(world.refusal(end(alice, 4, by: "dave")) == .sameOperatorTwice)
    #expect(world.exchange.hold(of: alice)?.approvals == ["dave"])
    world.run(end(alice, 4, by: "erin"))
    #expect(world.exchange.hold(of: alice) == nil)
  }

  @Test
  func `a code counts once the notice has gone out, and the key that may have signed ends nothing`()
  {
    var (world, alice) = world()
    world.run(world.addAddress(alice, "bc-read-by-nobody", nonce: 9))
    #expect(world.refusal(cancel(alice, 4, code: true)) == .unknownChange)
    world.run(notice(alice, 4, until: world.now.advanced(byMilliseconds: 3 * Self.day)))
    #expect(world.refusal(notice(alice, 4, until: world.now)) == .noticeAlreadyGiven)
    // The guard's wait is longer than the exchange's.
    world.wait(2 * Self.day)
    world.run(cancel(alice, 4, code: true))
    #expect(world.exchange.addressBook(of: alice).map(\.address) == ["bc-home"])
    #expect(world.refusal(end(alice, 4, by: nil)) == .holdNeedsOperators)
    for name in ["dave", "erin"] { world.run(end(alice, 4, by: name)) }
    #expect(world.exchange.hold(of: alice) == nil)
  }

  @Test func `a change cannot be cancelled for ever`() {
    var (world, alice) = world()
    world.run(enrol(alice, 8))
    world.run(notice(alice, 4, until: world.now.advanced(byMilliseconds: 400 * Self.day)))
    world.wait(30 * Self.day - 1)
    world.run(.tick)
    #expect(world.exchange.openChanges(of: alice).count == 1)
    world.wait(1)
    #expect(world.refusal(cancel(alice, 4)) == .unknownChange)
    #expect(world.exchange.standingKey(of: alice) == identifier(8))
  }

  @Test func `who disowns an address takes back the key that it was signed with`() {
    var world = TestExchange()
    let alice = world.open("alice")
    world.run(.setContact(account: alice, contact: "alice@example.org"))
    world.run(enrol(alice, 8))
    world.run(world.addAddress(alice, "bc-thief", nonce: 1))
    world.run(notice(alice, 3, until: world.now))
    world.run(cancel(alice, 3, code: true))
    #expect(world.exchange.account(alice)?.signingKey == nil)
    #expect(world.exchange.addressBook(of: alice).isEmpty)
    // Her first contact stays, and can still be disowned by itself.
    #expect(world.exchange.contact(of: alice) == "alice@example.org")
    #expect(world.exchange.openChanges(of: alice).map(\.id) == [ChangeID(1)])
  }

  @Test func `a first key has no key before it, and is cancelled by a code alone`() {
    var world = TestExchange()
    let alice = world.open("alice")
    world.run(.setContact(account: alice, contact: "alice@example.org"))
    world.run(enrol(alice, 8))
    #expect(world.exchange.standingKey(of: alice) == nil)
    #expect(world.refusal(cancel(alice, 2)) == .signingKeyMissing)
    world.run(notice(alice, 2, until: world.now))
    world.run(cancel(alice, 2, code: true))
    #expect(world.exchange.account(alice)?.signingKey == nil)
    #expect(world.refusal(end(alice, 2, by: nil)) == .holdNeedsOperators)
  }

  @Test func `a contact comes back with everything that was changed after it`() {
    var (world, alice) = world()
    world.run(.setContact(account: alice, contact: "mallory@example.org"))
    #expect(
      world.refusal(.setContact(account: alice, contact: "mallory@example.org"))
        == .contactUnchanged)
    world.run(enrol(alice, 8))
    world.run(notice(alice, 4, until: world.now))
    world.run(cancel(alice, 4, code: true))
    #expect(world.exchange.contact(of: alice) == "alice@example.org")
    #expect(world.exchange.account(alice)?.signingKey == identifier(7))
  }

  @Test func `only so many contacts are in their cooling-off time at once`() {
    var (world, alice) = world()
    for number in 1...4 {
      world.run(.setContact(account: alice, contact: "m\(number)@example.org"))
    }
    #expect(
      world.refusal(.setContact(account: alice, contact: "m5@example.org"))
        == .tooManyContacts(limit: 4))
    // Nobody has been told of them.
    world.wait(Self.day)
    #expect(
      world.refusal(.setContact(account: alice, contact: "m5@example.org"))
        == .tooManyContacts(limit: 4))
    world.run(notice(alice, 4, until: world.now))
    world.wait(Self.day)
    #expect(world.refusal(.setContact(account: alice, contact: "m5@example.org")) == nil)
    #expect(
      world.refusal(.setContact(account: alice, contact: String(repeating: "a", count: 255)))
        == .malformed(field: "contact", problem: "has 255 bytes; allowed 3 to 254"))
  }

  @Test func `a withdrawal signed for a new address is a change, once for each address`() {
    var (world, alice) = world()
    func request(_ nonce: UInt64, _ address: String) -> Command {
      .requestWithdrawal(
        RequestWithdrawal(
          account: alice, asset: TestExchange.btc, address: address,
          amount: Amount(units: 50_000), clientID: "",
          intent: .init(
            chain: "BTC-Bitcoin", maximumFee: Amount(units: 500), nonce: nonce,
            expiresAt: world.now.advanced(byMilliseconds: TestExchange.hour),
            signature: Self.signature)))
    }
    for (nonce, address) in [(5, "bc-new"), (6, "bc-new"), (7, "bc-newer")] {
      world.run(request(UInt64(nonce), address))
    }
    #expect(
      world.exchange.openChanges(of: alice).map(\.kind)
        == [.withdrawal(WithdrawalID(1)), .withdrawal(WithdrawalID(3))])
    world.run(cancel(alice, 4))
    #expect(world.exchange.openWithdrawals.isEmpty)
    #expect(world.exchange.hold(of: alice)?.keyEnds == true)
  }

  @Test func `nobody is told where there is nobody to tell, and the old key still cancels`() {
    var (world, alice) = world(contact: nil)
    let events = world.run(enrol(alice, 8))
    #expect(!events.contains { if case .credentialChange = $0 { true } else { false } })
    world.run(cancel(alice, 3))
    #expect(world.exchange.account(alice)?.signingKey == identifier(7))
  }

  private func request(
    _ world: TestExchange, _ account: AccountID, _ nonce: UInt64, to address: String
  ) -> Command {
    .requestWithdrawal(
      RequestWithdrawal(
        account: account, asset: TestExchange.btc, address: address,
        amount: Amount(units: 10_000), clientID: "",
        intent: .init(
          chain: "BTC-Bitcoin", maximumFee: Amount(units: 500), nonce: nonce,
          expiresAt: world.now.advanced(byMilliseconds: TestExchange.hour),
          signature: Self.signature)))
  }

  @Test func `an account has only so many changes that can be cancelled at once`() {
    var (world, alice) = world()
    let limit = Exchange.openChangeLimit
    let refused = Refusal.tooManyChanges(limit: UInt32(limit))
    world.run(.setContact(account: alice, contact: "alice@example.net"))
    world.run(world.addAddress(alice, "bc-2", nonce: 10))
    world.run(request(world, alice, 11, to: "bc-new"))
    for turn in 3..<limit { world.run(enrol(alice, 20 + turn % 2)) }
    #expect(world.exchange.openChanges(of: alice).count == limit)
    #expect(world.refusal(enrol(alice, 9)) == refused)
    #expect(world.refusal(world.addAddress(alice, "bc-3", nonce: 20)) == refused)
    #expect(
      world.refusal(.setContact(account: alice, contact: "alice@example.com")) == refused)
    // What its owner cannot be told of does not begin; what he was told of does.
    let held = world.held(alice, TestExchange.btc, .funding)
    #expect(world.refusal(request(world, alice, 21, to: "bc-other")) == refused)
    #expect(world.held(alice, TestExchange.btc, .funding) == held)
    #expect(world.refusal(request(world, alice, 21, to: "bc-new")) == nil)
    // One cancel makes room.
    world.run(cancel(alice, 4))
    world.run(end(alice, 4, by: nil))
    #expect(world.refusal(enrol(alice, 9)) == nil)
  }

  @Test func `the limit holds where nobody can be told`() {
    var (world, alice) = world(contact: nil)
    for turn in 0..<Exchange.openChangeLimit { world.run(enrol(alice, 20 + turn % 2)) }
    #expect(
      world.refusal(enrol(alice, 9))
        == .tooManyChanges(limit: UInt32(Exchange.openChangeLimit)))
    world.wait(Self.day)
    #expect(world.refusal(enrol(alice, 9)) == nil)
    #expect(world.exchange.openChanges(of: alice).count == 1)
  }

  @Test func `a change can be cancelled until its notice is out and a day after that, or thirty`() {
    var (world, alice) = world()
    world.run(enrol(alice, 8))
    world.wait(20 * Self.day)
    // Somebody has his code, somebody else could not be told.
    world.run(notice(alice, 4, until: nil))
    #expect(world.refusal(notice(alice, 4, until: nil)) == .noticeAlreadyGiven)
    #expect(world.exchange.openChanges(of: alice).map(\.isTold) == [false])
    world.wait(9 * Self.day)
    let other = Command.noticeGiven(
      NoticeGiven(
        account: alice, change: ChangeID(4), codeDigest: identifier(6),
        cancellableUntil: world.now))
    #expect(world.refusal(other) == .noticeAlreadyGiven)
    world.run(notice(alice, 4, until: world.now.advanced(byMilliseconds: 3 * Self.day)))
    #expect(world.refusal(notice(alice, 4, until: world.now)) == .noticeAlreadyGiven)
    #expect(
      world.exchange.openChanges(of: alice).map(\.cancellableUntil)
        == [world.now.advanced(byMilliseconds: 3 * Self.day)])
    world.run(enrol(alice, 9))
    world.wait(30 * Self.day)
    world.run(.tick)
    #expect(world.exchange.openChanges(of: alice).isEmpty)
  }

  @Test func `a key's word counts only while the key speaks for the account`() {
    var (world, alice) = world()
    world.run(enrol(alice, 8))
    world.run(notice(alice, 4, until: world.now))
    world.run(.setContact(account: alice, contact: "alice@example.net"))
    #expect(world.refusal(cancel(alice, 5, by: 8)) == .keyDoesNotSpeak)
    // No command comes when the key's change is over.
    world.wait(Self.day)
    #expect(world.exchange.standingKey(of: alice) == identifier(7))
    #expect(world.exchange.standingKey(of: alice, at: world.now) == identifier(8))
    #expect(world.refusal(cancel(alice, 5, by: 7)) == .keyDoesNotSpeak)
    #expect(world.refusal(cancel(alice, 5, by: 8)) == nil)
    #expect(world.refusal(end(alice, 5, by: nil, key: 7)) == .keyDoesNotSpeak)
    #expect(world.refusal(end(alice, 5, by: nil, key: 8)) == nil)
  }

  @Test func `holds and contacts outlast a snapshot`() throws {
    var (world, alice) = world()
    world.run(enrol(alice, 8))
    world.run(cancel(alice, 4))
    let restored = try Exchange(decoding: world.exchange.encode())
    #expect(restored.encode() == world.exchange.encode())
    #expect(restored.hold(of: alice) == world.exchange.hold(of: alice))
    #expect(restored.contact(of: alice) == "alice@example.org")
  }
}
