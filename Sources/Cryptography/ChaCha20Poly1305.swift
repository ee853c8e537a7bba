// Unsafe file. Sound because key and nonce are checked to have the length that libsodium reads,
// and every output has room for the plaintext and the 16-byte tag.
import CSodium

/// Authenticated encryption with a 12-byte nonce, which must never repeat under one key. See RFC
/// 8439, section 2.8.
public enum ChaCha20Poly1305 {
  /// Bytes of a key.
  public static let keyCount = 32
  /// Bytes of a nonce: too few to be drawn at random, so it is counted.
  public static let nonceCount = 12
  /// Bytes that sealing adds.
  public static let tagCount = 16

  /// Returns the ciphertext of `plain` followed by its 16-byte tag.
  public static func seal(
    _ plain: [UInt8], key: SecretBytes, nonce: [UInt8], additionalData: [UInt8]
  ) throws(CryptographyError) -> [UInt8] {
    try check(key: key, nonce: nonce)
    return try unsafe key.withUnsafeBytes { key in
      var sealed = [UInt8](repeating: 0, count: plain.count + tagCount)
      _ = unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
        &sealed, nil, plain, UInt64(plain.count), additionalData, UInt64(additionalData.count),
        nil, nonce, key.bytePointer)
      return sealed
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
    return try unsafe key.withUnsafeBytes { key throws(CryptographyError) in
      var plain = [UInt8](repeating: 0, count: sealed.count - tagCount)
      let status = unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
        &plain, nil, nil, sealed, UInt64(sealed.count), additionalData,
        UInt64(additionalData.count), nonce, key.bytePointer)
      guard status == 0 else { throw .notAuthentic }
      return plain
    }
  }

  private static func check(key: SecretBytes, nonce: [UInt8]) throws(CryptographyError) {
    guard key.count == keyCount else {
      throw .wrongLength(of: "ChaCha20-Poly1305 key", expected: keyCount, actual: key.count)
    }
    guard nonce.count == nonceCount else {
      throw .wrongLength(of: "ChaCha20-Poly1305 nonce", expected: nonceCount, actual: nonce.count)
    }
    SodiumLibrary.start()
  }
}
