import Engine
import Money
import Structures
import Testing

@Suite struct DepositTests {
  private func world() -> (TestExchange, AccountID) {
    var world = TestExchange()
    let alice = world.open("alice")
    world.run(
      .assignDepositAddress(account: alice, asset: TestExchange.btc, index: 0, address: "bc0"))
    world.connect()
    return (world, alice)
  }

  private let coin = ChainOutpoint(transaction: identifier(1, kind: 5), index: 3)

  private func receipt(_ units: Int64 = 5000) -> ConnectBlock.Received {
    .init(
      outpoint: coin, script: ScriptIndex(branch: .deposit, index: 0), amount: Amount(units: units))
  }

  @Test func `a deposit is seen, confirms, and is credited once it is deep enough`() throws {
    var (world, alice) = world()
    world.run(
      .depositSeen(
        outpoint: coin, script: ScriptIndex(branch: .deposit, index: 0),
        amount: Amount(units: 5000)))
    #expect(world.exchange.pendingDeposits.map(\.state) == [.seen])
    world.connect(received: [receipt()])
    let point = try #require(world.exchange.tip)
    #expect(world.exchange.pendingDeposits.map(\.state) == [.confirming(point)])
    #expect(world.exchange.uncredited(TestExchange.btc) == Amount(units: 5000))
    world.connect()
    #expect(world.available(alice, TestExchange.btc, .funding) == 0)
    let events = world.connect()
    #expect(world.available(alice, TestExchange.btc, .funding) == 5000)
    #expect(world.exchange.deposit(at: coin)?.state == .withdrawable(point))
    let states = events.compactMap { if case .deposit(let it) = $0 { it.state } else { nil } }
    #expect(states == [.credited(point), .withdrawable(point)])
    #expect(world.exchange.uncredited(TestExchange.btc) == .zero)
    let bills = events.compactMap { if case .bill(let bill) = $0 { bill } else { nil } }
    #expect(bills.map(\.reason) == [.deposit])
    #expect(bills.map(\.balance) == [Amount(units: 5000)])
    world.connect()
    #expect(world.available(alice, TestExchange.btc, .funding) == 5000)
  }

  @Test func `a reorganisation takes an uncredited deposit back, and it is credited once`() {
    var (world, alice) = world()
    world.connect(received: [receipt()])
    world.connect()
    world.disconnect()
    world.disconnect()
    #expect(world.exchange.deposit(at: coin)?.state == .seen)
    #expect(world.exchange.ownedOutputs.isEmpty)
    #expect(world.exchange.uncredited(TestExchange.btc) == .zero)
    for _ in 0..<5 { world.connect(fork: 1) }
    #expect(world.available(alice, TestExchange.btc, .funding) == 0)
    world.connect(received: [receipt()], fork: 1)
    for _ in 0..<4 { world.connect(fork: 1) }
    #expect(world.available(alice, TestExchange.btc, .funding) == 5000)
    #expect(world.exchange.deposit(DepositID(2)) == nil)
  }

  @Test func `a reorganisation above a credited deposit leaves it alone`() {
    var (world, alice) = world()
    world.connect(received: [receipt()])
    for _ in 0..<2 { world.connect() }
    for _ in 0..<2 { world.disconnect() }
    #expect(world.available(alice, TestExchange.btc, .funding) == 5000)
    for _ in 0..<4 { world.connect(fork: 1) }
    #expect(world.available(alice, TestExchange.btc, .funding) == 5000)
    #expect(world.exchange.suspensions.isEmpty)
  }

