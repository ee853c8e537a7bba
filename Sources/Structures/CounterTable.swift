/// Finds the slot of a key that a counter gave, for pools whose slots hold the keys themselves.
///
/// The last bits of a key name its place, and the place holds the slot: one look, and neighbours lie
/// side by side. Two keys want one place only when one of them is still there after as many others
/// came as there are places; the later one goes to a table beside. The places double when a sixteenth
/// of them is used, or a quarter once they are many; how many entries may come is fixed.
///
/// Unsafe file. Sound because `mask` is one less than the number of places, a power of two, from `init`
/// on, and ``home(_:)`` masks.
@safe public struct CounterTable: ~Copyable, Sendable {
  /// How many entries may come.
  public let capacity: UInt32
  /// How many entries there are.
  @inlinable public var count: UInt32 { room &- left }
  // Slot + 1; 0, which memory begins as, is no entry.
  @usableFromInline var places: Pool<UInt32>
  @usableFromInline var mask: UInt32
  /// At how many entries it doubles, or is full.
  @usableFromInline var room: UInt32
  /// How many more may come until then.
  @usableFromInline var left: UInt32
  /// The entries whose places were taken when they came.
  @usableFromInline var beside: IndexTable

  /// Up to this size, in places, memory is cheaper than looking further.
  private static let smallSize: UInt32 = 1 << 16

  /// Creates a table for up to `capacity` entries, at most 2^30.
  public init(capacity: UInt32) {
    precondition(capacity <= 1 << 30, "a counter's table has at most 2^30 entries")
    self.init(
      capacity: capacity, used: 0, places: Pool(capacity: 1024, isDense: true),
      beside: IndexTable(capacity: capacity))
  }

  private init(
    capacity: UInt32, used: UInt32, places: consuming Pool<UInt32>, beside: consuming IndexTable
  ) {
    self.capacity = capacity
    mask = places.capacity - 1
    room = min(
      places.capacity <= Self.smallSize ? places.capacity / 16 : places.capacity / 4, capacity)
    left = room - used
    self.places = places
    self.beside = beside
  }

  /// The place that `key` names.
  @inlinable @inline(__always)
  func home(_ key: UInt64) -> Place<UInt32> {
    unsafe places.place(unchecked: UInt32(truncatingIfNeeded: key) & mask)
  }

  /// Returns the slot with `key`, which is the one for which `isKey` holds.
  @inlinable @inline(__always)
  public func find(_ key: UInt64, where isKey: (UInt32) -> Bool) -> UInt32? {
    let entry = home(key).value
    if entry != 0, isKey(entry &- 1) { return entry &- 1 }
    return beside.count == 0 ? nil : beside.find(hash: Self.hash(key), where: isKey)
  }

  /// Where a slot is that was probably added under `key`, without looking at its key: the slot plus one,
  /// or 0. For ``clear(_:)``.
  @inlinable @inline(__always)
  package func place(_ key: UInt64) -> Place<UInt32> {
    home(key)
  }

  /// Removes the slot at a place that ``place(_:)`` has just named, and at which there is one.
  @inlinable @inline(__always)
  package mutating func clear(_ place: Place<UInt32>) {
    place.value = 0
    left &+= 1
  }

  /// Returns a slot that was probably added under `key`, without looking at its key.
  @inlinable @inline(__always)
  public func guess(_ key: UInt64) -> UInt32? {
    let entry = home(key).value
    return entry != 0 ? entry &- 1 : nil
  }

  /// Asks for the memory in which `key` is looked for, without waiting for it.
  @inlinable @inline(__always)
  public func prefetch(_ key: UInt64) { places.prefetch(UInt32(truncatingIfNeeded: key) & mask) }

  /// Where ``fill(_:slot:)`` would add a slot under `key`; `nil` when another key is there, or there must
  /// be more places first.
  @inlinable @inline(__always)
  package func vacancy(_ key: UInt64) -> Place<UInt32>? {
    guard left != 0 else { return nil }
    let place = home(key)
    return place.value == 0 ? place : nil
  }

  /// Adds `slot` where ``vacancy(_:)`` has just said.
  @inlinable @inline(__always)
  package mutating func fill(_ place: Place<UInt32>, slot: UInt32) {
    // There was room for one more, and a slot is below the capacity.
    place.value = slot &+ 1
    left &-= 1
  }

  /// Adds `slot` under `key`, which must not be there yet.
  ///
  /// - Parameters:
  ///   - slots: The pool whose slots are added.
  ///   - keyOf: The key of one of them; asked for those that were added, when there are more places.
  /// - Precondition: There are fewer than ``capacity`` entries.
  @inlinable @inline(__always)
  public mutating func insert<Slot>(
    _ key: UInt64, slot: UInt32, of slots: borrowing Pool<Slot>, keyOf: (Slot) -> UInt64
  ) {
    precondition(count < capacity && slot < .max, "a counter's table is never overfilled")
    if left == 0 { double(slots, keyOf) }
    left -= 1
    let place = home(key)
    if place.value == 0 {
      place.value = slot + 1
    } else {
      addBeside(key, slot)
    }
  }

  /// Removes `slot`, which was added under `key`.
  @inlinable @inline(__always)
  public mutating func remove(_ key: UInt64, slot: UInt32) {
    let place = home(key)
    if place.value == slot &+ 1 {
      place.value = 0
    } else {
      removeBeside(key, slot)
    }
    // It was one of the entries.
    left &+= 1
  }

  /// Returns an equal table.
  public func copy() -> CounterTable {
    CounterTable(
      capacity: capacity, used: count, places: places.copy(first: places.capacity),
      beside: beside.copy())
  }

  /// Mixed, since keys that want one place would be neighbours in no other way.
  @inlinable static func hash(_ key: UInt64) -> UInt64 { Mix64.hash(key) }

  @usableFromInline @inline(never) mutating func addBeside(_ key: UInt64, _ slot: UInt32) {
    beside.insert(hash: Self.hash(key), slot: slot)
  }

  @usableFromInline @inline(never) mutating func removeBeside(_ key: UInt64, _ slot: UInt32) {
    beside.remove(hash: Self.hash(key), slot: slot)
  }

  /// Keys that had a place each still have: their last bits differ, and more of them count now.
  @usableFromInline @inline(never)
  mutating func double<Slot>(_ slots: borrowing Pool<Slot>, _ keyOf: (Slot) -> UInt64) {
    var larger = Pool<UInt32>(capacity: places.capacity * 2, isDense: true)
    for index in 0...mask where places[index] != 0 {
      let key = keyOf(slots[places[index] - 1])
      larger[UInt32(truncatingIfNeeded: key) & (mask << 1 | 1)] = places[index]
    }
    self = CounterTable(
      capacity: capacity, used: count, places: larger,
      beside: beside.copy())
  }
}
