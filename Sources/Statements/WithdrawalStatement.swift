public import Wire

/// A customer's word that one payment is to be made: to exactly this address, of exactly this amount.
///
/// The gateway checks its signature before it journals the request; guard and signers check it again,
/// each with the key that it pinned itself.
public struct WithdrawalStatement: Statement, Hashable {
  public static let domain = "holdfast/withdrawal/v1"
  /// How long after its expiry a withdrawal is still signed, in milliseconds: the guard releases none
  /// that has expired, but what it built in time may wait for a signer, and may need a dearer version.
  public static let grace: Int64 = 14 * 86_400_000

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
  /// The most that may be charged on top, in ledger units.
  public var maximumFeeUnits: Int64
  /// Strictly growing per account, together with that of address statements: used once.
  public var nonce: UInt64
  /// Not accepted and not released from then on, in milliseconds since 1970.
  public var expiresAtMilliseconds: Int64

  public init(
    account: UInt64, asset: String, chain: String, address: String, amountUnits: Int64,
    maximumFeeUnits: Int64, nonce: UInt64, expiresAtMilliseconds: Int64
  ) {
    self.account = account
    self.asset = asset
    self.chain = chain
    self.address = address
    self.amountUnits = amountUnits
    self.maximumFeeUnits = maximumFeeUnits
    self.nonce = nonce
    self.expiresAtMilliseconds = expiresAtMilliseconds
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(account)
    writer.write(asset)
    writer.write(chain)
    writer.write(address)
    writer.write(amountUnits)
    writer.write(maximumFeeUnits)
    writer.write(nonce)
    writer.write(expiresAtMilliseconds)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    account = try reader.read()
    asset = try reader.read(limit: StatementLimit.assetCode)
    chain = try reader.read(limit: StatementLimit.chain)
    address = try reader.read(limit: StatementLimit.address)
    amountUnits = try reader.read()
    maximumFeeUnits = try reader.read()
    nonce = try reader.read()
    expiresAtMilliseconds = try reader.read()
  }
}
