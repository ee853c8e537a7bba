/// A message that crosses the gap: its bytes and what they are.
public struct CarriedMessage: Hashable, Sendable {
  /// What the bytes are, by the letters of BBQr.
  public enum Kind: Character, CaseIterable, Sendable {
    /// A partially signed transaction, BIP-174 or BIP-370.
    case psbt = "P"
    /// A signed transaction ready for the network.
    case transaction = "T"
    case json = "J"
    case cbor = "C"
    /// Text in UTF-8.
    case unicode = "U"
    case binary = "B"
    case executable = "X"

    /// The type of a UR that carries it: `psbt` (BCR-2020-006), or `bytes` for all others.
    public var urType: String { self == .psbt ? "psbt" : "bytes" }
  }

  /// No message is longer, in bytes: far more than any request, and little enough to hold.
  public static let maximumCount = 4 << 20

  public let kind: Kind
  public let bytes: [UInt8]

  /// - Throws: ``AirgapError/tooLong(_:count:limit:)`` above ``maximumCount``, or
  ///   ``AirgapError/badField(_:reason:)`` for a message of no bytes.
  public init(_ kind: Kind, _ bytes: [UInt8]) throws(AirgapError) {
    guard !bytes.isEmpty else { throw .badField("message", reason: "it is empty") }
    guard bytes.count <= Self.maximumCount else {
      throw .tooLong("message", count: bytes.count, limit: Self.maximumCount)
    }
    self.kind = kind
    self.bytes = bytes
  }

  /// Words to compare on both sides of the gap.
  public var checkWords: CheckWords { CheckWords(of: bytes) }
}
