import Cryptography

/// A block, not necessarily a valid one.
public struct Block: Hashable, Sendable {
  /// The header.
  public var header: BlockHeader
  /// The transactions, the coinbase first.
  public var transactions: [Transaction]

  /// Creates a block.
  public init(header: BlockHeader, transactions: [Transaction]) {
    self.header = header
    self.transactions = transactions
  }

  /// Reads a block that fills `bytes` completely.
  public init(parsing bytes: [UInt8]) throws(BitcoinError) {
    var reader = ConsensusReader(bytes)
    header = try BlockHeader(from: &reader)
    transactions = []
    // The smallest transaction is 10 bytes.
    for _ in 0..<(try reader.count("transactions", elementWidth: 10)) {
      transactions.append(try Transaction(from: &reader))
    }
    try reader.finish()
  }

  /// The serialisation with witnesses.
  public var bytes: [UInt8] { serialised { $0.bytes } }

  /// The hash of the header.
  public var hash: BlockHash { header.hash }

  /// Weight in weight units. See BIP-141, "Block size".
  public var weight: Int {
    let stripped = serialised { $0.bytesWithoutWitness }
    return stripped.count * (Consensus.witnessScaleFactor - 1) + bytes.count
  }

  /// The root over the identifiers, and whether the list is a known forgery of another list.
  public var merkleRoot: (root: [UInt8], isMutated: Bool) {
    MerkleTree.root(transactions.map(\.id.bytes))
  }

  private func serialised(_ transaction: (Transaction) -> [UInt8]) -> [UInt8] {
    var writer = ConsensusWriter()
    writer.fixed(header.bytes)
    writer.compactSize(transactions.count)
    for each in transactions { writer.fixed(transaction(each)) }
    return writer.bytes
  }
}
