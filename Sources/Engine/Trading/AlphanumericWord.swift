/// Eight characters tested at once.
///
/// Unsafe file. Sound because `unsafeBitCast` is between vectors and integers of 128 bits, for all of which
/// every bit is valid.
enum AlphanumericWord {
  private static var low: UInt64 { 0x0101_0101_0101_0101 }
  private static var high: UInt64 { 0x8080_8080_8080_8080 }

  /// Whether the bytes are ASCII letters and digits and then zeros.
  @inline(__always)
  static func allows(_ word: UInt64) -> Bool {
    guard word & high == 0 else { return false }
    let used =
      word >> 56 != 0
      ? UInt64.max : word == 0 ? 0 : UInt64.max >> UInt64(word.leadingZeroBitCount & ~7)
    return places(word) == used & high
  }

  /// Whether the bytes of both words are that.
  @inline(__always)
  static func allow(_ first: UInt64, _ second: UInt64) -> Bool {
    // Most ids have sixteen characters.
    if first >> 56 != 0, second >> 56 != 0 { return fill(SIMD2(first, second)) }
    return allows(first) && (second == 0 || first >> 56 != 0 && allows(second))
  }

  /// Whether the bytes of both words are letters and digits, all 16 of them.
  @inline(__always)
  static func fill(_ words: SIMD2<UInt64>) -> Bool {
    // Sixteen at once: moved to the end of what a signed byte holds, where one comparison is enough. A
    // digit has bit 5 set already, so folding does not make one.
    let bytes = unsafe unsafeBitCast(words, to: SIMD16<Int8>.self)
    let found =
      within(bytes | 0x20, UInt8(ascii: "a"), UInt8(ascii: "z"))
      .| within(bytes, UInt8(ascii: "0"), UInt8(ascii: "9"))
    return unsafe unsafeBitCast(found, to: UInt128.self) == .max
  }

  @inline(__always)
  private static func within(
    _ bytes: SIMD16<Int8>, _ first: UInt8, _ last: UInt8
  ) -> SIMDMask<SIMD16<Int8>> {
    let toTheEnd = Int8(127 - last)
    return bytes &+ SIMD16(repeating: toTheEnd) .> SIMD16(repeating: Int8(first) - 1 + toTheEnd)
  }

  /// The high bit of each byte that is a letter or a digit, for bytes below 128.
  @inline(__always)
  private static func places(_ word: UInt64) -> UInt64 {
    // Adding at most 127 never carries into the next byte. A digit has bit 5 set already, so folding
    // does not make one.
    within(word | 0x2020_2020_2020_2020, UInt8(ascii: "a"), UInt8(ascii: "z"))
      | within(word, UInt8(ascii: "0"), UInt8(ascii: "9"))
  }

  /// The high bit of each byte between `first` and `last`, for bytes below 128.
  @inline(__always)
  private static func within(_ word: UInt64, _ first: UInt8, _ last: UInt8) -> UInt64 {
    let atLeast = word &+ low &* UInt64(128 - first)
    let above = word &+ low &* UInt64(127 - last)
    return atLeast & ~above & high
  }
}
