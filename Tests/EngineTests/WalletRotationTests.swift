import Engine
import Money
import Structures
import Testing

@Suite struct WalletRotationTests {
  private let rotation = Command.rotateWallet(
    WalletRotation(descriptor: "second", maximumFee: Amount(units: 1000)))

  @Test func `old coins are counted, spent by no payout, and brought over by people`() throws {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    let owed = world.exchange.owed(TestExchange.btc)
    #expect(world.refusal(rotation) == nil)
    #expect(world.exchange.configuration?.walletDescriptor == "second")
    #expect(world.exchange.spendableOutputs.isEmpty)
    #expect(world.exchange.formerOutputs.count == 1)
    let place = try #require(world.exchange.sweepPlace)
    #expect(place < world.exchange.nextChangeIndex)

    let old = try #require(world.exchange.formerOutputs.first)
    let sweep = identifier(77)
    world.connect(
      received: [
        .init(
          outpoint: ChainOutpoint(transaction: sweep, index: 0),
          script: ScriptIndex(branch: .change, index: place),
          amount: old.amount - Amount(units: 900))
      ], spent: [.init(outpoint: old.outpoint, by: sweep)])
    #expect(world.exchange.suspensions.isEmpty, "it is no unexplained outflow")
    #expect(world.exchange.formerOutputs.isEmpty)
    #expect(world.exchange.spendableOutputs.count == 1)
    #expect(world.exchange.owedToCustomers(TestExchange.btc) == owed)
    #expect(world.refusal(world.request(alice, 2000)) == nil)
    #expect(world.exchange.isConsistent)
    let bytes = world.exchange.encode()
    #expect(try Exchange(decoding: bytes).encode() == bytes)
  }

  @Test func `what loses more than the network may take is an outflow`() throws {
    var world = TestExchange()
    _ = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(rotation)
    let old = try #require(world.exchange.formerOutputs.first)
    let place = try #require(world.exchange.sweepPlace)
    let sweep = identifier(77)
    world.connect(
      received: [
        .init(
          outpoint: ChainOutpoint(transaction: sweep, index: 0),
          script: ScriptIndex(branch: .change, index: place),
          amount: old.amount - Amount(units: 1001))
      ], spent: [.init(outpoint: old.outpoint, by: sweep)])
    #expect(world.exchange.suspensions.map(\.reason) == [.unexplainedOutflow(old.outpoint)])
  }

  @Test func `an old address is still credited, and its coin is one to bring over`() throws {
    var world = TestExchange()
    _ = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(rotation)
    let before = world.exchange.owedToCustomers(TestExchange.btc)
    world.connect(received: [
      .init(
        outpoint: ChainOutpoint(transaction: identifier(88), index: 0),
        script: ScriptIndex(branch: .deposit, index: 0), amount: Amount(units: 5000))
    ])
    for _ in 0..<2 { world.connect() }
    #expect(world.exchange.owedToCustomers(TestExchange.btc) == before + Amount(units: 5000))
    #expect(world.exchange.formerOutputs.count == 2)
  }

  @Test func `a wallet takes over once, and not while a transaction waits for its signatures`() {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    let current = world.exchange.configuration?.walletDescriptor ?? ""
    world.run(world.request(alice, 2000))
    world.run(.guardReleased(withdrawal: WithdrawalID(1), release: [1]))
    world.run(.payoutBuilt(world.payout([WithdrawalID(1)])))
    #expect(world.refusal(rotation) != nil)
    world.run(.payoutSigned(payout: PayoutID(1), transaction: [1]))
    #expect(world.refusal(rotation) == nil)
    #expect(world.refusal(rotation) != nil)
    #expect(
      world.refusal(
        .rotateWallet(WalletRotation(descriptor: current, maximumFee: .zero))) != nil)
  }
}
