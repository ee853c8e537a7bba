import Engine
import Money
import Wire

/// Commands in the bytes of the journal, one entry behind the other: a word with the length, and later the
/// time, then the canonical bytes, padded to whole words.
///
/// Unsafe file. Sound because:
/// 1. `base` is allocated here, freed once, in `deinit`, and the tape is noncopyable.
/// 2. All words are initialised, ``block`` words more than `capacity`, and every entry lies below `count`,
///    which is at most `capacity`.
/// 3. Spans are used only while the tape is borrowed.
@safe struct RecordTape: ~Copyable {
  private(set) var count = 0
  private var capacity: Int
  private var base: UnsafeMutablePointer<UInt64>

  /// - Parameter capacity: Words that fit before it grows.
  init(capacity: Int) {
    self.capacity = capacity
    unsafe base = Self.memory(capacity)
  }

  deinit { unsafe base.deallocate() }

  /// Forgets all entries and keeps the memory.
  mutating func removeAll() { count = 0 }

  /// Appends a command.
  mutating func append(_ command: Command) {
    var writer = ByteWriter()
    command.encode(into: &writer)
    let bytes = writer.bytes
    reserve(1 + (bytes.count + 7) / 8)
    unsafe base[count] = UInt64(bytes.count)
    count += 1
    for start in stride(from: 0, to: bytes.count, by: 8) {
      var word: UInt64 = 0
      for index in start..<min(start + 8, bytes.count) {
        word |= UInt64(bytes[index]) << UInt64(8 * (index - start))
      }
      unsafe base[count] = word
      count += 1
    }
  }

  /// Appends the entry at `offset` of `tape`, with its time, carries it out from here, and returns where
  /// the next one is.
  @inline(__always)
  mutating func journal(
    _ tape: borrowing RecordTape, at offset: Int, time: Timestamp, _ exchange: inout Exchange,
    _ events: inout EventBuffer
  ) throws(WireError) -> Int {
    precondition(
      UInt(bitPattern: offset) < UInt(bitPattern: tape.count), "an entry lies on the tape")
    let head = unsafe tape.base[offset]
    let length = Int(head & 0xFFFF)
    let words = 1 &+ ((length &+ 7) >> 3)
    if count &+ words > capacity { reserve(words) }
    let entry = unsafe base + count
    let block = unsafe UnsafeRawPointer(tape.base + offset).loadUnaligned(as: SIMD8<UInt64>.self)
    unsafe UnsafeMutableRawPointer(entry).storeBytes(of: block, as: SIMD8<UInt64>.self)
    if words > Self.block { unsafe Self.copy(words, from: tape.base + offset, to: entry) }
    unsafe entry[0] = head | UInt64(bitPattern: time.milliseconds) << 16
    count &+= words
    let start = unsafe UnsafeRawPointer(entry + 1).assumingMemoryBound(to: UInt8.self)
    let bytes = unsafe UnsafeBufferPointer(start: start, count: length)
    try exchange.apply(record: unsafe bytes.span, at: time, into: &events)
    return offset &+ words
  }

  /// Notes the commands from `offset` on, as many as it takes, as whoever carries out batches does.
  func note(from offset: Int, limit: Int, in foresight: inout Foresight) {
    var offset = offset
    var left = limit
    while left > 0, offset < count {
      let length = Int(unsafe base[offset] & 0xFFFF)
      let start = unsafe UnsafeRawPointer(base + offset + 1).assumingMemoryBound(to: UInt8.self)
      let bytes = unsafe UnsafeBufferPointer(start: start, count: length)
      foresight.note(unsafe bytes.span)
      offset &+= 1 &+ ((length &+ 7) >> 3)
      left &-= 1
    }
  }

  /// How many words are copied at once: those of nearly every entry.
  private static var block: Int { 8 }

  private static func memory(_ capacity: Int) -> UnsafeMutablePointer<UInt64> {
    let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity + block)
    unsafe memory.initialize(repeating: 0, count: capacity + block)
    return unsafe memory
  }

  @inline(never)
  private static func copy(
    _ words: Int, from source: UnsafeMutablePointer<UInt64>, to target: UnsafeMutablePointer<UInt64>
  ) {
    unsafe target.update(from: source, count: words)
  }

  @inline(never)
  private mutating func reserve(_ words: Int) {
    guard count + words > capacity else { return }
    let larger = max(capacity * 2, count + words)
    let moved = unsafe Self.memory(larger)
    unsafe moved.update(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = moved
    capacity = larger
  }
}
