// Unsafe file. Sound because every pointer handed to nettle is that of a secret's buffer inside its
// own closure, with that buffer's length.
import CNettle

/// PBKDF2 with HMAC. See RFC 8018, section 5.2. For formats that prescribe it; ours use ``Argon2id``.
public enum PBKDF2 {
  public enum Function: Sendable {
    case sha256
    case sha512
  }

  /// Returns `count` bytes derived from `password` and `salt`, all in locked memory.
  public static func key(
    _ function: Function, password: SecretBytes, salt: SecretBytes, iterations: UInt32, count: Int
  ) throws(CryptographyError) -> SecretBytes {
    try unsafe password.withUnsafeBytes { password throws(CryptographyError) in
      try unsafe salt.withUnsafeBytes { salt throws(CryptographyError) in
        try unsafe SecretBytes(count: count) { key in
          switch function {
          case .sha256:
            unsafe nettle_pbkdf2_hmac_sha256(
              password.count, password.bytePointer, iterations, salt.count, salt.bytePointer,
              key.count, key.bytePointer)
          case .sha512:
            unsafe nettle_pbkdf2_hmac_sha512(
              password.count, password.bytePointer, iterations, salt.count, salt.bytePointer,
              key.count, key.bytePointer)
          }
        }
      }
    }
  }
}
