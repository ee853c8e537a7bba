import Engine
import Matching
import Money
import Structures
import Testing

/// What a market's rules and the exchange's fixed sizes do to orders.
@Suite struct MarketRulesTests {
  private func desk(_ change: (inout ExchangeConfiguration) -> Void) -> OrderDesk {
    var desk = OrderDesk()
    var configuration = ExchangeConfiguration.sample
    change(&configuration)
    desk.world.run(.configure(configuration))
    return desk
  }

  private func account(_ name: String, in desk: OrderDesk) throws -> AccountID {
    try #require(desk.world.exchange.accountID(name: name))
  }

  @Test func `a limit beyond the price limits is refused, once a trade gave the reference`() throws
  {
    var desk = desk { $0.instruments[0].priceLimitPPM = 50_000 }
    #expect(try desk.say("alice buy limit 1 @ 500") == [])
    #expect(
      try desk.say("bob sell limit 1 @ 500") == ["alice 1 @ 500", "alice filled", "bob filled"])
    #expect(try desk.say("alice buy limit 1 @ 526") == ["refused: priceAboveLimit"])
    #expect(try desk.say("bob sell limit 1 @ 474") == ["refused: priceBelowLimit"])
    #expect(try desk.say("alice buy limit 1 @ 525") == [])
    #expect(try desk.say("bob sell limit 1 @ 530") == [])
    #expect(try desk.say("alice amend 4 to 1 @ 526") == ["refused: unknownOrder"])
    #expect(try desk.say("alice amend 3 to 1 @ 526") == ["refused: priceAboveLimit"])
    #expect(desk.world.exchange.lastPrice(TestExchange.btcUsdt) == Price(ticks: 500))
    let again = try Exchange(decoding: desk.world.exchange.encode())
    #expect(again.lastPrice(TestExchange.btcUsdt) == Price(ticks: 500))
  }

  @Test func `an order rests on and is restored when the largest size is lowered below its own`()
    throws
  {
    var desk = OrderDesk()
    _ = try desk.say("alice buy limit 100 @ 90")
    var configuration = ExchangeConfiguration.sample
    configuration.instruments[0].maximumSize = Lots(10)
    desk.world.run(.configure(configuration))
    desk.world.exchange = try Exchange(decoding: desk.world.exchange.encode())
    #expect(try desk.say("bob sell limit 11 @ 90") == ["refused: sizeAboveMaximum"])
    #expect(try desk.say("bob sell limit 10 @ 90") == ["alice 10 @ 90", "bob filled"])
  }

  @Test
  func `the largest size cannot fall to where nobody watches the levels of the orders before`() {
    var large = ExchangeConfiguration.sample
    large.instruments[1].maximumSize = Lots(1 << 52)
    var world = TestExchange()
    #expect(world.refusal(.configure(large)) == nil)
    // As many orders as there may be, 4096, of this size come to less than 2^63 lots.
    let unwatched = Int64(1) << 51 - 1
    var small = large
    small.instruments[1].maximumSize = Lots(unwatched)
    guard case .invalidConfiguration(let problem)? = world.refusal(.configure(small)) else {
      Issue.record("the largest size fell")
      return
    }
    #expect(problem.hasPrefix("instruments[1]: maximumSize of GOLD-USDT"))
    small.instruments[1].maximumSize = Lots(unwatched + 1)
    #expect(world.refusal(.configure(small)) == nil)
  }

  @Test(arguments: [
    (type: "market", end: "alice canceled 15"),
    (type: "optimal_limit_ioc", end: "alice canceled 15"),
  ])
  func `a market order stops at the band`(type: String, end: String) throws {
    var desk = desk { $0.instruments[0].marketBandPPM = 20_000 }
    _ = try desk.say("bob sell limit 2 @ 100")
    _ = try desk.say("carol sell limit 3 @ 102")
    _ = try desk.say("bob sell limit 5 @ 103")
    #expect(
      try desk.say("alice buy \(type) 9")
        == ["bob 2 @ 100", "bob filled", "carol 3 @ 102", "carol filled", end])
    #expect(desk.book == "bids ; asks 5 @ 103")
    #expect(try desk.say("alice buy \(type) 5") == ["bob 5 @ 103", "bob filled", "alice filled"])
  }

  @Test(arguments: [
    (
      mode: SelfTradePrevention.cancelMaker, book: "bids 1 @ 101; asks ",
      states: [OrderState.canceled, .partiallyFilled]
    ),
    (.cancelTaker, "bids ; asks 2 @ 101", [.live, .canceled]),
    (.cancelBoth, "bids ; asks ", [.canceled, .canceled]),
  ])
  func `an order that meets its owner's does what it says`(
    mode: SelfTradePrevention, book: String, states: [OrderState]
  ) throws {
    var desk = OrderDesk()
    let alice = try account("alice", in: desk)
    _ = try desk.say("bob sell limit 2 @ 100")
    _ = try desk.say("alice sell limit 2 @ 101")
    let maker = try #require(desk.world.exchange.order(.client("1"), of: alice))
    let told = desk.world.orders(
      of: alice,
      after: .placeOrder(
        PlaceOrder(
          account: alice, instrument: TestExchange.btcUsdt, clientOrderID: "taker", tag: "robot",
          side: .buy, type: .limit, price: Price(ticks: 101), size: .base(Lots(3)),
          refuseShrinking: false, selfTrade: mode)))
    #expect(desk.book == book)
    // Of a maker that rests on, nothing is said.
    let orders = told.first?.id == maker.id ? told : [maker] + told
    #expect(orders.map(\.state) == states)
    #expect(orders.last?.tag == "robot")
    #expect(orders.last?.selfTrade == mode)
    #expect(orders.last?.filled == Lots(2))
  }

  @Test(arguments: [(ppm: Int64(-500), rebate: Int64(1)), (-5000, 2)])
  func `a rebate is paid from the taker's fee and never above it`(
    ppm: Int64, rebate: Int64
  ) throws {
    var desk = desk { $0.instruments[0].makerFeePPM = ppm }
    _ = try desk.say("bob sell limit 2 @ 100")
    let bob = try account("bob", in: desk)
    let order = try #require(
      desk.world.orders(
        of: bob,
        after: .placeOrder(
          PlaceOrder(
            account: try account("alice", in: desk), instrument: TestExchange.btcUsdt,
            clientOrderID: "2", tag: "", side: .buy, type: .limit, price: Price(ticks: 100),
            size: .base(Lots(2)), refuseShrinking: false))
      ).first)
    // Alice gets 2000 units of base and pays 2 of them; bob gave the base and gets his share there.
    #expect(desk.world.available(bob, TestExchange.btc, .trading) == 1_000_000 - 2000 + rebate)
    #expect(desk.world.available(bob, TestExchange.usdt, .trading) == 1_000_000 + 200)
    #expect(order.rebate == Amount(units: rebate))
    #expect(order.fee == .zero)
    #expect(
      desk.world.exchange.owedToCustomers(TestExchange.btc) == Amount(units: 3_000_000 - 2 + rebate)
    )
  }

  @Test func `an incoming order trades with a thousand makers and no more`() throws {
    var desk = desk {
      $0.instruments[0].openOrdersLimit = 2000
    }
    desk.world.checksEverything = false
    for _ in 0..<501 { _ = try desk.say("bob sell limit 1 @ 100") }
    for _ in 0..<500 { _ = try desk.say("carol sell limit 1 @ 100") }
    #expect(try desk.say("alice buy fok 1001 @ 100") == ["alice canceled 13"])
    let told = try desk.say("alice buy limit 1002 @ 100")
    #expect(told.last == "alice canceled 33")
    #expect(desk.book == "bids ; asks 1 @ 100")
    #expect(desk.world.exchange.isConsistent)
  }

  @Test func `open orders are limited on a market`() throws {
    var desk = desk { $0.instruments[0].openOrdersLimit = 2 }
    _ = try desk.say("alice buy limit 1 @ 90")
    _ = try desk.say("alice buy limit 1 @ 91")
    #expect(try desk.say("alice buy limit 1 @ 92") == ["refused: tooManyOpenOrders"])
    #expect(try desk.say("bob buy limit 1 @ 92") == [])
    _ = try desk.say("alice cancel 1")
    #expect(try desk.say("alice buy limit 1 @ 92") == [])
  }

  @Test(arguments: UInt64(0)..<4)
  func `the limit of a market counts its own orders only`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var world = TestExchange()
    var configuration = ExchangeConfiguration.sample
    configuration.instruments[0].openOrdersLimit = 5
    configuration.instruments[1].openOrdersLimit = 3
    world.run(.configure(configuration))
    let alice = world.open("alice")
    world.fund(alice, TestExchange.usdt, 1_000_000)
    var refused = 0
    for step in 0..<300 {
      let open = world.exchange.openOrders(of: alice)
      if let order = open.randomElement(using: &random), Int.random(in: 0..<9, using: &random) < 4 {
        #expect(world.refusal(.cancelOrder(account: alice, order: .id(order.id))) == nil)
        continue
      }
      let market = Bool.random(using: &random) ? TestExchange.btcUsdt : TestExchange.goldUsdt
      let limit = market == TestExchange.btcUsdt ? 5 : 3
      let isFull = open.count { $0.instrument == market } == limit
      let refusal = world.refusal(
        .placeOrder(
          PlaceOrder(
            account: alice, instrument: market, clientOrderID: "", tag: "", side: .buy,
            type: .limit, price: Price(ticks: 7), size: .base(Lots(2)), refuseShrinking: false)))
      #expect(
        refusal == (isFull ? .tooManyOpenOrders(limit: UInt32(limit)) : nil),
        "seed \(seed), step \(step)")
      refused += isFull ? 1 : 0
      if step % 50 == 49 { world.exchange = try Exchange(decoding: world.exchange.encode()) }
    }
    #expect(refused > 10)
  }

  @Test func `a full structure refuses new work and keeps serving`() throws {
    var world = TestExchange()
    var configuration = ExchangeConfiguration.sample
    configuration.capacity = ExchangeCapacity(orders: 16, accounts: 16, balances: 32, algos: 16)
    world.exchange = Exchange()
    world.run(.configure(configuration))
    for number in 1...16 { world.run(.openAccount(name: "customer \(number)")) }
    #expect(world.refusal(.openAccount(name: "one more")) == .full(.accounts))
    let alice = AccountID(1)
    world.fund(alice, TestExchange.usdt, 1_000_000)
    func buy(_ ticks: Int64) -> Command {
      .placeOrder(
        PlaceOrder(
          account: alice, instrument: TestExchange.btcUsdt, clientOrderID: "", tag: "", side: .buy,
          type: .limit, price: Price(ticks: ticks), size: .base(Lots(1)), refuseShrinking: false))
    }
    for ticks in Int64(1)...16 { #expect(world.refusal(buy(ticks)) == nil) }
    #expect(world.refusal(buy(17)) == .full(.orders))
    #expect(
      world.refusal(.cancelOrder(account: alice, order: .id(OrderID(1_000_003)))) == nil)
    #expect(world.refusal(buy(17)) == nil)
    // Two balances each fill the ledger: alice has three, the others two.
    for number in UInt64(2)...15 { world.fund(AccountID(number), TestExchange.usdt, 100) }
    let last = AccountID(16)
    world.fund(last, TestExchange.usdt, 100)
    #expect(world.available(last, TestExchange.usdt, .funding) == 100)
    #expect(
      world.refusal(
        .transfer(
          account: last, asset: TestExchange.usdt, amount: Amount(units: 1), from: .funding,
          to: .trading)) == .full(.balances))
    #expect(
      world.refusal(
        .transfer(
          account: alice, asset: TestExchange.usdt, amount: Amount(units: 1), from: .trading,
          to: .funding)) == nil)
    #expect(world.exchange.isConsistent)
  }

  @Test func `a copy of an exchange goes its own way`() throws {
    var desk = OrderDesk()
    _ = try desk.say("bob sell limit 2 @ 100")
    let before = desk.world.exchange
    let bytes = before.encode()
    _ = try desk.say("alice buy limit 2 @ 100")
    #expect(before.encode() == bytes)
    #expect(desk.world.exchange.encode() != bytes)
    #expect(before.isConsistent)
  }

  @Test func `a market buy is weighed up to the makers that it may meet, no further`() throws {
    var world = TestExchange()
    world.checksEverything = false
    for name in ["alice", "bob", "carol"] {
      let maker = world.open(name)
      world.giveCoins(1_000_000, to: maker)
      for _ in 0..<400 { world.run(.placeOrder(order(maker, .sell, .limit, at: 100))) }
    }
    let taker = world.open("dora")
    world.fund(taker, TestExchange.usdt, 100_000)
    var request = order(taker, .buy, .market, at: nil)
    request.size = .base(Lots(1200))
    request.refuseShrinking = true
    // It has money for 1000 lots, and does not meet more.
    let events = world.run(.placeOrder(request))
    let trades = events.count { if case .trade = $0 { true } else { false } }
    #expect(trades == 1000)
    #expect(world.available(taker, TestExchange.usdt, .trading) == 0)
    #expect(world.held(taker, TestExchange.usdt, .trading) == 0)
    var whole = order(taker, .buy, .fok, at: 100)
    whole.size = .base(Lots(1))
    #expect(world.refusal(.placeOrder(whole)) != nil)
  }

  private func order(
    _ account: AccountID, _ side: Side, _ type: OrderType, at ticks: Int64?
  ) -> PlaceOrder {
    PlaceOrder(
      account: account, instrument: TestExchange.btcUsdt, clientOrderID: "", tag: "", side: side,
      type: type, price: ticks.flatMap(Price.init), size: .base(Lots(1)), refuseShrinking: false)
  }
}
