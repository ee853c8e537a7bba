public import Bitcoin

/// A transaction that waits for a block.
public struct MempoolEntry: Sendable {
  public let transaction: Transaction
  public let id: TransactionID
  public let witnessID: TransactionID
  /// Satoshis paid to the miner.
  public let fee: Int64
  /// Weight, or more when it has many signature operations.
  let adjustedWeight: Int
  let weight: Int
  /// When it arrived, in seconds since 1970.
  public let time: Int64
  /// Height of the chain when it arrived.
  public let height: Int
  /// Order of arrival.
  let arrival: Int

  /// Size that its fee is measured against, in vB.
  public var virtualSize: Int { (adjustedWeight + 3) / 4 }
}
