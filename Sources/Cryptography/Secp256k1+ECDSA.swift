// Unsafe file. Sound because every array handed to libsecp256k1 has the length that the function
// reads or writes, checked before the call.
import CSecp256k1

extension Secp256k1 {
  /// Returns the DER signature of a 32-byte `digest`, with a nonce by RFC 6979 and a low S.
  public static func signECDSA(
    _ digest: [UInt8], with key: SecretBytes
  ) throws(CryptographyError) -> [UInt8] {
    try check(key)
    guard digest.count == 32 else {
      throw .wrongLength(of: "digest", expected: 32, actual: digest.count)
    }
    var signature = try unsafe key.withUnsafeBytes { key throws(CryptographyError) in
      var signature = secp256k1_ecdsa_signature()
      let status = unsafe secp256k1_ecdsa_sign(
        context, &signature, digest, key.bytePointer, nil, nil)
      guard status == 1 else { throw .invalidPrivateKey }
      return signature
    }
    var der = [UInt8](repeating: 0, count: 72)
    var count = der.count
    // 72 bytes hold every low-S signature.
    _ = unsafe secp256k1_ecdsa_signature_serialize_der(context, &der, &count, &signature)
    return Array(der.prefix(count))
  }

  /// Returns whether `signature` over `digest` verifies as Bitcoin's consensus rules see it: any
  /// encoding that OpenSSL once accepted, and a high S as good as a low one.
  ///
  /// For messages of our own use ``verifyStrictECDSA(_:digest:publicKey:)``.
  public static func verifyECDSA(
    _ signature: [UInt8], digest: [UInt8], publicKey: [UInt8]
  ) -> Bool {
    guard digest.count == 32, var point = parse(publicKey),
      var parsed = parseLax(signature)
    else { return false }
    var normalised = secp256k1_ecdsa_signature()
    unsafe secp256k1_ecdsa_signature_normalize(context, &normalised, &parsed)
    return unsafe secp256k1_ecdsa_verify(context, &normalised, digest, &point) == 1
  }

  /// Returns whether `signature` is strict DER with a low S and verifies over `digest`.
  public static func verifyStrictECDSA(
    _ signature: [UInt8], digest: [UInt8], publicKey: [UInt8]
  ) -> Bool {
    var parsed = secp256k1_ecdsa_signature()
    guard digest.count == 32, var point = parse(publicKey),
      unsafe secp256k1_ecdsa_signature_parse_der(
        context, &parsed, signature, signature.count) == 1
    else { return false }
    return unsafe secp256k1_ecdsa_verify(context, &parsed, digest, &point) == 1
  }

  /// Returns whether the S of `signature`, read as consensus reads it, is in the lower half of the
  /// group order. See BIP-62, rule 5.
  public static func isLowS(_ signature: [UInt8]) -> Bool {
    guard var parsed = parseLax(signature) else { return false }
    return unsafe secp256k1_ecdsa_signature_normalize(context, nil, &parsed) == 0
  }

  private static func parseLax(_ signature: [UInt8]) -> secp256k1_ecdsa_signature? {
    guard let compact = LaxDER.compact(signature) else { return nil }
    var parsed = secp256k1_ecdsa_signature()
    if unsafe secp256k1_ecdsa_signature_parse_compact(context, &parsed, compact) != 1 {
      // A number outside the group: a signature that never verifies, but is not malformed.
      let zeros = [UInt8](repeating: 0, count: 64)
      _ = unsafe secp256k1_ecdsa_signature_parse_compact(context, &parsed, zeros)
    }
    return parsed
  }
}
