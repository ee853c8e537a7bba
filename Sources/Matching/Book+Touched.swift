public import Money
public import Structures

extension Book {
  /// Reports each level that changed since the last time, once, in the order of first change:
  /// its side, its price, and the lots and orders that rest there now.
  ///
  /// Call it after every command: room of emptied prices is taken back here.
  @inlinable @inline(__always)
  public mutating func drainTouched(_ body: (Side, Price, Lots, UInt32) -> Void) {
    let count = ladder.touchedCount
    ladder.touchedCount = 0
    for position in 0..<count { report(ladder.touched[position], body) }
    tidy()
  }

  @inlinable @inline(__always)
  mutating func report(_ index: UInt32, _ body: (Side, Price, Lots, UInt32) -> Void) {
    let (size, orders) = ladder.levels[index].untouch()
    let name = ladder.leaves[index >> 6].name &- 1
    let side: Side = name & 1 == 0 ? .bid : .ask
    let rank = (name >> 1) << 6 | UInt64(index & 63)
    body(side, Self.price(rank: rank, side), Lots(size), orders)
  }
}
