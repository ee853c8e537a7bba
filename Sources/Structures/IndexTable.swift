/// Finds the slot of a key by its hash, for pools whose slots hold the keys themselves.
///
/// Open addressing with linear probing. An entry is 32 bits of the hash and the slot, so that a
/// foreign key is almost never looked at. Removal shifts the entries behind it back, so that nothing
/// is left over and the cost does not grow with age. The table is as large as its entries need, so
/// that few of them lie in few cache lines, and doubles when a quarter of it is used, or half of it once
/// it is large; how many entries may come is fixed.
///
/// Keys that come from a counter may be their own hash: neighbours then lie side by side.
///
/// Unsafe file. Sound because `mask` is one less than the number of entries, a power of two, from
/// `init` on, and every place that is used without a check of its range was masked.
@safe public struct IndexTable: ~Copyable, Sendable {
  /// How many entries may come.
  public let capacity: UInt32
  /// How many entries there are.
  @inlinable public var count: UInt32 { room &- left }
  // The hash's low half above, slot + 1 below; 0, which memory begins as, is no entry.
  @usableFromInline var entries: Pool<UInt64>
  @usableFromInline var mask: UInt32
  /// At how many entries it doubles, or is full.
  @usableFromInline var room: UInt32
  /// How many more may come until then. Counted down, so that one comparison says whether there is
  /// room, and no number has to be remembered.
  @usableFromInline var left: UInt32

  /// Up to this size, in entries, memory is cheaper than looking further.
  private static let smallSize: UInt32 = 1 << 16

  /// Creates a table for up to `capacity` entries.
  ///
  /// - Parameters:
  ///   - capacity: At most 2^30.
  ///   - expected: For how many entries there is room before it must double.
  public init(capacity: UInt32, expecting expected: UInt32 = 256) {
    precondition(capacity <= 1 << 30, "an index table has at most 2^30 entries")
    let last = max(min(expected, capacity), 4) - 1
    let half: UInt32 = 1 << UInt32(UInt32.bitWidth - last.leadingZeroBitCount)
    let size = half <= Self.smallSize / 4 ? half * 4 : max(half, Self.smallSize) * 2
    self.init(capacity: capacity, used: 0, entries: Pool(capacity: size, isDense: true))
  }

  private init(capacity: UInt32, used: UInt32, entries: consuming Pool<UInt64>) {
    self.capacity = capacity
    mask = entries.capacity - 1
    room = min(
      entries.capacity <= Self.smallSize ? entries.capacity / 4 : entries.capacity / 2, capacity)
    left = room - used
    self.entries = entries
  }

  /// Returns the slot with `hash` for which `isKey` holds.
  @inlinable @inline(__always)
  public func find(hash: UInt64, where isKey: (UInt32) -> Bool) -> UInt32? {
    let sought = UInt32(truncatingIfNeeded: hash)
    let (mask, entries) = unsafe (self.mask, self.entries.base)
    var place = sought & mask
    while true {
      let entry = unsafe entries[Int(place)]
      guard entry != 0 else { return nil }
      let slot = UInt32(truncatingIfNeeded: entry) &- 1
      if UInt32(truncatingIfNeeded: entry >> 32) == sought, isKey(slot) { return slot }
      place = (place &+ 1) & mask
    }
  }

  /// Where ``fill(_:hash:slot:)`` would add a slot under `hash`; `nil` when there is one for which
  /// `isKey` holds, or the table has to double first.
  @inlinable @inline(__always)
  package func vacancy(hash: UInt64, where isKey: (UInt32) -> Bool) -> Place<UInt64>? {
    guard left != 0 else { return nil }
    let sought = UInt32(truncatingIfNeeded: hash)
    let (mask, entries) = unsafe (self.mask, self.entries.base)
    var place = sought & mask
    while true {
      let entry = unsafe entries[Int(place)]
      guard entry != 0 else { return unsafe Place(entries + Int(place)) }
      if UInt32(truncatingIfNeeded: entry >> 32) == sought,
        isKey(UInt32(truncatingIfNeeded: entry) &- 1)
      {
        return nil
      }
      place = (place &+ 1) & mask
    }
  }

  /// Adds `slot` under `hash` where ``vacancy(hash:where:)`` has just said.
  @inlinable @inline(__always)
  package mutating func fill(_ place: Place<UInt64>, hash: UInt64, slot: UInt32) {
    // There was room for one more, and a slot is below the capacity.
    place.value = hash << 32 | UInt64(slot &+ 1)
    left &-= 1
  }

  /// Asks for the memory in which `hash` is looked for, without waiting for it.
  @inlinable @inline(__always)
  public func prefetch(hash: UInt64) {
    entries.prefetch(UInt32(truncatingIfNeeded: hash) & mask)
  }

  /// Returns a slot that was added under `hash`, or under one very much like it, without looking at
  /// its key.
  @inlinable @inline(__always)
  public func guess(hash: UInt64) -> UInt32? {
    find(hash: hash) { _ in true }
  }

  /// Adds `slot` under `hash`. The key must not be there yet.
  ///
  /// - Precondition: There are fewer than ``capacity`` entries.
  @inlinable @inline(__always)
  public mutating func insert(hash: UInt64, slot: UInt32) {
    precondition(count < capacity && slot < .max, "an index table is never overfilled")
    if left == 0 { double() }
    place(hash << 32 | UInt64(slot + 1))
    left -= 1
  }

  /// Removes `slot`, which was added under `hash`.
  @inlinable @inline(__always)
  public mutating func remove(hash: UInt64, slot: UInt32) {
    let sought = hash << 32 | UInt64(slot) &+ 1
    let (mask, entries) = unsafe (self.mask, self.entries.base)
    var hole = UInt32(truncatingIfNeeded: hash) & mask
    while true {
      let entry = unsafe entries[Int(hole)]
      if entry == sought { break }
      precondition(entry != 0, "only an entry that is there is removed")
      hole = (hole &+ 1) & mask
    }
    var place = (hole &+ 1) & mask
    while true {
      let entry = unsafe entries[Int(place)]
      if entry == 0 { break }
      // An entry may move back into the hole unless that is before its home.
      let home = UInt32(truncatingIfNeeded: entry >> 32)
      if (place &- home) & mask >= (place &- hole) & mask {
        unsafe entries[Int(hole)] = entry
        hole = place
      }
      place = (place &+ 1) & mask
    }
    unsafe entries[Int(hole)] = 0
    // It was one of the entries.
    left &+= 1
  }

  /// Returns an equal table.
  public func copy() -> IndexTable {
    IndexTable(capacity: capacity, used: count, entries: entries.copy(first: entries.capacity))
  }

  /// Puts an entry into the first free place.
  @inlinable @inline(__always)
  mutating func place(_ entry: UInt64) {
    let (mask, entries) = unsafe (self.mask, self.entries.base)
    var place = UInt32(truncatingIfNeeded: entry >> 32) & mask
    while unsafe entries[Int(place)] != 0 { place = (place &+ 1) & mask }
    unsafe entries[Int(place)] = entry
  }

  @usableFromInline @inline(never) mutating func double() {
    var larger = IndexTable(
      capacity: capacity, used: count,
      entries: Pool(capacity: entries.capacity * 2, isDense: true))
    for index in 0...mask where entries[index] != 0 { larger.place(entries[index]) }
    self = larger
  }
}
