import Engine
import Money
import Wire

/// Commands as the journal has them, one entry behind the other: a word with the length, and later the time,
/// then the canonical bytes, padded to whole words. They are submitted in groups, as to a sequencer.
///
/// Unsafe file. Sound because:
/// 1. `base` is allocated here, freed once, in `deinit`, and the tape is noncopyable.
/// 2. All words are initialised, ``block`` words more than `capacity`, and every entry lies below `count`, which is at most `capacity`.
/// 3. Spans are used only while the tape is borrowed.
@safe struct RecordTape: ~Copyable {
  /// How many commands are submitted at once.
  static let group = 256

  private(set) var count = 0
  /// Where each group of appended commands begins.
  private var groups: [Int] = []
  private var commands = 0
  private var capacity: Int
  private var base: UnsafeMutablePointer<UInt64>

  /// - Parameter capacity: Words that fit before it grows.
  init(capacity: Int) {
    self.capacity = capacity
    unsafe base = Self.memory(capacity)
  }

  deinit { unsafe base.deallocate() }

  /// Forgets all entries and keeps the memory.
  mutating func removeAll() {
    count = 0
    commands = 0
    groups.removeAll(keepingCapacity: true)
  }

  /// How many groups of commands were appended.
  var groupCount: Int { groups.count }

  /// Appends a command.
  mutating func append(_ command: Command) {
    var writer = ByteWriter()
    command.encode(into: &writer)
    let bytes = writer.bytes
    precondition(bytes.count < 0xFFFF, "a longer command has its length in a word of its own")
    if commands % Self.group == 0 { groups.append(count) }
    commands += 1
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

  /// Appends group `index` of `tape` with its time, as the sequencer appends what was submitted to a
  /// batch, and carries it out from here.
  mutating func journal(
    _ tape: borrowing RecordTape, group index: Int, time: Timestamp, _ exchange: inout Exchange,
    _ run: inout CommandRun
  ) {
    let from = tape.groups[index]
    let to = index + 1 < tape.groups.count ? tape.groups[index + 1] : tape.count
    reserve(to - from)
    let start = count
    unsafe Self.copy(to - from, from: tape.base + from, to: base + start)
    count += to - from
    stamp(from: start, with: UInt64(bitPattern: time.milliseconds) << 16)
    let first = unsafe UnsafeRawPointer(base + start).assumingMemoryBound(to: UInt8.self)
    let bytes = unsafe UnsafeBufferPointer(start: first, count: (count - start) * 8)
    let (end, _) = run.apply(unsafe bytes.span, in: 0..<bytes.count, to: &exchange)
    precondition(end == (count - start) * 8, "a tape holds commands")
  }

  /// Gives every entry from `start` on its time.
  private func stamp(from start: Int, with time: UInt64) {
    var offset = start
    while offset < count {
      let head = unsafe base[offset]
      unsafe base[offset] = head | time
      // Its own word, and those of the command.
      offset &+= (Int(truncatingIfNeeded: head & 0xFFFF) &+ 15) >> 3
    }
  }

  /// How many words are copied at once.
  private static var block: Int { 8 }

  /// Copies words in whole blocks.
  private static func copy(
    _ words: Int, from source: UnsafeMutablePointer<UInt64>, to target: UnsafeMutablePointer<UInt64>
  ) {
    for start in stride(from: 0, to: words, by: block) {
      let block = unsafe UnsafeRawPointer(source + start).loadUnaligned(as: SIMD8<UInt64>.self)
      unsafe UnsafeMutableRawPointer(target + start).storeBytes(of: block, as: SIMD8<UInt64>.self)
    }
  }

  private static func memory(_ capacity: Int) -> UnsafeMutablePointer<UInt64> {
    let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity + block)
    unsafe memory.initialize(repeating: 0, count: capacity + block)
    return unsafe memory
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
