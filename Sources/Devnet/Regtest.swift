// Devnet owns one Bitcoin chain in regtest form: blocks, the set of unspent outputs, a mempool and
// Bitcoin Core's RPC methods over them. It opens no socket, reads no clock and draws no random
// number; time arrives with each call.

public import Bitcoin
import Cryptography
import Wire

/// The rules of Bitcoin Core's regtest network.
public enum Regtest {
  /// Compact target of every block: the easiest there is.
  public static let bits: UInt32 = 0x207F_FFFF
  /// The target that `bits` stands for, as RPC prints it.
  public static let targetHex = "7fffff" + String(repeating: "0", count: 58)
  /// Blocks between two halvings of the subsidy.
  public static let halvingInterval = 150
  /// Largest cost of the signature operations of a block. See BIP-0141.
  public static let maxBlockSigOpsCost = 80_000
  /// How far, in seconds, a block may be ahead of the clock.
  public static let maxFutureSeconds: Int64 = 2 * 60 * 60
  /// Blocks whose median time is the median time past. See BIP-0113.
  public static let medianTimeSpan = 11

  /// The subsidy of the block at `height`, in satoshis.
  public static func subsidy(height: Int) -> Int64 {
    let halvings = height / halvingInterval
    return halvings >= 64 ? 0 : (50 * Consensus.satoshisPerBitcoin) >> Int64(halvings)
  }

  /// The first block: the one of Bitcoin Core's regtest.
  public static let genesis: Block = {
    let message = "The Times 03/Jan/2009 Chancellor on brink of second bailout for banks"
    let key =
      "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb6"
      + "49f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f"
    var input: [UInt8] = [4, 0xFF, 0xFF, 0x00, 0x1D, 1, 4, UInt8(message.utf8.count)]
    input += Array(message.utf8)
    let output = [65] + (Hex.bytes(key) ?? []) + [0xAC]
    let coinbase = Transaction(
      version: 1,
      inputs: [
        TransactionInput(
          outpoint: .null, scriptSig: Script(input))
      ],
      outputs: [TransactionOutput(value: subsidy(height: 0), script: Script(output))],
      lockTime: 0)
    let header = BlockHeader(
      version: 1, previous: .zero, merkleRoot: merkleRoot(of: [coinbase]), time: 1_296_688_602,
      bits: bits, nonce: 2)
    return Block(header: header, transactions: [coinbase])
  }()

  /// The root that the header of a block of `transactions` commits to.
  static func merkleRoot(of transactions: [Transaction]) -> Digest256 {
    let root = MerkleTree.root(transactions.map(\.id.bytes)).root
    guard let digest = Digest256(root) else { preconditionFailure("a merkle root has 32 bytes") }
    return digest
  }
}
