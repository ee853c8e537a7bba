import Cryptography

/// How a block commits to witnesses. See BIP-141, "Commitment structure".
extension Block {
  /// What the commitment output begins with: `OP_RETURN`, a push of 36 bytes, and the tag.
  public static let witnessCommitmentHeader: [UInt8] = [0x6A, 0x24, 0xAA, 0x21, 0xA9, 0xED]

  /// Returns the commitment over `transactions`, the first being the coinbase, whose own witness
  /// identifier counts as zero.
  ///
  /// - Parameter reserved: The 32 bytes in the witness of the coinbase.
  public static func witnessCommitment(
    over transactions: [Transaction], reserved: [UInt8] = [UInt8](repeating: 0, count: 32)
  ) -> [UInt8] {
    let leaves = transactions.enumerated().map { index, transaction in
      index == 0 ? TransactionID.zero.bytes : transaction.witnessID.bytes
    }
    return SHA256.double(MerkleTree.root(leaves).root + reserved)
  }

  /// Returns the coinbase output that carries `commitment`.
  public static func witnessCommitmentOutput(_ commitment: [UInt8]) -> TransactionOutput {
    TransactionOutput(value: 0, script: Script(witnessCommitmentHeader + commitment))
  }

  /// The commitment in the coinbase: the last output of that form.
  public var witnessCommitment: [UInt8]? {
    let output = transactions.first?.outputs.last { output in
      output.script.bytes.count >= 38
        && output.script.bytes.starts(with: Self.witnessCommitmentHeader)
    }
    return output.map { Array($0.script.bytes[6..<38]) }
  }

  /// Whether the commitment is right; without one, whether there is no witness to commit to.
  public var hasValidWitnessCommitment: Bool {
    guard let commitment = witnessCommitment else {
      return !transactions.contains { $0.hasWitness }
    }
    guard let witness = transactions.first?.inputs.first?.witness, witness.count == 1,
      witness[0].count == 32
    else { return false }
    return Block.witnessCommitment(over: transactions, reserved: witness[0]) == commitment
  }
}
