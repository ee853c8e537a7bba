public import Cryptography
public import Passkeys

/// The key that a customer is known by: one of his programs', or a passkey on his device.
public enum CustomerKey: Hashable, Sendable {
  case ed25519(Ed25519.PublicKey)
  case passkey(Passkey)

  /// Longest form of a key in bytes.
  public static let limit = Passkey.limit
  /// Longest signature in bytes.
  public static let signatureLimit = PasskeyAssertion.limit

  /// Reads what ``bytes`` gave; `nil` when it is no key.
  public init?(bytes: [UInt8]) {
    if bytes.count == 32 {
      guard let key = Ed25519.PublicKey(bytes: bytes) else { return nil }
      self = .ed25519(key)
    } else {
      guard let passkey = try? Passkey(bytes: bytes) else { return nil }
      self = .passkey(passkey)
    }
  }

  /// 32 bytes of Ed25519, or a passkey's longer form.
  public var bytes: [UInt8] {
    switch self {
    case .ed25519(let key): key.bytes
    case .passkey(let passkey): passkey.bytes
    }
  }

  /// Returns why `signature` is not the customer's over `statement`, or `nil` when it is.
  ///
  /// - Parameter signature: 64 bytes of Ed25519, or the bytes of a ``PasskeyAssertion`` whose challenge
  ///   is the statement's.
  public func problem(of signature: [UInt8], over statement: some Statement) -> String? {
    switch self {
    case .ed25519(let key):
      return statement.verify(signature: signature, key: key.bytes)
        ? nil : "signature is not by the key"
    case .passkey(let passkey):
      guard let assertion = try? PasskeyAssertion(bytes: signature) else {
        return "assertion is not one"
      }
      do {
        try passkey.verify(assertion, challenge: statement.challenge)
        return nil
      } catch { return "\(error)" }
    }
  }
}

extension Statement {
  /// What a passkey signs in place of the statement: the SHA-256 of its bytes.
  public var challenge: [UInt8] { SHA256.hash(bytes) }

  /// Returns whether the customer known by `key` signed this statement. What is no key signed nothing.
  public func isSigned(byCustomer key: [UInt8], _ signature: [UInt8]) -> Bool {
    guard let key = CustomerKey(bytes: key) else { return false }
    return key.problem(of: signature, over: self) == nil
  }
}
