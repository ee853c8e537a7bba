import Algos
import Money
import Structures
import Testing

@Suite struct TriggerTests {
  /// Orders that wait at a last price of 100, the prices traded next, and what they place.
  @Test(
    arguments: [
      (.sell, .conditional(takeProfit: leg(110), stopLoss: nil), [109], []),
      (.sell, .conditional(takeProfit: leg(110), stopLoss: nil), [110], ["1 market sell 5"]),
      (
        .sell, .conditional(takeProfit: leg(110, 111), stopLoss: nil), [115],
        ["1 limit sell 5 @ 111"]
      ),
      (.sell, .conditional(takeProfit: nil, stopLoss: leg(90)), [91], []),
      (.sell, .conditional(takeProfit: nil, stopLoss: leg(90, 88)), [80], ["1 limit sell 5 @ 88"]),
      (.buy, .conditional(takeProfit: leg(90), stopLoss: nil), [90], ["1 market buy 5"]),
      (.buy, .conditional(takeProfit: nil, stopLoss: leg(110)), [110], ["1 market buy 5"]),
      (.sell, .oco(takeProfit: leg(110, 110), stopLoss: leg(90)), [89], ["1 market sell 5"]),
      (.sell, .oco(takeProfit: leg(110, 110), stopLoss: leg(90)), [120], ["1 limit sell 5 @ 110"]),
      (.buy, .trigger(leg(105, 106), execution: .ioc), [105], ["1 ioc buy 5 @ 106"]),
      (.buy, .trigger(leg(95, 94), execution: .fok), [95], ["1 fok buy 5 @ 94"]),
      (.buy, .trigger(leg(95), execution: .normal), [105], []),
      (.buy, .trigger(leg(100), execution: .normal), [100], ["1 market buy 5"]),
      (.sell, .trailing(callback: .spread(ticks: 5), active: nil), [96], []),
      (.sell, .trailing(callback: .spread(ticks: 5), active: nil), [95], ["1 market sell 5"]),
      (.sell, .trailing(callback: .spread(ticks: 5), active: nil), [120, 116], []),
      (
        .sell, .trailing(callback: .spread(ticks: 5), active: nil), [120, 115], ["1 market sell 5"]
      ),
      (
        .sell, .trailing(callback: .ratio(millionths: 15_000), active: nil), [200, 197],
        ["1 market sell 5"]
      ),
      (.sell, .trailing(callback: .ratio(millionths: 15_000), active: nil), [201, 198], []),
      (.sell, .trailing(callback: .spread(ticks: 5), active: Price(ticks: 110)), [109, 90], []),
      (
        .sell, .trailing(callback: .spread(ticks: 5), active: Price(ticks: 110)), [110, 105],
        ["1 market sell 5"]
      ),
      (.buy, .trailing(callback: .spread(ticks: 5), active: nil), [80, 84], []),
      (.buy, .trailing(callback: .spread(ticks: 5), active: nil), [80, 85], ["1 market buy 5"]),
      (
        .buy, .trailing(callback: .ratio(millionths: 10_000), active: Price(ticks: 99)), [99, 100],
        ["1 market buy 5"]
      ),
    ] as [(Algo.Side, AlgoPlan, [Int64], [String])])
  func `a trigger fires when the last price reaches it, and not before`(
    side: Algo.Side, plan: AlgoPlan, prices: [Int64], placed: [String]
  ) throws {
    var desk = AlgoDesk()
    let id = try desk.add(side, 5, plan)
    for price in prices {
      let edges = desk.book.edges(of: 1)
      let before = desk.bytes
      desk.move(to: price)
      if price < edges.above, price > edges.below {
        #expect(desk.bytes == before, "something happened between the edges")
      }
    }
    try desk.restart()
    let said = desk.run()
    #expect(said == (placed.isEmpty ? [] : placed + ["1 effective"]))
    #expect((desk.book[id] == nil) == !placed.isEmpty)
    if !placed.isEmpty { #expect(desk.book.edges(of: 1) == (.max, .min)) }
  }

  @Test func `what is reached first fires first, and a cascade goes before older work`() throws {
    var desk = AlgoDesk()
    for trigger in [130, 110, 120, 110] as [Int64] {
      _ = try desk.add(.buy, 1, .trigger(leg(trigger), execution: .normal))
    }
    _ = try desk.add(.sell, 1, .conditional(takeProfit: nil, stopLoss: leg(90)))
    desk.move(to: 111, 125)
    #expect(desk.book.next()?.id == AlgoID(2))
    desk.move(to: 85)
    var order: [AlgoID] = []
    while let algo = desk.book.next() { order.append(algo.id) }
    #expect(order == [5, 4, 3].map { AlgoID($0) })
  }

  @Test(
    arguments: [
      (
        .sell, .conditional(takeProfit: leg(100), stopLoss: nil),
        .takeProfitOnWrongSide(last: price(100))
      ),
      (
        .buy, .conditional(takeProfit: leg(101), stopLoss: nil),
        .takeProfitOnWrongSide(last: price(100))
      ),
      (
        .sell, .oco(takeProfit: leg(101), stopLoss: leg(100)),
        .stopLossOnWrongSide(last: price(100))
      ),
      (
        .buy, .oco(takeProfit: leg(99), stopLoss: leg(99)),
        .stopLossOnWrongSide(last: price(100))
      ),
      (.sell, .conditional(takeProfit: nil, stopLoss: nil), .legsMissing),
      (.sell, .conditional(takeProfit: leg(110), stopLoss: leg(90)), .legsMissing),
      (.sell, .trailing(callback: .spread(ticks: 0), active: nil), .spreadNotPositive),
      (
        .sell, .trailing(callback: .ratio(millionths: 999), active: nil),
        .ratioOutOfRange(minimum: 1_000, maximum: 999_999)
      ),
      (
        .sell, .trailing(callback: .spread(ticks: 1), active: Price(ticks: 100)),
        .activePriceOnWrongSide(last: price(100))
      ),
      (
        .buy, .trailing(callback: .spread(ticks: 1), active: Price(ticks: 100)),
        .activePriceOnWrongSide(last: price(100))
      ),
      (
        .buy,
        .iceberg(Slicing(slice: Lots(6), distance: .spread(ticks: 1), limit: price(1))),
        .sliceOutOfRange(minimum: Lots(1), maximum: Lots(5))
      ),
      (
        .buy,
        .twap(
          Slicing(slice: Lots(1), distance: .spread(ticks: 1), limit: price(1)),
          intervalMilliseconds: 4_999), .intervalOutOfRange(minimum: 5_000, maximum: 120_000)
      ),
      (
        .buy,
        .twap(
          Slicing(slice: Lots(1), distance: .ratio(millionths: 10_001), limit: price(1)),
          intervalMilliseconds: 5_000), .ratioOutOfRange(minimum: 100, maximum: 10_000)
      ),
    ] as [(Algo.Side, AlgoPlan, AlgoError)])
  func `an algo order that cannot be right is refused and changes nothing`(
    side: Algo.Side, plan: AlgoPlan, error: AlgoError
  ) {
    var desk = AlgoDesk()
    #expect(desk.error(side, 5, plan) == error)
    #expect(desk.error(side, 0, plan) == .sizeNotPositive)
  }

  @Test func `the limits of one account on one instrument are those of OKX`() throws {
    var desk = AlgoDesk()
    let plans: [(AlgoPlan, Int)] = [
      (.conditional(takeProfit: nil, stopLoss: leg(110)), 100),
      (.trigger(leg(110), execution: .normal), 500),
      (.trailing(callback: .spread(ticks: 9), active: nil), 50),
      (
        .twap(
          Slicing(slice: Lots(1), distance: .spread(ticks: 1), limit: price(999)),
          intervalMilliseconds: 5_000), 20
      ),
    ]
    for (plan, limit) in plans {
      var last = AlgoID(0)
      for _ in 0..<limit { last = try desk.add(.buy, 5, plan) }
      #expect(desk.error(.buy, 5, plan) == .tooMany(plan.kind, limit: limit))
      _ = try desk.add(.buy, 5, plan, owner: 2)
      _ = try desk.book.cancel(last, at: desk.now)
      _ = try desk.add(.buy, 5, plan)
    }
    try desk.restart()
  }

  @Test func `a full book of algo orders refuses another and keeps serving`() throws {
    var desk = AlgoDesk()
    desk.book = AlgoBook(capacity: 2)
    let id = try desk.add(.buy, 1, .trigger(leg(110), execution: .normal))
    _ = try desk.add(.buy, 1, .trigger(leg(110), execution: .normal))
    #expect(desk.error(.buy, 1, .trigger(leg(110), execution: .normal)) == .full(capacity: 2))
    _ = try desk.book.cancel(id, at: desk.now)
    _ = try desk.add(.buy, 1, .trigger(leg(110), execution: .normal))
  }

  @Test func `a client's id names one open algo order`() throws {
    var desk = AlgoDesk()
    let plan = AlgoPlan.trigger(leg(110), execution: .normal)
    let id = try desk.add(.buy, 1, plan, client: "a")
    #expect(desk.error(.buy, 1, plan, client: "a") == .duplicateClientID)
    #expect(desk.book.find(clientID: "a", of: 1)?.id == id)
    #expect(desk.book.find(clientID: "a", of: 2) == nil)
    _ = try desk.book.cancel(id, at: desk.now)
    _ = try desk.add(.buy, 1, plan, client: "a")
  }

  @Test func `what has fired cannot be canceled or amended`() throws {
    var desk = AlgoDesk()
    let id = try desk.add(.buy, 1, .trigger(leg(110), execution: .normal))
    desk.move(to: 110)
    #expect(throws: AlgoError.alreadyTriggered) { try desk.book.cancel(id, at: desk.now) }
    #expect(throws: AlgoError.alreadyTriggered) {
      try desk.book.amend(id, AlgoAmendment(size: Lots(2)), desk.market, at: desk.now)
    }
    #expect(desk.run() == ["1 market buy 1", "1 effective"])
    #expect(throws: AlgoError.unknownAlgo) { try desk.book.cancel(id, at: desk.now) }
  }

  @Test func `attached legs begin when their order has been filled, for what was filled`() throws {
    var desk = AlgoDesk()
    let legs = NewAlgo(
      owner: 1, market: 1, clientID: "tp", tag: "", side: .sell, size: .base(Lots(5)),
      plan: .oco(takeProfit: leg(110), stopLoss: leg(90)))
    try desk.book.checkAttached([legs], desk.market)
    let id = desk.book.attach(legs, to: 77, at: desk.now)
    _ = desk.book.attach(legs.named("other"), to: 78, at: desk.now)
    desk.move(to: 85)
    #expect(desk.run() == [])
    try desk.restart()
    let begun = desk.book.parentClosed(
      77, size: Lots(3), last: desk.market.last, at: desk.now)
    #expect(begun.map(\.id) == [id])
    #expect(desk.run() == ["1 market sell 3", "1 effective"])
    let dropped = desk.book.parentClosed(78, size: .zero, last: desk.market.last, at: desk.now)
    #expect(dropped.map(\.state) == [.canceled])
    #expect(desk.book.count == 0)
  }
}

extension NewAlgo {
  func named(_ client: Text32) -> NewAlgo {
    var new = self
    new.clientID = client
    return new
  }
}
