// Statements owns the texts that people and the guard put their Ed25519 signatures under: one
// canonical encoding each, told apart by a domain tag, so that a signature over one thing can never
// pass for a signature over another. It refuses to know who is entitled to sign what.
public import Cryptography
public import Wire

/// Something that is signed: fields behind a tag that names the kind and version.
///
/// The signed bytes are the tag as Wire text, then the fields in their Wire form.
public protocol Statement: Equatable, Sendable {
  /// "holdfast/<name>/v1".
  static var domain: String { get }
  /// Appends the fields in their declared order.
  func encodeFields(into writer: inout ByteWriter)
  /// Reads the fields back.
  init(fieldsFrom reader: inout ByteReader) throws(WireError)
}

extension Statement {
  /// The exact bytes under the signature.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(Self.domain)
    encodeFields(into: &writer)
    return writer.bytes
  }

  /// Reads a statement of exactly this kind.
  ///
  /// - Throws: ``WireError`` for another tag, a damaged field or bytes left over.
  public init(bytes: [UInt8]) throws(WireError) {
    var reader = ByteReader(bytes)
    try self.init(from: &reader)
    try reader.finish()
  }

  /// Reads a statement of this kind from the front of `reader`.
  public init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    guard try reader.read(String.self, limit: 64) == Self.domain else {
      throw .malformed(at: at)
    }
    try self.init(fieldsFrom: &reader)
  }

  /// Returns the 64-byte signature of `key` over this statement.
  public func signed(by key: Ed25519.PrivateKey) throws(CryptographyError) -> [UInt8] {
    try key.sign(bytes).bytes
  }

  /// Returns whether `signature` (64 bytes) over this statement was made by the owner of `key`
  /// (32 bytes). Wrong lengths verify as false.
  public func verify(signature: [UInt8], key: [UInt8]) -> Bool {
    guard let key = Ed25519.PublicKey(bytes: key),
      let signature = Ed25519.Signature(bytes: signature)
    else { return false }
    return key.verify(signature, of: bytes)
  }
}

/// Longest texts, in bytes of UTF-8, that a statement may carry.
public enum StatementLimit {
  public static let assetCode = 16
  public static let chain = 64
  public static let address = 128
  public static let operatorName = 64
  public static let reference = 256
  public static let reason = 512
  /// A whole journaled command inside a ``GuardOrder``.
  public static let command = 4 << 20
}