  @Test func `a deeper one reverses it and closes the asset until the chain has it again`() {
    var (world, alice) = world()
    world.connect(received: [receipt()])
    for _ in 0..<2 { world.connect() }
    for _ in 0..<3 { world.disconnect() }
    #expect(world.exchange.deposit(at: coin)?.state == .reversed)
    #expect(
      world.exchange.suspensions.map(\.reason) == [.reorganisationBeyondFinality(DepositID(1))])
    #expect(world.exchange.suspensions.map(\.closes) == [true])
    world.connect(received: [receipt()], fork: 1)
    #expect(world.exchange.deposit(at: coin)?.state == .reversed)
    #expect(world.exchange.uncredited(TestExchange.btc) == .zero)
    for _ in 0..<2 { world.connect(fork: 1) }
    if case .withdrawable? = world.exchange.deposit(at: coin)?.state {
    } else {
      Issue.record("not credited again")
    }
    #expect(world.exchange.suspensions.isEmpty)
    // Credited once, whatever the chain did.
    #expect(world.available(alice, TestExchange.btc, .funding) == 5000)
    #expect(world.exchange.owed(TestExchange.btc) == Amount(units: 5000))
  }

  @Test func `a deposit below the minimum is recorded and not credited`() {
    var (world, alice) = world()
    world.connect(received: [receipt(9)])
    for _ in 0..<4 { world.connect() }
    #expect(world.exchange.deposit(at: coin)?.state == .belowMinimum)
    #expect(world.available(alice, TestExchange.btc, .funding) == 0)
    #expect(world.exchange.ownedOutputs.count == 1)
  }

  @Test func `the block's word on a coin outranks the mempool's`() {
    var (world, alice) = world()
    let bob = world.open("bob")
    world.run(
      .assignDepositAddress(account: bob, asset: TestExchange.btc, index: 1, address: "bc1"))
    world.run(
      .depositSeen(
        outpoint: coin, script: ScriptIndex(branch: .deposit, index: 1),
        amount: Amount(units: 900_000)))
    world.connect(received: [receipt()])
    for _ in 0..<2 { world.connect() }
    #expect(world.available(alice, TestExchange.btc, .funding) == 5000)
    #expect(world.available(bob, TestExchange.btc, .funding) == 0)
    #expect(world.exchange.deposit(at: coin)?.account == alice)
  }

  @Test func `addresses are assigned in order`() {
    var (world, alice) = world()
    for (index, refusal) in [
      (UInt32(0), Refusal.depositIndexOutOfOrder(expected: 1)),
      (2, .depositIndexOutOfOrder(expected: 1)),
    ] {
      let command = Command.assignDepositAddress(
        account: alice, asset: TestExchange.btc, index: index, address: "x")
      #expect(world.refusal(command) == refusal)
    }
    #expect(
      world.refusal(
        .assignDepositAddress(account: alice, asset: TestExchange.usdt, index: 1, address: "x"))
        == .railMismatch)
    #expect(world.exchange.depositAddresses(of: alice, asset: TestExchange.btc).count == 1)
  }

  @Test func `a block must extend the tip and tell of coins that can be`() throws {
    var (world, _) = world()
    world.connect(received: [receipt()])
    let tip = try #require(world.exchange.tip)
    func block(
      height: UInt32? = nil, previous: [UInt8]? = nil, received: [ConnectBlock.Received] = [],
      spent: [ConnectBlock.Spent] = []
    ) -> Command {
      .connectBlock(
        ConnectBlock(
          point: ChainPoint(height: height ?? tip.height + 1, hash: identifier(77)),
          previous: previous ?? tip.hash, received: received, spent: spent))
    }
    let other = ChainOutpoint(transaction: identifier(2), index: 0)
    let script = ScriptIndex(branch: .deposit, index: 0)
    #expect(world.refusal(block(height: tip.height)) == .blockDoesNotExtendTip)
    #expect(world.refusal(block(previous: identifier(3))) == .blockDoesNotExtendTip)
    #expect(world.refusal(block(received: [receipt()])) == .outpointAlreadyKnown)
    for units in [Int64(0), -5, 2_100_000_000_000_001, .max] {
      let received = ConnectBlock.Received(
        outpoint: other, script: script, amount: Amount(units: units))
      guard case .malformed? = world.refusal(block(received: [received])) else {
        Issue.record("taken: \(units)")
        continue
      }
    }
    for spent in [[other], [coin, coin]] {
      let refusal = world.refusal(
        block(spent: spent.map { .init(outpoint: $0, by: identifier(4)) }))
      #expect(
        refusal
          == .malformed(field: "spent", problem: "names a coin that the wallet does not have"))
    }
    #expect(
      world.refusal(.disconnectBlock(ChainPoint(height: tip.height, hash: identifier(9))))
        == .blockIsNotTip)
  }

  // MARK: The manual rail

  private func attest(
    _ name: String, _ account: AccountID, units: Int64 = 700, reference: String = "wire 1",
    asset: AssetID = TestExchange.usdt
  ) -> Command {
    .attestReceipt(
      AttestReceipt(
        operatorName: name, account: account, asset: asset, amount: Amount(units: units),
        reference: reference, signature: Array(repeating: 1, count: 64)))
  }

  @Test func `a receipt takes two different operators who say the same`() {
    var world = TestExchange()
    let alice = world.open("alice")
    let bob = world.open("bob")
    #expect(world.refusal(attest("mallory", alice)) == .unknownOperator)
    #expect(world.refusal(attest("dave", alice)) == nil)
    #expect(world.available(alice, TestExchange.usdt, .funding) == 0)
    #expect(world.refusal(attest("dave", alice)) == .sameOperatorTwice)
    #expect(world.refusal(attest("erin", alice, units: 701)) == .receiptMismatch)
    #expect(world.refusal(attest("erin", bob)) == .receiptMismatch)
    #expect(world.available(alice, TestExchange.usdt, .funding) == 0)
    #expect(world.refusal(attest("erin", alice)) == nil)
    #expect(world.available(alice, TestExchange.usdt, .funding) == 700)
    #expect(world.refusal(attest("erin", alice)) == .receiptAlreadyCredited)
    #expect(world.refusal(attest("dave", bob)) == .receiptAlreadyCredited)
    #expect(world.available(alice, TestExchange.usdt, .funding) == 700)
    // The same reference on another asset is another payment.
    #expect(world.refusal(attest("dave", alice, asset: TestExchange.gold)) == nil)
    #expect(world.refusal(attest("dave", alice, asset: TestExchange.btc)) == .railMismatch)
    #expect(world.refusal(attest("dave", alice, units: 0, reference: "2")) == .amountNotPositive)
    guard case .malformed? = world.refusal(attest("dave", alice, units: .max, reference: "3"))
    else {
      Issue.record("more than the ledger can hold was taken")
      return
    }
  }
}
