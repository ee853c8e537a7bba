import Engine
import Money
import Structures
import Testing
import Wire

@Suite struct ColdStorageTests {
  private static let btc = TestExchange.btc
  private static let wallet = ColdWallet(
    descriptor: "wsh(cold)#test", maximumFee: Amount(units: 5_000))

  private static func batch(
    _ number: UInt32 = 1, from first: UInt32 = 0, count: UInt32 = 3, cap: Int64 = 300_000,
    epoch: UInt32 = 1, epochCap: Int64 = 500_000
  ) -> ColdBatch {
    ColdBatch(
      number: number, firstIndex: first, count: count, addressCap: Amount(units: cap),
      epoch: epoch, epochCap: Amount(units: epochCap), signed: [1])
  }

  private static func plan(_ amount: Int64?, missing: Int64 = 0) -> Command {
    .planFloat(
      FloatPlan(
        targetBasisPoints: 500, lowBasisPoints: 5_000, highBasisPoints: 15_000,
        refill: amount.map {
          RefillNeed(amount: Amount(units: $0), missing: Amount(units: missing))
        }))
  }

  /// Alice has 1 000 000 on the chain; a withdrawal left the house some fees; three cold addresses are
  /// registered.
  private func world() -> TestExchange {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(world.request(alice, 50_000))
    world.run(.guardReleased(withdrawal: WithdrawalID(1), release: [9]))
    let built = world.payout([WithdrawalID(1)])
    world.run(.payoutBuilt(built))
    world.run(.payoutSigned(payout: PayoutID(1), transaction: [1]))
    let block = world.mined(built)
    world.connect(received: block.received, spent: block.spent)
    world.connect()
    world.run(.coldWallet(Self.wallet))
    world.run(.registerColdBatch(Self.batch()))
    return world
  }

  /// A payout of nobody that takes `payments` to cold storage from all free coins.
  private func sweep(
    _ world: TestExchange, _ payments: [(UInt32, Int64)], fee: Int64 = 100, name: Int = 7
  ) -> PayoutBuilt {
    var built = world.payout([], networkFee: fee, transaction: name)
    built.cold = payments.map { ColdPayment(index: $0, amount: Amount(units: $1)) }
    built.change -= built.cold.reduce(Amount.zero) { $0 + $1.amount }
    return built
  }

  private func mine(_ world: inout TestExchange, _ built: PayoutBuilt) {
    var block = world.mined(built)
    for (position, payment) in built.cold.enumerated() {
      block.received.append(
        .init(
          outpoint: ChainOutpoint(transaction: built.transaction, index: UInt32(position) + 2),
          script: ScriptIndex(branch: .cold, index: payment.index), amount: payment.amount))
    }
    world.connect(received: block.received, spent: block.spent)
  }

  /// Has a block take a sweep, and makes it final.
  private func sweepToCold(
    _ world: inout TestExchange, _ payments: [(UInt32, Int64)], fee: Int64
  ) {
    let built = sweep(world, payments, fee: fee)
    world.run(.payoutBuilt(built))
    world.run(.payoutSigned(payout: PayoutID(2), transaction: [2]))
    mine(&world, built)
    world.connect()
  }

  /// Everything on the chain, as somebody who looks at it finds it.
  private func lookAtReserves(_ world: inout TestExchange) throws {
    let all = world.exchange.ownedOutputs.reduce(Amount.zero) { $0 + $1.amount }
    let point = try #require(world.exchange.tip)
    world.run(.reservesObserved(asset: Self.btc, at: point, onChain: all))
  }

  @Test func `a plan whose target is the usual one has the form of plans of before`() throws {
    let plan = FloatPlan(
      targetBasisPoints: 500, lowBasisPoints: 5_000, highBasisPoints: 15_000, refill: nil)
    var old = ByteWriter()
    old.write(UInt8(47))
    for value in [plan.targetBasisPoints, plan.lowBasisPoints, plan.highBasisPoints] {
      old.write(value)
    }
    old.write(false)
    var reader = ByteReader(old.bytes)
    let command = try Command(from: &reader)
    #expect(command == .planFloat(plan))
    var new = ByteWriter()
    command.encode(into: &new)
    #expect(new.bytes == old.bytes)
    try reader.finish()
    #expect(!plan.isShrunk)
  }

