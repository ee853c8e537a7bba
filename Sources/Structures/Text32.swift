package import Wire

/// Up to 32 characters of printable ASCII, held in place: no reference, no allocation.
///
/// The characters fill the words from the lowest byte of the first on; the rest is zero, so that
/// equal texts have equal words.
public struct Text32: Hashable, Sendable, BitwiseCopyable {
  /// The first eight characters, lowest byte first.
  public let word0: UInt64
  public let word1: UInt64
  public let word2: UInt64
  public let word3: UInt64

  /// No text.
  @inlinable public init() { self.init(unchecked: 0, 0, 0, 0) }

  /// Creates the text, or returns `nil` when it is longer than 32 characters or not printable
  /// ASCII.
  public init?(_ text: some StringProtocol) { self.init(utf8: text.utf8) }

  /// Creates the text of `bytes`, or returns `nil` when they are more than 32 or not printable
  /// ASCII.
  public init?(utf8 bytes: some Sequence<UInt8>) {
    var words: [4 of UInt64] = .init(repeating: 0)
    var count = 0
    for byte in bytes {
      guard count < 32, TextWords.isPrintable(byte) else { return nil }
      words[count / 8] |= UInt64(byte) << UInt64(count % 8 * 8)
      count += 1
    }
    self.init(unchecked: words[0], words[1], words[2], words[3])
  }

  /// Reads words as a text, or returns `nil` when a byte is not printable ASCII or something stands
  /// behind the end.
  @inlinable public init?(words word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
    self.init(unchecked: word0, word1, word2, word3)
    guard
      TextWords.isText(word0) && TextWords.isText(word1, behind: word0)
        && TextWords.isText(word2, behind: word1) && TextWords.isText(word3, behind: word2)
    else { return nil }
  }

  /// Takes words that are known to be a text, or that are only compared with texts.
  @inlinable package init(
    unchecked word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64
  ) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
    self.word3 = word3
  }

  @inlinable public static func == (a: Text32, b: Text32) -> Bool {
    a.word0 == b.word0 && a.word1 == b.word1 && a.word2 == b.word2 && a.word3 == b.word3
  }

  /// Whether there is no text.
  @inlinable public var isEmpty: Bool { word0 == 0 }

  /// How many characters there are, 0 to 32.
  @inlinable public var count: Int {
    TextWords.count(word0) + TextWords.count(word1) + TextWords.count(word2)
      + TextWords.count(word3)
  }

  /// The characters.
  public var utf8: [UInt8] {
    let words: [4 of UInt64] = [word0, word1, word2, word3]
    return (0..<count).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64($0 % 8 * 8)) }
  }
}

extension Text32: ExpressibleByStringLiteral, CustomStringConvertible {
  public init(stringLiteral text: String) {
    guard let value = Text32(text) else {
      preconditionFailure("a literal has at most 32 characters of printable ASCII")
    }
    self = value
  }

  public var description: String { String(decoding: utf8, as: UTF8.self) }
}

extension Text32: Canonical {
  package func encode(into writer: inout ByteWriter) { writer.write(utf8) }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    guard let text = Text32(utf8: try reader.read([UInt8].self, limit: 32)) else {
      throw .malformed(at: at)
    }
    self = text
  }
}
