import Bitcoin
import Cryptography
import Nodes

/// The customers' own wallet, outside the exchange: one key, whose coins it mines itself.
///
/// It asks the node only for blocks, so it works the same against Bitcoin Core without a wallet.
final class OutsideWallet {
  /// Where change and mined coins go; also where withdrawals are sent in the story.
  let address: String
  private let node: BitcoinNode
  private let key: SecretBytes
  private let publicKey: [UInt8]
  private let script: Script
  private var coins: [(outpoint: Outpoint, value: Int64)] = []

  /// Makes a wallet with a fresh key.
  init(node: BitcoinNode) throws {
    self.node = node
    key = try SecretBytes(copying: SecureRandom.bytes(32))
    publicKey = try Secp256k1.publicKey(from: key, compressed: true)
    script = .payToWitnessPublicKeyHash(of: publicKey)
    guard let text = Address.text(for: script, network: .regtest) else {
      throw StoryError("no address for the outside wallet")
    }
    address = text
  }

  /// A fresh address of somebody else, for a withdrawal whose output can be told apart.
  static func freshAddress() throws -> String {
    let key = try SecretBytes(copying: SecureRandom.bytes(32))
    let script = Script.payToWitnessPublicKeyHash(
      of: try Secp256k1.publicKey(from: key, compressed: true))
    guard let text = Address.text(for: script, network: .regtest) else {
      throw StoryError("no address for a fresh key")
    }
    return text
  }

  /// Mines `count` blocks to this wallet and remembers their coins.
  func mine(_ count: Int) async throws {
    for hash in try await node.generate(count, to: address) {
      guard let coinbase = try await node.block(hash)?.transactions.first else { continue }
      for (index, output) in coinbase.outputs.enumerated() where output.script == script {
        let outpoint = Outpoint(transaction: coinbase.id, index: UInt32(index))
        coins.append((outpoint, output.value))
      }
    }
  }

  /// Pays `satoshis` to `destination` from the oldest coin and broadcasts the transaction.
  func pay(_ satoshis: Int64, to destination: String) async throws -> Transaction {
    let fee: Int64 = 1_000
    guard let position = coins.firstIndex(where: { $0.value >= satoshis + fee + 1_000 }) else {
      throw StoryError("the outside wallet has no coin of \(satoshis) satoshi")
    }
    let coin = coins.remove(at: position)
    var transaction = Transaction(
      inputs: [TransactionInput(outpoint: coin.outpoint, sequence: 0xFFFF_FFFD)],
      outputs: [
        TransactionOutput(
          value: satoshis, script: try Address.parse(destination, network: .regtest)),
        TransactionOutput(value: coin.value - satoshis - fee, script: script),
      ])
    let digest = Sighash.segwitV0(
      transaction, input: 0,
      scriptCode: .payToPublicKeyHash(Hash160.hash(publicKey)), value: coin.value, type: 1)
    transaction.inputs[0].witness = [try Secp256k1.signECDSA(digest, with: key) + [1], publicKey]
    _ = try await node.send(transaction)
    coins.append((Outpoint(transaction: transaction.id, index: 1), coin.value - satoshis - fee))
    return transaction
  }
}
