import Cryptography
import Wire

/// A message and the script whose owner is to sign it. See BIP-322.
public struct SignedMessage: Hashable, Sendable {
  /// The bytes of the message, usually UTF-8.
  public let message: [UInt8]
  /// The output script of the address.
  public let challenge: Script

  public init(_ message: [UInt8], challenge: Script) {
    self.message = message
    self.challenge = challenge
  }

  /// Takes a text and the address that is to sign it.
  public init(_ text: String, address: String, network: Network) throws(AddressError) {
    self.init(Array(text.utf8), challenge: try Address.parse(address, network: network))
  }

  /// The tagged hash of the message, 32 bytes.
  public var hash: [UInt8] { SHA256.tagged("BIP0322-signed-message", message) }

  /// The virtual transaction that pays nothing to the script and names the message.
  public var toSpend: Transaction {
    var scriptSig = Script()
    scriptSig.append(.zero)
    scriptSig.append(push: hash)
    return Transaction(
      version: 0,
      inputs: [TransactionInput(outpoint: .null, scriptSig: scriptSig, sequence: 0)],
      outputs: [TransactionOutput(value: 0, script: challenge)])
  }

  /// What signatures end in instead of a payment.
  static let output: TransactionOutput = {
    var script = Script()
    script.append(.return)
    return TransactionOutput(value: 0, script: script)
  }()

  /// Returns the virtual transaction that a signature satisfies.
  ///
  /// - Parameters:
  ///   - version: 0, or 2 where the script has a relative lock.
  ///   - sequence: Of the first input, where the script has a lock.
  ///   - funds: Outputs of which control is to be shown besides; not spent.
  public func toSign(
    version: Int32 = 0, lockTime: UInt32 = 0, sequence: UInt32 = 0,
    funds: [TransactionInput] = []
  ) -> Transaction {
    let first = TransactionInput(
      outpoint: Outpoint(transaction: toSpend.id, index: 0), sequence: sequence)
    return Transaction(
      version: version, inputs: [first] + funds, outputs: [Self.output], lockTime: lockTime)
  }
}

/// What a valid signature says about time.
public enum MessageVerdict: Hashable, Sendable {
  /// Valid once the chain has reached `time` (a lock time) and the coins `age` (a sequence); both
  /// zero for at any time.
  case valid(time: UInt32, age: UInt32)
  /// It uses what future rules may forbid or define, so that nothing can be said.
  case inconclusive(String)
}
