public import Structures
import Wire

/// Events as flat records of 64-bit words, in the order in which they happened.
///
/// What trading emits is written as words and costs no allocation once the buffer has grown to a
/// batch's size; what is rare is kept as ``Event`` beside the words, which hold its place. Every
/// record begins with a header word: the kind in the lowest byte, the length in words above it, and
/// what else the kind packs there. No word holds undefined bits, so that equal events have equal
/// words.
///
/// Unsafe file. Sound because:
/// 1. `base` is allocated and freed here only, and the buffer is noncopyable.
/// 2. Words below `count` are initialised: `extend(by:)` is the only way to grow, and each caller
///    writes all the words that it was given (see EventBuffer+Records).
/// 3. Reading goes through a span over those words.
@safe public struct EventBuffer: ~Copyable, @unchecked Sendable {
  // Sendable: the one owner may be on any thread, and there is never a second owner.

  private var base: UnsafeMutablePointer<UInt64>
  /// Where the next word goes, and where the memory ends.
  private var next: UnsafeMutablePointer<UInt64>
  private var end: UnsafeMutablePointer<UInt64>
  /// The last place from which on there is ``plainRoom``.
  private var plainEnd: UnsafeMutablePointer<UInt64>
  /// The events that are not words.
  private(set) var rare: [Event] = []

  /// How many bytes the words take.
  @inline(__always)
  var offset: Int { unsafe UnsafeRawPointer(next) - UnsafeRawPointer(base) }

  /// How many words there are.
  public var count: Int { unsafe next - base }

  /// Creates an empty buffer.
  ///
  /// - Parameter capacity: How many words fit before it grows.
  public init(capacity: Int = 1 << 12) {
    let capacity = max(capacity, Self.plainRoom)
    unsafe base = .allocate(capacity: capacity)
    unsafe next = base
    unsafe end = base + capacity
    unsafe plainEnd = end - Self.plainRoom
  }

  deinit { unsafe base.deallocate() }

  /// Whether nothing was written.
  public var isEmpty: Bool { unsafe next == base }

  /// Forgets all events and keeps the memory.
  public mutating func removeAll() {
    unsafe next = base
    if !rare.isEmpty { rare.removeAll(keepingCapacity: true) }
  }

  /// Makes room for `words` more.
  public mutating func reserve(_ words: Int) {
    if unsafe end - next < words { grow(by: words) }
  }

  @inline(never)
  private mutating func grow(by words: Int) {
    let count = count
    let larger = max(unsafe (end - base) * 2, count + words)
    let moved = UnsafeMutablePointer<UInt64>.allocate(capacity: larger)
    unsafe moved.initialize(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = moved
    unsafe next = moved + count
    unsafe end = moved + larger
    unsafe plainEnd = end - Self.plainRoom
  }

  /// Calls `body` with all the words.
  public func withWords<Result, Failure: Error>(
    _ body: (Span<UInt64>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe UnsafeBufferPointer(start: base, count: count).span)
  }

  /// The word at `index`.
  subscript(index: Int) -> UInt64 {
    precondition(index >= 0 && index < count, "a word outside the buffer")
    return unsafe base[index]
  }

  /// Returns the place of the next `words` words, all of which the caller writes.
  @inline(__always)
  mutating func extend(by words: Int) -> UnsafeMutablePointer<UInt64> {
    if unsafe next + words > end { grow(by: words) }
    defer { unsafe next += words }
    return unsafe next
  }

  /// More words than the records of a trade have, or those of a plain command that does not trade.
  private static var plainRoom: Int { 96 }

  /// Whether a few records fit.
  @inline(__always)
  var hasPlainRoom: Bool { unsafe next <= plainEnd }

  /// Makes sure that a few records fit.
  @inline(__always)
  mutating func makePlainRoom() {
    if !hasPlainRoom { grow(by: Self.plainRoom) }
  }

  /// Begins to write a few records. The caller saw that there is room.
  @inline(__always)
  func beginPlain() -> EventWriter { unsafe EventWriter(next) }

  /// Ends what ``beginPlain()`` began.
  @inline(__always)
  mutating func end(_ writer: EventWriter) {
    assert(unsafe writer.next <= end, "a writer has few records")
    unsafe next = writer.next
  }

  /// Appends an event that has no record of its own.
  mutating func append(rare event: Event) {
    let place = unsafe extend(by: 1)
    unsafe place[0] = RecordKind.rare.header(words: 1, UInt64(rare.count) << 16)
    rare.append(event)
  }

  /// Returns a digest of all the events.
  public func digest() -> MixDigest {
    var whole = EventDigest()
    whole.add(from: self)
    return whole.digest
  }
}

/// What a record says. The numbers are part of the digest, so they are never reused.
enum RecordKind: UInt8 {
  /// The instant of the command whose events follow.
  case time = 1
  case refused = 2
  case order = 3
  case trade = 4
  case level = 5
  case bill = 6
  case balance = 7
  /// An event that is kept beside the words.
  case rare = 8

  init?(_ header: UInt64) { self.init(rawValue: UInt8(truncatingIfNeeded: header)) }

  /// The length in words of the record with `header`.
  static func length(_ header: UInt64) -> Int { Int(header >> 8 & 0xFF) }

  @inline(__always)
  func header(words: Int, _ packed: UInt64) -> UInt64 {
    UInt64(rawValue) | UInt64(truncatingIfNeeded: words) << 8 | packed
  }
}
