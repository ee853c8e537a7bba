import Wire

/// A signer's word that it has not signed a transaction and never will, under the key of its
/// attestations: the others need not take the guard's word for it.
public struct NeverSigned: Equatable, Sendable {
  /// The signer that speaks: its key's BIP-32 root fingerprint, 4 bytes.
  public var fingerprint: [UInt8]
  /// Id of the transaction in internal byte order, 32 bytes.
  public var transaction: [UInt8]
  /// BIP-340, 64 bytes, over ``message(policyID:)``.
  public var signature: [UInt8]

  public init(fingerprint: [UInt8], transaction: [UInt8], signature: [UInt8] = []) {
    self.fingerprint = fingerprint
    self.transaction = transaction
    self.signature = signature
  }

  /// What is signed, under the tag `holdfast/never-signed/v1`; see BIP-340, "Design".
  ///
  /// - Parameter policyID: SHA-256 of the descriptor's canonical text, 32 bytes.
  public func message(policyID: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(fixed: policyID)
    writer.write(fixed: fingerprint)
    writer.write(fixed: transaction)
    return writer.bytes
  }

  func encode(into writer: inout ByteWriter) {
    writer.write(fixed: fingerprint)
    writer.write(fixed: transaction)
    writer.write(fixed: signature)
  }

  init(from reader: inout ByteReader) throws(WireError) {
    fingerprint = try reader.read(fixed: 4)
    transaction = try reader.read(fixed: 32)
    signature = try reader.read(fixed: 64)
  }
}
