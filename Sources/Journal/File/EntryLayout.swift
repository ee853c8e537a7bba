// Unsafe file. Sound because each word is read and written inside the array or span that it belongs to:
// `word(at:)` and `set(word:at:)` check that eight bytes are there before they touch them.
public import Engine
import Money
import Wire

/// How one command stands in a payload.
///
/// | bytes | field |
/// |---|---|
/// | 8 | time in milliseconds since 1970 in the upper 48 bits; in the lower 16 the command's length in bytes, or 65 535 for that much or more |
/// | 8 | the length in bytes, only where the word above says 65 535 |
/// | … | the command's canonical bytes |
/// | … | zeros up to a multiple of 8 |
package struct EntryHead: Equatable, Sendable {
  /// Milliseconds since 1970.
  package let time: Int64
  /// Where the command's canonical bytes are.
  package let command: Range<Int>
  /// Where the next entry begins.
  package let end: Int

  /// The times that the format can hold: up to the year 10889.
  static let latestTime = Int64(1) << 48 - 1
  private static let long = 0xFFFF

  /// Reads the head of the entry at `offset`; `nil` when it is not one, or goes past `limit`.
  package init?(_ bytes: borrowing Span<UInt8>, at offset: Int, limit: Int) {
    guard limit <= bytes.count, limit - offset >= 8 else { return nil }
    let word = bytes.word(at: offset)
    var length = Int(word & 0xFFFF)
    var start = offset + 8
    if length == Self.long {
      guard limit - start >= 8 else { return nil }
      let exact = bytes.word(at: start)
      guard exact >= Self.long, exact <= BatchHeader.maximumPayload else { return nil }
      length = Int(exact)
      start += 8
    }
    let end = start + (length + 7) & ~7
    guard end <= limit else { return nil }
    // The zeros are the upper bytes of the last word.
    if length % 8 != 0, bytes.word(at: end - 8) >> (UInt64(length % 8) * 8) != 0 { return nil }
    time = Int64(word >> 16)
    command = start..<(start + length)
    self.end = end
  }

  /// Appends an entry without its time.
  static func append(_ command: borrowing Span<UInt8>, to bytes: inout [UInt8]) {
    let length = command.count
    bytes.append(word: UInt64(min(length, long)))
    if length >= long { bytes.append(word: UInt64(length)) }
    for index in 0..<length { bytes.append(command[index]) }
    for _ in length..<((length + 7) & ~7) { bytes.append(0) }
  }

  /// Gives every entry from `start` on its time.
  static func stamp(_ bytes: inout [UInt8], from start: Int, with time: Int64) {
    // Borrowed once: asking the array for each entry costs more than the rest.
    var words = bytes.mutableSpan
    var offset = start
    while offset < words.count {
      let word = words.span.word(at: offset)
      words.set(word: UInt64(time) << 16 | word & 0xFFFF, at: offset)
      var length = Int(word & 0xFFFF)
      if length == long {
        offset += 8
        length = Int(words.span.word(at: offset))
      }
      offset += 8 + (length + 7) & ~7
    }
  }
}

/// Commands as the journal keeps them, encoded by whoever submits them, so that the one thread that
/// owns the exchange need only copy them.
public struct CommandRecords: Sendable {
  /// Entries of the journal whose time is zero.
  package private(set) var bytes: [UInt8] = []
  public private(set) var count = 0

  /// Creates an empty list.
  public init() {}

  public init(_ commands: [Command]) {
    for command in commands { append(command) }
  }

  public mutating func append(_ command: Command) {
    var writer = ByteWriter()
    command.encode(into: &writer)
    append(encoded: writer.bytes.span)
  }

  /// Appends a command that is encoded already. Bytes that are no canonical command are found when
  /// they are carried out, and stop there.
  public mutating func append(encoded command: borrowing Span<UInt8>) {
    EntryHead.append(command, to: &bytes)
    count += 1
  }

  /// Appends a command that is encoded already, as ``append(encoded:)`` does.
  public mutating func append(encoded command: [UInt8]) { append(encoded: command.span) }

  /// Forgets all commands and keeps the memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    count = 0
  }
}

extension Span<UInt8> {
  /// The little-endian word at `offset`.
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset <= count - 8, "a word outside the bytes")
    return unsafe withUnsafeBytes { bytes in
      UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
  }
}

extension [UInt8] {
  mutating func append(word: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      append(UInt8(truncatingIfNeeded: word >> shift))
    }
  }
}

extension MutableSpan<UInt8> {
  /// Puts a little-endian word at `offset`.
  @inline(__always)
  mutating func set(word: UInt64, at offset: Int) {
    precondition(offset >= 0 && offset <= count - 8, "a word outside the bytes")
    unsafe withUnsafeMutableBytes { bytes in
      unsafe bytes.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
    }
  }
}
