import Algos
import Engine
import Money
import Structures
import Testing

/// What the trader's table does not show of algo orders: events, money, bounds and snapshots.
@Suite struct AlgoOrderTests {
  private func price(_ ticks: Int64) -> Price {
    guard let price = Price(ticks: ticks) else { preconditionFailure("a price is positive") }
    return price
  }

  private func order(
    _ account: AccountID, _ side: Side, _ lots: Int64, at ticks: Int64
  ) -> PlaceOrder {
    PlaceOrder(
      account: account, instrument: TestExchange.btcUsdt, clientOrderID: "", tag: "", side: side,
      type: .limit, price: price(ticks), size: .base(Lots(lots)), refuseShrinking: false)
  }

  private func stop(
    _ account: AccountID, _ side: Side, _ lots: Int64, at trigger: Int64, client: ClientOrderID = ""
  ) -> PlaceAlgo {
    PlaceAlgo(
      account: account, instrument: TestExchange.btcUsdt, clientID: client, tag: "bot",
      side: side, size: .base(Lots(lots)),
      plan: .conditional(
        takeProfit: nil, stopLoss: TriggerLeg(trigger: price(trigger), order: .market)))
  }

  /// Three customers with money, after a trade at 100.
  private func market() -> (TestExchange, [AccountID]) {
    var world = TestExchange()
    let accounts = ["alice", "bob", "carol"].map { world.open($0) }
    for account in accounts {
      world.fund(account, TestExchange.usdt, 1_000_000)
      world.giveCoins(1_000_000, to: account)
    }
    world.run(.placeOrder(order(accounts[1], .sell, 1, at: 100)))
    world.run(.placeOrder(order(accounts[2], .buy, 1, at: 100)))
    return (world, accounts)
  }

  private func algos(_ events: [Event]) -> [(Algo, AlgoChange)] {
    events.compactMap { event in
      if case .algo(let algo, let change) = event { (algo, change) } else { nil }
    }
  }

