public import Wire

/// One operator's word on money that is to move between a customer and the fees of the house. The one
/// who proposes it and the one who decides sign the same figures.
public struct AdjustmentStatement: Statement, Hashable {
  public static let domain = "holdfast/adjustment/v1"

  /// What the operator does with the adjustment.
  public enum Step: UInt8, Hashable, Sendable {
    case propose = 0
    case approve = 1
    case decline = 2
  }

  /// The operator's name in the configuration.
  public var operatorName: String
  public var step: Step
  /// The adjustment's number; 0 to propose one.
  public var adjustment: UInt64
  /// Whether it is a reward, paid out of what the house earned, or the correction of an error.
  public var isReward: Bool
  /// The account's number.
  public var account: UInt64
  /// The asset's code, such as "USDT".
  public var asset: String
  /// OKX's number of the wallet: 6 funding, 18 trading.
  public var wallet: UInt8
  /// In the asset's ledger units; positive when the customer gets it.
  public var amountUnits: Int64
  /// Shown to the customer.
  public var reason: String

  public init(
    operatorName: String, step: Step, adjustment: UInt64, isReward: Bool, account: UInt64,
    asset: String, wallet: UInt8, amountUnits: Int64, reason: String
  ) {
    self.operatorName = operatorName
    self.step = step
    self.adjustment = adjustment
    self.isReward = isReward
    self.account = account
    self.asset = asset
    self.wallet = wallet
    self.amountUnits = amountUnits
    self.reason = reason
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(operatorName)
    writer.write(step.rawValue)
    writer.write(adjustment)
    writer.write(isReward)
    writer.write(account)
    writer.write(asset)
    writer.write(wallet)
    writer.write(amountUnits)
    writer.write(reason)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    operatorName = try reader.read(limit: StatementLimit.operatorName)
    let at = reader.offset
    guard let step = Step(rawValue: try reader.read()) else { throw .malformed(at: at) }
    self.step = step
    adjustment = try reader.read()
    isReward = try reader.read()
    account = try reader.read()
    asset = try reader.read(limit: StatementLimit.assetCode)
    wallet = try reader.read()
    amountUnits = try reader.read()
    reason = try reader.read(limit: StatementLimit.reason)
  }
}
