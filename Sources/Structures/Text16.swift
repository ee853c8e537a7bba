package import Wire

/// Up to 16 characters of printable ASCII, held in place: no reference, no allocation.
///
/// The characters fill the words from the lowest byte of the first on; the rest is zero, so that
/// equal texts have equal words.
public struct Text16: Hashable, Sendable, BitwiseCopyable {
  /// The first eight characters, lowest byte first.
  public let word0: UInt64
  public let word1: UInt64

  /// No text.
  @inlinable public init() { self.init(unchecked: 0, 0) }

  /// Creates the text, or returns `nil` when it is longer than 16 characters or not printable
  /// ASCII.
  public init?(_ text: some StringProtocol) { self.init(utf8: text.utf8) }

  /// Creates the text of `bytes`, or returns `nil` when they are more than 16 or not printable
  /// ASCII.
  public init?(utf8 bytes: some Sequence<UInt8>) {
    var words: [2 of UInt64] = .init(repeating: 0)
    var count = 0
    for byte in bytes {
      guard count < 16, TextWords.isPrintable(byte) else { return nil }
      words[count / 8] |= UInt64(byte) << UInt64(count % 8 * 8)
      count += 1
    }
    self.init(unchecked: words[0], words[1])
  }

  /// Reads words as a text, or returns `nil` when a byte is not printable ASCII or something stands
  /// behind the end.
  @inlinable public init?(words word0: UInt64, _ word1: UInt64) {
    self.init(unchecked: word0, word1)
    guard TextWords.isText(word0) && TextWords.isText(word1, behind: word0)
    else { return nil }
  }

  /// Takes words that are known to be a text, or that are only compared with texts.
  @inlinable package init(unchecked word0: UInt64, _ word1: UInt64) {
    self.word0 = word0
    self.word1 = word1
  }

  @inlinable public static func == (a: Text16, b: Text16) -> Bool {
    a.word0 == b.word0 && a.word1 == b.word1
  }

  /// Whether there is no text.
  @inlinable public var isEmpty: Bool { word0 == 0 }

  /// How many characters there are, 0 to 16.
  @inlinable public var count: Int {
    TextWords.count(word0) + TextWords.count(word1)
  }

  /// The characters.
  public var utf8: [UInt8] {
    let words: [2 of UInt64] = [word0, word1]
    return (0..<count).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64($0 % 8 * 8)) }
  }
}

extension Text16: ExpressibleByStringLiteral, CustomStringConvertible {
  public init(stringLiteral text: String) {
    guard let value = Text16(text) else {
      preconditionFailure("a literal has at most 16 characters of printable ASCII")
    }
    self = value
  }

  public var description: String { String(decoding: utf8, as: UTF8.self) }
}

extension Text16: Canonical {
  package func encode(into writer: inout ByteWriter) { writer.write(utf8) }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    guard let text = Text16(utf8: try reader.read([UInt8].self, limit: 16)) else {
      throw .malformed(at: at)
    }
    self = text
  }
}
