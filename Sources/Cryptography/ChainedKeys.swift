// Unsafe file. Sound because every pointer handed to nettle is that of a struct or a secret that lives
// through the call, and the lengths are those of the secrets. The state is wiped after use, since
// the key can be computed from it.
import CNettle
import CSodium

/// The two keys that HKDF with SHA-256 draws from a chaining key and new material, as the Noise
/// protocol does. See RFC 5869 and Noise revision 34, section 4.3, "HKDF".
public enum ChainedKeys {
  /// Returns the first two outputs, 32 bytes each.
  ///
  /// - Parameters:
  ///   - chainingKey: 32 bytes.
  ///   - material: A shared secret, or `nil` for none.
  public static func derive(
    chainingKey: SecretBytes, material: SecretBytes?
  ) throws(CryptographyError) -> (SecretBytes, SecretBytes) {
    let temporary = try code(under: chainingKey, of: material, counter: nil)
    let first = try code(under: temporary, of: nil, counter: 1)
    return (first, try code(under: temporary, of: first, counter: 2))
  }

  private static func code(
    under key: SecretBytes, of secret: SecretBytes?, counter: UInt8?
  ) throws(CryptographyError) -> SecretBytes {
    var state = hmac_sha256_ctx()
    defer { unsafe sodium_memzero(&state, MemoryLayout<hmac_sha256_ctx>.size) }
    try unsafe key.withUnsafeBytes { key in
      unsafe nettle_hmac_sha256_set_key(&state, key.count, key.bytePointer)
    }
    if let secret {
      try unsafe secret.withUnsafeBytes { secret in
        unsafe nettle_hmac_sha256_update(&state, secret.count, secret.bytePointer)
      }
    }
    if var counter { unsafe nettle_hmac_sha256_update(&state, 1, &counter) }
    return try unsafe SecretBytes(count: 32) { code in
      unsafe nettle_hmac_sha256_digest(&state, code.count, code.bytePointer)
    }
  }
}
