public import Bitcoin

/// The state of a node's chain.
public struct ChainInfo: Hashable, Sendable {
  /// The node's name of the chain: "main", "test", "signet" or "regtest".
  public let chain: String
  /// Height of the last block whose transactions have been checked.
  public let height: Int
  /// Hash of that block.
  public let bestBlock: BlockHash
  /// Median time past of that block, in seconds since 1970.
  public let medianTime: Int64
  /// Whether the node is still catching up with the network.
  public let isInitialDownload: Bool
}

/// A header with its place.
public struct HeaderInfo: Hashable, Sendable {
  public let header: BlockHeader
  public let height: Int
  /// Blocks from this one to the tip, this one included; -1 beside the active chain.
  public let confirmations: Int
}

/// A transaction with its place.
public struct TransactionInfo: Hashable, Sendable {
  public let transaction: Transaction
  /// The block that holds it, or `nil` while it waits in the mempool.
  public let block: BlockHash?
  /// 0 in the mempool and in a block beside the active chain.
  public let confirmations: Int
}

/// Whether the mempool would take a transaction.
public enum MempoolVerdict: Hashable, Sendable {
  /// It would, for a fee in satoshis on a size in vB.
  case allowed(fee: Int64, virtualSize: Int)
  /// It would not; `reason` is Bitcoin Core's, for example "min relay fee not met".
  case refused(reason: String)
}

/// An unspent output.
public struct UnspentOutput: Hashable, Sendable {
  public let outpoint: Outpoint
  public let output: TransactionOutput
  /// Height of its block, or `nil` while its transaction waits in the mempool.
  public let height: Int?
  /// Whether a coinbase created it.
  public let isCoinbase: Bool
}

/// A descriptor to scan for.
public struct ScanRange: Hashable, Sendable {
  /// The text, with checksum.
  public let descriptor: String
  /// Indices to expand, or `nil` for a descriptor without a wildcard.
  public let indices: ClosedRange<UInt32>?

  /// Creates a scan of one descriptor.
  public init(descriptor: String, indices: ClosedRange<UInt32>? = nil) {
    self.descriptor = descriptor
    self.indices = indices
  }
}

/// All unspent outputs of some descriptors at one block.
public struct ScanResult: Hashable, Sendable {
  public let height: Int
  public let block: BlockHash
  public let outputs: [UnspentOutput]
  /// Sum of the outputs, in satoshis.
  public let total: Int64
}
