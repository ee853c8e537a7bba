// Unsafe file. Sound because output, passphrase and salt are handed over with their own lengths,
// and the salt is checked to be the 16 bytes that libsodium reads.
import CSodium

/// Argon2id version 1.3 with one lane. See RFC 9106.
public enum Argon2id {
  /// Bytes of a salt.
  public static let saltCount = 16

  /// Returns a key of `count` bytes for `passphrase`.
  ///
  /// - Parameters:
  ///   - passphrase: Any secret of at least one byte.
  ///   - salt: 16 random bytes, kept beside what the key protects.
  ///   - opsLimit: Passes over the memory, 1 to 2^32 - 1.
  ///   - memLimitBytes: Memory to fill, 8192 bytes to about 4 TiB.
  ///   - count: Length of the key, 16 bytes to 2^32 - 1.
  /// - Throws: ``CryptographyError/wrongLength(of:expected:actual:)`` for the salt,
  ///   ``CryptographyError/invalidCost(_:)`` for costs outside the ranges,
  ///   ``CryptographyError/outOfMemory`` when the memory is not to be had.
  public static func key(
    passphrase: SecretBytes, salt: [UInt8], opsLimit: UInt64, memLimitBytes: Int, count: Int = 32
  ) throws(CryptographyError) -> SecretBytes {
    guard salt.count == saltCount else {
      throw .wrongLength(of: "Argon2id salt", expected: saltCount, actual: salt.count)
    }
    guard (1...UInt64(UInt32.max)).contains(opsLimit) else {
      throw .invalidCost("Argon2id passes \(opsLimit) not in 1...\(UInt32.max)")
    }
    guard memLimitBytes >= 8192, memLimitBytes <= crypto_pwhash_argon2id_memlimit_max() else {
      throw .invalidCost("Argon2id memory \(memLimitBytes) below 8192 bytes or above the maximum")
    }
    guard count >= 16, count <= Int(UInt32.max) else {
      throw .invalidCost("Argon2id key length \(count) not in 16...\(UInt32.max)")
    }
    return try unsafe SecretBytes(count: count) { key throws(CryptographyError) in
      let status = try unsafe passphrase.withUnsafeBytes { passphrase in
        unsafe crypto_pwhash_argon2id(
          key.bytePointer, UInt64(key.count),
          passphrase.characterPointer, UInt64(passphrase.count),
          salt, opsLimit, memLimitBytes, crypto_pwhash_argon2id_alg_argon2id13())
      }
      guard status == 0 else { throw .outOfMemory }
    }
  }
}
