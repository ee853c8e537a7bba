public import Money
public import Structures

// Matching owns the order book of one market: who is first in line at which price, and what an
// incoming order meets. It refuses to know about balances, fees and names.

/// A price-time order book: the best price trades first, and at one price whoever came first.
///
/// The orders lie in ``OrderSlots``, which all books of an exchange share; the book chains those of
/// a price level first to last. No operation is linear in the number of orders or levels. Unless
/// ``isCrossingAllowed``, a book is never crossed.
public struct Book: ~Copyable, Sendable {
  public enum Side: UInt8, Equatable, Sendable, BitwiseCopyable {
    case bid = 0
    case ask = 1

    @inlinable public var opposite: Side { self == .bid ? .ask : .bid }
  }

  @usableFromInline package var ladder: Ladder
  /// Whether orders rest even where they cross, as they do in a call auction.
  public var isCrossingAllowed = false

  /// Creates an empty book.
  ///
  /// - Parameter nodeCapacity: How many groups of 64 neighbouring prices may have orders at once,
  ///   both sides together; 1 to 2^20. Memory is used only as they come.
  public init(nodeCapacity: UInt32 = 1 << 14) { ladder = Ladder(leafCapacity: nodeCapacity) }

  init(ladder: consuming Ladder, isCrossingAllowed: Bool) {
    self.ladder = ladder
    self.isCrossingAllowed = isCrossingAllowed
  }

  /// Returns an equal book. Its orders are those of an equal copy of the slots.
  public func copy() -> Book { Book(ladder: ladder.copy(), isCrossingAllowed: isCrossingAllowed) }

  // MARK: Looking

  /// Whether nothing rests.
  public var isEmpty: Bool { ladder.occupiedLeaves == 0 }

  /// The best price on `side`.
  @inlinable @inline(__always) public func best(_ side: Side) -> Price? {
    let place = ladder[side]
    guard place.bestLevel != RestingOrder.none else { return nil }
    return Self.price(rank: place.bestRank, side)
  }

  /// The slot of the order that trades next on `side`.
  @inlinable @inline(__always) public func front(_ side: Side) -> UInt32? {
    let level = ladder[side].bestLevel
    return level == RestingOrder.none ? nil : ladder.levels[level].first
  }

  /// Returns whether an order of `side` with limit `price` would trade at once.
  @inlinable @inline(__always) public func crosses(_ side: Side, at price: Price) -> Bool {
    isReached(side.opposite, by: Ladder.rank(UInt64(price.ticks), side.opposite))
  }

  /// Whether `side` has an order of this rank or a better one.
  @inlinable @inline(__always) package func isReached(_ side: Side, by rank: UInt64) -> Bool {
    let place = ladder[side]
    return place.bestRank <= rank && place.bestLevel != RestingOrder.none
  }

  /// Returns the lots and orders resting at `price`; zero when none do.
  public func level(_ side: Side, at price: Price) -> (size: Lots, orders: UInt32) {
    let level = ladder.find(Ladder.rank(UInt64(price.ticks), side), side)
    guard level != RestingOrder.none else { return (.zero, 0) }
    return (Lots(ladder.levels[level].size), ladder.levels[level].orders)
  }

  /// Returns up to `depth` levels of `side`, best first.
  public func levels(
    _ side: Side, depth: Int
  ) -> [(price: Price, size: Lots, orders: UInt32)] {
    var result: [(price: Price, size: Lots, orders: UInt32)] = []
    var level = ladder[side].bestLevel
    while level != RestingOrder.none, result.count < depth {
      let here = ladder.levels[level]
      let price = Self.price(rank: ladder.rank(of: level), side)
      result.append((price, Lots(here.size), here.orders))
      level = ladder.next(after: level)
    }
    return result
  }

  /// Asks for the level that an order at `price` would probably rest at, without waiting for it.
  @inlinable @inline(__always) public func prefetch(_ side: Side, at price: Price) {
    let rank = Ladder.rank(UInt64(price.ticks), side)
    ladder.prefetch(
      ladder.hints.guess(rank >> 6, side) << 6 | UInt32(truncatingIfNeeded: rank & 63))
  }

  /// Asks for the level that an order rests at, without waiting for it.
  @inlinable @inline(__always) public func prefetchLevel(
    of slot: UInt32, in slots: borrowing OrderSlots
  ) {
    ladder.prefetch(slots.orders[slot].level)
  }

