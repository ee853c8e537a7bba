import Cryptography
import Engine
import Guard
import Journal
import Money
import Passkeys
import Statements
import Structures
import TestPasskeys
import Testing

/// Withdrawals with the customer's own signature, before the guard and three signers. The test owns the
/// online server.
@Suite struct SignedWithdrawalTests {
  typealias K = GuardKeys
  private static let hour: Int64 = 3_600_000

  /// What the customer signs, and what the journal says that he signed.
  private struct Terms {
    var address = K.address(9)
    var units: Int64 = 300_000
    var maximumFee: Int64 = 20_000
    var nonce: UInt64 = 2
    var validFor: Int64 = 24 * SignedWithdrawalTests.hour

    func statement(from now: Timestamp) -> WithdrawalStatement {
      WithdrawalStatement(
        account: 1, asset: "BTC", chain: "BTC-Bitcoin", address: address, amountUnits: units,
        maximumFeeUnits: maximumFee, nonce: nonce,
        expiresAtMilliseconds: now.milliseconds + validFor)
    }
  }

  private func submit(
    _ terms: Terms, to world: GuardWorld, signature: [UInt8]
  ) async throws -> WithdrawalID {
    let committed = try await world.sequencer.submit(
      .requestWithdrawal(
        RequestWithdrawal(
          account: GuardWorld.alice, asset: GuardWorld.btc, address: terms.address,
          amount: Amount(units: terms.units), clientID: "",
          intent: .init(
            chain: "BTC-Bitcoin", maximumFee: Amount(units: terms.maximumFee), nonce: terms.nonce,
            expiresAt: world.clock.now.advanced(byMilliseconds: terms.validFor),
            signature: signature))))
    for case .withdrawal(let withdrawal) in committed.events { return withdrawal.id }
    throw Refusal.unknownWithdrawal
  }

  private func sign(
    _ terms: Terms, in world: GuardWorld, by key: Ed25519.PrivateKey = K.alice
  ) throws -> [UInt8] {
    try terms.statement(from: world.clock.now).signed(by: key)
  }

  @Test func `a withdrawal that its customer signed is paid without an address book`() async throws
  {
    let world = try await GuardWorld()
    try await world.openAlice()
    let id = try await submit(Terms(), to: world, signature: try sign(Terms(), in: world))
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(id) == .broadcast)
    #expect(world.lastRefusals == [])
  }

  @Test(arguments: 0..<5)
  func `nothing that he did not sign is paid, and it ends at once`(field: Int) async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    let signed = Terms()
    let signature = try sign(signed, in: world)
    var journaled = signed
    switch field {
    case 0: journaled.address = K.address(8)
    case 1: journaled.units += 1
    case 2: journaled.maximumFee += 1
    case 3: journaled.nonce += 1
    default: journaled.validFor += 1
    }
    let id = try await submit(journaled, to: world, signature: signature)
    try await world.round()
    #expect(
      ForgeryTests.refusal(try await world.state(id))
        == "the withdrawal does not carry the customer's signature")
  }

  @Test func `another key than the customer is known by opens nothing`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    try await world.round()
    try await world.enrol(K.mallory)
    let id = try await submit(
      Terms(), to: world, signature: try sign(Terms(), in: world, by: K.mallory))
    try await world.round()
    #expect(
      ForgeryTests.refusal(try await world.state(id))
        == "the withdrawal is signed with another key than the customer is known by")
  }

  @Test func `a new address waits by the guard's clock, from when its customer signed for it`()
    async throws
  {
    let world = try await GuardWorld(delays: GuardDelays(newAddress: Self.hour, newKey: 0))
    try await world.openAlice()
    // A forged request does not make the address older.
    let forged = try await submit(
      Terms(), to: world, signature: [UInt8](repeating: 1, count: 64))
    try await world.round()
    #expect(ForgeryTests.refusal(try await world.state(forged)) != nil)
    world.clock.advance(Self.hour)
    var terms = Terms()
    terms.nonce = 3
    let id = try await submit(terms, to: world, signature: try sign(terms, in: world))
    try await world.round()
    let until = world.clock.now.advanced(byMilliseconds: Self.hour)
    #expect(
      try await world.state(id)
        == .guardHeld(until: until, reason: "the address is new to the guard"))
    world.clock.advance(Self.hour)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(id) == .broadcast)
    // It is known now, whatever the next one is signed for.
    terms.nonce = 4
    terms.units = 200_000
    let next = try await submit(terms, to: world, signature: try sign(terms, in: world))
    for _ in 0..<2 { try await world.round() }
    // Its coins are in the payout before.
    #expect(try await world.state(next) == .released)
  }

  @Test func `what expires while it waits is refused`() async throws {
    let world = try await GuardWorld(delays: GuardDelays(newAddress: 2 * Self.hour, newKey: 0))
    try await world.openAlice()
    var terms = Terms()
    terms.validFor = Self.hour
    let id = try await submit(terms, to: world, signature: try sign(terms, in: world))
    try await world.round()
    world.clock.advance(Self.hour)
    try await world.round()
    #expect(
      ForgeryTests.refusal(try await world.state(id)) == "the customer's signature has expired")
  }

  private func enrol(_ passkey: SoftPasskey, in world: GuardWorld) async throws {
    let key = passkey.passkey.bytes
    try await world.submit(
      .enrolSigningKey(
        account: GuardWorld.alice, publicKey: key,
        proof: passkey.sign(EnrolmentStatement(account: 1, publicKey: key))))
  }

  /// An account whose first key is a passkey.
  private func world(of passkey: SoftPasskey, site: PasskeySite?) async throws -> GuardWorld {
    let world = try await GuardWorld(passkeySite: site)
    try await world.openAlice(enrolling: { try await enrol(passkey, in: world) })
    return world
  }

  @Test func `a passkey's signature is paid by guard and signers`() async throws {
    let passkey = SoftPasskey(seed: 41)
    let world = try await world(of: passkey, site: SoftPasskey.site)
    let terms = Terms()
    let id = try await submit(
      terms, to: world,
      signature: passkey.sign(terms.statement(from: world.clock.now), counter: 3))
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(id) == .broadcast)
    #expect(world.lastRefusals == [])
  }

  @Test(arguments: [UInt8(0x00), 0x01, 0x04])
  func `a passkey that nobody touched, or that knows nobody, signs nothing`(
    flags: UInt8
  ) async throws {
    var passkey = SoftPasskey(seed: 41)
    let world = try await world(of: passkey, site: SoftPasskey.site)
    passkey.flags = flags
    let terms = Terms()
    let id = try await submit(
      terms, to: world, signature: passkey.sign(terms.statement(from: world.clock.now)))
    try await world.round()
    #expect(
      ForgeryTests.refusal(try await world.state(id))
        == "the withdrawal does not carry the customer's signature")
  }

  @Test func `a passkey for another site is no customer's`() async throws {
    let site = try #require(
      PasskeySite(relyingParty: "examp1e.org", origin: "https://examp1e.org"))
    let passkey = SoftPasskey(seed: 41, site: site)
    for known in [SoftPasskey.site, nil] {
      let world = try await world(of: passkey, site: known)
      let terms = Terms()
      let id = try await submit(
        terms, to: world, signature: passkey.sign(terms.statement(from: world.clock.now)))
      try await world.round()
      #expect(
        ForgeryTests.refusal(try await world.state(id))
          == "the key that signed the address was not enrolled by its holder")
    }
  }
}
