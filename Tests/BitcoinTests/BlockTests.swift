import Bitcoin
import Cryptography
import Testing
import Wire

@Suite struct BlockTests {
  /// The first block of the main network, as every node has it built in.
  private static let genesis =
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e"
    + "67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c010100000001000000000000000000"
    + "0000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030"
    + "332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f75"
    + "7420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828"
    + "e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac0000"
    + "0000"

  @Test func `the first block has its published hashes and its work`() throws {
    let bytes = try #require(Hex.bytes(Self.genesis))
    let block = try Block(parsing: bytes)
    #expect(block.bytes == bytes)
    #expect(
      block.hash.hex == "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f")
    #expect(
      block.transactions[0].id.hex
        == "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b")
    #expect(block.merkleRoot.root == block.header.merkleRoot.bytes)
    #expect(block.header.hasProofOfWork)
    #expect(block.transactions[0].isCoinbase)
    #expect(block.weight == 285 * 4)
    var other = block.header
    other.nonce += 1
    #expect(!other.hasProofOfWork)
  }

  @Test(arguments: [
    (UInt32(0x1D00_FFFF), "00000000ffff0000000000000000000000000000000000000000000000000000"),
    (0x207F_FFFF, "7fffff0000000000000000000000000000000000000000000000000000000000"),
    (0x0312_3456, "0000000000000000000000000000000000000000000000000000000000123456"),
    (0x0212_3456, "0000000000000000000000000000000000000000000000000000000000001234"),
  ])
  func `a compact target expands as published`(bits: UInt32, target: String) {
    #expect(header(bits: bits).target.map(Hex.text) == target)
  }

  @Test(arguments: [UInt32(0), 0x0080_0000, 0x0492_3456, 0x2312_3456, 0x0012_3456])
  func `a target that is zero, negative or too large is none`(bits: UInt32) {
    #expect(header(bits: bits).target == nil)
    #expect(!header(bits: bits).hasProofOfWork)
  }

  private func header(bits: UInt32) -> BlockHeader {
    BlockHeader(version: 1, previous: .zero, merkleRoot: .zero, time: 0, bits: bits, nonce: 0)
  }

  @Test func `a list with its last leaf doubled has the same root and is found out`() {
    let leaves = (UInt8(1)...3).map { [UInt8](repeating: $0, count: 32) }
    let honest = MerkleTree.root(leaves)
    let forged = MerkleTree.root(leaves + [leaves[2]])
    #expect(honest.root == forged.root)
    #expect(!honest.isMutated)
    #expect(forged.isMutated)
  }

  @Test func `a witness commitment holds until a witness changes`() {
    let reserved = [UInt8](repeating: 0, count: 32)
    let spending = Transaction(
      inputs: [
        TransactionInput(outpoint: Outpoint(transaction: .zero, index: 0), witness: [[1, 2]])
      ],
      outputs: [TransactionOutput(value: 1, script: Script())])
    var coinbase = Transaction(
      inputs: [
        TransactionInput(outpoint: .null, scriptSig: Script([1, 1]), witness: [reserved])
      ],
      outputs: [TransactionOutput(value: 1, script: Script())])
    let commitment = Block.witnessCommitment(over: [coinbase, spending])
    coinbase.outputs.append(Block.witnessCommitmentOutput(commitment))
    var block = Block(header: header(bits: 1), transactions: [coinbase, spending])
    #expect(block.hasValidWitnessCommitment)
    block.transactions[1].inputs[0].witness = [[1, 3]]
    #expect(!block.hasValidWitnessCommitment)
    block.transactions[0].outputs.removeLast()
    #expect(!block.hasValidWitnessCommitment)
    block.transactions[1].inputs[0].witness = []
    #expect(block.hasValidWitnessCommitment == !block.transactions[0].hasWitness)
  }
}
