import Money
import Wire

/// Carries out the commands of a batch one behind the other, as they stand in the journal, and keeps
/// what they did.
///
/// A batch has the exchange to itself from its first command to its last, so that what has to be made
/// sure of once for each owner is made sure of once for each batch.
///
/// Unsafe file. Sound because:
/// 1. `ends` is allocated and freed here only, the run is noncopyable, the first `count` of its words
///    are initialised, and before any entry is carried out there is room for as many as can begin in
///    the bytes in which they are to begin.
/// 2. Bytes are read below the end of the range, which lies in the span that is borrowed meanwhile: each
///    entry's end was compared with it.
@safe public struct CommandRun: ~Copyable, @unchecked Sendable {
  // Sendable: the one owner may be on any thread, and there is never a second owner.

  /// What the commands did.
  public private(set) var events: EventBuffer
  /// Commands carried out so far.
  public private(set) var count = 0
  /// The end of each command's events in the buffer, in bytes.
  private var ends: UnsafeMutablePointer<Int>
  private var room: Int
  private var foresight = Foresight()

  /// Creates a run in which nothing was carried out.
  ///
  /// - Parameter capacity: How many words of events fit before it grows.
  public init(capacity: Int = 1 << 12) {
    events = EventBuffer(capacity: capacity)
    room = 256
    unsafe ends = .allocate(capacity: room)
  }

  deinit { unsafe ends.deallocate() }

  /// Where in the buffer the events of command `index` are.
  public func words(of index: Int) -> Range<Int> {
    precondition(index >= 0 && index < count, "a command that was not carried out")
    return unsafe (index == 0 ? 0 : ends[index - 1] / 8)..<(ends[index] / 8)
  }

  /// Forgets everything and keeps the memory.
  public mutating func removeAll() {
    events.removeAll()
    count = 0
  }

  /// Carries out the entries of `bytes` in `range`, each at its own time. See ``EntryHead``.
  ///
  /// - Parameter pause: After how many bytes, at least, it returns in between. It is called again for the
  ///   rest, and has carried out some as long as the next entry is a command.
  /// - Returns: Where the first entry begins that was not carried out, since it is no command or because
  ///   of the pause, or the end; and how many were. Those behind it were not looked at.
  public mutating func apply(
    _ bytes: Span<UInt8>, in range: Range<Int>, pausingAfter pause: Int = .max,
    to exchange: inout Exchange
  ) -> (end: Int, count: Int) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= bytes.count && pause > 0,
      "entries lie in their bytes")
    let before = count
    // Entries that begin before it are carried out.
    let stop = range.lowerBound + min(range.count, pause)
    reserve((stop - range.lowerBound) / Self.shortest + 1)
    exchange.unshare()
    var offset = range.lowerBound
    if exchange.isLarge {
      while offset < stop {
        let end = min(lookAhead(bytes, in: offset..<range.upperBound, exchange), stop)
        guard end > offset else { break }
        offset = apply(bytes, in: offset..<range.upperBound, before: end, &exchange)
        if offset < end { break }
      }
    } else {
      offset = apply(bytes, in: range, before: stop, &exchange)
    }
    return (offset, count - before)
  }

  /// The bytes of the shortest entry of a command.
  private static var shortest: Int { 16 }

  /// Carries out the entries that begin before `stop`; returns where the first one begins that is none.
  @inline(never)
  private mutating func apply(
    _ bytes: Span<UInt8>, in range: Range<Int>, before stop: Int, _ exchange: inout Exchange
  ) -> Int {
    var offset = range.lowerBound
    while offset < stop {
      offset = applyPlain(bytes, in: offset..<range.upperBound, before: stop, &exchange)
      guard offset < stop,
        let end = apply(unusual: bytes, at: offset, limit: range.upperBound, to: &exchange)
      else { break }
      unsafe ends[count] = events.offset
      count += 1
      offset = end
    }
    return offset
  }

  /// The same up to the first that is not plain.
  @inline(__always)
  private mutating func applyPlain(
    _ bytes: Span<UInt8>, in range: Range<Int>, before stop: Int, _ exchange: inout Exchange
  ) -> Int {
    guard let base = unsafe bytes.withUnsafeBytes({ $0.baseAddress }) else { return stop }
    var next = unsafe base + range.lowerBound
    let end = unsafe base + range.upperBound
    // None that is carried out begins behind it: there is less than an entry then.
    let last = unsafe base + min(stop - 1, range.upperBound - Self.shortest)
    var place = unsafe ends + count
    var trading = exchange.box.place
    while unsafe next <= last {
      let head = unsafe UInt64(littleEndian: next.loadUnaligned(as: UInt64.self))
      // The lengths of plain commands are whole words. 65 535 is not.
      let length = Int(truncatingIfNeeded: head & 0xFFFF)
      let words = unsafe next + 8
      let behind = unsafe words + length
      guard length & 7 == 0, unsafe behind <= end,
        exchange.carryOut(
          plain: unsafe PlainWords(words, count: length),
          at: Timestamp(milliseconds: Int64(bitPattern: head >> 16)), on: &trading, into: &events)
      else { break }
      unsafe next = behind
      unsafe place[0] = events.offset
      unsafe place += 1
    }
    count = unsafe place - ends
    return unsafe next - base
  }

  /// Carries out the entry at `offset`, whatever it is; returns where the next one begins, or `nil` when
  /// it is none. Nothing happened then.
  @inline(never)
  private mutating func apply(
    unusual bytes: Span<UInt8>, at offset: Int, limit: Int, to exchange: inout Exchange
  ) -> Int? {
    guard let head = EntryHead(bytes, at: offset, limit: limit) else { return nil }
    do throws(WireError) {
      try exchange.apply(
        unusual: bytes.extracting(head.command), at: Timestamp(milliseconds: head.time),
        isPrepared: false, into: &events)
    } catch {
      return nil
    }
    return head.end
  }

  private mutating func reserve(_ more: Int) {
    guard count + more > room else { return }
    room = max(room * 2, count + more)
    let larger = UnsafeMutablePointer<Int>.allocate(capacity: room)
    unsafe larger.initialize(from: ends, count: count)
    unsafe ends.deallocate()
    unsafe ends = larger
  }

  /// Asks memory for what the next commands will touch, and returns where they end.
  private mutating func lookAhead(
    _ bytes: Span<UInt8>, in range: Range<Int>, _ exchange: borrowing Exchange
  ) -> Int {
    var offset = range.lowerBound
    for _ in 0..<Foresight.limit {
      guard let head = EntryHead(bytes, at: offset, limit: range.upperBound) else { break }
      foresight.note(bytes.extracting(head.command))
      offset = head.end
    }
    foresight.ask(exchange)
    return offset
  }
}
