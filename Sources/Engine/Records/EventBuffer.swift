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

  /// How many words there are.
  public private(set) var count = 0
  private var capacity: Int
  private var base: UnsafeMutablePointer<UInt64>
  /// The events that are not words.
  private(set) var rare: [Event] = []

  /// Creates an empty buffer.
  ///
  /// - Parameter capacity: How many words fit before it grows.
  public init(capacity: Int = 1 << 12) {
    self.capacity = max(capacity, 64)
    unsafe base = .allocate(capacity: self.capacity)
  }

  deinit { unsafe base.deallocate() }

  /// Whether nothing was written.
  public var isEmpty: Bool { count == 0 }

  /// Forgets all events and keeps the memory.
  public mutating func removeAll() {
    count = 0
    if !rare.isEmpty { rare.removeAll(keepingCapacity: true) }
  }

  /// Makes room for `words` more.
  public mutating func reserve(_ words: Int) {
    if count + words > capacity { grow(by: words) }
  }

  @inline(never)
  private mutating func grow(by words: Int) {
    let larger = max(capacity * 2, count + words)
    let moved = UnsafeMutablePointer<UInt64>.allocate(capacity: larger)
    unsafe moved.initialize(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = moved
    capacity = larger
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
    if count &+ words > capacity { grow(by: words) }
    defer { count &+= words }
    return unsafe base + count
  }

  /// More words than the records of a trade have, or those of a plain command that does not trade.
  private static var plainRoom: Int { 96 }

  /// Begins to write a few records.
  @inline(__always)
  mutating func beginPlain() -> EventWriter {
    if count &+ Self.plainRoom > capacity { grow(by: Self.plainRoom) }
    return unsafe EventWriter(base + count)
  }

  /// Ends what ``beginPlain()`` began.
  @inline(__always)
  mutating func end(_ writer: EventWriter) {
    // Both lie in one allocation, whole words apart.
    count = unsafe (Int(bitPattern: writer.next) &- Int(bitPattern: base)) >> 3
    precondition(count <= capacity, "a writer has few records")
  }

  /// Appends an event that has no record of its own.
  mutating func append(rare event: Event) {
    let place = unsafe extend(by: 1)
    unsafe place[0] = RecordKind.rare.header(words: 1, UInt64(rare.count) << 16)
    rare.append(event)
  }

  /// Takes away what was written since there were `words` words, none of it rare.
  mutating func truncate(to words: Int) {
    precondition(words <= count, "only what is there is taken away")
    count = words
  }

  /// Returns a digest of all the events: of the words, and of rare events by their canonical bytes.
  /// See ``Structures/Mix64``: it finds differences that nobody made on purpose.
  public func digest() -> MixDigest {
    guard !rare.isEmpty else {
      var digest = MixDigest()
      withWords { digest.add($0) }
      return digest
    }
    var digest = MixDigest()
    var index = 0
    while index < count {
      let header = self[index]
      let words = RecordKind.length(header)
      if RecordKind(header) == .rare {
        add(rare[Int(header >> 16)], to: &digest)
      } else {
        for offset in 0..<words { digest.add(self[index + offset]) }
      }
      index += words
    }
    return digest
  }

  private func add(_ event: Event, to digest: inout MixDigest) {
    var writer = ByteWriter()
    event.encode(into: &writer)
    let bytes = writer.bytes
    digest.add(UInt64(bytes.count))
    var word: UInt64 = 0
    for (place, byte) in bytes.enumerated() {
      word |= UInt64(byte) << UInt64(place % 8 * 8)
      if place % 8 == 7 {
        digest.add(word)
        word = 0
      }
    }
    if bytes.count % 8 != 0 { digest.add(word) }
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
