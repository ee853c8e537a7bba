// Unsafe file. Sound because every pointer handed to nettle is that of an array or a struct that
// lives through the call, and the lengths are those of the arrays.
import CNettle

/// SHA-1. Broken for collisions; here only because Bitcoin Script has an opcode for it.
public enum SHA1 {
  /// Returns the 20-byte digest of `message`.
  public static func hash(_ message: [UInt8]) -> [UInt8] {
    var state = sha1_ctx()
    var digest = [UInt8](repeating: 0, count: 20)
    unsafe nettle_sha1_init(&state)
    unsafe nettle_sha1_update(&state, message.count, message)
    unsafe nettle_sha1_digest(&state, digest.count, &digest)
    return digest
  }
}

/// RIPEMD-160, as Bitcoin uses it for addresses.
public enum RIPEMD160 {
  /// Returns the 20-byte digest of `message`.
  public static func hash(_ message: [UInt8]) -> [UInt8] {
    var state = ripemd160_ctx()
    var digest = [UInt8](repeating: 0, count: 20)
    unsafe nettle_ripemd160_init(&state)
    unsafe nettle_ripemd160_update(&state, message.count, message)
    unsafe nettle_ripemd160_digest(&state, digest.count, &digest)
    return digest
  }
}

/// RIPEMD-160 of SHA-256, the hash in Bitcoin addresses and BIP-32 fingerprints.
public enum Hash160 {
  /// Returns the 20-byte digest of `message`.
  public static func hash(_ message: [UInt8]) -> [UInt8] { RIPEMD160.hash(SHA256.hash(message)) }
}
