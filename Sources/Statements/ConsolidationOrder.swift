public import Wire

/// The guard's word to the signers that coins of the wallet may be gathered, or taken to cold storage,
/// by one transaction, all of whose outputs stay with the house: each signer checks them by itself.
public struct ConsolidationOrder: Statement, Hashable {
  public static let domain = "holdfast/consolidation/v1"

  /// The asset's code, such as "BTC".
  public var asset: String
  /// The chain's name in OKX form, such as "BTC-Bitcoin".
  public var chain: String
  /// Id of the transaction in internal byte order, 32 bytes.
  public var transaction: [UInt8]
  /// The most that it may give to the network, in ledger units.
  public var maximumNetworkFeeUnits: Int64
  /// When the guard ordered it, in milliseconds since 1970 by the guard's clock.
  public var orderedAtMilliseconds: Int64
  /// Signers refuse it from then on, in milliseconds since 1970.
  public var expiresAtMilliseconds: Int64

  public init(
    asset: String, chain: String, transaction: [UInt8], maximumNetworkFeeUnits: Int64,
    orderedAtMilliseconds: Int64, expiresAtMilliseconds: Int64
  ) {
    self.asset = asset
    self.chain = chain
    self.transaction = transaction
    self.maximumNetworkFeeUnits = maximumNetworkFeeUnits
    self.orderedAtMilliseconds = orderedAtMilliseconds
    self.expiresAtMilliseconds = expiresAtMilliseconds
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(asset)
    writer.write(chain)
    writer.write(fixed: transaction)
    writer.write(maximumNetworkFeeUnits)
    writer.write(orderedAtMilliseconds)
    writer.write(expiresAtMilliseconds)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    asset = try reader.read(limit: StatementLimit.assetCode)
    chain = try reader.read(limit: StatementLimit.chain)
    transaction = try reader.read(fixed: 32)
    maximumNetworkFeeUnits = try reader.read()
    orderedAtMilliseconds = try reader.read()
    expiresAtMilliseconds = try reader.read()
  }
}
