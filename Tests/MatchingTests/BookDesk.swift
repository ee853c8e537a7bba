import Matching
import Money
import Structures
import Testing
import Wire

/// The real book and the model beside it, given the same commands.
struct BookDesk: ~Copyable {
  var book: Book
  var slots: OrderSlots
  var model = ModelBook()
  let scale: NotionalScale

  init(orders: UInt32 = 4096, nodeCapacity: UInt32 = 1 << 14) throws {
    book = Book(nodeCapacity: nodeCapacity)
    slots = OrderSlots(capacity: orders)
    scale = try #require(NotionalScale(tickUnits: 1, lotUnits: 1, baseDecimals: 0))
  }

  /// Rests an order that does not cross; returns its slot unless there is no room.
  @discardableResult
  mutating func rest(
    _ side: Book.Side, _ lots: Int64, at ticks: Int64, owner: UInt32 = 1
  ) throws -> UInt32? {
    let price = try #require(Price(ticks: ticks))
    guard let slot = slots.take(RestingOrder(price: price, size: Lots(lots), owner: owner)) else {
      return nil
    }
    guard book.add(slot, side, in: &slots) else {
      slots.give(slot)
      return nil
    }
    model.add(.init(slot: slot, owner: owner, side: side, ticks: ticks, lots: lots))
    return slot
  }

  mutating func remove(_ slot: UInt32, _ side: Book.Side) {
    book.remove(slot, side, in: &slots)
    slots.give(slot)
    model.remove(slot)
  }

  mutating func reduce(_ slot: UInt32, by lots: Int64, _ side: Book.Side) {
    book.reduce(slot, by: Lots(lots), side, in: &slots)
    model.reduce(slot, by: lots)
  }

  /// Lets the taker meet all it can, in both; returns what is left of it.
  @discardableResult
  mutating func match(_ taker: Taker, _ comment: Comment? = nil) -> (
    meetings: [Meeting], rest: Taker
  ) {
    let fillable = book.fillable(taker, scale: scale, in: slots)
    let fillsWhole = taker.budget == nil && book.fillsWhole(taker, scale: scale, in: slots)
    var rest = taker
    var meetings: [Meeting] = []
    loop: while true {
      let meeting = book.step(&rest, scale: scale, in: &slots)
      meetings.append(meeting)
      switch meeting {
      case .traded(let slot, _, _, _, makerLeaves: true): slots.give(slot)
      case .traded: break
      case .makerCanceled(let slot): slots.give(slot)
      case .bothCanceled(let slot):
        slots.give(slot)
        break loop
      case .takerCanceled, .ended: break loop
      }
    }
    let expected = model.match(taker)
    #expect(meetings == expected.meetings, comment)
    #expect(rest == expected.rest, comment)
    let quote = meetings.reduce(Amount.zero) {
      if case .traded(_, _, _, let quote, _) = $1 { $0 + quote } else { $0 }
    }
    #expect(fillable.size == taker.size - rest.size, comment)
    #expect(fillable.quote == quote, comment)
    if taker.budget == nil { #expect(fillsWhole == (rest.size == .zero), comment) }
    return (meetings, rest)
  }

  /// Compares what is reported of touched levels.
  mutating func drain(_ comment: Comment? = nil) {
    var reported: [ModelBook.Touch] = []
    let model = model
    book.drainTouched { side, price, size, orders in
      reported.append(.init(side: side, ticks: price.ticks))
      let here = model.orders.filter { $0.side == side && $0.ticks == price.ticks }
      #expect(size.count == here.reduce(0) { $0 + $1.lots }, comment)
      #expect(Int(orders) == here.count, comment)
    }
    #expect(reported == model.touched, comment)
    self.model.forgetTouched()
  }

  /// Compares what can be seen of the two books.
  func compare(_ comment: Comment? = nil) throws {
    #expect(book.isEmpty == model.orders.isEmpty, comment)
    for side in [Book.Side.bid, .ask] {
      let queue = model.queue(side)
      #expect(book.best(side)?.ticks == queue.first?.ticks, comment)
      #expect(book.front(side) == queue.first?.slot, comment)
      var walked: [ModelBook.Order] = []
      book.walk(side, in: slots) {
        let order = slots[$0]
        walked.append(
          .init(slot: $0, owner: order.owner, side: side, ticks: order.price, lots: order.size))
        return true
      }
      #expect(walked == queue, comment)
      let levels = book.levels(side, depth: .max)
      var prices: [Int64] = []
      for order in queue where order.ticks != prices.last { prices.append(order.ticks) }
      #expect(levels.map(\.price.ticks) == prices, comment)
      var sums: [Int64: (lots: Int64, orders: UInt32)] = [:]
      for order in queue {
        sums[order.ticks, default: (0, 0)].lots += order.lots
        sums[order.ticks, default: (0, 0)].orders += 1
      }
      for level in levels {
        let found = book.level(side, at: level.price)
        guard let sum = sums[level.price.ticks], sum == (level.size.count, level.orders),
          found == (level.size, level.orders)
        else {
          Issue.record("\(level), found \(found), \(comment?.description ?? "")")
          continue
        }
      }
    }
    if let bid = book.best(.bid), let ask = book.best(.ask), !book.isCrossingAllowed {
      #expect(bid < ask, comment)
      #expect([book.crosses(.bid, at: ask), book.crosses(.ask, at: bid)] == [true, true], comment)
      #expect(
        [book.crosses(.bid, at: bid), book.crosses(.ask, at: ask)] == [false, false], comment)
    }
    book.ladder.check(comment)
  }

