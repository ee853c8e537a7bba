import Engine
import Money
import Structures
import Testing

@Suite struct AdjustmentTests {
  private let signature = [UInt8](repeating: 1, count: 64)

  private func propose(
    _ account: AccountID, _ units: Int64, _ kind: Adjustment.Kind = .correction,
    by name: String = "dave"
  ) -> Command {
    .proposeAdjustment(
      ProposeAdjustment(
        operatorName: name, kind: kind, account: account, asset: TestExchange.usdt,
        wallet: .trading, amount: Amount(units: units), reason: "mistaken fee",
        signature: signature))
  }

  private func decide(_ number: UInt64, approves: Bool = true, by name: String) -> Command {
    .decideAdjustment(
      DecideAdjustment(
        operatorName: name, adjustment: AdjustmentID(number), approves: approves,
        signature: signature))
  }

  /// alice with 1000 USDT, and a house that has earned `fees` of USDT.
  private func world(fees: Int64) -> (TestExchange, AccountID) {
    var world = TestExchange()
    let alice = world.open("alice")
    world.fund(alice, TestExchange.usdt, 1000 + fees)
    if fees > 0 {
      world.run(propose(alice, -fees))
      world.run(decide(1, by: "erin"))
    }
    return (world, alice)
  }

  private func bills(_ events: [Event]) -> [Bill] {
    events.compactMap { if case .bill(let bill) = $0 { bill } else { nil } }
  }

  @Test func `one operator proposes, another approves, and then money moves with a bill`() throws {
    var (world, alice) = world(fees: 50)
    #expect(world.exchange.houseFees(TestExchange.usdt) == Amount(units: 50))
    let proposed = world.run(propose(alice, 30, .reward, by: "erin"))
    #expect(bills(proposed) == [])
    #expect(world.exchange.proposedAdjustments.map(\.id) == [AdjustmentID(2)])
    #expect(world.refusal(decide(2, by: "erin")) == .sameOperatorTwice)
    let bill = try #require(bills(world.run(decide(2, by: "dave"))).first)
    #expect(bill.reason == .reward)
    #expect(bill.change == Amount(units: 30))
    #expect(bill.balance == Amount(units: 1030))
    #expect(bill.reference == 2)
    #expect(world.exchange.houseFees(TestExchange.usdt) == Amount(units: 20))
    #expect(world.refusal(decide(2, by: "dave")) == .adjustmentAlreadyDecided)
    #expect(world.refusal(decide(3, by: "dave")) == .unknownAdjustment)
  }

  @Test func `a reward is never paid out of what other customers have`() {
    var (world, alice) = world(fees: 50)
    world.run(propose(alice, 51, .reward))
    #expect(
      world.refusal(decide(2, by: "erin")) == .adjustmentNotCovered(available: Amount(units: 50)))
    #expect(world.exchange.proposedAdjustments.count == 1)
    #expect(world.refusal(propose(alice, -1, .reward)) == .rewardNotPositive)
  }

  @Test func `a correction takes no more than is free`() {
    var (world, alice) = world(fees: 0)
    world.run(propose(alice, -1001))
    #expect(
      world.refusal(decide(1, by: "erin")) == .adjustmentNotCovered(available: Amount(units: 1000)))
    #expect(bills(world.run(decide(1, approves: false, by: "dave"))) == [])
    #expect(world.exchange.proposedAdjustments == [])
  }

  @Test func `a proposal that cannot be right is refused`() {
    var (world, alice) = world(fees: 0)
    #expect(world.refusal(propose(alice, 1, by: "frank")) == .unknownOperator)
    #expect(world.refusal(propose(AccountID(7), 1)) == .unknownAccount)
    for units in [0, Int64.min, .max] {
      guard case .malformed(field: "amount", _)? = world.refusal(propose(alice, units)) else {
        Issue.record("\(units) is no amount")
        continue
      }
    }
  }
}
