public import Bitcoin

/// Why a message's signature is none. See BIP-322, "Verification".
public enum SignedMessageError: Error, Equatable, Sendable {
  case messageTooLong(bytes: Int, limit: Int)
  case signatureTooLong(bytes: Int, limit: Int)
  case empty
  case notBase64
  /// What the prefix announces does not follow.
  case malformed(MessageSignature.Variant, reason: String)
  /// A field of the transaction is not what the message makes it.
  case otherTransaction(reason: String)
  /// An input, counted from 0, does not satisfy its script.
  case invalid(input: Int, ScriptError)
  /// What coin an input spends is not given.
  case unknownCoin(input: Int)
}

extension SignedMessageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .messageTooLong(let bytes, let limit):
      "message: \(bytes) bytes; the limit is \(limit). Sign its hash instead"
    case .signatureTooLong(let bytes, let limit):
      "signature: \(bytes) bytes; the limit is \(limit)"
    case .empty: "signature: it is empty"
    case .notBase64: "signature: not Base64"
    case .malformed(let variant, let reason): "signature: no \(variant.name) form: \(reason)"
    case .otherTransaction(let reason): "signature: it is of another transaction: \(reason)"
    case .invalid(let input, let error): "signature: input \(input) is invalid: \(error)"
    case .unknownCoin(let input): "signature: it does not say what input \(input) spends"
    }
  }
}
