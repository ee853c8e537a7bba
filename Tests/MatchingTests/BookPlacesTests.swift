import Matching
import Money
import Structures
import Testing
import Wire

@Suite struct BookPlacesTests {
  /// A book that is changed by places where it knows the level, beside one that never is.
  struct Pair: ~Copyable {
    var quick = Book(nodeCapacity: 64)
    var quickSlots = OrderSlots(capacity: 200)
    var plain = Book(nodeCapacity: 64)
    var plainSlots = OrderSlots(capacity: 200)
    /// What the last change left of its level, as either book says.
    var quickReports: [String] = []
    var plainReports: [String] = []
    var known = 0

    mutating func add(_ side: Book.Side, at price: Price, _ size: Int64, owner: UInt32) throws
      -> UInt32
    {
      let order = RestingOrder(price: price, size: Lots(size), owner: owner)
      let taken = plainSlots.take(order)
      let slot = try #require(taken)
      let isAdded = plain.add(slot, side, in: &plainSlots)
      #expect(isAdded)
      #expect(quick.isUncrossed(side, at: price.ticks) == !quick.crosses(side, at: price))
      if let level = quick.knownLevel(side, at: price.ticks) {
        let next = quickSlots.next
        let quickSlot = try #require(next)
        quickSlots.take(next: quickSlot)
        #expect(quickSlot == slot)
        let state = quick.append(
          slot, size: size, of: owner, to: level, side, at: price.ticks, in: quickSlots)
        quickReports.append("\(side) \(price.ticks) \(state.size) \(state.orders)")
        known += 1
      } else {
        let quickSlot = quickSlots.take(order)
        #expect(quickSlot == slot)
        let isAdded = quick.add(slot, side, in: &quickSlots)
        #expect(isAdded)
      }
      drain()
      return slot
    }

    mutating func remove(_ slot: UInt32, _ side: Book.Side) {
      plain.remove(slot, side, in: &plainSlots)
      let place = quickSlots.place(of: slot)
      let (level, state) = quick.takeOut(slot, place, side, in: quickSlots)
      quickReports.append("\(side) \(place.value.price) \(state.size) \(state.orders)")
      quick.leave(level, state.orders, side)
      drain()
      plainSlots.give(slot)
      quickSlots.give(slot)
    }

    private mutating func drain() {
      var (quickly, plainly) = (quickReports, plainReports)
      quick.drainTouched { quickly.append("\($0) \($1.ticks) \($2.count) \($3)") }
      plain.drainTouched { plainly.append("\($0) \($1.ticks) \($2.count) \($3)") }
      (quickReports, plainReports) = (quickly, plainly)
    }

    func encoded() -> (quick: [UInt8], plain: [UInt8]) {
      var (quickly, plainly) = (ByteWriter(), ByteWriter())
      quick.encode(into: &quickly, in: quickSlots)
      plain.encode(into: &plainly, in: plainSlots)
      return (quickly.bytes, plainly.bytes)
    }
  }

  @Test(arguments: UInt64(0)..<20)
  func `orders come and go by places as they do by number`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var pair = Pair()
    var resting: [(slot: UInt32, side: Book.Side)] = []
    // Few prices in a leaf or many leaves that empty again.
    let stride: Int64 = seed.isMultiple(of: 2) ? 1 : 50
    for _ in 0..<1500 {
      if resting.count < 150, resting.isEmpty || Int.random(in: 0..<5, using: &random) < 3 {
        let side: Book.Side = Bool.random(using: &random) ? .bid : .ask
        let distance = stride * Int64.random(in: 1...25, using: &random)
        let price = try #require(Price(ticks: 5000 + (side == .bid ? -distance : distance)))
        let slot = try pair.add(
          side, at: price, Int64.random(in: 1...9, using: &random), owner: 1)
        resting.append((slot, side))
      } else if !resting.isEmpty {
        let (slot, side) = resting.remove(at: Int.random(in: resting.indices, using: &random))
        pair.remove(slot, side)
      }
      #expect(pair.quick.best(.bid) == pair.plain.best(.bid), "seed \(seed)")
      #expect(pair.quick.best(.ask) == pair.plain.best(.ask), "seed \(seed)")
    }
    #expect(pair.quickReports == pair.plainReports, "seed \(seed)")
    let (quick, plain) = pair.encoded()
    #expect(quick == plain, "seed \(seed)")
    #expect(pair.known > 100, "seed \(seed)")
  }

  @Test func `no level is named for an order that meets another one`() throws {
    var pair = Pair()
    let (low, high) = (try #require(Price(ticks: 100)), try #require(Price(ticks: 101)))
    _ = try pair.add(.bid, at: low, 1, owner: 1)
    _ = try pair.add(.ask, at: high, 1, owner: 2)
    #expect(pair.quick.knownLevel(.bid, at: 100) != nil)
    #expect(pair.quick.knownLevel(.bid, at: 101) == nil)
    #expect(pair.quick.knownLevel(.ask, at: 100) == nil)
    #expect(pair.quick.knownLevel(.ask, at: 101) != nil)
  }
}
