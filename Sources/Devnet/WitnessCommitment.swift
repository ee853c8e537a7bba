import Bitcoin
import Cryptography

/// The commitment of a block to its witnesses. See BIP-0141, "Commitment structure".
enum WitnessCommitment {
  /// The reserved value of blocks made here.
  static let reserved = [UInt8](repeating: 0, count: 32)
  private static let header: [UInt8] = [0x6A, 0x24, 0xAA, 0x21, 0xA9, 0xED]

  /// The commitment in a coinbase: the last output that has one.
  static func find(in coinbase: Transaction) -> [UInt8]? {
    coinbase.outputs.map(\.script.bytes).last { $0.count >= 38 && $0.starts(with: header) }
      .map { Array($0[6..<38]) }
  }

  /// The script of the output that carries `commitment`.
  static func script(_ commitment: [UInt8]) -> Script { Script(bytes: header + commitment) }

  /// The commitment to the witnesses of all transactions but the coinbase, which counts as zeros.
  static func hash(of transactions: [Transaction], reserved: [UInt8]) -> [UInt8] {
    var level = [[UInt8](repeating: 0, count: 32)]
    level += transactions.dropFirst().map(\.witnessID.bytes)
    while level.count > 1 { level = Block.merkleLevel(above: level) }
    return SHA256.double(level[0] + reserved)
  }
}
