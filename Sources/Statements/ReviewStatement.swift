public import Wire

/// One operator's decision on a withdrawal in review.
public struct ReviewStatement: Statement, Hashable {
  public static let domain = "holdfast/review/v1"

  /// The operator's name in the configuration.
  public var operatorName: String
  /// The withdrawal's number.
  public var withdrawal: UInt64
  public var approves: Bool
  /// Shown to the customer when refused; may be empty when approved.
  public var reason: String

  public init(operatorName: String, withdrawal: UInt64, approves: Bool, reason: String) {
    self.operatorName = operatorName
    self.withdrawal = withdrawal
    self.approves = approves
    self.reason = reason
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(operatorName)
    writer.write(withdrawal)
    writer.write(approves)
    writer.write(reason)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    operatorName = try reader.read(limit: StatementLimit.operatorName)
    withdrawal = try reader.read()
    approves = try reader.read()
    reason = try reader.read(limit: StatementLimit.reason)
  }
}
