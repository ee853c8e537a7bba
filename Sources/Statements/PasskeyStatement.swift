public import Wire

/// What a browser is asked for when it makes a passkey for an account. Nothing follows from it alone:
/// that the customer has the key, an ``EnrolmentStatement`` under that key proves.
public struct PasskeyStatement: Statement, Hashable {
  public static let domain = "holdfast/passkey/v1"

  /// The account's number.
  public var account: UInt64

  public init(account: UInt64) { self.account = account }

  public func encodeFields(into writer: inout ByteWriter) { writer.write(account) }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    account = try reader.read()
  }
}
