/// The key of a keyed hash: who does not know it cannot choose texts that fall together.
public struct HashKey: Equatable, Sendable, BitwiseCopyable {
  public let word0: UInt64
  public let word1: UInt64

  /// The key of an exchange for which nobody drew one: zeros.
  public static var zero: HashKey { HashKey(0, 0) }

  public init(_ word0: UInt64, _ word1: UInt64) {
    self.word0 = word0
    self.word1 = word1
  }
}

/// SipHash-2-4 with 128 bits, the keyed hash of what stands for a text that is not kept.
///
/// Without the key nobody can choose two texts with one digest; that two of a thousand million texts
/// have one by accident has a probability of 10^-21. See Aumasson and Bernstein, "SipHash: a fast
/// short-input PRF", 2012, and the reference implementation for the form with 128 bits.
public struct SipHash: Sendable {
  private var v0: UInt64
  private var v1: UInt64
  private var v2: UInt64
  private var v3: UInt64
  /// Bytes that do not make a word yet, the first one lowest.
  private var tail: UInt64 = 0
  private var count: UInt64 = 0

  public init(_ key: HashKey) {
    v0 = key.word0 ^ 0x736F_6D65_7073_6575
    v1 = key.word1 ^ 0x646F_7261_6E64_6F6D ^ 0xEE
    v2 = key.word0 ^ 0x6C79_6765_6E65_7261
    v3 = key.word1 ^ 0x7465_6462_7974_6573
  }

  /// Appends bytes.
  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { add(byte) }
  }

  /// Appends one byte.
  public mutating func add(_ byte: UInt8) {
    tail |= UInt64(byte) << (count % 8 * 8)
    count &+= 1
    if count.isMultiple(of: 8) {
      compress(tail)
      tail = 0
    }
  }

  /// Appends the eight bytes of `word`, the lowest one first.
  public mutating func add(_ word: UInt64) {
    for shift in UInt64(0)..<8 { add(UInt8(truncatingIfNeeded: word >> (shift * 8))) }
  }

  /// The hash of what was appended; its bytes, the lowest one first, are those that the reference
  /// implementation writes.
  public var digest: UInt128 {
    var end = self
    end.compress(tail | count << 56)
    end.v2 ^= 0xEE
    for _ in 0..<4 { end.round() }
    let low = end.v0 ^ end.v1 ^ end.v2 ^ end.v3
    end.v1 ^= 0xDD
    for _ in 0..<4 { end.round() }
    let high = end.v0 ^ end.v1 ^ end.v2 ^ end.v3
    return UInt128(high) << 64 | UInt128(low)
  }

  private mutating func compress(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }

  private mutating func round() {
    v0 &+= v1
    v1 = v1 << 13 | v1 >> 51
    v1 ^= v0
    v0 = v0 << 32 | v0 >> 32
    v2 &+= v3
    v3 = v3 << 16 | v3 >> 48
    v3 ^= v2
    v0 &+= v3
    v3 = v3 << 21 | v3 >> 43
    v3 ^= v0
    v2 &+= v1
    v1 = v1 << 17 | v1 >> 47
    v1 ^= v2
    v2 = v2 << 32 | v2 >> 32
  }
}