  /// The canonical bytes of slots and book.
  func bytes() -> [UInt8] {
    var writer = ByteWriter()
    slots.encode(into: &writer)
    book.encode(into: &writer, in: slots)
    return writer.bytes
  }
}

extension Ladder {
  /// Checks that every map of the tree says what is below it.
  func check(_ comment: Comment? = nil) {
    var leavesSeen: UInt32 = 0
    var branchesSeen: UInt32 = 0
    var occupiedSeen: UInt32 = 0
    for of in [Book.Side.bid, .ask] {
      let side = self[of]
      guard side.root != RestingOrder.none else { continue }
      var nodes = [(node: side.root, parent: RestingOrder.none, key: side.prefix)]
      for height in stride(from: side.height, to: 0, by: -1) {
        var below: [(node: UInt32, parent: UInt32, key: UInt64)] = []
        for (node, parent, key) in nodes {
          let branch = branches[node]
          branchesSeen += 1
          #expect(branch.parent == parent && branch.present != 0, comment)
          var occupied: UInt64 = 0
          for child in UInt64(0)..<64 where branch.present >> child & 1 == 1 {
            let at = children[node << 6 | UInt32(child)]
            let map = height == 1 ? leaves[at].occupied : branches[at].occupied
            if map != 0 { occupied |= 1 << child }
            below.append((at, node, key << 6 | child))
          }
          #expect(branch.occupied == occupied, comment)
        }
        nodes = below
      }
      for (node, parent, key) in nodes {
        let leaf = leaves[node]
        leavesSeen += 1
        occupiedSeen += leaf.occupied == 0 ? 0 : 1
        #expect(leaf.parent == parent && leaf.key == key, comment)
        #expect(leaf.side == of, comment)
        #expect(leaf.occupied != 0 || leaf.isRetired, comment)
        var filled: UInt64 = 0
        for offset in UInt32(0)..<64 {
          let level = levels[node << 6 | offset]
          if level.orders > 0, level.size > 0 { filled |= 1 << UInt64(offset) }
        }
        #expect(leaf.occupied == filled, comment)
      }
    }
    #expect(leavesSeen == leafSlots.count, comment)
    #expect(branchesSeen == branchSlots.count, comment)
    #expect(occupiedSeen == occupiedLeaves, comment)
  }
}
