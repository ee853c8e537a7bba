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
      let level = ladder.levels[index]
      ladder.levels[index].isTouched = false
      let leaf = ladder.leaves[index >> 6]
      let rank = leaf.key << 6 | UInt64(index & 63)
      body(leaf.side, Self.price(rank: rank, leaf.side), Lots(level.size), level.orders)
    }
    ladder.touchedCount = 0
    if ladder.retiredCount > Ladder.retiredLimit { ladder.reclaim() }
  }
}
