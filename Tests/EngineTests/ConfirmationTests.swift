import Engine
import Money
import Structures
import Testing

@Suite struct ConfirmationTests {
  private static let ladder = [
    ConfirmationStep(from: Amount(units: 10_000), confirmations: 4),
    ConfirmationStep(from: Amount(units: 100_000), confirmations: 6),
  ]

  private func world(withdrawable: UInt32 = 0) -> TestExchange {
    var configuration = ExchangeConfiguration.sample
    configuration.assets[0].depositConfirmations = 2
    configuration.assets[0].depositLadder = Self.ladder
    configuration.assets[0].withdrawableConfirmations = withdrawable
    var world = TestExchange()
    world.run(.configure(configuration))
    #expect(world.exchange.configuration == configuration)
    return world
  }

  @Test(arguments: [(9999, 2), (10_000, 4), (99_999, 4), (100_000, 6), (500_000, 6)])
  func `a deposit waits for as many blocks as its size asks for`(
    units: Int64, confirmations: Int
  ) {
    var world = world()
    let alice = world.open("alice")
    _ = world.deposit(units, to: alice)
    for depth in 1...7 {
      let isCredited = depth >= confirmations
      #expect(world.available(alice, TestExchange.btc, .funding) == (isCredited ? units : 0))
      world.connect()
    }
  }

  @Test func `a large deposit in many pieces waits as if it were one`() {
    var world = world()
    let alice = world.open("alice")
    let bob = world.open("bob")
    for (index, account) in [alice, bob].enumerated() {
      world.run(
        .assignDepositAddress(
          account: account, asset: TestExchange.btc, index: UInt32(index), address: "bc\(index)"))
    }
    let pieces = (0..<13).map { number in
      ConnectBlock.Received(
        outpoint: ChainOutpoint(transaction: identifier(number, kind: 4), index: 0),
        script: ScriptIndex(branch: .deposit, index: number == 12 ? 1 : 0),
        amount: Amount(units: 9000))
    }
    world.connect(received: pieces)
    for depth in 1...7 {
      #expect(world.available(bob, TestExchange.btc, .funding) == (depth >= 2 ? 9000 : 0))
      #expect(world.available(alice, TestExchange.btc, .funding) == (depth >= 6 ? 12 * 9000 : 0))
      world.connect()
    }
  }

  @Test func `what was credited can be traded but not withdrawn until it is deep enough`() throws {
    var world = world(withdrawable: 5)
    let alice = world.openWithdrawer("alice", coins: 8000)
    #expect(world.available(alice, TestExchange.btc, .funding) == 8000)
    #expect(world.exchange.notWithdrawable(TestExchange.btc, of: alice) == Amount(units: 8000))
    let expected = Refusal.depositsNotWithdrawable(
      asset: TestExchange.btc, locked: Amount(units: 8000), available: Amount(units: 8000))
    #expect(world.refusal(world.request(alice, 2000)) == expected)
    world.run(
      .transfer(
        account: alice, asset: TestExchange.btc, amount: Amount(units: 100), from: .funding,
        to: .trading))
    for _ in 0..<2 { world.connect() }
    #expect(world.exchange.notWithdrawable(TestExchange.btc, of: alice) == .zero)
    #expect(world.refusal(world.request(alice, 2000)) == nil)
  }

