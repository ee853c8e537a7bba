import Matching
import Money
import Structures
import Testing
import Wire

@Suite struct BookTests {
  /// One quote unit per tick and lot.
  private var scale: NotionalScale {
    get throws { try #require(NotionalScale(tickUnits: 1, lotUnits: 1, baseDecimals: 0)) }
  }

  @Test(arguments: UInt64(0)..<60)
  func `the book never differs from the naive one`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var real = Book()
    var naive = NaiveBook()
    var ids: [UInt64] = []
    for step in UInt64(1)...400 {
      let side: Book.Side = Bool.random(using: &random) ? .bid : .ask
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5:
        let order = Book.Resting(
          id: step, owner: .random(in: 1...4, using: &random), side: side,
          price: try #require(Price(ticks: .random(in: 90...110, using: &random))),
          size: Lots(.random(in: 1...9, using: &random)))
        guard !real.crosses(side, at: order.price) else { continue }
        real.add(order)
        naive.add(order)
        ids.append(order.id)
      case 5:
        guard let id = ids.randomElement(using: &random) else { continue }
        #expect(real.remove(id) != nil || real.order(id) == nil)
        naive.remove(id)
      case 6:
        guard let id = ids.randomElement(using: &random), let order = real.order(id) else {
          continue
        }
        let lots = Lots(.random(in: 0...order.size.count, using: &random))
        real.reduce(id, by: lots)
        naive.reduce(id, by: lots)
      default:
        let limit = Price(ticks: .random(in: 90...110, using: &random))
        let taker = Taker(
          owner: .random(in: 1...4, using: &random), side: side,
          limit: Bool.random(using: &random) ? limit : nil,
          size: Lots(.random(in: 1...30, using: &random)),
          budget: Int.random(in: 0..<3, using: &random) == 0
            ? Amount(units: .random(in: 1...3000, using: &random)) : nil)
        let preview = real.preview(taker, scale: try scale)
        let meetings = real.match(taker, scale: try scale)
        #expect(meetings == naive.match(taker))
        var traded = Lots.zero
        var quote = Amount.zero
        for case .traded(_, let size, let units) in meetings {
          traded += size
          quote += units
        }
        #expect(preview.size == traded)
        #expect(preview.quote == quote)
      }
      try compare(real, naive)
    }
  }

  private func compare(_ real: Book, _ naive: NaiveBook) throws {
    for side in [Book.Side.bid, .ask] {
      var walked: [Book.Resting] = []
      real.walk(side) {
        walked.append($0)
        return true
      }
      let expected = naive.orders(side)
      #expect(walked == expected)
      #expect(real.front(side) == expected.first)
      #expect(real.best(side) == expected.first?.price)
      for level in real.levels(side, depth: .max) {
        let here = expected.filter { $0.price == level.price }
        #expect(level.size == here.reduce(.zero) { $0 + $1.size })
        #expect(Int(level.orders) == here.count)
      }
    }
    if let bid = real.best(.bid), let ask = real.best(.ask) { #expect(bid < ask) }
    var writer = ByteWriter()
    real.encode(into: &writer)
    var reader = ByteReader(writer.bytes)
    var again = ByteWriter()
    try Book(from: &reader).encode(into: &again)
    #expect(again.bytes == writer.bytes)
  }

  @Test func `a crossed, unsorted or doubled book is refused when read`() throws {
    func bytes(bids: [(UInt64, Int64, Int64)], asks: [(UInt64, Int64, Int64)]) -> [UInt8] {
      var writer = ByteWriter()
      for side in [bids, asks] {
        writer.write(list: side) { writer, order in
          writer.write(order.0)
          writer.write(UInt64(7))
          writer.write(order.1)
          writer.write(order.2)
        }
      }
      return writer.bytes
    }
    let bad = [
      bytes(bids: [(1, 100, 1)], asks: [(2, 100, 1)]),
      bytes(bids: [(1, 99, 1), (2, 100, 1)], asks: []),
      bytes(bids: [(1, 99, 1), (1, 98, 1)], asks: []),
      bytes(bids: [(1, 99, 0)], asks: []),
      bytes(bids: [(1, 0, 5)], asks: []),
      bytes(bids: [(1, 99, .max), (2, 99, 1)], asks: []),
    ]
    for bytes in bad {
      #expect(throws: WireError.self) {
        var reader = ByteReader(bytes)
        _ = try Book(from: &reader)
      }
    }
    var reader = ByteReader(bytes(bids: [(1, 99, 1), (2, 99, 1)], asks: [(3, 100, 1)]))
    #expect(try Book(from: &reader).count == 3)
  }
}
