import Cryptography
import Mnemonics

/// Four words of the BIP-39 list that stand for a message: the first 44 bits of its SHA-256.
///
/// Two screens that show the same words show, but for one chance in 2^44, the same message. They
/// are for people; a program compares bytes.
public struct CheckWords: Hashable, Sendable, CustomStringConvertible {
  /// How many words there are.
  public static let count = 4
  private static let bitsPerWord = 11

  public let words: [String]

  /// The words of `message`.
  public init(of message: [UInt8]) { self.init(ofDigest: SHA256.hash(message)) }

  /// The words of a message by its SHA-256, such as a policy by its identifier.
  ///
  /// - Parameter digest: At least 6 bytes.
  public init(ofDigest digest: [UInt8]) {
    precondition(digest.count * 8 >= Self.count * Self.bitsPerWord, "a digest is longer")
    var bits: UInt64 = 0
    for byte in digest[..<6] { bits = bits << 8 | UInt64(byte) }
    words = (0..<Self.count).map { index in
      let position = bits >> UInt64(48 - (index + 1) * Self.bitsPerWord) & 2047
      return String(decoding: WordList.english[Int(position)], as: UTF8.self)
    }
  }

  /// The words with blanks between them.
  public var description: String { words.joined(separator: " ") }
}
