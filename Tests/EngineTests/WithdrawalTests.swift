import Engine
import Money
import Risk
import Structures
import Testing

@Suite struct WithdrawalTests {
  let first = WithdrawalID(1)

  @Test func `a withdrawal goes all the way, and its money leaves at the end only`() throws {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(world.request(alice, 50_000, id: "rent"))
    #expect(world.state(first) == .approved)
    #expect(world.held(alice, TestExchange.btc, .funding) == 50_500)
    #expect(world.available(alice, TestExchange.btc, .funding) == 949_500)

    world.run(.guardHeld(withdrawal: first, until: world.now, reason: "looks twice"))
    #expect(world.state(first) == .guardHeld(until: world.now, reason: "looks twice"))
    world.run(.guardReleased(withdrawal: first, release: [9]))
    #expect(world.state(first) == .released)
    #expect(world.exchange.withdrawal(first)?.release == [9])

    let built = world.payout([first])
    world.run(.payoutBuilt(built))
    #expect(world.state(first) == .building)
    #expect(world.exchange.ownedOutputs.map(\.payout) == [PayoutID(1)])
    #expect(world.exchange.nextChangeIndex == 1)
    world.run(.payoutSigned(payout: PayoutID(1), transaction: [1, 2, 3]))
    #expect(world.state(first) == .broadcast)

    let block = world.mined(built)
    world.connect(received: block.received, spent: block.spent)
    let point = try #require(world.exchange.tip)
    #expect(world.state(first) == .mined(point))
    #expect(world.exchange.inFlight(TestExchange.btc) == Amount(units: 50_300))
    #expect(world.exchange.owed(TestExchange.btc) == Amount(units: 1_000_000))
    #expect(world.exchange.addressEntry(AddressEntryID(1))?.firstUsedAt == nil)

    world.connect()
    #expect(world.state(first) == .confirmed(point))
    #expect(world.exchange.payout(PayoutID(1))?.state == .confirmed(point))
    #expect(world.exchange.inFlight(TestExchange.btc) == .zero)
    #expect(world.held(alice, TestExchange.btc, .funding) == 0)
    #expect(world.available(alice, TestExchange.btc, .funding) == 949_500)
    // What is owed is what is on the chain: the house kept 200 of the fee, the miners took 300.
    #expect(world.exchange.owed(TestExchange.btc) == Amount(units: 949_700))
    #expect(world.exchange.ownedOutputs.map(\.amount) == [Amount(units: 949_700)])
    #expect(world.exchange.openWithdrawals.isEmpty)
    #expect(world.exchange.openPayouts.isEmpty)
    #expect(world.exchange.addressEntry(AddressEntryID(1))?.firstUsedAt == world.now)
    #expect(world.exchange.suspensions.isEmpty)
  }

  @Test func `a payout that is reorganised out waits for its next block`() throws {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(world.request(alice, 50_000))
    world.run(.guardReleased(withdrawal: first, release: [9]))
    let built = world.payout([first])
    world.run(.payoutBuilt(built))
    world.run(.payoutSigned(payout: PayoutID(1), transaction: [1]))
    let block = world.mined(built)
    world.connect(received: block.received, spent: block.spent)
    world.disconnect()
    #expect(world.state(first) == .broadcast)
    #expect(world.exchange.ownedOutputs.map(\.payout) == [PayoutID(1)])
    #expect(world.exchange.spendableOutputs.isEmpty)
    world.connect(fork: 1)
    #expect(world.state(first) == .broadcast)
    world.connect(received: block.received, spent: block.spent, fork: 1)
    world.connect(fork: 1)
    if case .confirmed? = world.state(first) {} else { Issue.record("not confirmed") }
    #expect(world.exchange.owed(TestExchange.btc) == Amount(units: 949_700))
  }

  // MARK: Cancel

