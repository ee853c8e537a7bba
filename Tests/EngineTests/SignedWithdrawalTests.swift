import Engine
import Money
import Risk
import Structures
import Testing
import Wire

/// Withdrawals that carry the customer's signature: once, in order, in time. Whose signature it is, the
/// core does not ask.
@Suite struct SignedWithdrawalTests {
  private static let passkey = Array(repeating: UInt8(3), count: 80)

  private func signature(counter: UInt32?) -> [UInt8] {
    guard let counter else { return Array(repeating: 2, count: 64) }
    var writer = ByteWriter()
    writer.write(
      Array(repeating: UInt8(9), count: 32) + [5]
        + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: counter >> $0) })
    writer.write(Array(repeating: UInt8(1), count: 100))
    writer.write(Array(repeating: UInt8(1), count: 70))
    return writer.bytes
  }

  private func request(
    _ world: TestExchange, _ account: AccountID, nonce: UInt64, to address: String = "bc-new",
    validFor: Int64 = 3_600_000, maximumFee: Int64 = 500, counter: UInt32? = nil,
    chain: String = "BTC-Bitcoin"
  ) -> Command {
    .requestWithdrawal(
      RequestWithdrawal(
        account: account, asset: TestExchange.btc, address: address, amount: Amount(units: 50_000),
        clientID: "",
        intent: .init(
          chain: chain, maximumFee: Amount(units: maximumFee), nonce: nonce,
          expiresAt: world.now.advanced(byMilliseconds: validFor),
          signature: signature(counter: counter))))
  }

  @Test func `a signed withdrawal goes to an address that is in no book`() throws {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    let command = request(world, alice, nonce: 2)
    world.run(command)
    let made = try #require(world.exchange.withdrawal(WithdrawalID(1)))
    guard case .intent(let intent) = made.authority else {
      Issue.record("\(made.authority)")
      return
    }
    #expect(made.address == "bc-new" && intent.nonce == 2)
    #expect(intent.signingKey == world.exchange.account(alice)?.signingKey)
    #expect(world.exchange.lastNonce(of: alice) == 2)

    var writer = ByteWriter()
    command.encode(into: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(try Command(from: &reader) == command)
    #expect(reader.remaining == 0)
    let restored = try Exchange(decoding: world.exchange.encode())
    #expect(restored.encode() == world.exchange.encode())
    #expect(restored.withdrawal(WithdrawalID(1)) == made)
  }

  @Test func `a nonce is used once, whatever it was signed for`() {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    #expect(
      world.refusal(request(world, alice, nonce: 1)) == .nonceNotGrowing(last: 1))
    world.run(request(world, alice, nonce: 5))
    for nonce: UInt64 in [4, 5] {
      #expect(
        world.refusal(request(world, alice, nonce: nonce)) == .nonceNotGrowing(last: 5))
    }
    #expect(
      world.refusal(world.addAddress(alice, "bc-other", nonce: 5))
        == .nonceNotGrowing(last: 5))
    #expect(world.exchange.openWithdrawals.count == 1)
  }

  @Test(arguments: [0, -1, 2_592_000_001] as [Int64])
  func `one that has expired, or would be good for too long, is refused`(validFor: Int64) {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    let refused = world.refusal(request(world, alice, nonce: 2, validFor: validFor))
    #expect(
      refused
        == .intentExpiry(
          earliest: world.now, latest: world.now.advanced(byMilliseconds: 30 * 86_400_000)))
    #expect(world.exchange.lastNonce(of: alice) == 1)
  }

  @Test func `the fee, the chain and the key are those that were signed for`() {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    #expect(
      world.refusal(request(world, alice, nonce: 2, maximumFee: 499))
        == .feeAboveMaximum(fee: Amount(units: 500)))
    #expect(
      world.refusal(request(world, alice, nonce: 2, chain: "BTC-Lightning"))
        == .railMismatch)
    let bob = world.open("bob")
    world.deposit(1_000_000, to: bob)
    for _ in 0..<2 { world.connect() }
    #expect(world.refusal(request(world, bob, nonce: 2)) == .signingKeyMissing)
  }

  @Test func `a passkey's counter never runs backwards, and may stand still at 0`() throws {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 10_000_000)
    world.run(
      .enrolSigningKey(
        account: alice, publicKey: Self.passkey, proof: signature(counter: 0)))
    world.run(request(world, alice, nonce: 2, counter: 0))
    world.run(request(world, alice, nonce: 3, counter: 0))
    world.run(request(world, alice, nonce: 4, counter: 7))
    for counter: UInt32 in [0, 6, 7] {
      #expect(
        world.refusal(request(world, alice, nonce: 5, counter: counter))
          == .signatureCounterNotGrowing(last: 7))
    }
    let restored = try Exchange(decoding: world.exchange.encode())
    #expect(restored.account(alice)?.signingKey == Self.passkey)
    #expect(restored.encode() == world.exchange.encode())
    world.run(request(world, alice, nonce: 5, counter: 8))
    guard case .malformed("signature", _) = world.refusal(request(world, alice, nonce: 6))
    else {
      Issue.record("64 bytes are no assertion")
      return
    }
    // Another key counts for itself.
    world.run(
      .enrolSigningKey(
        account: alice, publicKey: Self.passkey + [1], proof: signature(counter: 1)))
    world.run(request(world, alice, nonce: 6, counter: 2))
  }

  @Test func `the first use of an address waits, and later ones do not`() throws {
    var world = TestExchange()
    var configuration = ExchangeConfiguration.sample
    configuration.assets[0].limits.firstUseMilliseconds = 1000
    world.run(.configure(configuration))
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(request(world, alice, nonce: 2))
    let first = WithdrawalID(1)
    guard case .delayed = try #require(world.state(first)) else {
      Issue.record("\(String(describing: world.state(first)))")
      return
    }
    world.wait(1000)
    world.run(.guardReleased(withdrawal: first, release: [9]))
    let built = world.payout([first])
    world.run(.payoutBuilt(built))
    world.run(.payoutSigned(payout: PayoutID(1), transaction: [1]))
    let block = world.mined(built)
    world.connect(received: block.received, spent: block.spent)
    world.connect()
    world.run(request(world, alice, nonce: 3))
    #expect(world.state(WithdrawalID(2)) == .approved)
    world.exchange = try Exchange(decoding: world.exchange.encode())
    world.run(request(world, alice, nonce: 4))
    #expect(world.state(WithdrawalID(3)) == .approved)
    world.run(request(world, alice, nonce: 5, to: "bc-third"))
    guard case .delayed = try #require(world.state(WithdrawalID(4))) else {
      Issue.record("another address is new")
      return
    }
  }
}
