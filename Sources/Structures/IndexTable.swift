/// Finds the slot of a key by its hash, for pools whose slots hold the keys themselves.
///
/// Open addressing with linear probing at a load of at most one half. An entry is one 32-bit word:
/// the slot number, and above it as many bits of the hash as fit, so that a foreign key is almost
/// never looked at. Removal shifts the entries behind it back, so that nothing is left over and the
/// cost does not grow with age. The capacity is fixed; memory is used as entries come.
public struct IndexTable: ~Copyable, Sendable {
  /// How many entries fit.
  public let capacity: UInt32
  /// How many entries there are.
  public var count: UInt32 { entries }
  @usableFromInline var entries: UInt32 = 0
  // A word is the complement of tag and slot, so that 0, which memory begins as, is no entry.
  @usableFromInline var words: Pool<UInt32>
  @usableFromInline let mask: UInt32
  @usableFromInline let slotMask: UInt32

  /// Creates a table for up to `capacity` entries with slots below `capacity`.
  ///
  /// - Parameter capacity: At most 2^30.
  public init(capacity: UInt32) {
    precondition(capacity <= 1 << 30, "an index table has at most 2^30 entries")
    self.capacity = capacity
    let size = Self.powerOfTwo(atLeast: max(capacity, 4)) * 2
    words = Pool(capacity: size)
    mask = size - 1
    // The all-ones slot is never used, so that no entry's complement is zero.
    slotMask = Self.powerOfTwo(atLeast: capacity + 1) - 1
  }

  private init(capacity: UInt32, count: UInt32, words: consuming Pool<UInt32>, slotMask: UInt32) {
    self.capacity = capacity
    entries = count
    mask = words.capacity - 1
    self.words = words
    self.slotMask = slotMask
  }

  /// Returns the slot with `hash` for which `isKey` holds.
  @inlinable public func find(hash: UInt64, where isKey: (UInt32) -> Bool) -> UInt32? {
    var place = home(of: hash)
    let tag = tag(of: hash)
    while true {
      let word = words[place]
      guard word != 0 else { return nil }
      let entry = ~word
      if entry & ~slotMask == tag, isKey(entry & slotMask) { return entry & slotMask }
      place = (place &+ 1) & mask
    }
  }

  /// Adds `slot` under `hash`. The key must not be there yet.
  ///
  /// - Precondition: There are fewer than ``capacity`` entries, and `slot` is below ``capacity``.
  @inlinable public mutating func insert(hash: UInt64, slot: UInt32) {
    precondition(count < capacity && slot < capacity, "an index table is never overfilled")
    var place = home(of: hash)
    while words[place] != 0 { place = (place &+ 1) & mask }
    words[place] = ~(tag(of: hash) | slot)
    entries += 1
  }

  /// Removes `slot`, which was added under `hash`.
  ///
  /// - Parameter rehash: Returns the hash of another slot in the table.
  @inlinable public mutating func remove(
    hash: UInt64, slot: UInt32, rehash: (UInt32) -> UInt64
  ) {
    let sought = ~(tag(of: hash) | slot)
    var hole = home(of: hash)
    while words[hole] != sought {
      precondition(words[hole] != 0, "only an entry that is there is removed")
      hole = (hole &+ 1) & mask
    }
    var place = (hole &+ 1) & mask
    while words[place] != 0 {
      // An entry may move back into the hole unless that is before its home.
      let home = home(of: rehash(~words[place] & slotMask))
      if (place &- home) & mask >= (place &- hole) & mask {
        words[hole] = words[place]
        hole = place
      }
      place = (place &+ 1) & mask
    }
    words[hole] = 0
    entries -= 1
  }

  /// Returns an equal table.
  public func copy() -> IndexTable {
    IndexTable(
      capacity: capacity, count: count, words: words.copy(first: words.capacity),
      slotMask: slotMask)
  }

  @inlinable func home(of hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash) & mask }

  @inlinable func tag(of hash: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: hash >> 32) & ~slotMask
  }

  private static func powerOfTwo(atLeast value: UInt32) -> UInt32 {
    1 << UInt32(UInt32.bitWidth - (max(value, 1) - 1).leadingZeroBitCount)
  }
}
