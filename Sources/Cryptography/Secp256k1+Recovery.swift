// Unsafe file. Sound because every array handed to libsecp256k1 has the length that the function
// reads or writes, checked before the call.
import CSecp256k1

/// An ECDSA signature from which the public key can be found. See SEC 1, section 4.1.6.
public struct RecoverableSignature: Hashable, Sendable {
  /// R and S, 64 bytes.
  public let compact: [UInt8]
  /// Which of the possible keys it is, 0 to 3.
  public let recoveryID: UInt8

  /// Creates a signature, or `nil` when a part is out of its range.
  public init?(compact: [UInt8], recoveryID: UInt8) {
    guard compact.count == 64, recoveryID < 4 else { return nil }
    self.compact = compact
    self.recoveryID = recoveryID
  }

  fileprivate init(made compact: [UInt8], _ recoveryID: Int32) {
    self.compact = compact
    self.recoveryID = UInt8(recoveryID)
  }
}

extension Secp256k1 {
  /// Returns the recoverable signature of a 32-byte `digest`, with a nonce by RFC 6979 and a low S.
  public static func signRecoverable(
    _ digest: [UInt8], with key: SecretBytes
  ) throws(CryptographyError) -> RecoverableSignature {
    try check(key)
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
    var recoveryID: Int32 = 0
    _ = unsafe secp256k1_ecdsa_recoverable_signature_serialize_compact(
      context, &compact, &recoveryID, &signature)
    return RecoverableSignature(made: compact, recoveryID)
  }

  /// Returns the public key whose owner made `signature` over `digest`, or `nil` when there is none.
  public static func recover(
    _ signature: RecoverableSignature, digest: [UInt8], compressed: Bool
  ) -> [UInt8]? {
    var parsed = secp256k1_ecdsa_recoverable_signature()
    var point = secp256k1_pubkey()
    guard digest.count == 32,
      unsafe secp256k1_ecdsa_recoverable_signature_parse_compact(
        context, &parsed, signature.compact, Int32(signature.recoveryID)) == 1,
      unsafe secp256k1_ecdsa_recover(context, &point, &parsed, digest) == 1
    else { return nil }
    return serialise(point, compressed: compressed)
  }
}
