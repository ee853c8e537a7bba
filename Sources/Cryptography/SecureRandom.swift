// Unsafe file. Sound because the array has exactly the length handed over.
import CSodium

/// Randomness from the operating system.
public enum SecureRandom {
  /// Returns `count` unpredictable bytes.
  public static func bytes(_ count: Int) -> [UInt8] {
    SodiumLibrary.start()
    var bytes = [UInt8](repeating: 0, count: count)
    unsafe randombytes_buf(&bytes, count)
    return bytes
  }

  /// Returns `count` unpredictable bytes in locked memory.
  public static func secret(_ count: Int) throws(CryptographyError) -> SecretBytes {
    try unsafe SecretBytes(count: count) { bytes in
      unsafe randombytes_buf(bytes.bytePointer, bytes.count)
    }
  }
}
