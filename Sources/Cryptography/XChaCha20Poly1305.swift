// Unsafe file. Sound because key and nonce are checked to have the length that libsodium reads,
// and every output has room for the plaintext and the 16-byte tag.
import CSodium

/// Authenticated encryption with a 24-byte nonce. See draft-irtf-cfrg-xchacha, section 2.
public enum XChaCha20Poly1305 {
  /// Bytes of a key.
  public static let keyCount = 32
  /// Bytes of a nonce; large enough to be drawn at random.
  public static let nonceCount = 24
  /// Bytes that sealing adds.
  public static let tagCount = 16

  /// Returns the ciphertext of `plain` followed by its 16-byte tag.
  public static func seal(
    _ plain: [UInt8], key: SecretBytes, nonce: [UInt8], additionalData: [UInt8]
  ) throws(CryptographyError) -> [UInt8] {
    try check(key: key, nonce: nonce)
    var sealed = [UInt8](repeating: 0, count: plain.count + tagCount)
    return try unsafe key.withUnsafeBytes { key in
      _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
        &sealed, nil, plain, UInt64(plain.count), additionalData, UInt64(additionalData.count),
        nil, nonce, key.bytePointer)
      return sealed
    }
  }

  /// Returns the ciphertext of a secret, which is read in place, followed by its 16-byte tag.
  public static func seal(
    _ plain: SecretBytes, key: SecretBytes, nonce: [UInt8], additionalData: [UInt8]
  ) throws(CryptographyError) -> [UInt8] {
    try check(key: key, nonce: nonce)
    var sealed = [UInt8](repeating: 0, count: plain.count + tagCount)
    return try unsafe key.withUnsafeBytes { key throws(CryptographyError) in
      try unsafe plain.withUnsafeBytes { plain in
        _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
          &sealed, nil, plain.bytePointer,
          UInt64(plain.count), additionalData, UInt64(additionalData.count), nil, nonce,
          key.bytePointer)
        return sealed
      }
    }
  }

  /// Returns the plaintext of `sealed`.
  ///
  /// - Throws: ``CryptographyError/notAuthentic`` when anything was changed or the key is another.
  public static func open(
    _ sealed: [UInt8], key: SecretBytes, nonce: [UInt8], additionalData: [UInt8]
  ) throws(CryptographyError) -> [UInt8] {
    try check(key: key, nonce: nonce)
    guard sealed.count >= tagCount else { throw .notAuthentic }
    var plain = [UInt8](repeating: 0, count: sealed.count - tagCount)
    return try unsafe key.withUnsafeBytes { key throws(CryptographyError) in
      let status = unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
        &plain, nil, nil, sealed, UInt64(sealed.count), additionalData,
        UInt64(additionalData.count), nonce, key.bytePointer)
      guard status == 0 else { throw .notAuthentic }
      return plain
    }
  }

  /// Returns the plaintext of `sealed` in locked memory; it must have at least one byte.
  ///
  /// - Throws: ``CryptographyError/notAuthentic`` when anything was changed or the key is another.
  public static func openSecret(
    _ sealed: [UInt8], key: SecretBytes, nonce: [UInt8], additionalData: [UInt8]
  ) throws(CryptographyError) -> SecretBytes {
    try check(key: key, nonce: nonce)
    guard sealed.count > tagCount else { throw .notAuthentic }
    return try unsafe SecretBytes(count: sealed.count - tagCount) {
      plain throws(CryptographyError) in
      let status = try unsafe key.withUnsafeBytes { key in
        unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
          plain.bytePointer, nil, nil, sealed,
          UInt64(sealed.count), additionalData, UInt64(additionalData.count), nonce,
          key.bytePointer)
      }
      guard status == 0 else { throw .notAuthentic }
    }
  }

  private static func check(key: SecretBytes, nonce: [UInt8]) throws(CryptographyError) {
    guard key.count == keyCount else {
      throw .wrongLength(of: "XChaCha20-Poly1305 key", expected: keyCount, actual: key.count)
    }
    guard nonce.count == nonceCount else {
      throw .wrongLength(of: "XChaCha20-Poly1305 nonce", expected: nonceCount, actual: nonce.count)
    }
    SodiumLibrary.start()
  }
}
