public import Money
public import Structures

extension Book {
  /// Reports each level that changed since the last time, once, in the order of first change:
  /// its side, its price, and the lots and orders that rest there now.
  ///
  /// Call it after every command: room of emptied prices is taken back here.
  @inlinable public mutating func drainTouched(_ body: (Side, Price, Lots, UInt32) -> Void) {
    let count = ladder.touchedCount
    for position in 0..<count {
      let index = ladder.touched[position]
      ladder.levels[index].isTouched = false
      let level = ladder.levels[index]
      let side = ladder.leaves[index >> 6].side
      body(side, Self.price(rank: ladder.rank(of: index), side), Lots(level.size), level.orders)
    }
    ladder.touchedCount = 0
    if ladder.retiredCount > Ladder.retiredLimit { ladder.reclaim() }
  }
}
