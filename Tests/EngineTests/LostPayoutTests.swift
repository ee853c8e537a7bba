import Engine
import Money
import Structures
import Testing

@Suite struct LostPayoutTests {
  private static let first = WithdrawalID(1)
  private static let payout = PayoutID(1)

  /// A payout of 50 000 at a fee of 300 from one coin, and a further coin of 400 000.
  private func world(isSigned: Bool = true) -> (world: TestExchange, built: PayoutBuilt) {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(world.request(alice, 50_000))
    world.run(.guardReleased(withdrawal: Self.first, release: [9]))
    let built = world.payout([Self.first])
    world.run(.payoutBuilt(built))
    if isSigned { world.run(.payoutSigned(payout: Self.payout, transaction: [1])) }
    world.deposit(400_000, to: alice)
    for _ in 0..<2 { world.connect() }
    return (world, built)
  }

  /// A block in which somebody else spends the payout's coin.
  private func steal(_ built: PayoutBuilt, _ world: inout TestExchange) throws -> ChainPoint {
    world.connect(spent: [.init(outpoint: built.inputs[0], by: identifier(66, kind: 201))])
    return try #require(world.exchange.tip)
  }

  private func lost(_ point: ChainPoint) -> Command {
    .payoutLost(
      payout: Self.payout, .conflict(transaction: identifier(66, kind: 201), in: point))
  }

  @Test func `a payout without its coin waits to be paid again, and the money stays owed`() throws {
    var (world, built) = world()
    let owed = world.exchange.owed(TestExchange.btc)
    let point = try steal(built, &world)
    guard case .payoutMismatch = world.refusal(lost(point)) else {
      Issue.record("not final yet")
      return
    }
    for _ in 0..<2 { world.connect() }
    world.run(lost(point))
    #expect(world.state(Self.first) == .released)
    #expect(world.exchange.withdrawal(Self.first)?.payout == nil)
    #expect(world.exchange.openPayouts.isEmpty)
    #expect(world.exchange.owed(TestExchange.btc) == owed)
    #expect(world.exchange.spendableOutputs.count == 1)
    #expect(world.exchange.isConsistent)
    #expect(try Exchange(decoding: world.exchange.encode()).encode() == world.exchange.encode())
    #expect(world.refusal(lost(point)) != nil, "once")
    #expect(
      world.refusal(.payoutSigned(payout: Self.payout, transaction: [1]))
        == .payoutMismatch("already signed"))
    // It is the customer's again.
    let account = try #require(world.exchange.withdrawal(Self.first)?.account)
    world.run(.cancelWithdrawal(account: account, withdrawal: Self.first))
    #expect(world.state(Self.first) == .canceled)
  }

  @Test func `a guard that calls a payout lost which has its coins is refused`() throws {
    var (world, built) = world()
    let tip = try #require(world.exchange.tip)
    for _ in 0..<3 { world.connect() }
    guard case .payoutMismatch = world.refusal(lost(tip)) else {
      Issue.record("taken though the coins are there")
      return
    }
    let own = Command.payoutLost(
      payout: Self.payout, .conflict(transaction: built.transaction, in: tip))
    #expect(world.refusal(own) != nil)
    #expect(
      world.refusal(.payoutLost(payout: Self.payout, .unsigned))
        == .payoutMismatch("only what is not signed can be given up for want of signatures"))
    #expect(world.refusal(.payoutLost(payout: PayoutID(7), .unsigned)) == .unknownPayout)
    let point = try steal(built, &world)
    for _ in 0..<2 { world.connect() }
    var other = point
    other.hash[0] ^= 1
    #expect(world.refusal(lost(other)) != nil, "a block of another chain")
    #expect(world.state(Self.first) == .broadcast)
    // What a block has is not lost, whatever is said of it.
  }

  @Test func `what a block has is not lost`() throws {
    var (world, built) = world()
    let block = world.mined(built)
    world.connect(received: block.received, spent: block.spent)
    let point = try #require(world.exchange.tip)
    for _ in 0..<3 {
      #expect(world.refusal(lost(point)) != nil)
      #expect(world.refusal(.payoutLost(payout: Self.payout, .unsigned)) != nil)
      world.connect()
    }
    if case .confirmed? = world.state(Self.first) {} else { Issue.record("not confirmed") }
  }

  @Test func `a payout that was given up and is mined all the same closes the asset`() {
    var (world, built) = world(isSigned: false)
    world.run(.payoutLost(payout: Self.payout, .unsigned))
    #expect(world.state(Self.first) == .released)
    #expect(world.exchange.spendableOutputs.count == 2)
    let block = world.mined(built)
    world.connect(received: block.received, spent: block.spent)
    #expect(world.exchange.suspensions.contains { $0.closes })
    #expect(world.state(Self.first) == .released)
  }

  @Test func `it is paid again by another transaction, which alone takes the money`() {
    var (world, _) = world(isSigned: false)
    world.run(.payoutLost(payout: Self.payout, .unsigned))
    let again = world.payout([Self.first], transaction: 2)
    world.run(.payoutBuilt(again))
    world.run(.payoutSigned(payout: PayoutID(2), transaction: [2]))
    let owed = world.exchange.owed(TestExchange.btc).units
    let block = world.mined(again)
    world.connect(received: block.received, spent: block.spent)
    for _ in 0..<2 { world.connect() }
    if case .confirmed? = world.state(Self.first) {} else { Issue.record("not confirmed") }
    #expect(world.exchange.owed(TestExchange.btc).units == owed - 50_300)
    #expect(world.exchange.suspensions.isEmpty && world.exchange.isConsistent)
  }

  @Test func `of a new version that nobody signs only that version goes`() throws {
    var (world, built) = world()
    let spare = try #require(world.exchange.spendableOutputs.first)
    var dearer = built
    dearer.inputs.append(spare.outpoint)
    dearer.change += spare.amount - Amount(units: 100)
    dearer.networkFee += Amount(units: 100)
    dearer.transaction = identifier(70, kind: 200)
    world.run(.payoutReplaced(payout: Self.payout, by: dearer))
    #expect(world.exchange.spendableOutputs.isEmpty)
    world.run(.payoutLost(payout: Self.payout, .unsigned))
    let payout = try #require(world.exchange.payout(Self.payout))
    #expect(payout.state == .signed && payout.others.isEmpty)
    #expect(payout.transaction == built.transaction && payout.signed == [1])
    #expect(world.state(Self.first) == .broadcast)
    #expect(world.exchange.spendableOutputs == [spare])
    #expect(try Exchange(decoding: world.exchange.encode()).encode() == world.exchange.encode())
    let block = world.mined(built)
    world.connect(received: block.received, spent: block.spent)
    for _ in 0..<2 { world.connect() }
    if case .confirmed? = world.state(Self.first) {} else { Issue.record("not confirmed") }
    #expect(world.exchange.suspensions.isEmpty)
  }
}
