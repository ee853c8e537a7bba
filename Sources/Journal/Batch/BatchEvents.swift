import Engine
import Money
import Structures
import Wire

/// What the commands of one batch did. The only place that knows how the exchange is driven.
struct BatchEvents: ~Copyable, Sendable {
  private var buffer = EventBuffer()
  /// The end of each command's events in the buffer.
  private var ends: [Int] = []
  private var digest = EventDigest()
  private var foresight = Foresight()
  private let keepsEvents: Bool

  /// Words of events that nobody will ask for, before they are digested and their memory is used again:
  /// they stay in the nearest cache.
  private static let mostUnkept = 512

  /// - Parameter keepsEvents: Whether somebody will ask for the events. Otherwise only their digest is
  ///   kept, and they take no more memory than a few commands' worth.
  init(keepsEvents: Bool = true) { self.keepsEvents = keepsEvents }

  /// Commands whose events are kept.
  var count: Int { ends.count }
  /// Bytes that the events take.
  var byteCount: Int { buffer.count * 8 }

  /// Carries out one command from its canonical bytes.
  ///
  /// - Throws: `WireError` when the bytes are no command. Nothing happened then.
  @inline(__always)
  private mutating func apply(
    _ record: borrowing Span<UInt8>, at time: Timestamp, to exchange: inout Exchange
  ) throws(WireError) {
    try exchange.apply(record: record, at: time, into: &buffer)
    if keepsEvents {
      ends.append(buffer.count)
    } else if buffer.count >= Self.mostUnkept {
      forget()
    }
  }

  /// Carries out the entries of `bytes` from `start` on, all at `time` or each at its own.
  ///
  /// - Returns: Where the first entry begins that is no command, or the end; and how many were carried
  ///   out. Those behind it are not looked at.
  mutating func apply(
    _ bytes: borrowing Span<UInt8>, in range: Range<Int>, at time: Timestamp?,
    to exchange: inout Exchange
  ) -> (end: Int, count: Int) {
    var offset = range.lowerBound
    var count = 0
    let isLarge = exchange.isLarge
    while offset < range.upperBound {
      if isLarge, count % Int(Foresight.limit) == 0 {
        lookAhead(bytes, in: offset..<range.upperBound, exchange)
      }
      guard let head = EntryHead(bytes, at: offset, limit: range.upperBound) else { break }
      do throws(WireError) {
        try apply(
          bytes.extracting(head.command), at: time ?? Timestamp(milliseconds: head.time),
          to: &exchange)
      } catch {
        break
      }
      offset = head.end
      count += 1
    }
    return (offset, count)
  }

  private mutating func forget() {
    digest.add(from: buffer)
    buffer.removeAll()
    digest.startOver()
  }

  /// Asks memory for what the next commands will touch.
  private mutating func lookAhead(
    _ bytes: borrowing Span<UInt8>, in range: Range<Int>, _ exchange: borrowing Exchange
  ) {
    var offset = range.lowerBound
    for _ in 0..<Foresight.limit {
      guard let head = EntryHead(bytes, at: offset, limit: range.upperBound) else { break }
      foresight.note(bytes.extracting(head.command))
      offset = head.end
    }
    foresight.ask(exchange)
  }

  /// What command `index` did.
  func events(of index: Int) -> [Event] {
    buffer.events(from: index == 0 ? 0 : ends[index - 1], to: ends[index])
  }

  /// The running digest of all events, so that two executions of the journal can be compared at each
  /// batch. It is for accidents, not for forgers: the batch's hash covers it.
  ///
  /// - Parameter previous: The digest of the batch before.
  func digest(after previous: [UInt8]) -> [UInt8] {
    var whole = digest
    whole.add(from: buffer)
    let own = whole.digest.words
    var chain = MixDigest()
    for offset in stride(from: 0, to: BatchFrame.digestCount, by: 8) {
      chain.add(previous.span.word(at: offset))
    }
    chain.add(own.high)
    chain.add(own.low)
    var bytes: [UInt8] = []
    bytes.append(word: chain.words.high)
    bytes.append(word: chain.words.low)
    return bytes
  }

  /// Forgets everything and keeps the memory.
  mutating func removeAll() {
    buffer.removeAll()
    ends.removeAll(keepingCapacity: true)
    digest = EventDigest()
  }

  /// What the digest of the first batch continues.
  static let genesis = [UInt8](repeating: 0, count: BatchFrame.digestCount)
}
