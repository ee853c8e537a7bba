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
    // The smallest transaction is 10 bytes.
    let count = try reader.count("transactions", elementWidth: 10)
    transactions = []
    transactions.reserveCapacity(count)
    for _ in 0..<count {
      transactions.append(try Transaction(from: &reader))
    }
    try reader.finish()
  }

  /// The serialisation with witnesses.
  public var bytes: [UInt8] {
    var writer = ConsensusWriter(byteCount: byteCount { $0.byteCount(withWitness: $0.hasWitness) })
    header.write(to: &writer)
    writer.compactSize(transactions.count)
    for each in transactions { each.write(to: &writer, withWitness: each.hasWitness) }
    return writer.bytes
  }

  /// The hash of the header.
  public var hash: BlockHash { header.hash }

  /// Weight in weight units. See BIP-141, "Block size".
  public var weight: Int {
    byteCount { $0.byteCount(withWitness: false) } * (Consensus.witnessScaleFactor - 1)
      + byteCount { $0.byteCount(withWitness: $0.hasWitness) }
  }

  /// The root over the identifiers, and whether the list is a known forgery of another list.
  public var merkleRoot: (root: [UInt8], isMutated: Bool) {
    MerkleTree.root(transactions.map(\.id.bytes))
  }

  private func byteCount(_ transaction: (Transaction) -> Int) -> Int {
    transactions.reduce(BlockHeader.byteCount + ConsensusWriter.width(of: transactions.count)) {
      $0 + transaction($1)
    }
  }
}