  /// The house has 150 left of withdrawal fees. A refill costs 120 and the second sweep 100.
  @Test(arguments: [false, true])
  func `a refill that is final before a sweep leaves the sweep what it was promised`(
    sweepIsFirst: Bool
  ) throws {
    var world = world()
    sweepToCold(&world, [(0, 300_000)], fee: 50)
    #expect(world.exchange.consolidationBudget(Self.btc) == Amount(units: 150))
    let second = sweep(world, [(1, 100_000)], fee: 100, name: 8)
    world.run(.payoutBuilt(second))
    world.run(.payoutSigned(payout: PayoutID(3), transaction: [3]))
    #expect(world.exchange.meansForCold == Amount(units: 50))
    if sweepIsFirst { mine(&world, second) }
    let cold = world.exchange.coldOutputs
    spendCold(&world, back: cold.reduce(-120) { $0 + $1.amount.units })
    if !sweepIsFirst { mine(&world, second) }
    for _ in 0..<3 { world.connect() }
    #expect(world.exchange.openPayouts.isEmpty)
    // 70 of the refill's fee are missing until the house has earned them.
    let coins = world.exchange.ownedOutputs.reduce(Amount.zero) { $0 + $1.amount }
    #expect(world.exchange.owed(Self.btc) - coins == Amount(units: 70))
    #expect(world.exchange.consolidationBudget(Self.btc) == .zero)
    try lookAtReserves(&world)
    #expect(world.exchange.suspensions.contains { $0.closes })
    #expect(try Exchange(decoding: world.exchange.encode()).encode() == world.exchange.encode())
  }

