import Algos
import Money
import Structures
import Testing

@Suite struct AmendmentTests {
  @Test(
    arguments: [
      (
        .conditional(takeProfit: leg(110), stopLoss: nil), AlgoAmendment(size: Lots(7)), [110],
        ["1 market sell 7"]
      ),
      (
        .conditional(takeProfit: leg(110), stopLoss: nil),
        AlgoAmendment(
          takeProfit: .change(trigger: Price(ticks: 120), order: .limit(price(121)))),
        [110, 120], ["1 limit sell 5 @ 121"]
      ),
      (
        .conditional(takeProfit: leg(110), stopLoss: nil),
        AlgoAmendment(stopLoss: .change(trigger: Price(ticks: 90), order: .market)), [90],
        ["1 market sell 5"]
      ),
      (
        .oco(takeProfit: leg(110), stopLoss: leg(90)), AlgoAmendment(takeProfit: .remove), [120], []
      ),
      (
        .oco(takeProfit: leg(110), stopLoss: leg(90)), AlgoAmendment(takeProfit: .remove), [90],
        ["1 market sell 5"]
      ),
      (
        .trigger(leg(110), execution: .normal), AlgoAmendment(trigger: Price(ticks: 95)),
        [110, 95],
        ["1 market sell 5"]
      ),
      (
        .trigger(leg(110), execution: .ioc), AlgoAmendment(order: .limit(price(99))), [110],
        ["1 ioc sell 5 @ 99"]
      ),
      (
        .trailing(callback: .spread(ticks: 5), active: nil),
        AlgoAmendment(callback: .spread(ticks: 9)),
        [92], []
      ),
      (
        .trailing(callback: .spread(ticks: 5), active: nil),
        AlgoAmendment(callback: .spread(ticks: 9)),
        [91], ["1 market sell 5"]
      ),
    ] as [(AlgoPlan, AlgoAmendment, [Int64], [String])])
  func `an amended algo order waits for what it says now`(
    plan: AlgoPlan, amendment: AlgoAmendment, prices: [Int64], placed: [String]
  ) throws {
    var desk = AlgoDesk()
    let id = try desk.add(.sell, 5, plan)
    _ = try desk.book.amend(id, amendment, desk.market, at: desk.now)
    try desk.restart()
    for price in prices { desk.move(to: price) }
    #expect(desk.run() == (placed.isEmpty ? [] : placed + ["1 effective"]))
  }

  @Test(
    arguments: [
      (.trigger(leg(110), execution: .normal), AlgoAmendment(), .nothingToAmend),
      (.trigger(leg(110), execution: .normal), AlgoAmendment(size: Lots(5)), .nothingToAmend),
      (.trigger(leg(110), execution: .normal), AlgoAmendment(size: Lots(0)), .sizeNotPositive),
      (
        .trigger(leg(110), execution: .normal), AlgoAmendment(takeProfit: .remove), .cannotBeAmended
      ),
      (
        .conditional(takeProfit: leg(110), stopLoss: nil), AlgoAmendment(trigger: Price(ticks: 9)),
        .cannotBeAmended
      ),
      (
        .conditional(takeProfit: leg(110), stopLoss: nil), AlgoAmendment(takeProfit: .remove),
        .legsMissing
      ),
      (
        .conditional(takeProfit: leg(110), stopLoss: nil),
        AlgoAmendment(stopLoss: .change(trigger: Price(ticks: 90), order: nil)), .legsMissing
      ),
      (
        .conditional(takeProfit: leg(110), stopLoss: nil),
        AlgoAmendment(takeProfit: .change(trigger: Price(ticks: 90), order: nil)),
        .takeProfitOnWrongSide(last: price(100))
      ),
      (
        .iceberg(Slicing(slice: Lots(1), distance: .spread(ticks: 1), limit: price(1))),
        AlgoAmendment(size: Lots(9)), .cannotBeAmended
      ),
    ] as [(AlgoPlan, AlgoAmendment, AlgoError)])
  func `a wrong amendment is refused and changes nothing`(
    plan: AlgoPlan, amendment: AlgoAmendment, error: AlgoError
  ) throws {
    var desk = AlgoDesk()
    let id = try desk.add(.sell, 5, plan)
    let before = desk.bytes
    #expect(throws: error) {
      try desk.book.amend(id, amendment, desk.market, at: desk.now)
    }
    #expect(desk.bytes == before)
  }
}
