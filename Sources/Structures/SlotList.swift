package import Wire

/// Which slots of a pool are free. The slot that was given back last is taken first, since its
/// memory is still near.
@safe public struct SlotList: ~Copyable, Sendable {
  /// How many slots there are in all.
  @inlinable public var capacity: UInt32 { stack.capacity }
  /// Slots from here on were never taken.
  @inlinable public var fresh: UInt32 { neverTaken }
  @usableFromInline var neverTaken: UInt32 = 0
  @usableFromInline var given: UInt32 = 0
  @usableFromInline var stack: Pool<UInt32>

  /// Creates the list of a pool all of whose `capacity` slots are free.
  public init(capacity: UInt32) { stack = Pool(capacity: capacity) }

  private init(stack: consuming Pool<UInt32>, fresh: UInt32, given: UInt32) {
    self.stack = stack
    neverTaken = fresh
    self.given = given
  }

  /// How many slots are taken.
  @inlinable public var count: UInt32 { fresh - given }

  /// Whether no slot is left.
  @inlinable public var isFull: Bool { count == capacity }

  /// Takes a free slot, or returns `nil` when none is left.
  @inlinable @inline(__always)
  public mutating func take() -> UInt32? {
    if given > 0 {
      given -= 1
      return stack[given]
    }
    guard fresh < capacity else { return nil }
    neverTaken += 1
    return neverTaken - 1
  }

  /// The slot that is taken next, or `nil` when none is left.
  @inlinable @inline(__always)
  package var next: UInt32? {
    if given > 0 { return stack[given &- 1] }
    return fresh < capacity ? fresh : nil
  }

  /// Takes the slot that ``next`` named.
  @inlinable @inline(__always)
  package mutating func take(next slot: UInt32) {
    if slot == neverTaken { neverTaken &+= 1 } else { given &-= 1 }
  }

  /// Gives back a slot that was taken.
  @inlinable @inline(__always)
  public mutating func give(_ slot: UInt32) {
    assert(slot < fresh && given < fresh, "only a taken slot is given back")
    stack[given] = slot
    given &+= 1
  }

  /// Calls `body` with each slot that was given back and not taken again.
  package func forEachGiven(_ body: (UInt32) -> Void) {
    for index in 0..<given { body(stack[index]) }
  }

  /// Returns an equal list.
  public func copy() -> SlotList {
    SlotList(stack: stack.copy(first: given), fresh: fresh, given: given)
  }

  /// Appends the canonical form: the slots are handed out again in the same order after it is read.
  package func encode(into writer: inout ByteWriter) {
    writer.write(capacity)
    writer.write(fresh)
    writer.write(given)
    for index in 0..<given { writer.write(stack[index]) }
  }

  /// Reads a list.
  ///
  /// - Throws: ``WireError`` also when a free slot is named twice or was never taken.
  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    let capacity = try reader.read(UInt32.self)
    let fresh = try reader.read(UInt32.self)
    let given = try reader.read(UInt32.self)
    guard fresh <= capacity, given <= fresh, Int(given) * 4 <= reader.remaining else {
      throw .malformed(at: at)
    }
    var stack = Pool<UInt32>(capacity: capacity)
    var isFree = [Bool](repeating: false, count: Int(fresh))
    for index in 0..<given {
      let at = reader.offset
      let slot = try reader.read(UInt32.self)
      guard slot < fresh, !isFree[Int(slot)] else { throw .malformed(at: at) }
      isFree[Int(slot)] = true
      stack[index] = slot
    }
    self.init(stack: stack, fresh: fresh, given: given)
  }
}
