package import Structures
import Wire

/// A digest of a buffer's events that is kept up while they are written: that costs least while they are in
/// the nearest cache. See ``Structures/Mix64``: it finds differences that nobody made on purpose.
package struct EventDigest: Sendable {
  /// The digest of what was seen.
  package private(set) var digest = MixDigest()
  /// Words and rare events of the buffer that were seen.
  private var seenWords = 0
  private var seenRare = 0

  package init() {}

  /// Adds what was written into `buffer` since the last time, which ends with a whole record: its words,
  /// and the canonical bytes of rare events.
  package mutating func add(from buffer: borrowing EventBuffer) {
    let end = buffer.count
    if buffer.rare.count == seenRare {
      buffer.withWords { digest.add($0.extracting(seenWords..<end)) }
    } else {
      addRecords(buffer, to: end)
      seenRare = buffer.rare.count
    }
    seenWords = end
  }

  /// Goes on with a buffer that was emptied.
  package mutating func startOver() {
    seenWords = 0
    seenRare = 0
  }

  private mutating func addRecords(_ buffer: borrowing EventBuffer, to end: Int) {
    var index = seenWords
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
