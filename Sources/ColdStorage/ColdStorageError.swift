public import Cryptography
public import Descriptors
public import PSBT
import Wire

/// Why cold storage will not do something.
public enum ColdStorageError: Error, Equatable, Sendable {
  case badName(String)
  /// A descriptor of a single script, which could not be used only once.
  case notRanged
  case badPolicyFile(String)
  /// Two policies with one name, or one wallet registered twice.
  case registeredTwice(String)
  /// No policy of that name is registered as cold.
  case noColdPolicy(String)
  /// The request may not be signed; every reason.
  case refused([Refusal])
  /// The key has no place in the policy.
  case foreignKey
  case psbt(PSBTError)
  case descriptor(DescriptorError)
  case cryptography(CryptographyError)
}

extension ColdStorageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badName(let name):
      "policy name \"\(name.excerpt)\" is not 1 to 32 lower-case letters, digits and hyphens"
    case .notRanged: "the descriptor has one script only; cold addresses are used once"
    case .badPolicyFile(let reason): "policy file: \(reason)"
    case .registeredTwice(let name): "policy \(name) is registered already"
    case .noColdPolicy(let name): "no cold policy \"\(name)\" is registered"
    case .refused(let reasons):
      "refused: " + reasons.map(\.description).joined(separator: "; ")
    case .foreignKey: "the key has no place in this policy"
    case .psbt(let error): "PSBT: \(error)"
    case .descriptor(let error): "descriptor: \(error)"
    case .cryptography(let error): "cryptography failed: \(error)"
    }
  }
}
