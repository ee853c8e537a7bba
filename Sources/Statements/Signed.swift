public import Cryptography
public import Wire

/// A statement together with one signature over it, as it travels and is stored: the 64 bytes of
/// the signature, then the statement's own bytes.
public struct Signed<Content: Statement>: Equatable, Sendable {
  public var statement: Content
  /// Ed25519, 64 bytes.
  public var signature: [UInt8]

  public init(_ statement: Content, signature: [UInt8]) {
    self.statement = statement
    self.signature = signature
  }

  /// Signs `statement` with `key`.
  public init(_ statement: Content, by key: Ed25519.PrivateKey) throws(CryptographyError) {
    self.statement = statement
    signature = try statement.signed(by: key)
  }

  /// Returns whether the signature was made by the owner of `key` (32 bytes).
  public func isSigned(by key: [UInt8]) -> Bool {
    statement.verify(signature: signature, key: key)
  }

  /// Signature and statement, for a file, a request's body or the journal.
  public var bytes: [UInt8] { signature + statement.bytes }

  /// Reads what ``bytes`` gave. The signature is not checked here; ask ``isSigned(by:)``.
  public init(bytes: [UInt8]) throws(WireError) {
    var reader = ByteReader(bytes)
    signature = try reader.read(fixed: 64)
    statement = try Content(from: &reader)
    try reader.finish()
  }
}