  @Test func `what a sub-account may not withdraw its master may not either`() throws {
    var world = world(withdrawable: 5)
    let alice = world.openWithdrawer("alice", coins: 8000)
    for _ in 0..<4 { world.connect() }
    world.run(.openSubaccount(master: alice, name: "alicetwo"))
    let sub = try #require(world.exchange.accountID(name: "alicetwo"))
    _ = world.deposit(9000, to: sub)
    world.connect()
    #expect(world.available(sub, TestExchange.btc, .funding) == 9000)
    #expect(world.exchange.notWithdrawable(TestExchange.btc, of: alice) == Amount(units: 9000))
    #expect(
      world.refusal(world.request(alice, 2000))
        == .depositsNotWithdrawable(
          asset: TestExchange.btc, locked: Amount(units: 9000), available: Amount(units: 8000)))
  }

  @Test func `a reorganisation takes a credit back that could not leave yet`() {
    var world = world(withdrawable: 6)
    let alice = world.open("alice")
    let coin = world.deposit(9000, to: alice)
    world.connect()
    world.run(
      .transfer(
        account: alice, asset: TestExchange.btc, amount: Amount(units: 4000), from: .funding,
        to: .trading))
    world.disconnect()
    let events = world.disconnect()
    let states = events.compactMap { if case .deposit(let it) = $0 { it.state } else { nil } }
    #expect(states == [.reversed, .seen])
    #expect(world.available(alice, TestExchange.btc, .funding) == 0)
    #expect(world.available(alice, TestExchange.btc, .trading) == 0)
    #expect(world.exchange.owed(TestExchange.btc) == .zero)
    #expect(world.exchange.suspensions.isEmpty)
    // The other branch has it too, and it is credited again, once.
    world.connect(
      received: [
        .init(
          outpoint: coin, script: ScriptIndex(branch: .deposit, index: 0),
          amount: Amount(units: 9000))
      ], fork: 1)
    for _ in 0..<3 { world.connect(fork: 1) }
    #expect(world.available(alice, TestExchange.btc, .funding) == 9000)
    #expect(world.exchange.owed(TestExchange.btc) == Amount(units: 9000))
  }

  @Test func `what the customer does not have any more stays owed and closes the asset`() throws {
    var world = world(withdrawable: 6)
    let alice = world.open("alice")
    _ = world.deposit(9000, to: alice)
    world.connect()
    world.run(.openSubaccount(master: alice, name: "alicetwo"))
    let sub = try #require(world.exchange.accountID(name: "alicetwo"))
    world.run(
      .transferBetween(
        TransferBetween(
          from: alice, to: sub, asset: TestExchange.btc, amount: Amount(units: 9000),
          fromWallet: .funding, toWallet: .funding)))
    #expect(world.available(sub, TestExchange.btc, .funding) == 9000)
    world.disconnect()
    world.disconnect()
    #expect(world.exchange.suspensions.map(\.closes) == [true])
    #expect(world.available(sub, TestExchange.btc, .funding) == 9000)
    #expect(world.exchange.owed(TestExchange.btc) == Amount(units: 9000))
  }

  @Test func `what was locked for a deposit is there when its block goes`() {
    var world = world(withdrawable: 6)
    let alice = world.openWithdrawer("alice", coins: 9000)
    for _ in 0..<6 { world.connect() }
    _ = world.deposit(5000, to: alice)
    world.connect()
    #expect(world.refusal(world.request(alice, 8000)) == nil)
    world.disconnect()
    world.disconnect()
    #expect(world.exchange.suspensions.isEmpty)
    #expect(world.available(alice, TestExchange.btc, .funding) == 500)
  }

  @Test func `nothing is credited and nothing leaves while the chain is not certain`() {
    var world = world()
    let alice = world.openWithdrawer("alice", coins: 9000)
    _ = world.deposit(5000, to: alice)
    world.run(.chainJudged(asset: TestExchange.btc, problem: "the nodes are on two branches"))
    for _ in 0..<5 { world.connect() }
    #expect(world.available(alice, TestExchange.btc, .funding) == 9000)
    guard case .withdrawalsSuspended? = world.refusal(world.request(alice, 2000)) else {
      Issue.record("a withdrawal was accepted")
      return
    }
    world.run(.chainJudged(asset: TestExchange.btc, problem: nil))
    #expect(world.available(alice, TestExchange.btc, .funding) == 14_000)
    #expect(world.exchange.suspensions.isEmpty)
    #expect(world.refusal(world.request(alice, 2000)) == nil)
    #expect(world.refusal(.chainJudged(asset: TestExchange.usdt, problem: nil)) == .railMismatch)
  }

  @Test(arguments: [
    [(Int64(0), UInt32(4))], [(10, 2)], [(10, 301)], [(10, 4), (10, 5)], [(10, 4), (20, 4)],
  ])
  func `a ladder that does not rise is refused`(steps: [(Int64, UInt32)]) {
    var configuration = ExchangeConfiguration.sample
    configuration.assets[0].depositConfirmations = 2
    configuration.assets[0].depositLadder = steps.map {
      ConfirmationStep(from: Amount(units: $0.0), confirmations: $0.1)
    }
    var world = TestExchange()
    guard case .invalidConfiguration(let text)? = world.refusal(.configure(configuration)) else {
      Issue.record("it was taken")
      return
    }
    #expect(text.contains("depositLadder"))
  }
}
