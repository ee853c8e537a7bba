/// Why text is no message signature, or a signature is not one of its message and address. See
/// BIP-322.
public enum MessageError: Error, Hashable, Sendable {
  /// Longer than any signature, in characters.
  case tooLong(Int, limit: Int)
  case empty
  /// What stands behind the prefix is no Base64.
  case notBase64
  /// The bytes are no witness of the simple variant.
  case badWitness(BitcoinError)
  /// The bytes are no transaction of the full variant.
  case badTransaction(BitcoinError)
  /// The bytes are no finalised PSBT of a proof of funds, with the reason.
  case badProof(String)
  /// A field of the signing transaction that is not as BIP-322 wants it.
  case notOfMessage(String)
  /// A transaction that no rule allows.
  case defect(TransactionDefect)
  /// A variant that the address's kind of script does not have.
  case wrongVariant(String)
  /// A script that divides itself for its signatures.
  case codeSeparator(input: Int)
  /// The scripts refuse the signature.
  case invalid(input: Int, ScriptError)
  /// The legacy signature was made by another key, or over another message.
  case otherKey
}

extension MessageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLong(let count, let limit): "a signature of \(count) characters, above \(limit)"
    case .empty: "an empty signature"
    case .notBase64: "what stands behind the prefix is no Base64"
    case .badWitness(let error): "no witness: \(error)"
    case .badTransaction(let error): "no transaction: \(error)"
    case .badProof(let reason): "no finalised PSBT: \(reason)"
    case .notOfMessage(let reason): "the transaction is not one of this message: \(reason)"
    case .defect(let defect): "the transaction is invalid: \(defect.rawValue)"
    case .wrongVariant(let reason): reason
    case .codeSeparator(let input): "input \(input) uses OP_CODESEPARATOR"
    case .invalid(let input, let error): "input \(input): \(error.rawValue)"
    case .otherKey: "made by another key or over another message"
    }
  }
}
