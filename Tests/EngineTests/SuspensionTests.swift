import Engine
import Money
import Structures
import Testing

@Suite struct SuspensionTests {
  private func observe(_ world: TestExchange, _ units: Int64) throws -> Command {
    .reservesObserved(
      asset: TestExchange.btc, at: try #require(world.exchange.tip), onChain: Amount(units: units))
  }

  private func report(
    connected: Bool = true, reachable: UInt32 = 3, halted: String? = nil
  ) -> Command {
    .guardReported(
      GuardReport(
        connected: connected, signersReachable: reachable, signersTotal: 3, threshold: 2,
        halted: halted))
  }

  @Test func `reserves below what is owed close the asset, and covering them opens it`() throws {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(world.request(alice, 2000))
    #expect(world.refusal(try observe(world, 1_000_000)) == nil)
    #expect(world.exchange.suspensions.isEmpty)

    world.run(try observe(world, 999_999))
    let closed = Suspension(
      asset: TestExchange.btc,
      reason: .reservesBelowLiabilities(
        owed: Amount(units: 1_000_000), covered: Amount(units: 999_999),
        at: try #require(world.exchange.tip)), since: world.now, closes: true)
    #expect(world.exchange.suspensions == [closed])
    #expect(world.refusal(world.request(alice, 2000)) == .withdrawalsSuspended(closed))
    #expect(
      world.refusal(.guardReleased(withdrawal: WithdrawalID(1), release: [1]))
        == .withdrawalsSuspended(closed))
    // What waits can still be taken back.
    #expect(
      world.refusal(.cancelWithdrawal(account: alice, withdrawal: WithdrawalID(1))) == nil)

    world.run(try observe(world, 1_000_000))
    #expect(world.exchange.suspensions.isEmpty)
    #expect(world.refusal(world.request(alice, 2000)) == nil)
  }

  @Test func `what waits for its credit covers nothing, and what is in flight covers its payer`()
    throws
  {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.deposit(5000, to: alice)
    // 5000 more on the chain, not owed yet: they do not hide that 1 is missing.
    world.run(try observe(world, 1_004_999))
    #expect(world.exchange.suspensions.count == 1)
    world.run(try observe(world, 1_005_000))
    #expect(world.exchange.suspensions.isEmpty)

    world.run(world.request(alice, 50_000))
    world.run(.guardReleased(withdrawal: WithdrawalID(1), release: [1]))
    let built = world.payout([WithdrawalID(1)])
    world.run(.payoutBuilt(built))
    let block = world.mined(built)
    world.connect(received: block.received, spent: block.spent)
    let onChain = world.exchange.ownedOutputs.reduce(Amount.zero) { $0 + $1.amount }
    #expect(onChain == Amount(units: 1_005_000 - 50_300))
    world.run(try observe(world, onChain.units))
    #expect(world.exchange.suspensions.isEmpty)
    world.run(try observe(world, onChain.units - 1))
    #expect(world.exchange.suspensions.count == 1)
  }

  @Test func `an observation of another block, or of another rail, is refused`() throws {
    var world = TestExchange()
    _ = world.openWithdrawer("alice", coins: 1_000_000)
    let command = try observe(world, 1_000_000)
    world.connect()
    #expect(world.refusal(command) == .blockIsNotTip)
    #expect(
      world.refusal(
        .reservesObserved(
          asset: TestExchange.usdt, at: try #require(world.exchange.tip), onChain: .zero))
        == .railMismatch)
  }

  @Test func `a coin spent by a stranger's transaction closes the asset for good`() throws {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    let coin = try #require(world.exchange.ownedOutputs.first).outpoint
    world.connect(spent: [.init(outpoint: coin, by: identifier(66))])
    #expect(world.exchange.suspensions.map(\.reason) == [.unexplainedOutflow(coin)])
    guard case .withdrawalsSuspended? = world.refusal(world.request(alice, 2000)) else {
      Issue.record("withdrawals are open after a theft")
      return
    }
    world.run(report())
    #expect(world.exchange.suspensions.count == 1)
  }

  @Test func `an unhealthy guard queues withdrawals and never closes`() {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(report(reachable: 1))
    #expect(
      world.exchange.suspensions.map(\.reason) == [
        .signersUnavailable(reachable: 1, threshold: 2)
      ])
    #expect(world.exchange.suspensions.map(\.closes) == [false])
    #expect(world.refusal(world.request(alice, 2000)) == nil)
    world.run(report(reachable: 0))
    #expect(
      world.exchange.suspensions.map(\.reason) == [
        .signersUnavailable(reachable: 0, threshold: 2)
      ])
    world.run(report(connected: false, reachable: 0))
    #expect(world.exchange.suspensions.count == 2)
    world.run(report(halted: "head differs"))
    #expect(world.exchange.suspensions.map(\.reason) == [.guardHalted("head differs")])
    world.run(report(reachable: 2))
    #expect(world.exchange.suspensions.isEmpty)
    #expect(world.exchange.guardReport?.signersReachable == 2)
  }
}
