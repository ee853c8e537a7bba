/// Characters packed eight to a word, for ``Text16`` and ``Text32``.
@usableFromInline enum TextWords {
  /// How many characters `word` holds.
  @inlinable static func count(_ word: UInt64) -> Int { 8 - word.leadingZeroBitCount / 8 }

  static func isPrintable(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) }

  /// Whether `word` is some printable characters and then zeros, and nothing at all unless the word
  /// before it is full.
  static func isText(_ word: UInt64, behind previous: UInt64 = .max) -> Bool {
    guard word == 0 || count(previous) == 8 else { return false }
    return (0..<count(word)).allSatisfy { isPrintable(UInt8(truncatingIfNeeded: word >> ($0 * 8))) }
  }
}
