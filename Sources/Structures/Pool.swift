public import CPrefetch

/// A fixed number of slots that begin as zero bytes, addressed by index so that links between them
/// survive a snapshot.
///
/// Memory is used only for the slots that were touched: a large capacity is address space, not
/// memory. A slot type must be valid as zero bytes.
///
/// Unsafe file. Sound because:
/// 1. `memory` owns the bytes as long as the pool lives; the pool is noncopyable.
/// 2. All bytes are initialised (zeros at first), and `BitwiseCopyable` needs no clean-up.
/// 3. Every index goes through `checked(_:)`; whoever uses `place(unchecked:)` says `unsafe`, and why.
@safe public struct Pool<Slot: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  // Sendable: the one owner may be on any thread, and there is never a second owner.

  /// How many slots there are.
  public let capacity: UInt32
  private let memory: ZeroedMemory
  @usableFromInline let base: UnsafeMutablePointer<Slot>

  /// Creates `capacity` slots of zero bytes.
  ///
  /// - Parameter isDense: Whether touched slots lie close together, so that memory may come in
  ///   large pages, which are faster.
  public init(capacity: UInt32, isDense: Bool = false) {
    self.init(
      capacity: capacity,
      memory: ZeroedMemory(
        byteCount: Int(capacity) * MemoryLayout<Slot>.stride, isDense: isDense))
  }

  private init(capacity: UInt32, memory: consuming ZeroedMemory) {
    self.capacity = capacity
    unsafe base = memory.base.bindMemory(to: Slot.self, capacity: Int(capacity))
    self.memory = memory
  }

  /// The slot at `index`, which must be below ``capacity``.
  /// Goes by address, so that reading one field of a large slot does not copy the slot.
  @inlinable public subscript(index: UInt32) -> Slot {
    @inline(__always) unsafeAddress { unsafe UnsafePointer(base + checked(index)) }
    @inline(__always) unsafeMutableAddress { unsafe base + checked(index) }
  }

  /// The place of the slot at `index`, which must be below ``capacity``, as long as the pool lives.
  @inlinable @inline(__always)
  package func place(of index: UInt32) -> Place<Slot> { unsafe Place(base + checked(index)) }

  /// The same without a check, for callers that can show that the slot is there.
  @unsafe @inlinable @inline(__always)
  package func place(unchecked index: UInt32) -> Place<Slot> {
    assert(index < capacity, "slot index outside the pool")
    return unsafe Place(base + Int(index))
  }

  /// The same, or `nil` when there is no such slot.
  @inlinable @inline(__always)
  package func place(ifThere index: UInt64) -> Place<Slot>? {
    guard index < UInt64(capacity) else { return nil }
    return unsafe Place(base + Int(truncatingIfNeeded: index))
  }

  /// Asks for the slot at `index`, if there is one, without waiting for it.
  @inlinable @inline(__always)
  public func prefetch(_ index: UInt32) {
    guard index < capacity else { return }
    let slot = unsafe UnsafeRawPointer(base + Int(index))
    unsafe holdfast_prefetch(slot)
    // A slot of several cache lines, or one that reaches into the next.
    if MemoryLayout<Slot>.size > 32 {
      unsafe holdfast_prefetch(slot + (MemoryLayout<Slot>.size - 1))
    }
  }

  /// Calls `body` with the first `count` slots.
  @inlinable public func withSlots<Result, Failure: Error>(
    first count: UInt32, _ body: (Span<Slot>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(count <= capacity, "slot index outside the pool")
    return try body(unsafe UnsafeBufferPointer(start: base, count: Int(count)).span)
  }

  /// Returns a pool of the same capacity whose first `used` slots equal these and whose others are
  /// zero.
  public func copy(first used: UInt32) -> Pool {
    precondition(used <= capacity, "slot index outside the pool")
    return Pool(
      capacity: capacity, memory: memory.copy(first: Int(used) * MemoryLayout<Slot>.stride))
  }

  @inlinable @inline(__always) func checked(_ index: UInt32) -> Int {
    precondition(index < capacity, "slot index outside the pool")
    return Int(index)
  }
}
