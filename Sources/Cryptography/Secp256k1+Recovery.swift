// Unsafe file. Sound because every array handed to libsecp256k1 has the length that the function
// reads or writes, checked before the call.
import CSecp256k1

/// Signatures from which the signer's public key follows.
extension Secp256k1 {
  /// A compact signature and which of the possible keys made it.
  public struct RecoverableSignature: Hashable, Sendable {
    /// R and S, 64 bytes.
    public let compact: [UInt8]
    /// 0 to 3.
    public let recovery: UInt8

    public init?(compact: [UInt8], recovery: UInt8) {
      guard compact.count == 64, recovery < 4 else { return nil }
      self.compact = compact
      self.recovery = recovery
    }
  }

  /// Signs a 32-byte `digest`, with a nonce by RFC 6979 and a low S.
  public static func signRecoverably(
    _ digest: [UInt8], with key: SecretBytes
  ) throws(CryptographyError) -> RecoverableSignature {
    guard isValidPrivateKey(key) else { throw .invalidPrivateKey }
    guard digest.count == 32 else {
      throw .wrongLength(of: "digest", expected: 32, actual: digest.count)
    }
    var signature = try unsafe key.withUnsafeBytes { key throws(CryptographyError) in
      var signature = secp256k1_ecdsa_recoverable_signature()
      let status = unsafe secp256k1_ecdsa_sign_recoverable(
        context, &signature, digest, key.bytePointer, nil, nil)
      guard status == 1 else { throw .invalidPrivateKey }
      return signature
    }
    var compact = [UInt8](repeating: 0, count: 64)
    var recovery: Int32 = 0
    _ = unsafe secp256k1_ecdsa_recoverable_signature_serialize_compact(
      context, &compact, &recovery, &signature)
    guard
      let result = RecoverableSignature(compact: compact, recovery: UInt8(clamping: recovery))
    else { throw .invalidPrivateKey }
    return result
  }

  /// Returns the public key that made `signature` over `digest`, or `nil` when there is none.
  public static func recoverPublicKey(
    _ signature: RecoverableSignature, digest: [UInt8], compressed: Bool = true
  ) -> [UInt8]? {
    var parsed = secp256k1_ecdsa_recoverable_signature()
    var point = secp256k1_pubkey()
    guard digest.count == 32,
      unsafe secp256k1_ecdsa_recoverable_signature_parse_compact(
        context, &parsed, signature.compact, Int32(signature.recovery)) == 1,
      unsafe secp256k1_ecdsa_recover(context, &point, &parsed, digest) == 1
    else { return nil }
    return serialise(point, compressed: compressed)
  }
}
