import Bitcoin
import Cryptography
import SignerProtocol

/// What a signer takes for the end of the matter: so many blocks, each with at least so much work.
public struct FinalityTerms: Equatable, Sendable {
  /// The block that holds the transaction and those upon it, at least 1.
  public var blocks: Int
  /// The easiest target that counts, in the compact form of block headers.
  public var easiestBits: UInt32

  public init(blocks: Int, easiestBits: UInt32) {
    self.blocks = blocks
    self.easiestBits = easiestBits
  }

  /// On a chain where work costs nothing, and nothing is worth anything.
  public static let regtest = FinalityTerms(blocks: 6, easiestBits: 0x207F_FFFF)
}

/// A transaction is final when it hangs in the tree of a block upon which enough others stand, each with
/// the work that this signer's configuration asks for, and in the chain where the signer follows one.
/// Nobody's word counts: to show a signer a block that is not the chain's, one has to mine it and those
/// upon it.
enum FinalityCheck {
  static func transaction(
    in proof: FinalityProof, _ terms: FinalityTerms?, _ chain: ChainClock?
  ) throws(SignerRefusal) -> Transaction {
    guard let terms else {
      throw SignerRefusal(.notFinal, "this signer is not told how much work makes a block final")
    }
    let block = try block(under: proof.headers, terms, chain)
    let coinbase = try member(proof.coinbase, at: 0, of: block, "first")
    guard coinbase.isCoinbase, proof.coinbase.branch.count == proof.member.branch.count else {
      throw SignerRefusal(.notFinal, "the block's first transaction is not shown")
    }
    return try member(proof.member, at: proof.position, of: block, "final")
  }

  /// The first of `headers`, when enough others stand upon it and these have work enough. What comes
  /// after them decides nothing: an easier target there is the network's own affair.
  private static func block(
    under headers: [[UInt8]], _ terms: FinalityTerms, _ chain: ChainClock?
  ) throws(SignerRefusal) -> BlockHeader {
    guard headers.count >= terms.blocks else {
      throw SignerRefusal(
        .notFinal, "\(headers.count) blocks are shown; \(terms.blocks) are needed")
    }
    guard let bound = BlockHeader.target(ofBits: terms.easiestBits) else {
      throw SignerRefusal(.notFinal, "this signer's easiest target is none")
    }
    var shown: [BlockHeader] = []
    for bytes in headers.prefix(terms.blocks) {
      guard let header = try? BlockHeader(parsing: bytes), let target = header.target,
        !bound.lexicographicallyPrecedes(target), header.hasProofOfWork
      else { throw SignerRefusal(.notFinal, "header \(shown.count) has too little work") }
      if let last = shown.last, header.previous != last.hash {
        throw SignerRefusal(.notFinal, "header \(shown.count) is not upon the one before")
      }
      // Work of one's own costs what the terms ask for, and those are looked at once a year; a place in
      // the chain that is followed costs what the network does.
      if let chain, !chain.contains(header.hash) {
        throw SignerRefusal(
          .notFinal, "header \(shown.count) is not in the chain that this signer follows")
      }
      shown.append(header)
    }
    return shown[0]
  }

  private static func member(
    _ member: FinalityProof.Member, at position: UInt32, of block: BlockHeader, _ name: String
  ) throws(SignerRefusal) -> Transaction {
    guard let transaction = try? Transaction(parsing: member.transaction),
      MerkleTree.root(of: transaction.id.bytes, at: position, by: member.branch)
        == block.merkleRoot.bytes
    else { throw SignerRefusal(.notFinal, "the \(name) transaction is not in the block") }
    return transaction
  }
}
