public import Wire

/// The word of an account's owner, or of an operator, on a change of what guards the account's money:
/// the change is cancelled and the account held, or that hold ends.
public struct HoldStatement: Statement, Hashable {
  public static let domain = "holdfast/hold/v1"

  /// The operator's name in the configuration; empty for the customer's own word.
  public var operatorName: String
  /// The account's number.
  public var account: UInt64
  /// The change that is cancelled, or whose cancel began the hold.
  public var change: UInt64
  /// Whether the hold ends; otherwise it begins.
  public var ends: Bool

  public init(operatorName: String = "", account: UInt64, change: UInt64, ends: Bool) {
    self.operatorName = operatorName
    self.account = account
    self.change = change
    self.ends = ends
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(operatorName)
    writer.write(account)
    writer.write(change)
    writer.write(ends)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    operatorName = try reader.read(limit: StatementLimit.operatorName)
    account = try reader.read()
    change = try reader.read()
    ends = try reader.read()
  }
}
