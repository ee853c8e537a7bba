public import Cryptography
import Statements
public import Wire

/// A policy with the signatures that people put under it, one after the other.
public struct PolicyDocument: Hashable, Sendable {
  /// One person's signature.
  public struct Signature: Hashable, Sendable {
    /// Ed25519: the public key, 32 bytes, and the signature, 64 bytes.
    public var publicKey: [UInt8]
    public var signature: [UInt8]
  }

  /// Longest document in bytes.
  public static let limit = 64 << 10
  /// Most signatures: as many as may have to sign, and as many who came new.
  static let signatureLimit = 2 * PolicyRange.people

  public let statement: PolicyStatement
  /// In ascending order of the keys, none twice: signing twice counts once.
  public private(set) var signatures: [Signature]

  public init(_ statement: PolicyStatement) {
    self.statement = statement
    signatures = []
  }

  /// Adds the signature of `key`, in place of one that it made before.
  ///
  /// - Returns: Whether there was room.
  public mutating func sign(by key: Ed25519.PrivateKey) throws(CryptographyError) -> Bool {
    let public_ = key.publicKey.bytes
    let signature = Signature(publicKey: public_, signature: try statement.signed(by: key))
    signatures.removeAll { $0.publicKey == public_ }
    guard signatures.count < Self.signatureLimit else { return false }
    let place =
      signatures.firstIndex { public_.lexicographicallyPrecedes($0.publicKey) }
      ?? signatures.endIndex
    signatures.insert(signature, at: place)
    return true
  }

  /// Keys whose signatures do not fit the statement.
  public var forgedKeys: [[UInt8]] {
    let bytes = statement.bytes
    return signatures.filter { each in
      guard let key = Ed25519.PublicKey(bytes: each.publicKey),
        let signature = Ed25519.Signature(bytes: each.signature)
      else { return true }
      return !key.verify(signature, of: bytes)
    }.map(\.publicKey)
  }

  /// Names of those among `people` who have signed. Whether the signatures fit is asked of
  /// ``forgedKeys``.
  public func signers(among people: [ChangeRules.Person]) -> [String] {
    people.filter { person in signatures.contains { $0.publicKey == person.publicKey } }
      .map(\.name)
  }

  /// The document's own bytes: the signatures, then the statement.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(list: signatures) {
      $0.write(fixed: $1.publicKey)
      $0.write(fixed: $1.signature)
    }
    writer.write(fixed: statement.bytes)
    return writer.bytes
  }

  /// Reads what ``bytes`` gave. Signatures are not checked here.
  ///
  /// - Throws: ``WireError`` for a damaged field, keys out of order or twice, a statement that is none,
  ///   and bytes left over.
  public init(bytes: [UInt8]) throws(WireError) {
    guard bytes.count <= Self.limit else { throw .tooLong(at: 0, limit: Self.limit) }
    var reader = ByteReader(bytes)
    let at = reader.offset
    signatures = try reader.readList(limit: Self.signatureLimit) { r throws(WireError) in
      Signature(publicKey: try r.read(fixed: 32), signature: try r.read(fixed: 64))
    }
    for (one, next) in zip(signatures, signatures.dropFirst())
    where !one.publicKey.lexicographicallyPrecedes(next.publicKey) {
      throw .malformed(at: at)
    }
    statement = try PolicyStatement(from: &reader)
    try reader.finish()
  }
}
