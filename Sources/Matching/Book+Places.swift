public import Structures

// Resting and leaving for callers that have an order's place and report its level themselves, at once:
// what `add` and `remove` do, without the list of touched levels.

/// What a level holds.
@usableFromInline package struct LevelState: BitwiseCopyable {
  /// Lots.
  @usableFromInline package let size: Int64
  @usableFromInline package let orders: UInt32

  @inlinable @inline(__always)
  init(size: Int64, orders: UInt32) {
    self.size = size
    self.orders = orders
  }
}

extension Book {
  /// Whether an order with `price`, at least 1, meets no other.
  @inlinable @inline(__always)
  package func isUncrossed(_ side: Side, at price: Int64) -> Bool {
    !isReached(side.opposite, by: Ladder.rank(UInt64(bitPattern: price), side.opposite))
  }

  /// The level at which an order with `price`, at least 1, comes to rest; `nil` when it meets another
  /// order instead, or when the level has to be searched or made.
  @inlinable @inline(__always)
  package func knownLevel(_ side: Side, at price: Int64) -> UInt32? {
    guard isUncrossed(side, at: price) else { return nil }
    let rank = Ladder.rank(UInt64(bitPattern: price), side)
    guard let leaf = ladder.hints.find(rank >> 6, side) else { return nil }
    return leaf << 6 | UInt32(truncatingIfNeeded: rank & 63)
  }

  /// Puts an order into `slot` at the end of a level that ``knownLevel(_:at:)`` named.
  ///
  /// - Precondition: The level's sum fits in 63 bits.
  /// - Returns: What the level holds now, for the caller to report.
  @inlinable @inline(__always)
  package mutating func append(
    _ slot: UInt32, size: Int64, of owner: UInt32, to level: UInt32, _ side: Side,
    at price: Int64, in slots: borrowing OrderSlots
  ) -> LevelState {
    assert(size > 0 && price > 0, "an order rests with lots and a price")
    let entry = ladder.levels.place(of: level)
    let orders = entry.value.orders
    var previous = RestingOrder.none
    if orders == 0 {
      entry.value.first = slot
      ladder.occupyMore(level, rank: Ladder.rank(UInt64(bitPattern: price), side), side)
    } else {
      previous = entry.value.last
      slots.orders.place(of: previous).value.next = slot
    }
    entry.value.last = slot
    // There are at most 2^30 orders, and the caller knows that the level's sum fits.
    entry.value.orders = orders &+ 1
    let sum = entry.value.size &+ size
    entry.value.size = sum
    slots.orders.place(of: slot).value = RestingOrder(
      size: size, price: price, owner: owner, at: level, behind: previous)
    return LevelState(size: sum, orders: orders &+ 1)
  }

  /// Takes the order in `slot`, whose place is `resting`, out of its level. Its size stays, so that the
  /// caller can read it. The caller ends with ``leave(_:_:_:)``.
  ///
  /// Where there is no neighbour, the order itself is written to, which is over: whether there is one
  /// cannot be foreseen, and a branch would be taken wrongly often.
  ///
  /// - Precondition: It rests in this book on `side`.
  /// - Returns: The level, and what it holds now, for the caller to report.
  @inlinable @inline(__always)
  package mutating func takeOut(
    _ slot: UInt32, _ resting: Place<RestingOrder>, _ side: Side, in slots: borrowing OrderSlots
  ) -> (level: UInt32, left: LevelState) {
    let (next, previous) = (resting.value.next, resting.value.previous)
    let level = resting.value.level
    let entry = ladder.levels.place(of: level)
    let (isFirst, isLast) = (previous == RestingOrder.none, next == RestingOrder.none)
    slots.orders.place(of: isFirst ? slot : previous).value.next = next
    slots.orders.place(of: isLast ? slot : next).value.previous = previous
    entry.value.first = isFirst ? next : entry.value.first
    entry.value.last = isLast ? previous : entry.value.last
    // The order is one of the level's, and its lots are part of the sum.
    let left = LevelState(
      size: entry.value.size &- resting.value.size, orders: entry.value.orders &- 1)
    entry.value.size = left.size
    entry.value.orders = left.orders
    resting.value.level = RestingOrder.none
    return (level, left)
  }

  /// Finds the next best level when the one that ``takeOut(_:_:in:)`` named is left without orders.
  @inlinable @inline(__always)
  package mutating func leave(_ level: UInt32, _ orders: UInt32, _ side: Side) {
    guard orders == 0 else { return }
    ladder.vacate(level, side)
    tidy()
  }

  /// Takes back the room of emptied prices, when there is much of it.
  @inlinable @inline(__always)
  package mutating func tidy() {
    if ladder.retiredCount > Ladder.retiredLimit { ladder.reclaim() }
  }
}