  /// Brings a withdrawal of 50 000, or of an amount that waits, to a state.
  private func bring(_ world: inout TestExchange, to state: String) -> AccountID {
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    let amounts: [String: Int64] = ["delayed": 150_000, "in review": 250_000]
    world.run(world.request(alice, amounts[state] ?? 50_000))
    let steps: [String: Int] = [
      "held by guard": 1, "released": 2, "building": 3, "broadcast": 4, "mined": 5,
      "confirmed": 6, "refused": -1, "canceled": -2,
    ]
    let step = steps[state] ?? 0
    if step == -1 { world.run(.guardRefused(withdrawal: first, reason: "no")) }
    if step == -2 { world.run(.cancelWithdrawal(account: alice, withdrawal: first)) }
    if step == 1 { world.run(.guardHeld(withdrawal: first, until: world.now, reason: "wait")) }
    if step >= 2 { world.run(.guardReleased(withdrawal: first, release: [1])) }
    let built = world.payout([first])
    if step >= 3 { world.run(.payoutBuilt(built)) }
    if step >= 4 { world.run(.payoutSigned(payout: PayoutID(1), transaction: [1])) }
    let block = world.mined(built)
    if step >= 5 { world.connect(received: block.received, spent: block.spent) }
    if step >= 6 { world.connect() }
    return alice
  }

  @Test(arguments: [
    ("delayed", true), ("in review", true), ("approved", true), ("held by guard", true),
    ("released", true), ("building", false), ("broadcast", false), ("mined", false),
    ("confirmed", false), ("refused", false), ("canceled", false),
  ])
  func `a customer can cancel until the transaction is built`(state: String, cancels: Bool) {
    var world = TestExchange()
    let alice = bring(&world, to: state)
    let refusal = world.refusal(.cancelWithdrawal(account: alice, withdrawal: first))
    #expect(refusal == (cancels ? nil : .withdrawalTooFar))
    if cancels {
      #expect(world.state(first) == .canceled)
      #expect(world.available(alice, TestExchange.btc, .funding) == 1_000_000)
      #expect(world.held(alice, TestExchange.btc, .funding) == 0)
    }
  }

  @Test(arguments: [
    ("delayed", false), ("in review", false), ("approved", true), ("held by guard", true),
    ("released", false), ("building", false), ("broadcast", false), ("mined", false),
    ("confirmed", false), ("refused", false), ("canceled", false),
  ])
  func `the guard releases only what passed the online rules`(state: String, releases: Bool) {
    var world = TestExchange()
    _ = bring(&world, to: state)
    let refusal = world.refusal(.guardReleased(withdrawal: first, release: [1]))
    #expect(refusal == (releases ? nil : .notReleasable))
  }

