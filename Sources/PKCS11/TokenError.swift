// PKCS11 owns every call into a PKCS#11 module, and the key that such a module's token keeps for a
// signer. It refuses to know what is signed and why: that is Signing's.

/// Why a token's key cannot be made, opened or used.
public enum TokenError: Error, Equatable, Sendable {
  /// The module's file cannot be read, or others than its owner may change it.
  case moduleFile(path: String, problem: String)
  /// The system's loader refuses the module.
  case moduleNotLoaded(path: String, reason: String)
  /// The file is a library without PKCS#11's entry, or of a version that is not 2.x or 3.x.
  case notAModule(path: String, problem: String)
  /// No token of that label or serial number; those that there are.
  case tokenAbsent(wanted: String, present: [String])
  /// Several tokens fit; their serial numbers.
  case tokenAmbiguous(wanted: String, serials: [String])
  /// The token has not been given a PIN for its user.
  case pinNotSet
  /// The PIN is wrong.
  case pinWrong(left: TriesLeft)
  /// It does not let the user in, and says nothing of the PIN; each further try may count as one.
  case loginRefused(code: UInt)
  /// The token lets no PIN in any more until its security officer sets a new one.
  case pinLocked
  /// One try is left before the token locks itself; a program must not use it up.
  case oneTryLeft
  /// The system grants no locked memory, so the PIN could reach the swap.
  case memoryNotLocked
  /// No private key of that label and id.
  case keyAbsent(wanted: String, present: [String])
  /// Several private keys fit.
  case keyAmbiguous(wanted: String, count: Int)
  /// A key of that label is there already.
  case keyExists(String)
  /// It is a key of another kind.
  case notAnECKey
  /// It is on another curve; the identifier in DER, in hexadecimal.
  case otherCurve(String)
  /// The public half is not stored beside the private key.
  case publicKeyAbsent
  /// The public half is no point of secp256k1.
  case publicKeyMalformed
  /// A signature does not verify with the public key that lies beside the private one.
  case publicKeyForeign
  /// The token would give the private key out.
  case keyLeaves(String)
  /// The token does not do what is needed.
  case mechanismAbsent(String)
  /// It is another token or another key than at the start.
  case exchanged
  /// A call failed otherwise, with its return value.
  case call(String, code: UInt)

  /// What the token says about further tries.
  public enum TriesLeft: Equatable, Sendable {
    /// It does not say.
    case unsaid
    /// Fewer than usual.
    case few
    case one
    case none
  }
}

extension TokenError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .moduleFile(let path, let problem): "PKCS#11 module \(path): \(problem)"
    case .moduleNotLoaded(let path, let reason):
      "PKCS#11 module \(path) cannot be loaded: \(reason)"
    case .notAModule(let path, let problem): "\(path) is no PKCS#11 module: \(problem)"
    case .tokenAbsent(let wanted, let present):
      "no token with \(wanted) is there; "
        + (present.isEmpty ? "there is none" : "there is \(present.joined(separator: ", "))")
    case .tokenAmbiguous(let wanted, let serials):
      "\(serials.count) tokens have \(wanted); name the serial number: "
        + serials.joined(separator: ", ")
    case .pinNotSet: "the token has no PIN for its user yet; initialise it first"
    case .loginRefused(let code):
      "the token does not let the user in: \(ReturnValue.name(code))"
    case .pinWrong(.unsaid): "wrong PIN; the token does not say how many tries are left"
    case .pinWrong(.few): "wrong PIN; the token says that few tries are left"
    case .pinWrong(.one): "wrong PIN; one try is left before the token locks itself"
    case .pinWrong(.none): "wrong PIN; the token has locked itself"
    case .pinLocked: "the token has locked its PIN; its security officer can set a new one"
    case .oneTryLeft:
      "one try at the PIN is left before the token locks itself, and no program should use it up: "
        + "log in once with the maker's tool"
    case .memoryNotLocked:
      "the system grants no locked memory; raise the limit (ulimit -l, LimitMEMLOCK)"
    case .keyAbsent(let wanted, let present):
      "the token has no private key with \(wanted); "
        + (present.isEmpty ? "it has none" : "it has \(present.joined(separator: ", "))")
    case .keyAmbiguous(let wanted, let count):
      "the token has \(count) private keys with \(wanted); name the id too"
    case .keyExists(let label): "the token has a key \(label) already"
    case .notAnECKey: "the key is not one of an elliptic curve"
    case .otherCurve(let identifier):
      "the key is not on secp256k1: its curve has the identifier \(identifier), not 06052b8104000a"
    case .publicKeyAbsent: "the token has no public key of the same label and id"
    case .publicKeyMalformed: "the token's public key is no point of secp256k1"
    case .publicKeyForeign:
      "the token's signature does not verify with the public key beside the private one; do not use it"
    case .keyLeaves(let attribute):
      "the token would give the private key out (\(attribute)); make it there, to stay there"
    case .mechanismAbsent(let name): "the token does not do \(name)"
    case .exchanged: "another token or another key is in the place of the one from the start"
    case .call(let name, let code): "\(name) failed: \(ReturnValue.name(code))"
    }
  }
}

