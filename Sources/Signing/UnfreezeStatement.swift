public import Statements
public import Wire

/// One person's word that a frozen signer may sign again.
///
/// It names the very freeze, so it lifts no later one.
public struct UnfreezeStatement: Statement, Hashable {
  public static let domain = "holdfast/unfreeze/v1"

  /// The signer's BIP-32 root fingerprint, 4 bytes.
  public var fingerprint: [UInt8]
  /// SHA-256 of its wallet's descriptor, 32 bytes.
  public var policyID: [UInt8]
  /// The chain's hash at the freeze in the signer's record, 32 bytes; entries after it change nothing.
  public var freeze: [UInt8]

  public init(fingerprint: [UInt8], policyID: [UInt8], freeze: [UInt8]) {
    self.fingerprint = fingerprint
    self.policyID = policyID
    self.freeze = freeze
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(fixed: fingerprint)
    writer.write(fixed: policyID)
    writer.write(fixed: freeze)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    fingerprint = try reader.read(fixed: 4)
    policyID = try reader.read(fixed: 32)
    freeze = try reader.read(fixed: 32)
  }
}
