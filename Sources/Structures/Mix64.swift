// Unsafe file. Sound because `add(_:)` reads four words at a time, as often as there are four in the span.

/// Mixes words into 64 well-spread bits, the same on every machine and every day.
///
/// Each step multiplies to 128 bits and folds the halves together, after wyhash. Not cryptographic:
/// whoever chooses the words can make two mixes equal. It finds slots and detects accidents.
public enum Mix64 {
  @usableFromInline static let first: UInt64 = 0x9E37_79B9_7F4A_7C15
  @usableFromInline static let second: UInt64 = 0xD1B5_4A32_D192_ED03

  /// Returns the mix of one word.
  @inlinable @inline(__always)
  public static func hash(_ word: UInt64) -> UInt64 { fold(word ^ second, first) }

  /// Returns the mix of two words.
  @inlinable @inline(__always)
  public static func hash(_ a: UInt64, _ b: UInt64) -> UInt64 {
    fold(fold(a ^ second, first) &+ b, second)
  }

  /// Returns the mix of a text.
  @inlinable @inline(__always)
  public static func hash(_ text: Text16) -> UInt64 { hash(text.word0, text.word1) }

  /// Returns the mix of a text.
  @inlinable @inline(__always)
  public static func hash(_ text: Text32) -> UInt64 {
    let start = hash(text.word0, text.word1)
    return text.word2 | text.word3 == 0 ? start : hash(hash(start, text.word2), text.word3)
  }

  /// Returns the mix of a text under a key: who does not know the key cannot choose texts whose mixes
  /// are equal. Under ``HashKey/zero`` it is the same as without one.
  @inlinable @inline(__always)
  public static func hash(_ text: Text32, _ key: HashKey) -> UInt64 {
    let inner = fold(text.word0 ^ second ^ key.word0, first ^ key.word1)
    let start = fold(inner &+ text.word1, second ^ key.word0)
    return text.word2 | text.word3 == 0 ? start : hash(hash(start, text.word2), text.word3)
  }

  /// Multiplies and folds the high half onto the low.
  @inlinable @inline(__always)
  static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}

/// A digest of a stream of words in 128 bits, however the stream is cut.
///
/// Words go to four lanes in turn, so that four steps are under way at once. Not cryptographic: see
/// ``Mix64``.
public struct MixDigest: Equatable, Sendable, BitwiseCopyable {
  /// How many words came.
  public private(set) var count: UInt64 = 0
  private var lane0: UInt64 = 0x243F_6A88_85A3_08D3
  private var lane1: UInt64 = 0x1319_8A2E_0370_7344
  private var lane2: UInt64 = 0xA409_3822_299F_31D0
  private var lane3: UInt64 = 0x082E_FA98_EC4E_6C89

  /// Creates the digest of nothing.
  public init() {}

  /// Appends one word.
  public mutating func add(_ word: UInt64) {
    // The lanes take turns by moving up one place each time.
    let mixed = Self.step(lane0, word)
    lane0 = lane1
    lane1 = lane2
    lane2 = lane3
    lane3 = mixed
    count += 1
  }

  /// Appends words.
  public mutating func add(_ words: Span<UInt64>) {
    let fours = words.count / 4
    // Lanes of its own, which stay in registers; those of `self` would be stored at each step.
    var lanes = (lane0, lane1, lane2, lane3)
    unsafe words.withUnsafeBufferPointer { words in
      guard var word = words.baseAddress else { return }
      for _ in 0..<fours {
        lanes.0 = unsafe Self.step(lanes.0, word[0])
        lanes.1 = unsafe Self.step(lanes.1, word[1])
        lanes.2 = unsafe Self.step(lanes.2, word[2])
        lanes.3 = unsafe Self.step(lanes.3, word[3])
        unsafe word += 4
      }
    }
    (lane0, lane1, lane2, lane3) = lanes
    count += UInt64(fours * 4)
    for index in (fours * 4)..<words.count { add(words[index]) }
  }

  /// The digest of what came so far.
  public var words: (high: UInt64, low: UInt64) {
    var high = Mix64.hash(count, lane0)
    var low = Mix64.hash(~count, lane2)
    high = Mix64.hash(high, lane1) &+ Mix64.hash(lane2, lane3)
    low = Mix64.hash(low, lane3) &+ Mix64.hash(lane0, lane1)
    return (high, low)
  }

  private static func step(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    (lane << 31 | lane >> 33) &+ Mix64.fold(lane ^ word, Mix64.first)
  }
}
