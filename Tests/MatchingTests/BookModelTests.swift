import Matching
import Money
import Structures
import Testing
import Wire

@Suite struct BookModelTests {
  /// Where the prices of a run lie.
  enum Prices: CaseIterable {
    case dense
    /// Around the border of 64 neighbours, and of 4096.
    case borders
    case wide
    /// Anything up to 2^40 ticks.
    case sparse
    /// Near the largest price there is, and near the smallest.
    case extreme

    func ticks(using random: inout SplitMix64) -> Int64 {
      switch self {
      case .dense: .random(in: 90...110, using: &random)
      case .borders: 4096 * .random(in: 1...3, using: &random) + .random(in: -3...3, using: &random)
      case .wide: .random(in: 1...20_000, using: &random)
      case .sparse:
        1 << Int64.random(in: 0...40, using: &random)
          | .random(in: 0...3, using: &random)
      case .extreme:
        Bool.random(using: &random)
          ? .max - .random(in: 0...99, using: &random) : .random(in: 1...99, using: &random)
      }
    }
  }

  @Test(arguments: Prices.allCases, UInt64(0)..<30)
  func `the book never differs from the model`(prices: Prices, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var desk = try BookDesk()
    let comment = Comment(rawValue: "seed \(seed), prices \(prices)")
    for step in 0..<400 {
      let side: Book.Side = Bool.random(using: &random) ? .bid : .ask
      let ticks = prices.ticks(using: &random)
      let owner = UInt32.random(in: 1...4, using: &random)
      switch Int.random(in: 0..<12, using: &random) {
      case 0..<6:
        guard let price = Price(ticks: ticks), !desk.book.crosses(side, at: price) else { continue }
        try desk.rest(side, .random(in: 1...9, using: &random), at: ticks, owner: owner)
      case 6, 7:
        guard let order = desk.model.orders.randomElement(using: &random) else { continue }
        desk.remove(order.slot, order.side)
      case 8:
        guard let order = desk.model.orders.randomElement(using: &random), order.lots > 1 else {
          continue
        }
        desk.reduce(order.slot, by: .random(in: 0..<order.lots, using: &random), order.side)
      default:
        // No notional may pass the ceiling, so the largest prices are not traded at.
        guard prices != .extreme || side == .ask && ticks < 100 else { continue }
        let limit = prices == .extreme || Bool.random(using: &random) ? Price(ticks: ticks) : nil
        if prices == .extreme, let best = desk.book.best(.bid), best.ticks > 1000 { continue }
        desk.match(
          Taker(
            owner: owner, side: side, limit: limit, size: Lots(.random(in: 1...30, using: &random)),
            budget: side == .bid && Int.random(in: 0..<3, using: &random) == 0
              ? Amount(units: .random(in: 1...(ticks * 20), using: &random)) : nil,
            selfTrade: try #require(SelfTradePrevention.allCases.randomElement(using: &random))),
          comment)
      }
      if Int.random(in: 0..<3, using: &random) > 0 { desk.drain(comment) }
      if step % 20 == 0 { try desk.compare(comment) }
    }
    try desk.compare(comment)
    try checkCopies(desk, comment)
    for order in desk.model.orders { desk.remove(order.slot, order.side) }
    desk.drain(comment)
    try desk.compare(comment)
    #expect(desk.slots.count == 0, comment)
  }

  /// A copy and a book that was read are the same book, and live on by themselves.
  private func checkCopies(_ desk: borrowing BookDesk, _ comment: Comment) throws {
    let bytes = desk.bytes()
    var reader = ByteReader(bytes)
    let slots = try OrderSlots(from: &reader)
    var read = try BookDesk(orders: 1)
    read.slots = slots.copy()
    read.book = try Book(from: &reader, in: &read.slots)
    try reader.finish()
    read.model = desk.model
    read.model.forgetTouched()
    read.drain(comment)
    try read.compare(comment)
    #expect(read.bytes() == bytes, comment)

    var copy = try BookDesk(orders: 1)
    copy.slots = desk.slots.copy()
    copy.book = desk.book.copy()
    copy.model = desk.model
    copy.drain(comment)
    try copy.compare(comment)
    for order in copy.model.orders { copy.remove(order.slot, order.side) }
    try copy.compare(comment)
    try desk.compare(comment)
  }

  @Test(arguments: UInt64(0)..<3)
  func `thousands of levels fill and empty`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var desk = try BookDesk(orders: 20_000)
    var resting: [(slot: UInt32, side: Book.Side)] = []
    for index in Int64(0)..<2500 {
      let offset = index * Int64.random(in: 1...50, using: &random)
      if let slot = try desk.rest(.bid, 1, at: 1_000_000 - offset) { resting.append((slot, .bid)) }
      if let slot = try desk.rest(.ask, 1, at: 1_000_001 + offset) { resting.append((slot, .ask)) }
    }
    desk.book.drainTouched { _, _, _, _ in }
    desk.model.forgetTouched()
    desk.book.ladder.check()
    #expect(resting.count == 5000)
    let bids = desk.book.levels(.bid, depth: .max).map(\.price)
    #expect(bids == bids.sorted(by: >) && bids.count == Set(bids).count)
    // The best price follows while everything is taken out in any order.
    var left = resting.map { desk.slots[$0.slot].price }
    resting.shuffle(using: &random)
    var bestBids = left.enumerated().filter { $0.offset % 2 == 0 }.map(\.element).sorted()
    left = []
    for (slot, side) in resting {
      let ticks = desk.slots[slot].price
      desk.book.remove(slot, side, in: &desk.slots)
      desk.slots.give(slot)
      var touched: [Int64] = []
      desk.book.drainTouched { _, price, _, _ in touched.append(price.ticks) }
      if side == .bid { bestBids.remove(at: bestBids.partition(upTo: ticks)) }
      guard touched == [ticks], desk.book.best(.bid)?.ticks == bestBids.last else {
        Issue.record("seed \(seed), touched \(touched), \(bestBids.count) bids left")
        return
      }
    }
    desk.book.ladder.check()
    #expect((desk.book.isEmpty, desk.slots.count) == (true, 0))
    #expect(desk.book.ladder.leafSlots.count <= Ladder.retiredLimit)
  }
}

extension [Int64] {
  /// The first index of a sorted array whose element is not below `value`.
  fileprivate func partition(upTo value: Int64) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
