/// Finds the slot of a key by its hash in four bytes, for pools whose slots hold the keys themselves and
/// are taken one after the other, for ever.
///
/// Open addressing with linear probing. An entry is a slot and, above it, as many bits of the hash as 32
/// bits have room for, so that a foreign key is seldom looked at. Places follow the upper half of the
/// hash, so that a table may have any size: a small one doubles when a quarter of it is used, a large
/// one grows by a quarter when three quarters are. A larger table is filled anew from the keys, in the
/// order of their slots.
///
/// Unsafe file. Sound because `size` is the number of entries from `init` on, and every place that is
/// used without a check of its range is below it: see ``home(_:)`` and ``after(_:)``.
@safe public struct GrowOnlyIndex: ~Copyable, Sendable {
  /// How many slots there are: those below this number.
  @inlinable public var count: UInt32 { used }
  @usableFromInline var used: UInt32 = 0
  // The slot + 1 in the lowest bits, the hash's last bits above; 0, which memory begins as, is no entry.
  @usableFromInline var entries: Pool<UInt32>
  @usableFromInline var size: UInt32
  /// How many bits of an entry are the slot's.
  @usableFromInline var slotBits: UInt32
  /// At how many entries it grows.
  @usableFromInline var room: UInt32

  /// Up to this size, in entries, memory is cheaper than looking further.
  @usableFromInline static var smallSize: UInt32 { 1 << 18 }
  /// The most slots that an index can hold.
  @inlinable public static var limit: UInt32 { 1 << 30 }

  /// Creates an empty index.
  public init() { self.init(used: 0, entries: Pool(capacity: 1024, isDense: true)) }

  @usableFromInline init(used: UInt32, entries: consuming Pool<UInt32>) {
    self.used = used
    size = entries.capacity
    room = size <= Self.smallSize ? size / 4 : size / 4 * 3
    slotBits = UInt32(UInt32.bitWidth - room.leadingZeroBitCount)
    self.entries = entries
  }

  /// Returns the slot with `hash` for which `isKey` holds.
  @inlinable @inline(__always)
  public func find(hash: UInt64, where isKey: (UInt32) -> Bool) -> UInt32? {
    let (tag, mask) = (UInt32(truncatingIfNeeded: hash) &<< slotBits, UInt32.max &<< slotBits)
    let base = unsafe entries.base
    var place = home(hash)
    while true {
      let entry = unsafe base[Int(place)]
      guard entry != 0 else { return nil }
      if entry & mask == tag {
        let slot = (entry & ~mask) &- 1
        if isKey(slot) { return slot }
      }
      place = after(place)
    }
  }

  /// Returns a slot that was added under `hash`, or under one like it, without looking at its key.
  @inlinable @inline(__always)
  public func guess(hash: UInt64) -> UInt32? { find(hash: hash) { _ in true } }

  /// Asks for the memory in which `hash` is looked for, without waiting for it.
  @inlinable @inline(__always)
  public func prefetch(hash: UInt64) { entries.prefetch(home(hash)) }

  /// Adds the slot with the number ``count`` under `hash`. Its key must not be there yet.
  ///
  /// - Parameters:
  ///   - slots: The pool whose slots are added.
  ///   - hashOf: The hash of a slot's key; asked for all that were added, when the index grows.
  /// - Precondition: There are fewer than ``limit`` slots.
  @inlinable public mutating func append<Slot>(
    hash: UInt64, of slots: borrowing Pool<Slot>, hashOf: (Slot) -> UInt64
  ) {
    if used >= room { grow(slots, hashOf) }
    fill(used, hash)
    used += 1
  }

  /// Removes the slot that was added last, under `hash`.
  ///
  /// Whatever lies behind it came before it, and does not need its place.
  public mutating func removeLast(hash: UInt64) {
    precondition(used > 0, "only an entry that is there is removed")
    let sought = UInt32(truncatingIfNeeded: hash) &<< slotBits | used
    var place = home(hash)
    while entries[place] != sought {
      precondition(entries[place] != 0, "only an entry that is there is removed")
      place = after(place)
    }
    entries[place] = 0
    used -= 1
  }

  /// Returns an equal index.
  public func copy() -> GrowOnlyIndex {
    GrowOnlyIndex(used: used, entries: entries.copy(first: entries.capacity))
  }

  /// Where `hash` would lie if nothing else were there: below `size`.
  @inlinable @inline(__always) func home(_ hash: UInt64) -> UInt32 {
    HashOrder.place(of: UInt32(truncatingIfNeeded: hash >> 32), among: size)
  }

  /// The place behind one that is below `size`.
  @inlinable @inline(__always) func after(_ place: UInt32) -> UInt32 {
    place &+ 1 == size ? 0 : place &+ 1
  }

  /// Puts a slot into the first free place.
  @inlinable mutating func fill(_ slot: UInt32, _ hash: UInt64) {
    var place = home(hash)
    while entries[place] != 0 { place = after(place) }
    entries[place] = UInt32(truncatingIfNeeded: hash) &<< slotBits | (slot + 1)
  }

  @inlinable @inline(never)
  mutating func grow<Slot>(_ slots: borrowing Pool<Slot>, _ hashOf: (Slot) -> UInt64) {
    precondition(used < Self.limit, "an index is never overfilled")
    let larger = size < Self.smallSize ? size * 2 : size / 4 * 5
    let count = used
    self = GrowOnlyIndex(used: count, entries: Pool(capacity: larger, isDense: true))
    // Each lands somewhere else, so that it is asked for some steps ahead.
    let ahead: UInt32 = 16
    for slot in 0..<count {
      if slot + ahead < count { prefetch(hash: hashOf(slots[slot + ahead])) }
      fill(slot, hashOf(slots[slot]))
    }
  }
}
