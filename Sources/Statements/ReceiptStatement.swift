public import Wire

/// One operator's word that a payment arrived on the manual rail. Two different operators must say
/// the same before it is credited.
public struct ReceiptStatement: Statement, Hashable {
  public static let domain = "holdfast/receipt/v1"

  /// The operator's name in the configuration.
  public var operatorName: String
  /// The credited account's number.
  public var account: UInt64
  /// The asset's code, such as "USDT".
  public var asset: String
  /// What arrived, in the asset's ledger units.
  public var amountUnits: Int64
  /// The payment's own reference, unique per asset.
  public var reference: String

  public init(
    operatorName: String, account: UInt64, asset: String, amountUnits: Int64, reference: String
  ) {
    self.operatorName = operatorName
    self.account = account
    self.asset = asset
    self.amountUnits = amountUnits
    self.reference = reference
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(operatorName)
    writer.write(account)
    writer.write(asset)
    writer.write(amountUnits)
    writer.write(reference)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    operatorName = try reader.read(limit: StatementLimit.operatorName)
    account = try reader.read()
    asset = try reader.read(limit: StatementLimit.assetCode)
    amountUnits = try reader.read()
    reference = try reader.read(limit: StatementLimit.reference)
  }
}
