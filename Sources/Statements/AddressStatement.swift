public import Wire

/// A customer's word that a destination is his: what puts an address into his address book.
///
/// The gateway checks its signature before journaling the entry; guard and signers check it again
/// before money moves, each with the key that it pinned itself.
public struct AddressStatement: Statement, Hashable {
  public static let domain = "holdfast/address/v1"

  /// The account's number.
  public var account: UInt64
  /// The asset's code, such as "BTC".
  public var asset: String
  /// The chain's name in OKX form, such as "BTC-Bitcoin".
  public var chain: String
  /// The destination in the chain's own text form.
  public var address: String
  /// Strictly growing per account, so that a removed entry cannot be put back by replay.
  public var nonce: UInt64

  public init(account: UInt64, asset: String, chain: String, address: String, nonce: UInt64) {
    self.account = account
    self.asset = asset
    self.chain = chain
    self.address = address
    self.nonce = nonce
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(account)
    writer.write(asset)
    writer.write(chain)
    writer.write(address)
    writer.write(nonce)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    account = try reader.read()
    asset = try reader.read(limit: StatementLimit.assetCode)
    chain = try reader.read(limit: StatementLimit.chain)
    address = try reader.read(limit: StatementLimit.address)
    nonce = try reader.read()
  }
}