  @Test
  func `cold coins that come to a customer's address are nobody's deposit, and close the asset`()
    throws
  {
    var world = world()
    sweepToCold(&world, [(0, 300_000)], fee: 50)
    let thief = world.open("thief")
    let index = world.exchange.nextDepositIndex
    world.run(
      .assignDepositAddress(account: thief, asset: Self.btc, index: index, address: "bc-thief"))
    let owed = world.exchange.owed(Self.btc)
    spendCold(&world, back: 299_900, to: ScriptIndex(branch: .deposit, index: index))
    for _ in 0..<4 { world.connect() }
    #expect(world.exchange.pendingDeposits.isEmpty)
    #expect(world.exchange.owed(Self.btc) == owed)
    #expect(world.available(thief, Self.btc, .funding) == 0)
    #expect(
      world.exchange.suspensions.contains {
        if case .unexplainedOutflow = $0.reason { $0.closes } else { false }
      })
  }

  @Test func `an address that somebody paid to unasked is passed over`() throws {
    var world = world()
    for index in [UInt32(0), 2] {
      world.connect(received: [
        .init(
          outpoint: ChainOutpoint(transaction: identifier(Int(index), kind: 50), index: 0),
          script: ScriptIndex(branch: .cold, index: index), amount: Amount(units: 1_000))
      ])
    }
    #expect(world.exchange.usableColdAddresses == [1])
    #expect(world.refusal(.payoutBuilt(sweep(world, [(0, 1_000)]))) != nil)
    #expect(world.refusal(.payoutBuilt(sweep(world, [(1, 1_000), (2, 1_000)]))) != nil)
    #expect(try Exchange(decoding: world.exchange.encode()).encode() == world.exchange.encode())
    world.run(.payoutBuilt(sweep(world, [(1, 1_000)])))
    #expect(world.exchange.usableColdAddresses.isEmpty)
    #expect(try Exchange(decoding: world.exchange.encode()).encode() == world.exchange.encode())
  }

  @Test func `a reorganisation beyond finality gives back what the house paid for a refill`() throws
  {
    var world = world()
    sweepToCold(&world, [(0, 300_000)], fee: 50)
    let owed = world.exchange.owed(Self.btc)
    spendCold(&world, back: 299_940)
    world.connect()
    #expect(owed - world.exchange.owed(Self.btc) == Amount(units: 60))
    for _ in 0..<2 { world.run(.disconnectBlock(try #require(world.exchange.tip))) }
    #expect(world.exchange.owed(Self.btc) == owed)
    #expect(world.exchange.inFlight(Self.btc) == .zero)
    spendCold(&world, back: 299_940, name: 10)
    for _ in 0..<3 { world.connect() }
    #expect(owed - world.exchange.owed(Self.btc) == Amount(units: 60))
    #expect(try Exchange(decoding: world.exchange.encode()).encode() == world.exchange.encode())
    try lookAtReserves(&world)
    #expect(world.exchange.suspensions.isEmpty)
  }

  @Test func `a sweep leaves what is owed as it is, but for its fee`() throws {
    var world = world()
    let before = world.exchange.owed(Self.btc)
    let built = sweep(world, [(0, 300_000), (1, 200_000)])
    world.run(.payoutBuilt(built))
    world.run(.payoutSigned(payout: PayoutID(2), transaction: [2]))
    #expect(world.exchange.sweepUnderWay == Amount(units: 500_000))
    #expect(world.exchange.hotFloat == built.change)
    mine(&world, built)
    #expect(world.exchange.coldTotal == Amount(units: 500_000))
    #expect(world.exchange.sweepUnderWay == .zero)
    #expect(world.exchange.spendableOutputs.allSatisfy { !$0.script.branch.isCold })
    #expect(world.exchange.inFlight(Self.btc) == Amount(units: 100))
    world.connect()
    #expect(before - world.exchange.owed(Self.btc) == Amount(units: 100))
    let all = world.exchange.ownedOutputs.reduce(Amount.zero) { $0 + $1.amount }
    let point = try #require(world.exchange.tip)
    world.run(.reservesObserved(asset: Self.btc, at: point, onChain: all))
    #expect(world.exchange.suspensions.isEmpty, "cold coins count")
    #expect(try Exchange(decoding: world.exchange.encode()).encode() == world.exchange.encode())
  }

  @Test func `each address is used once, in order, up to its cap, and an epoch up to its own`() {
    var world = world()
    let bad: [[(UInt32, Int64)]] = [
      [(1, 1_000)], [(0, 300_001)], [(0, 1_000), (0, 1_000)], [(0, 0)], [(3, 1_000)],
      [(0, 300_000), (1, 200_001)],
    ]
    for payments in bad {
      guard case .payoutMismatch = world.refusal(.payoutBuilt(sweep(world, payments))) else {
        Issue.record("\(payments) was taken")
        continue
      }
    }
    var paying = sweep(world, [(0, 1_000)])
    paying.withdrawals = [WithdrawalID(1)]
    #expect(world.refusal(.payoutBuilt(paying)) != nil)
    let dear = sweep(world, [(0, 1_000)], fee: 400)
    #expect(world.refusal(.payoutBuilt(dear)) != nil, "customers' fees left 200")

    let first = sweep(world, [(0, 300_000)])
    world.run(.payoutBuilt(first))
    #expect(world.exchange.usableColdAddresses == [1, 2])
    #expect(world.exchange.roomInColdEpoch == Amount(units: 200_000))
    // Another epoch drops what the old one left over.
    world.run(.registerColdBatch(Self.batch(2, from: 3, count: 2, epoch: 2, epochCap: 900_000)))
    #expect(world.exchange.usableColdAddresses == [3, 4])
    #expect(world.exchange.roomInColdEpoch == Amount(units: 900_000))
  }

  @Test(arguments: [
    batch(3, from: 3), batch(2, from: 2), batch(2, from: 3, count: 0),
    batch(2, from: 3, count: 10_001), batch(2, from: 3, cap: 0),
    batch(2, from: 3, cap: 600_000), batch(2, from: 3, epoch: 0),
    batch(2, from: 3, epochCap: 600_000),
  ])
  func `a batch that does not follow is refused`(batch: ColdBatch) {
    var world = world()
    guard case .coldStorage = world.refusal(.registerColdBatch(batch)) else {
      Issue.record("it was taken")
      return
    }
    #expect(world.exchange.coldBatches == [Self.batch()])
  }

  @Test func `a refill goes to a place that is nobody's deposit address, and ends the request`()
    throws
  {
    var world = world()
    sweepToCold(&world, [(0, 300_000)], fee: 50)
    let place = world.exchange.nextChangeIndex
    let events = world.run(Self.plan(400_000, missing: 250_000))
    let open = try #require(world.exchange.openRefill)
    #expect(open.changeIndex == place && world.exchange.nextChangeIndex == place + 1)
    #expect(events.contains(.refill(open)))
    #expect(
      world.exchange.suspensions.map(\.reason)
        == [.refillAwaited(missing: Amount(units: 250_000))])
    #expect(
      world.exchange.suspensions.allSatisfy { !$0.closes }, "withdrawals queue, none is refused")
    // The amount changes; the place and the number stay.
    world.run(Self.plan(450_000))
    #expect(world.exchange.openRefill?.number == open.number)
    #expect(world.exchange.openRefill?.need.amount == Amount(units: 450_000))
    #expect(world.exchange.suspensions.isEmpty, "nobody waits for it any more")
    world.run(Self.plan(450_000, missing: 1))

    // A stranger's satoshi at that place ends nothing.
    world.connect(received: [
      .init(
        outpoint: ChainOutpoint(transaction: identifier(5, kind: 77), index: 0),
        script: ScriptIndex(branch: .change, index: place), amount: Amount(units: 1))
    ])
    #expect(world.exchange.openRefill != nil && world.exchange.suspensions.count == 1)
    let owed = world.exchange.owed(Self.btc)
    spendCold(&world, back: 299_990, to: ScriptIndex(branch: .change, index: place))
    let point = try #require(world.exchange.tip)
    #expect(world.exchange.openRefill == nil)
    #expect(world.exchange.lastRefill?.state == .arrived(point, Amount(units: 299_990)))
    #expect(world.exchange.suspensions.isEmpty)
    #expect(world.exchange.owed(Self.btc) == owed, "it is credited to nobody")
    #expect(world.exchange.pendingDeposits.isEmpty)
    // A reorganisation takes it back.
    world.run(.disconnectBlock(point))
    #expect(world.exchange.openRefill?.need.missing == Amount(units: 1))
    #expect(world.exchange.suspensions.count == 1)
    world.run(Self.plan(nil))
    #expect(world.exchange.lastRefill?.state == .withdrawn)
    #expect(world.exchange.suspensions.isEmpty)
    world.run(Self.plan(1_000))
    #expect(world.exchange.openRefill?.number == open.number + 1)
  }

  /// Spends what is in cold storage; `back` satoshi of it come back.
  private func spendCold(
    _ world: inout TestExchange, back: Int64,
    to place: ScriptIndex = ScriptIndex(branch: .change, index: 30), name: Int = 9
  ) {
    let coins = world.exchange.coldOutputs
    let name = identifier(name, kind: 78)
    world.connect(
      received: back > 0
        ? [
          .init(
            outpoint: ChainOutpoint(transaction: name, index: 0),
            script: place, amount: Amount(units: back))
        ] : [], spent: coins.map { .init(outpoint: $0.outpoint, by: name) })
  }

  @Test func `what the network takes of cold coins is the house's to pay, once it is final`() throws
  {
    var world = world()
    let built = sweep(world, [(0, 300_000)])
    world.run(.payoutBuilt(built))
    world.run(.payoutSigned(payout: PayoutID(2), transaction: [2]))
    mine(&world, built)
    world.connect()
    let owed = world.exchange.owed(Self.btc)
    spendCold(&world, back: 299_920)
    #expect(world.exchange.suspensions.isEmpty)
    #expect(world.exchange.inFlight(Self.btc) == Amount(units: 80))
    #expect(world.exchange.owed(Self.btc) == owed)
    let point = try #require(world.exchange.tip)
    world.run(.disconnectBlock(point))
    #expect(world.exchange.inFlight(Self.btc) == .zero)
    spendCold(&world, back: 299_920)
    world.connect()
    #expect(world.exchange.inFlight(Self.btc) == .zero)
    #expect(owed - world.exchange.owed(Self.btc) == Amount(units: 80))
    #expect(world.exchange.coldTotal == .zero)
  }

  @Test(arguments: [(lost: Int64(5_000), closes: false), (5_001, true), (300_000, true)])
  func `cold coins that do not come back close the asset`(lost: Int64, closes: Bool) {
    var world = world()
    let built = sweep(world, [(0, 300_000)])
    world.run(.payoutBuilt(built))
    world.run(.payoutSigned(payout: PayoutID(2), transaction: [2]))
    mine(&world, built)
    world.connect()
    spendCold(&world, back: 300_000 - lost)
    #expect(world.exchange.suspensions.contains(where: \.closes) == closes)
  }

  @Test func `without a cold wallet there is nothing to plan, and a second one is refused`() {
    var world = TestExchange()
    guard case .coldStorage = world.refusal(Self.plan(nil)),
      case .coldStorage = world.refusal(.registerColdBatch(Self.batch()))
    else {
      Issue.record("it was taken")
      return
    }
    world.run(.coldWallet(Self.wallet))
    var other = Self.wallet
    other.maximumFee = Amount(units: 1)
    world.run(.coldWallet(other))
    #expect(world.exchange.coldWallet?.maximumFee == Amount(units: 1))
    other.descriptor = "wsh(another)#test"
    guard case .coldStorage = world.refusal(.coldWallet(other)) else {
      Issue.record("it was taken")
      return
    }
  }
}
