import Algos
import Money
import Structures
import Testing

@Suite struct SliceTests {
  private func slicing(_ slice: Int64, spread: Int64, limit: Int64) -> Slicing {
    Slicing(slice: Lots(slice), distance: .spread(ticks: spread), limit: price(limit))
  }

  @Test func `a twap takes one slice per interval until its total is done`() throws {
    var desk = AlgoDesk()
    _ = try desk.add(
      .buy, 10, .twap(slicing(4, spread: 2, limit: 104), intervalMilliseconds: 5_000))
    #expect(desk.run { _ in 4 } == ["1 ioc buy 4 @ 103"])
    desk.wait(4_999)
    #expect(desk.run() == [])
    desk.wait(1)
    try desk.restart()
    desk.market.ask = Price(ticks: 103)
    #expect(desk.run { _ in 1 } == ["1 ioc buy 4 @ 104"])
    desk.wait(5_000)
    #expect(desk.run { _ in 4 } == ["1 ioc buy 4 @ 104"])
    desk.wait(5_000)
    #expect(desk.run { _ in 1 } == ["1 ioc buy 1 @ 104", "1 effective"])
    #expect(desk.book.count == 0)
  }

  @Test func `slices pause beyond the price limit and go on when the market is back`() throws {
    var desk = AlgoDesk()
    let id = try desk.add(
      .sell, 10, .twap(slicing(4, spread: 2, limit: 99), intervalMilliseconds: 5_000))
    desk.market.bid = Price(ticks: 98)
    #expect(desk.run() == ["1 paused"])
    #expect(desk.book[id]?.state == .paused)
    desk.wait(5_000)
    #expect(desk.run() == ["1 waits"])
    desk.market.bid = Price(ticks: 100)
    desk.wait(5_000)
    #expect(desk.run { _ in 4 } == ["1 ioc sell 4 @ 99"])
    #expect(desk.book[id]?.state == .partiallyEffective)
    desk.market.bid = nil
    desk.wait(5_000)
    #expect(desk.run() == ["1 waits"])
    desk.market.isTrading = false
    desk.wait(5_000)
    #expect(desk.run() == ["1 waits"])
  }

  @Test func `an iceberg shows one slice, and the next when it is filled`() throws {
    var desk = AlgoDesk()
    _ = try desk.add(.buy, 7, .iceberg(slicing(3, spread: 1, limit: 200)))
    #expect(desk.run() == ["1 limit buy 3 @ 98"])
    desk.wait(1_000)
    #expect(desk.run() == ["1 waits"])
    #expect(desk.book.parent(of: 1) == AlgoID(1))
    _ = desk.book.childClosed(1, filled: Lots(3), isCanceled: false, time: desk.now)
    try desk.restart()
    #expect(desk.run() == ["1 limit buy 3 @ 98"])
    _ = desk.book.childClosed(2, filled: Lots(3), isCanceled: false, time: desk.now)
    #expect(desk.run() == ["1 limit buy 1 @ 98"])
    let ended = desk.book.childClosed(3, filled: Lots(1), isCanceled: false, time: desk.now)
    #expect(ended?.state == .effective)
    #expect(desk.book.count == 0)
    desk.wait(10_000)
    #expect(desk.run() == [])
  }

  @Test func `a slice that the price has left behind is placed anew`() throws {
    var desk = AlgoDesk()
    _ = try desk.add(.sell, 7, .iceberg(slicing(3, spread: 2, limit: 50)))
    #expect(desk.run() == ["1 limit sell 3 @ 103"])
    desk.market.last = Price(ticks: 99)
    desk.wait(1_000)
    #expect(desk.run() == ["1 waits"])
    // Far away, but a new slice would stand where the old one does.
    desk.market.last = Price(ticks: 98)
    desk.wait(1_000)
    #expect(desk.run() == ["1 waits"])
    desk.market.ask = Price(ticks: 99)
    desk.wait(1_000)
    #expect(desk.run() == ["1 cancels 1", "1 limit sell 3 @ 101"])
  }

  @Test func `a slice that its owner cancels ends the iceberg; ending the iceberg names the slice`()
    throws
  {
    var desk = AlgoDesk()
    _ = try desk.add(.buy, 7, .iceberg(slicing(3, spread: 1, limit: 200)))
    _ = desk.run()
    let ended = desk.book.childClosed(1, filled: Lots(1), isCanceled: true, time: desk.now)
    #expect(ended?.state == .canceled)
    #expect(ended?.done == Lots(1))
    let second = try desk.add(.buy, 7, .iceberg(slicing(3, spread: 1, limit: 200)))
    _ = desk.run()
    let canceled = try desk.book.cancel(second, at: desk.now)
    #expect(canceled.childIsOpen)
    #expect(canceled.child == 2)
    #expect(desk.book.parent(of: 2) == nil)
    #expect(desk.book.count == 0)
  }

  @Test func `a refused slice ends its algo order as failed, in part when others were placed`()
    throws
  {
    var desk = AlgoDesk()
    let plan = AlgoPlan.twap(slicing(4, spread: 2, limit: 200), intervalMilliseconds: 5_000)
    let first = try desk.add(.buy, 10, plan)
    _ = desk.book.next()
    _ = desk.book.step(first, desk.market, at: desk.now)
    #expect(desk.book.childFailed(first, time: desk.now).state == .orderFailed)
    let second = try desk.add(.buy, 10, plan)
    _ = desk.run { _ in 4 }
    desk.wait(5_000)
    _ = desk.book.next()
    _ = desk.book.step(second, desk.market, at: desk.now)
    #expect(desk.book.childFailed(second, time: desk.now).state == .partiallyFailed)
    #expect(desk.book.count == 0)
    #expect(desk.book.nextTime == nil)
  }
}
