public import Wire

/// Proof that whoever enrols a signing key for an account holds the private half: it is signed with
/// the very key it names.
public struct EnrolmentStatement: Statement, Hashable {
  public static let domain = "holdfast/enrolment/v1"

  /// The account's number.
  public var account: UInt64
  /// The key being enrolled, as ``CustomerKey/bytes`` has it.
  public var publicKey: [UInt8]

  public init(account: UInt64, publicKey: [UInt8]) {
    self.account = account
    self.publicKey = publicKey
  }

  /// Returns whether `proof` was made with the private half of the key that is being enrolled.
  public func isProved(by proof: [UInt8]) -> Bool {
    isSigned(byCustomer: publicKey, proof)
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(account)
    writer.write(publicKey)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    account = try reader.read()
    publicKey = try reader.read(limit: CustomerKey.limit)
  }
}
