/// Finds numbers by the hash of what they stand for, where the numbered things hold the keys.
///
/// Like ``IndexTable``, for what grows slowly and is asked seldom: fuller, without a capacity, and a
/// value.
package struct NumberIndex: Sendable {
  private var table = ShardedTable<UInt64>()

  package init() {}

  /// How many entries there are.
  package var count: Int { table.count }

  /// Returns the number with `hash` for which `isKey` holds.
  package func find(hash: UInt128, where isKey: (UInt32) -> Bool) -> UInt32? {
    table.find(hash: Self.tag(hash)) { isKey(Self.number($0)) }.map(Self.number)
  }

  /// Adds `number`, below 2^32 - 1, under `hash`. The key must not be there yet.
  package mutating func insert(hash: UInt128, _ number: UInt32) {
    table.insert(UInt64(Self.tag(hash)) << 32 | UInt64(number) + 1)
  }

  /// Removes `number`, which was added under `hash`.
  package mutating func remove(hash: UInt128, _ number: UInt32) {
    table.remove(UInt64(Self.tag(hash)) << 32 | UInt64(number) + 1)
  }

  private static func tag(_ hash: UInt128) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 96) }

  private static func number(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word) - 1 }
}
