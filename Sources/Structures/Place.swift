/// One slot of a pool, found and checked once, then read and written where it lies.
///
/// Reaching a field through a pool checks the slot's number each time; whoever needs ten fields of one
/// slot takes its place. Places are locals of functions that work on the pool's owner, never stored.
///
/// Unsafe file. Sound because:
/// 1. Only pools and lists that never move their slots while they live make places, of slots that they
///    checked, and a function that takes places of a pool neither ends nor replaces it.
/// 2. All bits of a pool's slots are initialised.
/// 3. Two places may name one slot: each access is a load or a store of its own, as it is through the
///    pool.
@usableFromInline @safe package struct Place<Slot: ~Copyable>: BitwiseCopyable {
  @usableFromInline let pointer: UnsafeMutablePointer<Slot>

  /// - Parameter pointer: Valid as long as the place is used.
  @inlinable @inline(__always)
  package init(_ pointer: UnsafeMutablePointer<Slot>) { unsafe self.pointer = pointer }

  /// What is there.
  @inlinable package var value: Slot {
    @inline(__always) unsafeAddress { unsafe UnsafePointer(pointer) }
    @inline(__always) nonmutating unsafeMutableAddress { unsafe pointer }
  }
}
