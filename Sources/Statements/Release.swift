public import Wire

/// The guard's word to the signers that one withdrawal may be paid.
///
/// It names everything the signers compare with the transaction: they take nothing else on trust.
public struct Release: Statement, Hashable {
  public static let domain = "holdfast/release/v1"

  /// The withdrawal's number; paid at most once.
  public var withdrawal: UInt64
  /// The account's number.
  public var account: UInt64
  /// The asset's code, such as "BTC".
  public var asset: String
  /// The chain's name in OKX form, such as "BTC-Bitcoin".
  public var chain: String
  /// The destination in the chain's own text form.
  public var address: String
  /// What the recipient gets, in ledger units.
  public var amountUnits: Int64
  /// The most that this withdrawal may add to the transaction's network fee, in ledger units.
  public var maximumNetworkFeeUnits: Int64
  /// When the guard released it, in milliseconds since 1970 by the guard's clock.
  public var releasedAtMilliseconds: Int64
  /// Signers refuse it from then on, in milliseconds since 1970.
  public var expiresAtMilliseconds: Int64
  /// The newest policy that the guard has taken, where it has one.
  public var policy: PolicyName?

  public init(
    withdrawal: UInt64, account: UInt64, asset: String, chain: String, address: String,
    amountUnits: Int64, maximumNetworkFeeUnits: Int64, releasedAtMilliseconds: Int64,
    expiresAtMilliseconds: Int64, policy: PolicyName? = nil
  ) {
    self.withdrawal = withdrawal
    self.account = account
    self.asset = asset
    self.chain = chain
    self.address = address
    self.amountUnits = amountUnits
    self.maximumNetworkFeeUnits = maximumNetworkFeeUnits
    self.releasedAtMilliseconds = releasedAtMilliseconds
    self.expiresAtMilliseconds = expiresAtMilliseconds
    self.policy = policy
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(withdrawal)
    writer.write(account)
    writer.write(asset)
    writer.write(chain)
    writer.write(address)
    writer.write(amountUnits)
    writer.write(maximumNetworkFeeUnits)
    writer.write(releasedAtMilliseconds)
    writer.write(expiresAtMilliseconds)
    // Nothing follows a release, and one without a policy looks as it did before there were any.
    policy?.encode(into: &writer)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    withdrawal = try reader.read()
    account = try reader.read()
    asset = try reader.read(limit: StatementLimit.assetCode)
    chain = try reader.read(limit: StatementLimit.chain)
    address = try reader.read(limit: StatementLimit.address)
    amountUnits = try reader.read()
    maximumNetworkFeeUnits = try reader.read()
    releasedAtMilliseconds = try reader.read()
    expiresAtMilliseconds = try reader.read()
    policy = reader.remaining > 0 ? try PolicyName(from: &reader) : nil
  }
}
