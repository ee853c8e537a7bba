import Engine
import Money
import Structures
import Testing

@Suite struct ServiceStateTests {
  private func report(live: UInt32, frozen: Bool = false, logCount: UInt64 = 1) -> Command {
    .keyHoldersReported(
      KeyHoldersReport(
        live: live, threshold: 2, seats: 3, frozen: frozen, reduced: live < 3, claims: 0,
        successorAt: nil, logCount: logCount, logHead: Array(repeating: 1, count: 32),
        signature: Array(repeating: 1, count: 64)))
  }

  private func decide(
    _ action: ServiceDecision.Action, by name: String = "dave", number: UInt64,
    about: SuspensionClass = .securityIncident
  ) -> Command {
    .decideService(
      ServiceDecision(
        operatorName: name, asset: TestExchange.btc, action: action, reasonClass: about,
        text: "we look into it", number: number, signature: Array(repeating: 1, count: 64)))
  }

  private func checked(
    keys: UInt32 = 2, counters: UInt32 = 2, judged: UInt32? = 0, perHour: UInt32 = 2
  ) -> Command {
    .reopeningChecked(
      ReopeningCheck(
        asset: TestExchange.btc, keysProved: keys, keysNeeded: 2, countersEqual: counters,
        countersNeeded: 2, judged: judged, drainPerHour: perHour,
        signature: Array(repeating: 1, count: 64)))
  }

  private func mine(_ built: PayoutBuilt, in world: inout TestExchange) {
    let block = world.mined(built)
    world.connect(received: block.received, spent: block.spent)
  }

  @Test(arguments: [
    (live: UInt32(3), frozen: false, state: ServiceState.open),
    (2, false, .throttled), (1, false, .suspended), (0, false, .suspended), (3, true, .suspended),
  ])
  func `the margin of live holders says how withdrawals stand`(
    live: UInt32, frozen: Bool, state: ServiceState
  ) {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(report(live: live, frozen: frozen))
    #expect(world.exchange.serviceState(of: TestExchange.btc) == state)
    #expect(world.exchange.serviceState == state)
    // Whatever the state, what is asked for queues and can be taken back.
    #expect(world.refusal(world.request(alice, 2000)) == nil)
    let released = world.refusal(.guardReleased(withdrawal: WithdrawalID(1), release: [1]))
    #expect((released == nil) == (state != .suspended))
    #expect(world.refusal(.cancelWithdrawal(account: alice, withdrawal: WithdrawalID(1))) == nil)
  }

  @Test
  func `a report on the key holders that is older than the last one, or unsigned, is refused`() {
    var world = TestExchange()
    world.run(report(live: 3, frozen: true, logCount: 9))
    #expect(world.refusal(report(live: 3, logCount: 8)) != nil)
    guard case .keyHoldersReported(var unsigned) = report(live: 3, logCount: 10) else {
      Issue.record("it is no report")
      return
    }
    unsigned.signature = []
    #expect(world.refusal(.keyHoldersReported(unsigned)) != nil)
    #expect(world.exchange.keyHolders?.frozen == true)
    #expect(world.refusal(report(live: 3, logCount: 10)) == nil)
    #expect(world.exchange.keyHolders?.frozen == false)
  }

