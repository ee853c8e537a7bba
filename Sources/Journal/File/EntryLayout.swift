// Unsafe file. Sound because each word is read and written inside the array or span that it belongs to:
// `word(at:)` and `set(word:at:)` check that eight bytes are there before they touch them.
public import Engine
import Money
import Wire

extension EntryHead {
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
