public import Wire

/// One request of an operator to the online server, signed as a whole.
///
/// Time and nonce are for the server alone, which refuses a request that is old or that it has seen:
/// a recorded request cannot be sent again.
public struct OperatorRequest: Statement, Hashable {
  public static let domain = "holdfast/operator-request/v1"
  /// Bytes of the nonce.
  public static let nonceCount = 16

  /// The operator's name in the configuration.
  public var operatorName: String
  /// Method and path, such as "POST /operator/accounts".
  public var target: String
  /// SHA-256 of the body, 32 bytes.
  public var bodyDigest: [UInt8]
  /// When it was signed, in milliseconds since 1970 by the operator's clock.
  public var signedAtMilliseconds: Int64
  /// Random, 16 bytes.
  public var nonce: [UInt8]

  public init(
    operatorName: String, target: String, bodyDigest: [UInt8], signedAtMilliseconds: Int64,
    nonce: [UInt8]
  ) {
    self.operatorName = operatorName
    self.target = target
    self.bodyDigest = bodyDigest
    self.signedAtMilliseconds = signedAtMilliseconds
    self.nonce = nonce
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(operatorName)
    writer.write(target)
    writer.write(bodyDigest)
    writer.write(signedAtMilliseconds)
    writer.write(nonce)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    operatorName = try reader.read(limit: StatementLimit.operatorName)
    target = try reader.read(limit: 256)
    bodyDigest = try reader.read(limit: 32)
    signedAtMilliseconds = try reader.read()
    nonce = try reader.read(limit: Self.nonceCount)
  }
}
