import Bitcoin
import ColdStorage
import Cryptography
import Descriptors
import PSBT
import Testing

/// Two wallets with known keys, registered as hot and cold, and coins of the cold one.
struct ColdWorld {
  struct Holder {
    let account: ExtendedPrivateKey
    let origin: KeyOrigin
  }

  let holders: [Holder]
  let cold: RegisteredPolicy
  let hot: RegisteredPolicy
  let register: PolicyRegister

  static func holder(_ seed: UInt8) throws -> Holder {
    let root = try ExtendedPrivateKey(
      seed: try SecretBytes(copying: [UInt8](repeating: seed, count: 32)), network: .regtest)
    let path = try DerivationPath(parsing: "48h/1h/0h/2h")
    return Holder(
      account: try root.descendant(path),
      origin: KeyOrigin(fingerprint: root.fingerprint, path: path))
  }

  /// What kind of wallet the cold one is.
  enum Form: CaseIterable {
    case multisig, decaying, taproot
  }

  /// Any two of three; the decaying ones also the first holder alone after ten blocks.
  static func descriptor(_ holders: [Holder], _ form: Form) throws -> Descriptor {
    func key(_ index: Int, _ branches: String) -> String {
      "[\(holders[index].origin.text)]\(holders[index].account.publicKey.text)/\(branches)/*"
    }
    // The point without a known key of BIP-341.
    let nobody = "50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0"
    let all = "\(key(0, "<0;1>")),\(key(1, "<0;1>")),\(key(2, "<0;1>"))"
    let late = "and_v(v:pk(\(key(0, "<2;3>"))),older(10))"
    let text =
      switch form {
      case .multisig: "wsh(sortedmulti(2,\(all)))"
      case .decaying: "wsh(or_d(multi(2,\(all)),\(late)))"
      case .taproot: "tr(\(nobody),{multi_a(2,\(all)),\(late)})"
      }
    return try Descriptor(parsing: text, network: .regtest)
  }

  init(_ form: Form = .multisig) throws {
    holders = try (1...3).map { try Self.holder($0) }
    cold = try RegisteredPolicy(
      name: "cold-1", role: .cold,
      descriptor: try Self.descriptor(holders, form))
    hot = try RegisteredPolicy(
      name: "hot-1", role: .hot,
      descriptor: try Self.descriptor(try (4...6).map { try Self.holder($0) }, .multisig))
    register = try PolicyRegister([cold, hot])
  }

  /// A transaction that pays `satoshis` to a place of the cold wallet.
  func coin(_ satoshis: Int64, index: UInt32 = 0) throws -> ColdRequest.Coin {
    let script = try cold.descriptor.script(branch: 0, index: index).scriptPubKey
    let previous = try #require(TransactionID(bytes: [UInt8](repeating: 7, count: 32)))
    let funding = Transaction(
      version: 2,
      inputs: [TransactionInput(outpoint: Outpoint(transaction: previous, index: index))],
      outputs: [TransactionOutput(value: satoshis, script: script)], lockTime: 0)
    return ColdRequest.Coin(transaction: funding, output: 0)
  }

  func request(
    _ coins: [ColdRequest.Coin], _ payments: [(String, Int, UInt32, Int64)]
  ) throws -> PSBT {
    try ColdRequest.psbt(
      spending: coins, of: cold,
      to: payments.map {
        .init(place: PolicyPlace(policy: $0.0, branch: $0.1, index: $0.2), satoshis: $0.3)
      }, register: register)
  }

  func review(_ psbt: PSBT) -> Review {
    Review(
      of: psbt, spending: cold, register: register, limits: Review.Limits(lookahead: 12))
  }

  /// A PSBT of any transaction, with the coins it spends, as a stranger would make it.
  func forged(
    _ coins: [ColdRequest.Coin], _ outputs: [TransactionOutput], version: Int32 = 2,
    sequence: UInt32 = 0xFFFF_FFFD, prove: Bool = true
  ) throws -> PSBT {
    let transaction = Transaction(
      version: version,
      inputs: coins.map {
        TransactionInput(
          outpoint: Outpoint(transaction: $0.transaction.id, index: $0.output), sequence: sequence)
      }, outputs: outputs, lockTime: 0)
    var psbt = PSBT(creating: try #require(UnsignedTransaction(transaction)))
    for (index, coin) in coins.enumerated() {
      if prove {
        try psbt.setPreviousTransaction(coin.transaction, forInput: index)
      } else {
        try psbt.setSpentOutput(coin.transaction.outputs[Int(coin.output)], forInput: index)
      }
    }
    return psbt
  }

  func output(_ policy: RegisteredPolicy, _ branch: Int, _ index: UInt32, _ satoshis: Int64) throws
    -> TransactionOutput
  {
    TransactionOutput(
      value: satoshis,
      script: try policy.descriptor.script(branch: branch, index: index).scriptPubKey)
  }
}