  @Test func `nobody cancels another customer's withdrawal`() {
    var world = TestExchange()
    _ = bring(&world, to: "approved")
    let bob = world.open("bob")
    #expect(
      world.refusal(.cancelWithdrawal(account: bob, withdrawal: first)) == .unknownWithdrawal)
    #expect(world.state(first) == .approved)
  }

  // MARK: Online rules

  @Test(arguments: [
    (units: Int64(100_000), outcome: RiskOutcome.allow), (100_001, .delay), (200_001, .review),
    (500_001, .refuse),
  ])
  func `the amount decides what happens`(units: Int64, outcome: RiskOutcome) {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    let refusal = world.refusal(world.request(alice, units))
    if outcome == .refuse {
      guard case .riskRefused(let decision)? = refusal else {
        Issue.record("not refused: \(String(describing: refusal))")
        return
      }
      #expect(decision.hits.first?.rule == .amountRefused)
      #expect(world.held(alice, TestExchange.btc, .funding) == 0)
      return
    }
    #expect(refusal == nil)
    #expect(world.exchange.withdrawal(first)?.decision.outcome == outcome)
    #expect(world.held(alice, TestExchange.btc, .funding) == units + 500)
  }

  @Test func `a delay ends by itself at its time and not before`() {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(world.request(alice, 150_000))
    let until = world.now.advanced(byMilliseconds: 10 * TestExchange.minute)
    #expect(world.state(first) == .delayed(until: until))
    world.wait(10 * TestExchange.minute - 1)
    world.run(.tick)
    #expect(world.state(first) == .delayed(until: until))
    world.wait(1)
    world.checksEverything = false
    let events = world.run(.tick)
    #expect(world.state(first) == .approved)
    #expect(events.count == 1)
  }

  @Test func `review takes two different operators, and one can refuse`() {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(world.request(alice, 250_000))
    #expect(world.state(first) == .inReview)
    #expect(world.refusal(world.review(first, by: "mallory")) == .unknownOperator)
    #expect(world.refusal(world.review(first, by: "dave")) == nil)
    #expect(world.state(first) == .inReview)
    #expect(world.refusal(world.review(first, by: "dave")) == .sameOperatorTwice)
    world.wait(10 * TestExchange.minute)
    #expect(world.refusal(world.review(first, by: "erin")) == nil)
    #expect(world.state(first) == .approved)
    #expect(world.exchange.withdrawal(first)?.approvals == ["dave", "erin"])
    #expect(world.refusal(world.review(first, by: "erin")) == .notInReview)

    world.wait(2 * TestExchange.hour)
    world.run(world.request(alice, 250_000))
    let second = WithdrawalID(2)
    world.run(world.review(second, by: "dave"))
    world.run(world.review(second, by: "erin", approves: false))
    #expect(world.state(second) == .refused(reason: "not by the customer"))
    #expect(world.held(alice, TestExchange.btc, .funding) == 250_500)
  }

  @Test func `a review does not shorten the delay beside it`() {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(world.request(alice, 250_000))
    let until = world.now.advanced(byMilliseconds: 10 * TestExchange.minute)
    world.run(world.review(first, by: "dave"))
    world.run(world.review(first, by: "erin"))
    #expect(world.state(first) == .delayed(until: until))
  }

  @Test func `many small ones in an hour trip the frequency rule, and the hour slides`() {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    for number in 1...5 {
      world.run(world.request(alice, 2000))
      #expect(world.state(WithdrawalID(UInt64(number))) == .approved)
      world.wait(TestExchange.minute)
    }
    world.run(world.request(alice, 2000))
    #expect(world.exchange.withdrawal(WithdrawalID(6))?.decision.hits.map(\.rule) == [.frequency])
    // Taken back ones do not count.
    world.run(.cancelWithdrawal(account: alice, withdrawal: WithdrawalID(6)))
    world.run(.cancelWithdrawal(account: alice, withdrawal: WithdrawalID(5)))
    world.run(world.request(alice, 2000))
    #expect(world.state(WithdrawalID(7)) == .approved)
    world.wait(TestExchange.hour - 6 * TestExchange.minute)
    world.run(world.request(alice, 2000))
    #expect(world.exchange.withdrawal(WithdrawalID(8))?.decision.outcome == .delay)
    world.wait(TestExchange.minute)
    world.run(.cancelWithdrawal(account: alice, withdrawal: WithdrawalID(8)))
    world.run(world.request(alice, 2000))
    #expect(world.state(WithdrawalID(9)) == .approved)
  }

  @Test func `a day's total is refused above its limit until the day has passed`() {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 3_000_000)
    for _ in 0..<10 {
      world.run(world.request(alice, 100_000))
      world.wait(TestExchange.hour)
    }
    guard case .riskRefused(let decision)? = world.refusal(world.request(alice, 1000)) else {
      Issue.record("not refused")
      return
    }
    #expect(decision.hits.map(\.rule) == [.customerDay])
    #expect(decision.hits.first?.measured == 1_001_000)
    world.wait(14 * TestExchange.hour)
    #expect(world.refusal(world.request(alice, 100_000)) == nil)
  }

  @Test func `fresh credentials wait`() {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(
      .createAPIKey(
        key: "trade", account: alice, label: "", permissions: [.read, .trade], sealed: []))
    world.run(world.request(alice, 2000))
    #expect(world.state(first) == .approved)
    world.run(
      .createAPIKey(
        key: "withdraw", account: alice, label: "", permissions: [.withdraw], sealed: []))
    world.run(world.request(alice, 2000))
    #expect(
      world.state(WithdrawalID(2))
        == .delayed(until: world.now.advanced(byMilliseconds: 2 * TestExchange.hour)))
  }

  // MARK: Refusals

  @Test func `a request must be good before it is judged`() {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 100_000)
    world.run(world.addAddress(alice, "bc-new", nonce: 2))
    let usable = world.now.advanced(byMilliseconds: TestExchange.hour)
    world.run(world.request(alice, 2000, id: "a"))
    let cases: [(Command, Refusal)] = [
      (world.request(alice, 2000, id: "a"), .duplicateClientID),
      (world.request(alice, 0), .amountNotPositive),
      (world.request(alice, .min), .amountNotPositive),
      (world.request(alice, 999), .belowMinimumWithdrawal(minimum: Amount(units: 1000))),
      (world.request(alice, 2000, to: "bc-elsewhere"), .unknownAddressEntry),
      (world.request(alice, 2000, to: "bc-new"), .addressCoolingOff(until: usable)),
      (
        world.request(alice, 97_001),
        .insufficientBalance(
          asset: TestExchange.btc, needed: Amount(units: 97_501), available: Amount(units: 97_500))
      ),
      (
        world.request(alice, .max), .malformed(field: "amount", problem: "is too large")
      ),
      (world.request(AccountID(9), 2000), .unknownAccount),
    ]
    for (command, refusal) in cases { #expect(world.refusal(command) == refusal) }
    #expect(world.refusal(world.request(alice, 97_000)) == nil)
  }

  @Test func `the address book takes only what the customer signed, each nonce once`() {
    var world = TestExchange()
    let alice = world.open("alice")
    #expect(world.refusal(world.addAddress(alice, "bc1", nonce: 1)) == .signingKeyMissing)
    let enrol = Command.enrolSigningKey(
      account: alice, publicKey: identifier(7), proof: Array(repeating: 1, count: 64))
    world.run(enrol)
    #expect(world.refusal(enrol) == .signingKeyUnchanged)
    #expect(world.refusal(world.addAddress(alice, "bc1", nonce: 5)) == nil)
    #expect(world.refusal(world.addAddress(alice, "bc2", nonce: 5)) == .nonceNotGrowing(last: 5))
    #expect(world.refusal(world.addAddress(alice, "bc1", nonce: 6)) == .duplicateAddress)
    world.run(.removeAddress(account: alice, entry: AddressEntryID(1)))
    #expect(world.exchange.addressBook(of: alice).isEmpty)
    #expect(world.refusal(world.addAddress(alice, "bc1", nonce: 5)) == .nonceNotGrowing(last: 5))
    #expect(world.refusal(world.addAddress(alice, "bc1", nonce: 6)) == nil)
    #expect(world.exchange.addressBook(of: alice).map(\.id) == [AddressEntryID(2)])
  }

  @Test func `a payout that does not add up is refused`() {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(world.request(alice, 50_000))
    world.run(.guardReleased(withdrawal: first, release: [1]))
    let good = world.payout([first])
    func bad(_ change: (inout PayoutBuilt) -> Void) -> Command {
      var built = good
      change(&built)
      return .payoutBuilt(built)
    }
    let unconfirmed = world.deposit(400_000, to: alice)
    let mismatches = [
      bad { $0.change -= Amount(units: 1) },
      bad { $0.networkFee += Amount(units: 1) },
      bad {
        $0.networkFee = Amount(units: 501)
        $0.change -= Amount(units: 201)
      },
      bad {
        $0.networkFee = Amount(units: -1)
        $0.change += Amount(units: 301)
      },
      bad { $0.changeIndex = nil },
      bad { $0.changeIndex = 7 },
      bad { $0.inputs += $0.inputs },
      bad { $0.inputs = [] },
      bad { $0.withdrawals = [] },
      bad { $0.withdrawals += $0.withdrawals },
      bad { $0.inputs = [ChainOutpoint(transaction: identifier(99), index: 0)] },
      bad {
        $0.inputs.append(unconfirmed)
        $0.change += Amount(units: 400_000)
      },
    ]
    for command in mismatches {
      guard case .payoutMismatch? = world.refusal(command) else {
        Issue.record("taken: \(command)")
        continue
      }
    }
    #expect(world.refusal(bad { $0.withdrawals = [WithdrawalID(9)] }) == .unknownWithdrawal)
    #expect(world.refusal(.payoutBuilt(good)) == nil)
    #expect(
      world.refusal(.payoutBuilt(good)) == .payoutMismatch("the transaction is known already"))
    #expect(
      world.refusal(bad { $0.transaction = identifier(5, kind: 200) }) == .notReleasable)
  }
}