/// Names of PKCS#11's return values. See PKCS#11 v2.40, section 5.1.
enum ReturnValue {
  static func name(_ code: UInt) -> String {
    guard let name = names[code] else { return "0x" + String(code, radix: 16) }
    return "CKR_" + name
  }

  private static let names: [UInt: String] = [
    0x02: "HOST_MEMORY", 0x03: "SLOT_ID_INVALID", 0x05: "GENERAL_ERROR", 0x06: "FUNCTION_FAILED",
    0x07: "ARGUMENTS_BAD", 0x10: "ATTRIBUTE_READ_ONLY", 0x11: "ATTRIBUTE_SENSITIVE",
    0x12: "ATTRIBUTE_TYPE_INVALID", 0x13: "ATTRIBUTE_VALUE_INVALID", 0x21: "DATA_LEN_RANGE",
    0x30: "DEVICE_ERROR", 0x31: "DEVICE_MEMORY", 0x32: "DEVICE_REMOVED",
    0x50: "FUNCTION_CANCELED", 0x54: "FUNCTION_NOT_SUPPORTED", 0x60: "KEY_HANDLE_INVALID",
    0x63: "KEY_TYPE_INCONSISTENT", 0x68: "KEY_FUNCTION_NOT_PERMITTED", 0x70: "MECHANISM_INVALID",
    0x71: "MECHANISM_PARAM_INVALID", 0x82: "OBJECT_HANDLE_INVALID", 0x90: "OPERATION_ACTIVE",
    0x91: "OPERATION_NOT_INITIALIZED", 0xA0: "PIN_INCORRECT", 0xA1: "PIN_INVALID",
    0xA2: "PIN_LEN_RANGE", 0xA3: "PIN_EXPIRED", 0xA4: "PIN_LOCKED", 0xB0: "SESSION_CLOSED",
    0xB1: "SESSION_COUNT", 0xB3: "SESSION_HANDLE_INVALID", 0xB5: "SESSION_READ_ONLY",
    0xE0: "TOKEN_NOT_PRESENT", 0xE1: "TOKEN_NOT_RECOGNIZED", 0xE2: "TOKEN_WRITE_PROTECTED",
    0x100: "USER_ALREADY_LOGGED_IN", 0x101: "USER_NOT_LOGGED_IN",
    0x102: "USER_PIN_NOT_INITIALIZED", 0x103: "USER_TYPE_INVALID",
    0x104: "USER_ANOTHER_ALREADY_LOGGED_IN", 0x130: "DOMAIN_PARAMS_INVALID",
    0x140: "CURVE_NOT_SUPPORTED", 0x150: "BUFFER_TOO_SMALL", 0x190: "CRYPTOKI_NOT_INITIALIZED",
    0x191: "CRYPTOKI_ALREADY_INITIALIZED",
  ]
}
