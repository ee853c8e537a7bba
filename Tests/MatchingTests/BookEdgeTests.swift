import Matching
import Money
import Testing
import Wire

/// Mistakes that order books are known for, one test each.
@Suite struct BookEdgeTests {
  private func taker(
    _ side: Book.Side, _ lots: Int64, limit: Int64? = nil, owner: UInt32 = 9,
    budget: Int64? = nil, _ mode: SelfTradePrevention = .cancelMaker
  ) -> Taker {
    Taker(
      owner: owner, side: side, limit: limit.flatMap { Price(ticks: $0) }, size: Lots(lots),
      budget: budget.map { Amount(units: $0) }, selfTrade: mode)
  }

  private func trade(
    _ slot: UInt32?, _ lots: Int64, at ticks: Int64, leaves: Bool
  ) throws -> Meeting {
    .traded(
      slot: try #require(slot), lots: Lots(lots), price: try #require(Price(ticks: ticks)),
      quote: Amount(units: lots * ticks), makerLeaves: leaves)
  }

  @Test func `an order is exactly 32 bytes and a level 24`() {
    #expect(MemoryLayout<RestingOrder>.stride == 32)
    #expect(MemoryLayout<PriceLevel>.stride == 24)
  }

  @Test func `a trade is at the maker's price, not the aggressor's`() throws {
    var desk = try BookDesk()
    let ask = try desk.rest(.ask, 5, at: 100)
    let result = desk.match(taker(.bid, 5, limit: 120))
    #expect(result.meetings == [try trade(ask, 5, at: 100, leaves: true), .ended])
    let bid = try desk.rest(.bid, 5, at: 90)
    let other = desk.match(taker(.ask, 2, limit: 10))
    #expect(other.meetings == [try trade(bid, 2, at: 90, leaves: false), .ended])
  }

