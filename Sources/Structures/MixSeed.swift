/// Mixes a number and a text under a key, for tables that only memory holds: one multiplication.
///
/// Who does not know the key cannot choose texts whose mixes are equal. Two numbers may have one mix for two
/// texts that differ by a multiple of their distance, and hardly any other numbers for a third.
public struct MixSeed: BitwiseCopyable, Sendable {
  @usableFromInline let word0: UInt64
  @usableFromInline let word1: UInt64

  public init(_ key: HashKey) {
    word0 = Mix64.second ^ key.word0
    word1 = Mix64.first ^ key.word1
  }

  @inlinable @inline(__always)
  public func hash(_ number: UInt32, _ text: Text32) -> UInt64 {
    let start = Mix64.fold(
      text.word0 ^ word0, (text.word1 ^ word1) &+ UInt64(number) &* 0x7F4A_7C15)
    return text.word2 | text.word3 == 0
      ? start : Mix64.hash(Mix64.hash(start, text.word2), text.word3)
  }
}
