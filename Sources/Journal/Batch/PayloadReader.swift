import Engine
import Money
import Wire

/// Walks the entries of a whole batch.
struct PayloadReader {
  private let bytes: [UInt8]
  private let end: Int
  /// Where the next entry begins.
  private(set) var offset = BatchHeader.count

  /// - Parameter bytes: Header, payload, trailer.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    end = bytes.count - BatchFrame.trailerCount
  }

  var isAtEnd: Bool { offset >= end }

  /// The next entry; `nil` when what stands there is none.
  mutating func next() -> EntryHead? {
    guard let head = EntryHead(bytes.span, at: offset, limit: end) else { return nil }
    offset = head.end
    return head
  }

  /// Decodes an entry; `nil` when its bytes are no command.
  func entry(_ head: EntryHead) -> JournalEntry? {
    var reader = ByteReader(Array(bytes[head.command]))
    guard let command = try? Command(from: &reader), reader.remaining == 0 else { return nil }
    return JournalEntry(time: Timestamp(milliseconds: head.time), command: command)
  }

  /// Decodes all entries that can be.
  func decode() -> [JournalEntry] {
    var walk = self
    var entries: [JournalEntry] = []
    while !walk.isAtEnd, let head = walk.next(), let entry = entry(head) { entries.append(entry) }
    return entries
  }
}
