// Unsafe file. Sound because `word(_:at:)` makes sure that eight bytes are there before it reads them.

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
  package static let latestTime = Int64(1) << 48 - 1
  /// What says that the length is in a word of its own.
  package static let long = 0xFFFF

  /// Reads the head of the entry at `offset`; `nil` when it is not one, or goes past `limit`.
  package init?(_ bytes: borrowing Span<UInt8>, at offset: Int, limit: Int) {
    guard limit <= bytes.count, limit - offset >= 8 else { return nil }
    let word = Self.word(bytes, at: offset)
    var length = Int(word & 0xFFFF)
    var start = offset + 8
    if length == Self.long {
      guard limit - start >= 8 else { return nil }
      let exact = Self.word(bytes, at: start)
      start += 8
      guard exact >= Self.long, exact <= UInt64(limit - start) else { return nil }
      length = Int(exact)
    }
    let end = start + (length + 7) & ~7
    guard end <= limit else { return nil }
    // The zeros are the upper bytes of the last word.
    if length % 8 != 0, Self.word(bytes, at: end - 8) >> (UInt64(length % 8) * 8) != 0 {
      return nil
    }
    time = Int64(word >> 16)
    command = start..<(start + length)
    self.end = end
  }

  private static func word(_ bytes: borrowing Span<UInt8>, at offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset <= bytes.count - 8, "a word outside the bytes")
    return unsafe bytes.withUnsafeBytes { bytes in
      UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
  }
}
