/// Why a wallet policy cannot stand. See BIP-388, "Additional rules".
public enum WalletPolicyError: Error, Equatable, Sendable {
  case templateTooLong(bytes: Int, limit: Int)
  case keyCount(Int, limit: Int)
  /// What stands behind a placeholder is no allowed derivation.
  case badDerivation(placeholder: Int, text: String)
  case badPlaceholder(offset: Int)
  /// A placeholder without a key in the vector.
  case missingKey(Int, keys: Int)
  /// A key in the vector that no placeholder names.
  case unusedKey(Int)
  /// A placeholder that appears before a lower one.
  case outOfOrder(Int, expected: Int)
  case repeatedKey(Int)
  /// One child of a key in two places.
  case overlappingBranches(placeholder: Int)
  /// A key that is written out instead of being a placeholder, or one with own derivation steps.
  case badKey(Int, reason: String)
  case noPlaceholder
  /// The descriptor's key cannot be written as a placeholder.
  case notAPolicy(key: String)
  case descriptor(DescriptorError)
}

extension WalletPolicyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .templateTooLong(let bytes, let limit): "template: \(bytes) bytes; the limit is \(limit)"
    case .keyCount(let count, let limit): "keys: \(count); there must be 1 to \(limit)"
    case .badDerivation(let placeholder, let text):
      "@\(placeholder): \"\(text)\" follows; it must be /** or /<M;N>/* with two steps"
    case .badPlaceholder(let offset): "template: no key index behind @ at character \(offset)"
    case .missingKey(let placeholder, let keys):
      "@\(placeholder): the vector has only \(keys) keys"
    case .unusedKey(let key): "key \(key): no placeholder names it"
    case .outOfOrder(let placeholder, let expected):
      "@\(placeholder): @\(expected) must appear before it"
    case .repeatedKey(let key): "key \(key): the same public key as one before it"
    case .overlappingBranches(let placeholder): "@\(placeholder): one child is used in two places"
    case .badKey(let key, let reason): "key \(key): \(reason)"
    case .noPlaceholder: "template: it names no key"
    case .notAPolicy(let key):
      "descriptor: \(key) is not an extended key with /<M;N>/* behind it"
    case .descriptor(let error): "\(error)"
    }
  }
}
