/// Characters packed eight to a word, for ``Text16`` and ``Text32``.
@usableFromInline enum TextWords {
  /// How many characters `word` holds.
  @inlinable static func count(_ word: UInt64) -> Int { 8 - word.leadingZeroBitCount / 8 }

  static func isPrintable(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) }

  /// Whether `word` is some printable characters and then zeros, and nothing at all unless the word
  /// before it is full.
  @inlinable static func isText(_ word: UInt64, behind previous: UInt64 = .max) -> Bool {
    guard word != 0 else { return true }
    // The bytes that hold characters, all ones; zeros may only follow them.
    let used = UInt64.max >> UInt64(word.leadingZeroBitCount & ~7)
    // With bytes below 128 no addition carries into the next byte. A printable one is at least
    // 0x20, so that adding 0x60 sets its high bit, and at most 0x7E, so that adding 1 does not.
    let atLeastSpace = (word & ~high) &+ 0x6060_6060_6060_6060
    let aboveTilde = (word & ~high) &+ low
    return previous >> 56 != 0
      && (atLeastSpace & ~aboveTilde & ~word & high) == used & high
  }

  @usableFromInline static let low: UInt64 = 0x0101_0101_0101_0101
  @usableFromInline static let high: UInt64 = 0x8080_8080_8080_8080
}