  @Test func `better prices trade first and at one price who came first`() throws {
    var desk = try BookDesk()
    let second = try desk.rest(.ask, 3, at: 101)
    let third = try desk.rest(.ask, 3, at: 101)
    let first = try desk.rest(.ask, 3, at: 100)
    let meetings = desk.match(taker(.bid, 8)).meetings
    #expect(
      meetings == [
        try trade(first, 3, at: 100, leaves: true), try trade(second, 3, at: 101, leaves: true),
        try trade(third, 2, at: 101, leaves: false), .ended,
      ])
  }

  @Test func `nothing trades nothing`() throws {
    var desk = try BookDesk()
    #expect(desk.match(taker(.bid, 5)).meetings == [.ended])
    try desk.rest(.ask, 5, at: 100)
    #expect(desk.match(taker(.bid, 0)).meetings == [.ended])
    #expect(desk.match(taker(.bid, 5, limit: 99)).meetings == [.ended])
    // A budget of less than one lot's price buys nothing, not zero lots.
    #expect(desk.match(taker(.bid, 5, budget: 99)).meetings == [.ended])
    #expect(desk.match(taker(.bid, 5, budget: 0)).meetings == [.ended])
    try desk.compare()
  }

  @Test func `a budget ends within a level and across levels`() throws {
    var desk = try BookDesk()
    let near = try desk.rest(.ask, 2, at: 100)
    let far = try desk.rest(.ask, 9, at: 110)
    let result = desk.match(taker(.bid, 50, budget: 550))
    #expect(
      result.meetings == [
        try trade(near, 2, at: 100, leaves: true), try trade(far, 3, at: 110, leaves: false),
        .ended,
      ])
    #expect(result.rest.budget == Amount(units: 20))
  }

  @Test func `the best price moves on when its last order is cancelled`() throws {
    var desk = try BookDesk()
    let best = try desk.rest(.bid, 1, at: 100)
    let next = try desk.rest(.bid, 1, at: 36)
    try desk.rest(.bid, 1, at: 1)
    desk.remove(try #require(best), .bid)
    #expect(desk.book.best(.bid)?.ticks == 36)
    desk.remove(try #require(next), .bid)
    #expect(desk.book.best(.bid)?.ticks == 1)
    #expect(desk.match(taker(.ask, 1, limit: 2)).meetings == [.ended])
    try desk.compare()
  }

  @Test func `the queue keeps its order when an order leaves from the middle, the head or the end`()
    throws
  {
    for gone in 0..<4 {
      var desk = try BookDesk()
      var queue: [UInt32] = []
      for _ in 0..<4 { queue.append(try #require(try desk.rest(.ask, 1, at: 100))) }
      desk.remove(queue.remove(at: gone), .ask)
      queue.append(try #require(try desk.rest(.ask, 1, at: 100)))
      var walked: [UInt32] = []
      desk.book.walk(.ask, in: desk.slots) {
        walked.append($0)
        return true
      }
      #expect(walked == queue)
      try desk.compare()
    }
  }

  @Test func `an order that shrinks keeps its place`() throws {
    var desk = try BookDesk()
    let first = try desk.rest(.ask, 5, at: 100)
    try desk.rest(.ask, 5, at: 100)
    desk.reduce(try #require(first), by: 4, .ask)
    #expect(desk.book.front(.ask) == first)
    #expect(desk.book.level(.ask, at: try #require(Price(ticks: 100))) == (Lots(6), 2))
  }

  @Test(arguments: SelfTradePrevention.allCases)
  func `an owner's orders never trade with each other`(mode: SelfTradePrevention) throws {
    var desk = try BookDesk()
    let other = try desk.rest(.ask, 1, at: 100, owner: 1)
    let own = try desk.rest(.ask, 2, at: 101, owner: 9)
    let last = try desk.rest(.ask, 3, at: 102, owner: 1)
    let result = desk.match(taker(.bid, 4, owner: 9, mode))
    let first = try trade(other, 1, at: 100, leaves: true)
    switch mode {
    case .cancelMaker:
      #expect(
        result.meetings == [
          first, .makerCanceled(slot: try #require(own)), try trade(last, 3, at: 102, leaves: true),
          .ended,
        ])
    case .cancelTaker:
      #expect(result.meetings == [first, .takerCanceled])
      #expect(desk.book.front(.ask) == own)
    case .cancelBoth:
      #expect(result.meetings == [first, .bothCanceled(slot: try #require(own))])
      #expect(desk.book.front(.ask) == last)
    }
    #expect(result.rest.size == Lots(mode == .cancelMaker ? 0 : 3))
    try desk.compare()
  }

  @Test func `a level is reported once, in the order of first change, as it is now`() throws {
    var desk = try BookDesk()
    try desk.rest(.bid, 1, at: 99)
    let ask = try desk.rest(.ask, 7, at: 100)
    try desk.rest(.bid, 1, at: 99)
    desk.remove(try #require(ask), .ask)
    var reported: [String] = []
    desk.book.drainTouched { reported.append("\($0) \($1.ticks) \($2.count) \($3)") }
    #expect(reported == ["bid 99 2 2", "ask 100 0 0"])
    desk.book.drainTouched { _, _, _, _ in Issue.record("nothing changed since") }
  }

  @Test func `a full ladder refuses a new price, keeps serving, and has room again`() throws {
    var desk = try BookDesk(nodeCapacity: 3)
    let first = try desk.rest(.bid, 1, at: 100)
    try desk.rest(.bid, 1, at: 10_000)
    try desk.rest(.ask, 1, at: 1 << 40)
    let before = desk.bytes()
    #expect(try desk.rest(.ask, 1, at: 1 << 41) == nil)
    #expect(desk.slots.count == 3)
    // The same orders, though a slot was taken and given back.
    #expect(desk.book.levels(.ask, depth: 9).count == 1)
    #expect(before.count + 4 == desk.bytes().count)
    try desk.compare()
    #expect(try desk.rest(.bid, 1, at: 101) != nil)
    #expect(try desk.rest(.bid, 1, at: 100) != nil)
    desk.remove(try #require(first), .bid)
    #expect(try desk.rest(.ask, 1, at: 1 << 41) == nil)
    desk.match(taker(.ask, 9, limit: 101))
    desk.match(taker(.ask, 9, limit: 100))
    desk.drain()
    #expect(try desk.rest(.ask, 1, at: 1 << 41) != nil)
    try desk.compare()
  }

  @Test func `many times as many prices come and go as fit at once`() throws {
    var desk = try BookDesk(nodeCapacity: 2)
    for turn in Int64(1)...2000 {
      let slot = try #require(try desk.rest(turn % 2 == 0 ? .bid : .ask, 1, at: turn * 7919))
      desk.remove(slot, turn % 2 == 0 ? .bid : .ask)
      desk.drain()
    }
    try desk.compare()
    #expect(desk.book.isEmpty == true)
  }

  @Test func `room is asked for before lots overflow`() throws {
    var desk = try BookDesk()
    try desk.rest(.bid, .max - 5, at: 1)
    let price = try #require(Price(ticks: 1))
    #expect(desk.book.hasRoom(for: Lots(5), .bid, at: price) == true)
    #expect(desk.book.hasRoom(for: Lots(6), .bid, at: price) == false)
    #expect(desk.book.hasRoom(for: Lots(.max), .ask, at: price) == true)
  }

  @Test func `asking for more than there is leaves all as it was`() throws {
    var desk = try BookDesk()
    try desk.rest(.ask, 5, at: 100, owner: 1)
    try desk.rest(.ask, 5, at: 101, owner: 9)
    try desk.rest(.ask, 5, at: 102, owner: 1)
    let before = desk.bytes()
    for (lots, limit, mode, whole) in [
      (10, nil, .cancelMaker, true), (11, nil, .cancelMaker, false), (10, 101, .cancelMaker, false),
      (5, 100, .cancelTaker, true), (6, nil, .cancelTaker, false), (6, nil, .cancelBoth, false),
    ] as [(Int64, Int64?, SelfTradePrevention, Bool)] {
      let taker = taker(.bid, lots, limit: limit, mode)
      #expect(desk.book.fillsWhole(taker, scale: desk.scale, in: desk.slots) == whole)
    }
    #expect(desk.bytes() == before)
  }

  @Test func `a crossing order stops the process unless crossing is allowed`() async throws {
    await #expect(processExitsWith: .failure) {
      var desk = try BookDesk()
      try desk.rest(.bid, 1, at: 100)
      try desk.rest(.ask, 1, at: 100)
    }
    await #expect(processExitsWith: .failure) {
      var desk = try BookDesk()
      let slot = try #require(try desk.rest(.bid, 1, at: 100))
      _ = desk.book.add(slot, .bid, in: &desk.slots)
    }
    var desk = try BookDesk()
    desk.book.isCrossingAllowed = true
    try desk.rest(.bid, 1, at: 100)
    try desk.rest(.ask, 1, at: 90)
    try desk.compare()
  }

  @Test func `bytes that make no book are refused`() throws {
    typealias Row = (slot: UInt32, ticks: Int64, lots: Int64)
    func read(bids: [Row], asks: [Row], crossing: Bool = false, capacity: UInt32 = 4) throws {
      var writer = ByteWriter()
      for word in [8, 8, 0] as [UInt32] { writer.write(word) }
      writer.write(capacity)
      writer.write(crossing)
      for side in [bids, asks] {
        writer.write(list: side) { writer, row in
          writer.write(row.slot)
          writer.write(UInt32(7))
          writer.write(row.ticks)
          writer.write(row.lots)
        }
      }
      var reader = ByteReader(writer.bytes)
      var slots = try OrderSlots(from: &reader)
      _ = try Book(from: &reader, in: &slots)
      try reader.finish()
    }
    try read(bids: [(0, 99, 1), (1, 99, 1)], asks: [(2, 100, 1)])
    try read(bids: [(0, 99, 1)], asks: [(2, 90, 1)], crossing: true)
    let bad: [(bids: [Row], asks: [Row], capacity: UInt32)] = [
      ([(0, 100, 1)], [(1, 100, 1)], 4),
      ([(0, 99, 1), (1, 100, 1)], [], 4),
      ([(0, 99, 1), (0, 98, 1)], [], 4),
      ([(8, 99, 1)], [], 4),
      ([(0, 99, 0)], [], 4),
      ([(0, 0, 5)], [], 4),
      ([(0, 99, .max), (1, 99, 1)], [], 4),
      ([(0, 99, 1), (1, 10, 1)], [], 1),
      ([], [], 0),
    ]
    for row in bad {
      #expect(throws: WireError.self) {
        try read(bids: row.bids, asks: row.asks, capacity: row.capacity)
      }
    }
  }
}
