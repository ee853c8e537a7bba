public import Structures
import Wire

/// A digest of a buffer's events that is kept up while they are written: after each command that costs
/// least, since its words are at hand and the processor goes on to the next command meanwhile. See
/// ``Structures/Mix64``: it finds differences that nobody made on purpose.
public struct EventDigest: Sendable {
  /// The digest of what was seen.
  public private(set) var digest = MixDigest()
  /// Words of the buffer that were seen.
  private var seenWords = 0
  private var seenRare = 0
  /// Where a record begins, not before what was seen.
  private var boundary = 0

  public init() {}

  /// Adds what a command has written into `buffer`, except for up to three words that wait for the next
  /// one's, so that four are always added together.
  @inline(__always)
  public mutating func follow(_ buffer: borrowing EventBuffer) {
    let end = buffer.count
    if buffer.rare.count != seenRare {
      add(from: buffer)
    } else {
      let whole = end - (end - seenWords) % 4
      buffer.withWords { digest.add($0.extracting(seenWords..<whole)) }
      seenWords = whole
    }
    boundary = end
  }

  /// Adds all that was written into `buffer`, which ends with a whole record: the words, and the canonical
  /// bytes of rare events.
  public mutating func add(from buffer: borrowing EventBuffer) {
    let end = buffer.count
    if buffer.rare.count == seenRare {
      buffer.withWords { digest.add($0.extracting(seenWords..<end)) }
    } else {
      buffer.withWords { digest.add($0.extracting(seenWords..<boundary)) }
      addRecords(buffer, from: boundary, to: end)
      seenRare = buffer.rare.count
    }
    seenWords = end
    boundary = end
  }

  /// Goes on with a buffer that was emptied.
  public mutating func startOver() {
    seenWords = 0
    seenRare = 0
    boundary = 0
  }

  private mutating func addRecords(
    _ buffer: borrowing EventBuffer, from start: Int, to end: Int
  ) {
    var index = start
    while index < end {
      let header = buffer[index]
      let words = RecordKind.length(header)
      if RecordKind(header) == .rare {
        add(buffer.rare[Int(header >> 16)])
      } else {
        for offset in 0..<words { digest.add(buffer[index + offset]) }
      }
      index += words
    }
  }

  private mutating func add(_ event: Event) {
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