  @Test func `payments begin again after all checks, with one alone, and then so many an hour`()
    throws
  {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    for _ in 1...5 { world.run(world.request(alice, 2000)) }
    world.run(.guardReleased(withdrawal: WithdrawalID(1), release: [1]))
    world.run(report(live: 1))
    #expect(world.refusal(.payoutBuilt(world.payout([WithdrawalID(1)]))) != nil)
    #expect(world.exchange.queue(of: TestExchange.btc) == (5, Amount(units: 10_000)))

    world.run(report(live: 3))
    #expect(world.exchange.serviceState == .checking)
    #expect(world.refusal(.guardReleased(withdrawal: WithdrawalID(2), release: [1])) != nil)
    for partly in [
      checked(keys: 1), checked(counters: 1), checked(judged: nil),
    ] {
      world.run(partly)
      #expect(world.refusal(.payoutBuilt(world.payout([WithdrawalID(1)]))) != nil)
    }
    world.run(checked(judged: 5))
    for id in 2...5 {
      world.run(.guardReleased(withdrawal: WithdrawalID(UInt64(id)), release: [1]))
    }
    #expect(
      world.refusal(.payoutBuilt(world.payout([WithdrawalID(1), WithdrawalID(2)]))) != nil,
      "the first payment is made alone")
    let first = world.payout([WithdrawalID(1)])
    #expect(world.exchange.inPayment(of: TestExchange.btc) == (0, .zero))
    #expect(world.refusal(.payoutBuilt(first)) == nil)
    // In no queue any more, and not paid either: it is counted until a block has it.
    #expect(world.exchange.queue(of: TestExchange.btc) == (4, Amount(units: 8000)))
    #expect(world.exchange.inPayment(of: TestExchange.btc) == (1, Amount(units: 2000)))
    world.run(.payoutSigned(payout: PayoutID(1), transaction: [1]))
    #expect(world.exchange.inPayment(of: TestExchange.btc) == (1, Amount(units: 2000)))
    #expect(world.exchange.serviceState == .checking, "no block has it yet")
    mine(first, in: &world)
    #expect(world.exchange.inPayment(of: TestExchange.btc) == (0, .zero))
    #expect(world.exchange.serviceState == .throttled)
    #expect(world.exchange.drain(of: TestExchange.btc)?.left == 4)

