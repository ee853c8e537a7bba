// Unsafe file. Sound because the key and the counter are checked to have the lengths that nettle
// reads, and the result has the length of the input. The key schedule is wiped after use.
import CNettle
import CSodium

/// AES-256 in counter mode. For formats that prescribe it; ours use ``XChaCha20Poly1305``. It says
/// nothing about who wrote the text. See NIST SP 800-38A, section 6.5.
public enum AES256CTR {
  /// Bytes of a key.
  public static let keyCount = 32
  /// Bytes of the first counter block.
  public static let counterCount = 16

  /// Returns `text` encrypted, or decrypted: both are the same operation.
  public static func apply(
    _ text: [UInt8], key: SecretBytes, counter: [UInt8]
  ) throws(CryptographyError) -> [UInt8] {
    guard key.count == keyCount else {
      throw .wrongLength(of: "AES-256 key", expected: keyCount, actual: key.count)
    }
    guard counter.count == counterCount else {
      throw .wrongLength(of: "AES counter", expected: counterCount, actual: counter.count)
    }
    var state = aes256_ctx()
    defer { unsafe sodium_memzero(&state, MemoryLayout<aes256_ctx>.size) }
    try unsafe key.withUnsafeBytes { key in
      unsafe nettle_aes256_set_encrypt_key(&state, key.bytePointer)
    }
    var counter = counter
    var result = [UInt8](repeating: 0, count: text.count)
    let cipher:
      @convention(c) (UnsafeRawPointer?, Int, UnsafeMutablePointer<UInt8>?, UnsafePointer<UInt8>?)
        -> Void = {
          state, count, result, text in
          unsafe nettle_aes256_encrypt(
            state?.assumingMemoryBound(to: aes256_ctx.self), count, result, text)
        }
    unsafe nettle_ctr_crypt(
      &state, cipher, counterCount, &counter, text.count, &result, text)
    return result
  }
}
