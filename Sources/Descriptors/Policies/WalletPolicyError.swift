import Wire

/// Why a template and keys are no wallet policy. See BIP-388.
public enum WalletPolicyError: Error, Equatable, Sendable {
  /// A template longer than this, in characters.
  case tooLong(Int, limit: Int)
  /// A placeholder that is none, with the text from there on.
  case badPlaceholder(String)
  /// Something other than `/**` or `/<a;b>/*` behind a placeholder.
  case badPath(String)
  /// A first occurrence out of order: `found` where `expected` or an earlier one must stand.
  case outOfOrder(expected: Int, found: Int)
  /// The same placeholder twice with a step in common.
  case overlappingPaths(String)
  /// The same placeholder twice in one `musig`.
  case repeatedParticipant(Int)
  /// A key in the template that is no placeholder.
  case keyInTemplate
  /// A function that no policy may have.
  case notAllowed(String)
  case noPlaceholder
  /// Another number of keys than placeholders.
  case wrongKeyCount(expected: Int, actual: Int)
  /// A key that is no extended key with an optional origin, and its place.
  case badKey(Int, String)
  /// Two keys with the same public key.
  case repeatedKey(Int, Int)
  /// The policy makes no descriptor.
  case descriptor(DescriptorError)
}

extension WalletPolicyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLong(let count, let limit): "a template of \(count) characters, above \(limit)"
    case .badPlaceholder(let text): "\"\(text.excerpt)\" is no placeholder such as @0"
    case .badPath(let text): "\"\(text.excerpt)\" begins with neither /** nor /<a;b>/*"
    case .outOfOrder(let expected, let found): "@\(found) stands where @\(expected) must come first"
    case .overlappingPaths(let text): "\(text) stands twice with a step in common"
    case .repeatedParticipant(let index): "@\(index) stands twice in one musig()"
    case .keyInTemplate: "a key in the template that is no placeholder"
    case .notAllowed(let name): "\(name) is not allowed in a wallet policy"
    case .noPlaceholder: "a policy without a key"
    case .wrongKeyCount(let expected, let actual): "\(actual) keys for \(expected) placeholders"
    case .badKey(let index, let reason): "key @\(index): \(reason)"
    case .repeatedKey(let a, let b): "keys @\(a) and @\(b) are the same"
    case .descriptor(let error): "\(error)"
    }
  }
}
