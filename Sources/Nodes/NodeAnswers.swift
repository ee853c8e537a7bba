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
  /// Height of the lowest block that the node still has, when it deletes old ones.
  public let prunedBelow: Int?

  /// Creates an answer.
  public init(
    chain: String, height: Int, bestBlock: BlockHash, medianTime: Int64, isInitialDownload: Bool,
    prunedBelow: Int? = nil
  ) {
    self.chain = chain
    self.height = height
    self.bestBlock = bestBlock
    self.medianTime = medianTime
    self.isInitialDownload = isInitialDownload
    self.prunedBelow = prunedBelow
  }
}

/// A header with its place.
public struct HeaderInfo: Hashable, Sendable {
  public let header: BlockHeader
  public let height: Int
  /// Blocks from this one to the tip, this one included; -1 beside the active chain.
  public let confirmations: Int

  /// Creates an answer.
  public init(header: BlockHeader, height: Int, confirmations: Int) {
    self.header = header
    self.height = height
    self.confirmations = confirmations
  }
}

/// A transaction with its place.
public struct TransactionInfo: Hashable, Sendable {
  public let transaction: Transaction
  /// The block that holds it, or `nil` while it waits in the mempool.
  public let block: BlockHash?
  /// 0 in the mempool and in a block beside the active chain.
  public let confirmations: Int

  /// Creates an answer.
  public init(transaction: Transaction, block: BlockHash?, confirmations: Int) {
    self.transaction = transaction
    self.block = block
    self.confirmations = confirmations
  }
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

  /// Creates an answer.
  public init(outpoint: Outpoint, output: TransactionOutput, height: Int?, isCoinbase: Bool) {
    self.outpoint = outpoint
    self.output = output
    self.height = height
    self.isCoinbase = isCoinbase
  }
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

  /// Creates an answer.
  public init(height: Int, block: BlockHash, outputs: [UnspentOutput], total: Int64) {
    self.height = height
    self.block = block
    self.outputs = outputs
    self.total = total
  }
}
