// Unsafe file. Sound because every pointer handed to nettle is that of an array or a struct that
// lives through the call, and the lengths are those of the arrays. The state is wiped after use,
// since the key can be computed from it.
import CNettle
import CSodium

/// HMAC with SHA-256. See RFC 2104.
public enum HMACSHA256 {
  /// Returns the 32-byte code of `message` under `key` of any length.
  public static func authenticate(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    var state = hmac_sha256_ctx()
    var code = [UInt8](repeating: 0, count: 32)
    unsafe nettle_hmac_sha256_set_key(&state, key.count, key)
    unsafe nettle_hmac_sha256_update(&state, message.count, message)
    unsafe nettle_hmac_sha256_digest(&state, code.count, &code)
    unsafe sodium_memzero(&state, MemoryLayout<hmac_sha256_ctx>.size)
    return code
  }
}

extension HMACSHA256 {
  /// Returns the 32-byte code of `secret` under a secret key; both are read in place.
  public static func authenticateSecret(
    key: SecretBytes, _ secret: SecretBytes
  ) throws(CryptographyError) -> SecretBytes {
    var state = hmac_sha256_ctx()
    defer { unsafe sodium_memzero(&state, MemoryLayout<hmac_sha256_ctx>.size) }
    try unsafe key.withUnsafeBytes { key in
      unsafe nettle_hmac_sha256_set_key(&state, key.count, key.bytePointer)
    }
    try unsafe secret.withUnsafeBytes { bytes in
      unsafe nettle_hmac_sha256_update(&state, bytes.count, bytes.bytePointer)
    }
    return try unsafe SecretBytes(count: 32) { code in
      unsafe nettle_hmac_sha256_digest(&state, code.count, code.bytePointer)
    }
  }
}

/// HMAC with SHA-512. See RFC 2104.
public enum HMACSHA512 {
  /// Returns the 64-byte code of `message` under `key` of any length.
  public static func authenticate(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    var state = hmac_sha512_ctx()
    var code = [UInt8](repeating: 0, count: 64)
    unsafe nettle_hmac_sha512_set_key(&state, key.count, key)
    unsafe nettle_hmac_sha512_update(&state, message.count, message)
    unsafe nettle_hmac_sha512_digest(&state, code.count, &code)
    unsafe sodium_memzero(&state, MemoryLayout<hmac_sha512_ctx>.size)
    return code
  }

  /// Returns the 64-byte code of `prefix`, `secret` and `suffix` in one, as BIP-32 derives hardened
  /// children. The secret is read in place, so no copy of it is left in ordinary memory.
  public static func authenticateSecret(
    key: [UInt8], prefix: [UInt8], secret: SecretBytes, suffix: [UInt8]
  ) throws(CryptographyError) -> SecretBytes {
    var state = hmac_sha512_ctx()
    unsafe nettle_hmac_sha512_set_key(&state, key.count, key)
    defer { unsafe sodium_memzero(&state, MemoryLayout<hmac_sha512_ctx>.size) }
    unsafe nettle_hmac_sha512_update(&state, prefix.count, prefix)
    try unsafe secret.withUnsafeBytes { bytes in
      unsafe nettle_hmac_sha512_update(
        &state, bytes.count, bytes.bytePointer)
    }
    unsafe nettle_hmac_sha512_update(&state, suffix.count, suffix)
    return try unsafe SecretBytes(count: 64) { code in
      unsafe nettle_hmac_sha512_digest(
        &state, code.count, code.bytePointer)
    }
  }

  /// Returns the 64-byte code of `message` under a secret key, which is read in place.
  public static func authenticate(
    secretKey: SecretBytes, _ message: [UInt8]
  ) throws(CryptographyError) -> SecretBytes {
    var state = hmac_sha512_ctx()
    defer { unsafe sodium_memzero(&state, MemoryLayout<hmac_sha512_ctx>.size) }
    try unsafe secretKey.withUnsafeBytes { key in
      unsafe nettle_hmac_sha512_set_key(&state, key.count, key.bytePointer)
    }
    unsafe nettle_hmac_sha512_update(&state, message.count, message)
    return try unsafe SecretBytes(count: 64) { code in
      unsafe nettle_hmac_sha512_digest(&state, code.count, code.bytePointer)
    }
  }
}

extension HMACSHA512 {
  /// The function of one key that is no secret, for many messages: the key is mixed in once.
  public struct Keyed: Sendable {
    private let state: hmac_sha512_ctx

    /// Creates the function of `key`, of any length.
    public init(key: [UInt8]) {
      var state = hmac_sha512_ctx()
      unsafe nettle_hmac_sha512_set_key(&state, key.count, key)
      self.state = state
    }

    /// Returns the 64-byte code of `message`.
    public func authenticate(_ message: [UInt8]) -> [UInt8] {
      var state = state
      var code = [UInt8](repeating: 0, count: 64)
      unsafe nettle_hmac_sha512_update(&state, message.count, message)
      unsafe nettle_hmac_sha512_digest(&state, code.count, &code)
      return code
    }
  }
}