  /// Calls `body` with the slots of `side` in the order in which they trade, until it says false.
  public func walk(_ side: Side, in slots: borrowing OrderSlots, _ body: (UInt32) -> Bool) {
    var level = ladder[side].bestLevel
    while level != RestingOrder.none {
      var slot = ladder.levels[level].first
      while slot != RestingOrder.none {
        guard body(slot) else { return }
        slot = slots[slot].next
      }
      level = ladder.next(after: level)
    }
  }

  /// Whether `size` more lots fit at `price`.
  public func hasRoom(for size: Lots, _ side: Side, at price: Price) -> Bool {
    !level(side, at: price).size.count.addingReportingOverflow(size.count).overflow
  }

  @inlinable @inline(__always) package static func price(rank: UInt64, _ side: Side) -> Price {
    guard let price = Price(ticks: Int64(Ladder.rank(rank, side))) else {
      preconditionFailure("every level's price came from an order")
    }
    return price
  }

  // MARK: Resting

  /// Puts the order in `slot` at the end of its level.
  ///
  /// - Returns: `false`, with nothing changed, when the ladder has no room for its price.
  /// - Precondition: The order has lots, rests nowhere, does not cross unless that is allowed, and
  ///   its level's sum fits in 63 bits.
  public mutating func add(_ slot: UInt32, _ side: Side, in slots: inout OrderSlots) -> Bool {
    let (size, ticks) = (slots[slot].size, slots[slot].price)
    precondition(size > 0 && ticks > 0, "an order rests with lots and a price")
    precondition(slots[slot].level == RestingOrder.none, "an order rests once")
    let rank = Ladder.rank(UInt64(bitPattern: ticks), side)
    precondition(
      isCrossingAllowed
        || !isReached(
          side.opposite, by: Ladder.rank(UInt64(bitPattern: ticks), side.opposite)),
      "a book is never crossed")
    let index = ladder.enter(rank, side)
    guard index != RestingOrder.none else { return false }
    let (before, isNew) = ladder.levels[index].append(slot, lots: size)
    if isNew { ladder.touch(index) }
    if before == RestingOrder.none {
      ladder.occupy(index, rank: rank, side)
    } else {
      slots[before].next = slot
    }
    slots[slot].hang(at: index, behind: before)
    return true
  }

  /// Takes the order in `slot` out of the book. Its size stays, so that the caller can read it.
  ///
  /// - Precondition: It rests in this book on `side`.
  public mutating func remove(_ slot: UInt32, _ side: Side, in slots: inout OrderSlots) {
    unlink(slot, lots: slots[slot].size, side, in: &slots)
  }

  /// Takes `lots` off the order in `slot`, which keeps its place.
  ///
  /// - Precondition: It rests in this book on `side`, and more than `lots`.
  public mutating func reduce(
    _ slot: UInt32, by lots: Lots, _ side: Side, in slots: inout OrderSlots
  ) {
    precondition(
      lots >= .zero && lots.count < slots[slot].size, "an order keeps a lot when it shrinks")
    shrink(slot, by: lots.count, side, in: &slots)
  }

  package mutating func shrink(
    _ slot: UInt32, by lots: Int64, _ side: Side, in slots: inout OrderSlots
  ) {
    let index = slots[slot].level
    slots[slot].size -= lots
    var level = ladder.levels[index]
    level.size -= lots
    if !level.isTouched {
      level.isTouched = true
      ladder.touch(index)
    }
    ladder.levels[index] = level
  }

  /// Takes an order that has `lots` left out of its chain.
  @usableFromInline package mutating func unlink(
    _ slot: UInt32, lots: Int64, _ side: Side, in slots: inout OrderSlots
  ) {
    let order = slots[slot]
    var level = ladder.levels[order.level]
    if order.previous == RestingOrder.none {
      level.first = order.next
    } else {
      slots[order.previous].next = order.next
    }
    if order.next == RestingOrder.none {
      level.last = order.previous
    } else {
      slots[order.next].previous = order.previous
    }
    level.size -= lots
    level.orders -= 1
    if !level.isTouched {
      level.isTouched = true
      ladder.touch(order.level)
    }
    ladder.levels[order.level] = level
    slots[slot].level = RestingOrder.none
    if level.orders == 0 { ladder.vacate(order.level, side) }
  }
}
