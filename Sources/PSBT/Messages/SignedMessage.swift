public import Bitcoin
import Cryptography

/// A message and the script in whose name it is signed: the two transactions of BIP-322.
public struct SignedMessage: Hashable, Sendable {
  /// Longest message, in bytes; what is longer is to be signed by its hash.
  public static let limit = 65_536

  public let message: [UInt8]
  /// The condition that the signature satisfies.
  public let script: Script

  /// - Throws: ``SignedMessageError/messageTooLong(bytes:limit:)``.
  public init(_ message: [UInt8], by script: Script) throws(SignedMessageError) {
    guard message.count <= Self.limit else {
      throw .messageTooLong(bytes: message.count, limit: Self.limit)
    }
    self.message = message
    self.script = script
  }

  /// Signs text as UTF-8.
  public init(_ text: String, by script: Script) throws(SignedMessageError) {
    try self.init(Array(text.utf8), by: script)
  }

  /// The hash that `toSpend` commits to, 32 bytes.
  public var hash: [UInt8] { SHA256.tagged("BIP0322-signed-message", message) }

  /// The transaction that nobody can make real: it spends nothing and pays to the script.
  public var toSpend: Transaction {
    var commitment = Script()
    commitment.append(.zero)
    commitment.append(push: hash)
    return Transaction(
      version: 0,
      inputs: [TransactionInput(outpoint: .null, scriptSig: commitment, sequence: 0)],
      outputs: [TransactionOutput(value: 0, script: script)])
  }

  /// The transaction whose signatures are the message's, without them.
  ///
  /// - Parameters:
  ///   - version: 0, or 2 where the script has a relative lock time.
  ///   - lockTime: For scripts with an absolute lock time.
  ///   - sequence: For scripts with a lock time.
  ///   - proving: Coins that the signer shows to be his, besides.
  public func toSign(
    version: Int32 = 0, lockTime: UInt32 = 0, sequence: UInt32 = 0,
    proving coins: [TransactionInput] = []
  ) -> Transaction {
    let first = TransactionInput(
      outpoint: Outpoint(transaction: toSpend.id, index: 0), sequence: sequence)
    return Transaction(
      version: version, inputs: [first] + coins,
      outputs: [TransactionOutput(value: 0, script: Self.nothing)], lockTime: lockTime)
  }

  /// What the only output pays to.
  static let nothing: Script = {
    var script = Script()
    script.append(.return)
    return script
  }()
}
