// Unsafe file. Sound because every pointer handed to nettle is that of an array or of a secret's buffer
// that lives through the call, with lengths checked before; the key schedule is wiped after use.
import CNettle
import CSodium

/// AES-256 in counter mode, for formats that prescribe it; it authenticates nothing. See RFC 3686 and
/// NIST SP 800-38A.
public enum AES256CTR {
  /// Returns `message` encrypted, or decrypted, which is the same.
  ///
  /// - Parameters:
  ///   - key: 32 bytes.
  ///   - counter: The first counter block, 16 bytes; never the same twice under one key.
  public static func crypt(
    _ message: [UInt8], key: SecretBytes, counter: [UInt8]
  ) throws(CryptographyError) -> [UInt8] {
    guard key.count == 32 else {
      throw .wrongLength(of: "AES-256 key", expected: 32, actual: key.count)
    }
    guard counter.count == 16 else {
      throw .wrongLength(of: "counter block", expected: 16, actual: counter.count)
    }
    var schedule = aes256_ctx()
    defer { unsafe sodium_memzero(&schedule, MemoryLayout<aes256_ctx>.size) }
    try unsafe key.withUnsafeBytes { key in
      unsafe nettle_aes256_set_encrypt_key(&schedule, key.bytePointer)
    }
    var block = counter
    var result = [UInt8](repeating: 0, count: message.count)
    unsafe nettle_ctr_crypt(
      &schedule,
      { context, length, destination, source in
        guard let context = unsafe context else { return }
        unsafe nettle_aes256_encrypt(
          context.assumingMemoryBound(to: aes256_ctx.self), length, destination, source)
      }, 16, &block, message.count, &result, message)
    return result
  }
}
