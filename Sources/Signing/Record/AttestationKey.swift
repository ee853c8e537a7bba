import Bitcoin
import Cryptography
import Descriptors

/// The public key under which one of the wallet's signers attests.
///
/// What is signed is always a tagged hash (BIP-340, "Design"): SHA-256 of 64 bytes or more. A digest
/// of BIP-143 is SHA-256 of 32 bytes, so no attestation is a signature on a transaction, also where
/// a token has one key for both.
enum AttestationKey: Hashable {
  /// BIP-340, under a branch of the account that no wallet uses; x-only.
  case derived([UInt8])
  /// ECDSA under the one key that a token has; 33 bytes.
  case fixed([UInt8])

  /// The steps from an account to the key that it attests with.
  static let steps = [UInt32(2_000_000), 0].map(ChildNumber.init(rawValue:))

  /// The key of the holder that `key` stands for, or `nil` when he has none.
  init?(_ key: KeyExpression) {
    switch key.key {
    case .extended(let account):
      var key = account
      for step in Self.steps {
        guard let child = try? key.child(step) else { return nil }
        key = child
      }
      self = .derived(Array(key.publicKey.dropFirst()))
    case .single(let bytes) where bytes.count == 33: self = .fixed(bytes)
    case .single, .musig: return nil
    }
  }

  /// Whether `signature`, 64 bytes, is this key's over `digest`.
  func isValid(_ signature: [UInt8], over digest: [UInt8]) -> Bool {
    switch self {
    case .derived(let key):
      return Secp256k1.verifySchnorr(signature, message: digest, publicKey: key)
    case .fixed(let key):
      guard let der = Secp256k1.lowSDER(ofCompact: signature) else { return false }
      return Secp256k1.verifyStrictECDSA(der, digest: digest, publicKey: key)
    }
  }
}