    #expect(
      world.refusal(.payoutBuilt(world.payout((2...4).map { WithdrawalID($0) }, transaction: 2)))
        != nil, "two an hour")
    let second = world.payout([WithdrawalID(2), WithdrawalID(3)], transaction: 2)
    #expect(world.refusal(.payoutBuilt(second)) == nil)
    world.run(.payoutSigned(payout: PayoutID(2), transaction: [1]))
    mine(second, in: &world)
    world.connect()
    #expect(
      world.refusal(.payoutBuilt(world.payout([WithdrawalID(4)], transaction: 3))) != nil,
      "the hour is not over")
    world.wait(TestExchange.hour)
    // What a customer takes back leaves the queue, too.
    world.run(.cancelWithdrawal(account: alice, withdrawal: WithdrawalID(5)))
    #expect(world.exchange.drain(of: TestExchange.btc)?.left == 1)
    #expect(
      world.refusal(.payoutBuilt(world.payout([WithdrawalID(4)], transaction: 3))) == nil)
    #expect(world.exchange.serviceState == .open)
    #expect(
      world.exchange.endedSuspensions.map(\.suspension.reason.state)
        == [.suspended, .checking, .throttled])
    #expect(world.exchange.isConsistent)
  }

  @Test func `a relapse during the checks begins them anew`() {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(world.request(alice, 2000))
    world.run(report(live: 1))
    world.run(report(live: 2))
    world.run(checked(judged: 1))
    world.run(report(live: 1))
    #expect(world.exchange.serviceState == .suspended)
    #expect(world.exchange.reopening(of: TestExchange.btc) == nil)
    world.run(report(live: 2))
    #expect(world.exchange.reopening(of: TestExchange.btc) == Reopening())
  }

  @Test func `one operator stops and explains, two different ones end`() throws {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    #expect(world.refusal(decide(.suspend, by: "frank", number: 1)) == .unknownOperator)
    #expect(world.refusal(decide(.suspend, number: 2)) != nil, "a number is used once")
    #expect(world.refusal(decide(.suspend, number: 1)) == nil)
    #expect(world.exchange.serviceState == .suspended)
    #expect(world.refusal(world.request(alice, 2000)) == nil)
    #expect(world.refusal(.guardReleased(withdrawal: WithdrawalID(1), release: [1])) != nil)

    let began = try #require(world.exchange.suspensions.first)
    #expect(began.nextUpdateBy == began.since.advanced(byMilliseconds: 4 * TestExchange.hour))
    world.wait(3 * TestExchange.hour)
    #expect(world.refusal(decide(.explain, by: "erin", number: 2)) == nil)
    let later = try #require(world.exchange.suspensions.first)
    #expect(later.nextUpdateBy == world.now.advanced(byMilliseconds: 4 * TestExchange.hour))
    #expect(later.since == began.since)

    #expect(world.refusal(decide(.lift, number: 3)) == nil)
    #expect(world.exchange.serviceState == .suspended, "one is not enough")
    #expect(world.refusal(decide(.lift, number: 4)) == .sameOperatorTwice)
    #expect(world.refusal(decide(.lift, by: "erin", number: 4)) == nil)
    #expect(world.exchange.serviceState == .checking)
  }

  @Test func `an unexplained outflow ends by two operators, and after the checks`() throws {
    var world = TestExchange()
    _ = world.openWithdrawer("alice", coins: 1_000_000)
    let coin = try #require(world.exchange.ownedOutputs.first).outpoint
    world.connect(spent: [.init(outpoint: coin, by: identifier(66))])
    world.run(report(live: 3))
    #expect(world.exchange.serviceState == .suspended)
    world.run(decide(.lift, number: 1))
    world.run(decide(.lift, by: "erin", number: 2))
    #expect(world.exchange.serviceState == .checking)
    world.run(checked(judged: 0))
    #expect(world.exchange.serviceState == .open, "nothing waits, so there is nothing to pay first")
  }

  /// A queue of four, checked, and the first of them released.
  private func worldBeforeTheFirstPayment() -> TestExchange {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    for _ in 1...4 { world.run(world.request(alice, 2000)) }
    world.run(report(live: 1))
    world.run(report(live: 3))
    world.run(checked(judged: 4))
    for id in 1...4 {
      world.run(.guardReleased(withdrawal: WithdrawalID(UInt64(id)), release: [1]))
    }
    return world
  }

  @Test func `a first payment that is given up makes room for another`() throws {
    var world = worldBeforeTheFirstPayment()
    world.run(.payoutBuilt(world.payout([WithdrawalID(1)])))
    #expect(world.exchange.payoutRoom(of: TestExchange.btc, at: world.now) == 0)
    world.run(.payoutLost(payout: PayoutID(1), .unsigned))
    #expect(world.exchange.payoutRoom(of: TestExchange.btc, at: world.now) == 1)
    let second = world.payout([WithdrawalID(2)], transaction: 2)
    #expect(world.refusal(.payoutBuilt(second)) == nil)
    world.run(.payoutSigned(payout: PayoutID(2), transaction: [1]))
    mine(second, in: &world)
    #expect(world.exchange.drain(of: TestExchange.btc)?.left == 3)
  }

  @Test func `what was given up counts in the queue again, and a new suspension ends the old rate`()
    throws
  {
    var world = worldBeforeTheFirstPayment()
    let first = world.payout([WithdrawalID(1)])
    world.run(.payoutBuilt(first))
    world.run(.payoutSigned(payout: PayoutID(1), transaction: [1]))
    mine(first, in: &world)
    world.run(.payoutBuilt(world.payout([WithdrawalID(2), WithdrawalID(3)], transaction: 2)))
    #expect(world.exchange.drain(of: TestExchange.btc)?.left == 1)
    world.run(.payoutLost(payout: PayoutID(2), .unsigned))
    #expect(world.exchange.drain(of: TestExchange.btc)?.left == 3)
    world.run(report(live: 1))
    #expect(world.exchange.drain(of: TestExchange.btc) == nil)
    #expect(world.exchange.serviceState == .suspended)
    #expect(world.exchange.isConsistent)
  }

  @Test func `two operators end what they name and nothing else`() throws {
    var world = TestExchange()
    _ = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(decide(.suspend, number: 1, about: .maintenance))
    let coin = try #require(world.exchange.ownedOutputs.first).outpoint
    world.connect(spent: [.init(outpoint: coin, by: identifier(66))])
    world.run(decide(.lift, number: 2, about: .maintenance))
    world.run(decide(.lift, by: "erin", number: 3, about: .maintenance))
    #expect(world.exchange.serviceState == .suspended)
    #expect(
      world.exchange.suspensions.map(\.reason.reasonClass).contains(.securityIncident),
      "the outflow is still unexplained")
    #expect(
      world.refusal(decide(.lift, number: 4, about: .maintenance)) != nil,
      "there is nothing of the kind any more")
  }

  /// How the promise of the suspension with `reason` moves while `commands` run, an hour apart.
  private func promises(
    _ world: inout TestExchange, _ isOne: (Suspension.Reason) -> Bool, _ commands: [Command]
  ) throws -> [Bool] {
    try commands.map { command in
      let before = try #require(world.exchange.suspensions.first { isOne($0.reason) })
      world.wait(TestExchange.hour)
      world.run(command)
      let after = try #require(world.exchange.suspensions.first { isOne($0.reason) })
      if after.nextUpdateBy == before.nextUpdateBy { return false }
      #expect(after.nextUpdateBy == world.now.advanced(byMilliseconds: 4 * TestExchange.hour))
      return true
    }
  }

  @Test func `only steps of people and rules put the next update off, never figures`() throws {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    for _ in 1...4 { world.run(world.request(alice, 2000)) }
    world.run(report(live: 0))
    let isMissing = { (reason: Suspension.Reason) in reason.reasonClass == .keyHolder }
    // Another withdrawal waits, one is taken back; a holder gives a sign of life; an operator speaks.
    #expect(
      try promises(
        &world, isMissing,
        [
          world.request(alice, 2000),
          .cancelWithdrawal(account: alice, withdrawal: WithdrawalID(5)),
          report(live: 1), report(live: 1), decide(.explain, number: 1),
        ]) == [false, false, true, false, true])
    world.run(report(live: 3))
    let isChecking = { (reason: Suspension.Reason) in reason.state == .checking }
    #expect(
      try promises(
        &world, isChecking,
        [
          checked(keys: 1, judged: nil), checked(keys: 2, judged: nil),
          checked(keys: 3, judged: nil), checked(judged: 4), checked(judged: 3),
        ]) == [true, true, false, true, false])
    for id in 1...4 {
      world.run(.guardReleased(withdrawal: WithdrawalID(UInt64(id)), release: [1]))
    }
    let first = world.payout([WithdrawalID(1)])
    #expect(try promises(&world, isChecking, [.payoutBuilt(first)]) == [true])
    world.run(.payoutSigned(payout: PayoutID(1), transaction: [1]))
    mine(first, in: &world)
    let isDraining = { (reason: Suspension.Reason) in
      if case .draining = reason { true } else { false }
    }
    #expect(
      try promises(
        &world, isDraining,
        [
          .cancelWithdrawal(account: alice, withdrawal: WithdrawalID(4)),
          .payoutBuilt(world.payout([WithdrawalID(2)], transaction: 2)),
        ]) == [false, true])
  }

  @Test func `signers that come and go keep no promise`() throws {
    var world = TestExchange()
    func reachable(_ count: UInt32) -> Command {
      .guardReported(
        GuardReport(
          connected: true, signersReachable: count, signersTotal: 3, threshold: 2, halted: nil))
    }
    world.run(reachable(1))
    let isOfSigners = { (reason: Suspension.Reason) in
      if case .signersUnavailable = reason { true } else { false }
    }
    #expect(
      try promises(&world, isOfSigners, [reachable(0), reachable(1), decide(.explain, number: 1)])
        == [false, false, true])
  }

  @Test func `a state in the middle of a suspension reads back as itself`() throws {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(world.request(alice, 2000))
    for command in [
      report(live: 1), decide(.explain, number: 1), report(live: 3), checked(judged: 1),
    ] {
      world.run(command)
      let bytes = world.exchange.encode()
      #expect(try Exchange(decoding: bytes).encode() == bytes)
    }
  }
}
