import Engine
import Money
import Structures
import Testing

/// Halts and call auctions, beside what the trader's table shows.
@Suite struct HaltTests {
  private func state(_ state: InstrumentState, by name: String = "dave") -> Command {
    .setInstrumentState(
      operatorName: name, instrument: TestExchange.btcUsdt, state: state)
  }

  @Test func `only an operator changes the state of a market, and not to what it is`() {
    var world = TestExchange()
    #expect(world.refusal(state(.live)) == .instrumentStateUnchanged)
    #expect(world.refusal(state(.suspend, by: "frank")) == .unknownOperator)
    #expect(world.refusal(state(.suspend)) == nil)
    #expect(world.exchange.state(of: TestExchange.btcUsdt) == .suspend)
    #expect(world.exchange.state(of: TestExchange.goldUsdt) == .live)
  }

  @Test func `an auction pays every buyer back what he bid above the price`() throws {
    var desk = OrderDesk()
    _ = desk.world.run(state(.preopen))
    _ = try desk.say("alice buy limit 10 @ 120")
    _ = try desk.say("bob buy limit 10 @ 110")
    _ = try desk.say("carol sell limit 15 @ 100")
    let alice = try #require(desk.world.exchange.accountID(name: "alice"))
    #expect(desk.world.held(alice, TestExchange.usdt, .trading) == 1200)
    #expect(
      desk.world.exchange.indicativeAuction(TestExchange.btcUsdt)
        == AuctionResult(
          instrument: TestExchange.btcUsdt, price: Price(ticks: 110), size: Lots(15)))
    let middle = try Exchange(decoding: desk.world.exchange.encode())
    #expect(middle.encode() == desk.world.exchange.encode())

    let events = desk.world.run(state(.live))
    let trades = events.compactMap { if case .trade(let trade) = $0 { trade } else { nil } }
    #expect(trades.map(\.size.count) == [10, 5])
    #expect(Set(trades.map(\.price.ticks)) == [110])
    #expect(desk.world.held(alice, TestExchange.usdt, .trading) == 0)
    #expect(desk.world.available(alice, TestExchange.usdt, .trading) == 1_000_000 - 1100)
    #expect(desk.book == "bids 5 @ 110; asks ")
    #expect(desk.world.exchange.indicativeAuction(TestExchange.btcUsdt) == nil)
    let results = events.compactMap { event in
      if case .auction(let result) = event { result } else { nil }
    }
    #expect(
      results == [
        AuctionResult(instrument: TestExchange.btcUsdt, price: Price(ticks: 110), size: Lots(15))
      ])
  }

  @Test(arguments: UInt64(0)..<20)
  func `an auction leaves no crossed book, and trades as much as any one price could`(seed: UInt64)
    throws
  {
    var random = SplitMix64(seed: seed)
    var desk = OrderDesk()
    desk.world.checksEverything = false
    _ = desk.world.run(state(.preopen))
    var orders: [(buys: Bool, price: Int64, size: Int64)] = []
    for _ in 0..<30 {
      let order = (
        Bool.random(using: &random), Int64.random(in: 90...110, using: &random),
        Int64.random(in: 1...20, using: &random)
      )
      orders.append(order)
      let who = try #require(["alice", "bob", "carol"].randomElement(using: &random))
      _ = try desk.say("\(who) \(order.0 ? "buy" : "sell") limit \(order.2) @ \(order.1)")
    }
    let events = desk.world.run(state(.live))
    var traded: Int64 = 0
    for case .trade(let trade) in events { traded += trade.size.count }
    let most = (90...110).map { price in
      min(
        orders.filter { $0.buys && $0.price >= price }.reduce(0) { $0 + $1.size },
        orders.filter { !$0.buys && $0.price <= price }.reduce(0) { $0 + $1.size })
    }.max()
    #expect(traded == most)
    let (bids, asks) = desk.world.exchange.book(TestExchange.btcUsdt, depth: 1)
    if let bid = bids.first, let ask = asks.first { #expect(bid.price < ask.price) }
    #expect(desk.world.exchange.isConsistent)
  }

  @Test func `timers run for one tag, and there are only so many`() throws {
    var world = TestExchange()
    let alice = world.open("alice")
    world.fund(alice, TestExchange.usdt, 1000)
    for tag in ["a", "b"] as [OrderTag] {
      world.run(
        .placeOrder(
          PlaceOrder(
            account: alice, instrument: TestExchange.btcUsdt, clientOrderID: "", tag: tag,
            side: .buy, type: .limit, price: Price(ticks: 9), size: .base(Lots(1)),
            refuseShrinking: false)))
    }
    world.run(.cancelAllAfter(account: alice, milliseconds: 10_000, tag: "a"))
    world.wait(10_000)
    world.checksEverything = false
    let events = world.run(.tick)
    let canceled = events.compactMap { event in
      if case .order(let order, .canceled) = event { order } else { nil }
    }
    #expect(canceled.map(\.tag) == ["a"])
    #expect(canceled.map(\.cancelSource) == [.cancelAllAfter])
    for number in 0..<100 {
      let tag = try #require(OrderTag("t\(number)"))
      #expect(
        world.refusal(.cancelAllAfter(account: alice, milliseconds: 10_000, tag: tag)) == nil)
    }
    #expect(
      world.refusal(.cancelAllAfter(account: alice, milliseconds: 10_000, tag: "z"))
        == .tooManyTimers(limit: 100))
    #expect(try Exchange(decoding: world.exchange.encode()).encode() == world.exchange.encode())
  }
}
