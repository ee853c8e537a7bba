import Bitcoin
import Cryptography

enum BlockTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    let previous = BlockHash(bytes: [UInt8](repeating: 0, count: 32))
    let root = Digest256([UInt8](repeating: 1, count: 32))
    guard let previous, let root else { return [] }
    let header = BlockHeader(
      version: 1, previous: previous, merkleRoot: root, time: 1_231_006_505, bits: 0x207F_FFFF,
      nonce: 2)
    let spending = TransactionInput(outpoint: .null, scriptSig: Script([2, 1, 2]), witness: [[1]])
    let paying = TransactionOutput(value: 50, script: Script([0x51]))
    let transaction = Transaction(inputs: [spending], outputs: [paying])
    return (0...3).map { count in
      Block(header: header, transactions: Array(repeating: transaction, count: count)).bytes
    }
  }

  static func check(_ input: [UInt8]) {
    if let header = accepted({ () throws(BitcoinError) in try BlockHeader(parsing: input) }) {
      require(header.bytes == input, "a header is written as it was read")
    }
    guard let block = accepted({ () throws(BitcoinError) in try Block(parsing: input) }) else {
      return
    }
    require(block.bytes == input, "a block is written as it was read")
    require(block.weight <= 4 * input.count, "weight is at most four times the size")
    _ = block.merkleRoot
    _ = block.hasValidWitnessCommitment
  }
}