  @Test func `an algo order tells its life in events, and its order carries its tag`() throws {
    var (world, accounts) = market()
    let placed = algos(world.run(.placeAlgo(stop(accounts[0], .sell, 5, at: 95, client: "s1"))))
    #expect(placed.map(\.1) == [.placed])
    #expect(placed.first?.0.state == .live)
    #expect(
      world.refusal(.placeAlgo(stop(accounts[0], .sell, 5, at: 95, client: "s1")))
        == .algo(.duplicateClientID))
    world.run(.placeOrder(order(accounts[1], .buy, 1, at: 95)))
    world.run(.placeOrder(order(accounts[1], .buy, 9, at: 90)))
    let events = world.run(.placeOrder(order(accounts[2], .sell, 1, at: 95)))
    let fired = algos(events)
    #expect(fired.map(\.1) == [.childPlaced])
    let algo = try #require(fired.first?.0)
    #expect(algo.state == .effective)
    #expect(algo.fired == .stopLoss)
    let child = try #require(
      events.compactMap { event in
        if case .order(let order, _) = event, order.id == OrderID(algo.child) { order } else { nil }
      }.last)
    #expect(child.tag == "bot")
    #expect(child.filled == Lots(5))
    #expect(world.exchange.openAlgos(of: accounts[0]) == [])
    // Levels and balances are reported once, after everything.
    let levels = events.compactMap { event in
      if case .level(let level) = event { level.price.ticks } else { nil }
    }
    #expect(Set(levels).count == levels.count)
  }

  @Test func `a cascade stops at the limit of a command and goes on with the next`() throws {
    var (world, accounts) = market()
    world.checksEverything = false
    let count = Exchange.algoStepLimit + 44
    // Every stop sells one lot at the price below, which sets off the next one.
    // One account has 100 stops at most, so sub-accounts share them.
    var traders: [AccountID] = []
    for number in 0...count / 100 {
      world.run(.openSubaccount(master: accounts[0], name: "sub \(number)"))
      let sub = try #require(world.exchange.accountID(name: "sub \(number)"))
      world.run(
        .transferBetween(
          TransferBetween(
            from: accounts[0], to: sub, asset: TestExchange.btc, amount: Amount(units: 110_000),
            fromWallet: .trading, toWallet: .trading)))
      traders.append(sub)
    }
    let top: Int64 = 400
    world.run(.placeOrder(order(accounts[2], .sell, 1, at: top + 1)))
    world.run(.placeOrder(order(accounts[1], .buy, 1, at: top + 1)))
    for step in 0...count {
      world.run(.placeOrder(order(accounts[1], .buy, 1, at: top - Int64(step))))
    }
    for step in 0..<count {
      #expect(
        world.refusal(.placeAlgo(stop(traders[step / 100], .sell, 1, at: top - Int64(step))))
          == nil)
    }
    let first = algos(world.run(.placeOrder(order(accounts[2], .sell, 1, at: top))))
    #expect(first.count { $0.0.state == .effective } == Exchange.algoStepLimit)
    #expect(world.exchange.isConsistent)
    let copy = try Exchange(decoding: world.exchange.encode())
    #expect(copy.encode() == world.exchange.encode())
    let rest = algos(world.run(.tick))
    #expect(rest.count { $0.0.state == .effective } == 44)
    #expect(traders.allSatisfy { world.exchange.openAlgos(of: $0).isEmpty })
    #expect(world.exchange.lastPrice(TestExchange.btcUsdt) == price(top - Int64(count)))
  }

  @Test func `more attached legs than allowed, or none, or ones of the wrong kind are refused`() {
    var (world, accounts) = market()
    let profit = AttachedAlgo(
      clientID: "",
      plan: .conditional(
        takeProfit: TriggerLeg(trigger: price(120), order: .market), stopLoss: nil))
    let trigger = AttachedAlgo(
      clientID: "",
      plan: .trigger(TriggerLeg(trigger: price(120), order: .market), execution: .normal))
    let buy = order(accounts[0], .buy, 5, at: 99)
    #expect(
      world.refusal(.placeOrderWithAlgos(buy, attached: []))
        == .tooManyAttached(limit: AttachedAlgo.limit))
    #expect(
      world.refusal(
        .placeOrderWithAlgos(
          buy, attached: Array(repeating: profit, count: AttachedAlgo.limit + 1)))
        == .tooManyAttached(limit: AttachedAlgo.limit))
    #expect(
      world.refusal(.placeOrderWithAlgos(buy, attached: [trigger])) == .algo(.cannotBeAmended))
    var wrong = profit
    wrong.plan = .conditional(
      takeProfit: TriggerLeg(trigger: price(98), order: .market), stopLoss: nil)
    #expect(
      world.refusal(.placeOrderWithAlgos(buy, attached: [wrong]))
        == .algo(.takeProfitOnWrongSide(last: price(99))))
    // When the order itself is refused, nothing is attached to anything.
    var dear = buy
    dear.size = .base(Lots(900_000))
    guard
      case .insufficientBalance? = world.refusal(.placeOrderWithAlgos(dear, attached: [profit]))
    else {
      Issue.record("the order costs more than there is")
      return
    }
    #expect(world.exchange.openAlgos(of: accounts[0]) == [])
  }

  @Test func `legs can be split, and each begins with the whole of what was filled`() throws {
    var (world, accounts) = market()
    let legs = [110, 120].map { ticks in
      AttachedAlgo(
        clientID: "",
        plan: .conditional(
          takeProfit: TriggerLeg(trigger: price(ticks), order: .market), stopLoss: nil))
    }
    world.run(.placeOrderWithAlgos(order(accounts[0], .buy, 10, at: 99), attached: legs))
    let id = try #require(world.exchange.openOrders(of: accounts[0]).first?.id)
    #expect(world.exchange.algosAttached(to: id).map(\.state) == [.attached, .attached])
    world.run(.placeOrder(order(accounts[2], .sell, 4, at: 99)))
    #expect(world.exchange.algosAttached(to: id).count == 2)
    let events = world.run(.cancelOrder(account: accounts[0], order: .id(id)))
    #expect(algos(events).map(\.1) == [.activated, .activated])
    // Four lots less the fee leave three whole ones.
    #expect(
      world.exchange.openAlgos(of: accounts[0]).map(\.size)
        == [.base(Lots(3)), .base(Lots(3))])
  }
}
