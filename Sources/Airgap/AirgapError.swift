// Airgap owns what crosses from one screen to another camera: messages cut into QR symbols as BBQr
// or UR, the symbols as characters and images, and words by which two people compare a message. It
// knows no key, no socket and not what a message means.

/// Why something that crossed the gap is refused, or cannot be sent.
public enum AirgapError: Error, Hashable, Sendable {
  /// A text that is neither BBQr nor UR; its beginning.
  case notAFrame(String)
  /// A field of a frame, of CBOR or of a request that is not as its format wants it.
  case badField(String, reason: String)
  /// A character that the field's alphabet does not have.
  case badCharacter(String, offset: Int)
  /// The checksum at the end of the field is not that of what is before it.
  case badChecksum(String)
  /// More than the format or this program allows.
  case tooLong(String, count: Int, limit: Int)
  /// The field ends before it is complete.
  case truncated(String, offset: Int)
  /// Bytes are left behind the field.
  case trailing(String, count: Int)
  /// A number or length that a shorter form would hold.
  case notMinimal(String, offset: Int)
  /// A frame of another message than those before it.
  case foreignFrame(String)
  /// Two frames with the same number and other contents.
  case contradiction(part: Int)
  /// Compressed data that does not unpack.
  case badCompression
  /// Parts that have not been seen.
  case incomplete(missing: Int, of: Int)
  /// A picture that cannot be read, or is too large.
  case badImage(String)
  /// More than one QR symbol can hold.
  case symbolTooLarge(count: Int)
}

extension AirgapError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAFrame(let text): "\"\(text)\" begins neither like BBQr (B$) nor like UR (ur:)"
    case .badField(let field, let reason): "\(field): \(reason)"
    case .badCharacter(let field, let offset):
      "\(field): character \(offset) is none that may stand there"
    case .badChecksum(let field): "\(field): the checksum does not match"
    case .tooLong(let field, let count, let limit):
      "\(field): \(count) is above the limit of \(limit)"
    case .truncated(let field, let offset): "\(field): ends too early, at \(offset)"
    case .trailing(let field, let count): "\(field): \(count) bytes are left behind it"
    case .notMinimal(let field, let offset): "\(field): not in its shortest form at byte \(offset)"
    case .foreignFrame(let field): "a frame of another message: its \(field) differs"
    case .contradiction(let part): "part \(part) was read twice with different contents"
    case .badCompression: "the compressed data does not unpack"
    case .incomplete(let missing, let total): "\(missing) of \(total) parts are missing"
    case .badImage(let reason): "picture: \(reason)"
    case .symbolTooLarge(let count): "\(count) bytes do not fit into one QR symbol"
    }
  }
}
