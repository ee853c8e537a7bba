public import Structures

/// Of the leaves with orders whose keys end in the same bits, the one that was entered last: where a
/// price is looked for before the tree is asked.
///
/// Unsafe file. Sound because there are 64 entries for each of two sides, and ``place(_:_:)`` makes no
/// larger number.
@safe @usableFromInline package struct LeafHints: ~Copyable, Sendable {
  @usableFromInline package struct Entry: BitwiseCopyable {
    /// The leaf's name, 0 for none.
    @usableFromInline package var name: UInt64
    @usableFromInline package var leaf: UInt32
  }

  @usableFromInline package var entries: Pool<Entry>

  init() { self.init(Pool(capacity: 128)) }

  private init(_ entries: consuming Pool<Entry>) { self.entries = entries }

  func copy() -> LeafHints { LeafHints(entries.copy(first: entries.capacity)) }

  /// The leaf with `key`, if it is the one.
  @inlinable @inline(__always)
  package func find(_ key: UInt64, _ side: Book.Side) -> UInt32? {
    let entry = place(key, side)
    return entry.value.name == Leaf.name(key, side) ? entry.value.leaf : nil
  }

  /// The leaf that ``find(_:_:)`` would compare.
  @inlinable @inline(__always)
  package func guess(_ key: UInt64, _ side: Book.Side) -> UInt32 { place(key, side).value.leaf }

  /// Notes that the leaf with `key` is entered.
  mutating func note(_ leaf: UInt32, key: UInt64, _ side: Book.Side) {
    place(key, side).value = Entry(name: Leaf.name(key, side), leaf: leaf)
  }

  /// Forgets a leaf that has no orders any more.
  mutating func forget(key: UInt64, _ side: Book.Side) {
    let entry = place(key, side)
    if entry.value.name == Leaf.name(key, side) { entry.value.name = 0 }
  }

  @inlinable @inline(__always)
  package func place(_ key: UInt64, _ side: Book.Side) -> Place<Entry> {
    unsafe entries.place(
      unchecked: UInt32(truncatingIfNeeded: key & 63) | UInt32(side.rawValue) << 6)
  }
}
