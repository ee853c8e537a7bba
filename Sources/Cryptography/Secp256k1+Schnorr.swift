// Unsafe file. Sound because every array handed to libsecp256k1 has the length that the function
// reads or writes, checked before the call; the key pair is wiped before it leaves scope.
import CSecp256k1
import CSodium

extension Secp256k1 {
  /// Returns the 64-byte signature of `message`, which Bitcoin makes 32 bytes. See BIP-340.
  ///
  /// - Parameter auxiliary: 32 bytes that protect the nonce against faults: random, or zero.
  public static func signSchnorr(
    _ message: [UInt8], with key: SecretBytes, auxiliary: [UInt8]
  ) throws(CryptographyError) -> [UInt8] {
    try check(key)
    guard auxiliary.count == 32 else {
      throw .wrongLength(of: "auxiliary randomness", expected: 32, actual: auxiliary.count)
    }
    return try unsafe key.withUnsafeBytes { key throws(CryptographyError) in
      var pair = secp256k1_keypair()
      defer { unsafe sodium_memzero(&pair, MemoryLayout<secp256k1_keypair>.size) }
      guard unsafe secp256k1_keypair_create(context, &pair, key.bytePointer) == 1 else {
        throw .invalidPrivateKey
      }
      var signature = [UInt8](repeating: 0, count: 64)
      let status = unsafe auxiliary.withUnsafeBytes { auxiliary in
        // The magic of SECP256K1_SCHNORRSIG_EXTRAPARAMS_INIT, a macro that Swift does not import.
        var extra = unsafe secp256k1_schnorrsig_extraparams(
          magic: (0xda, 0x6f, 0xb3, 0x8c), noncefp: nil,
          ndata: UnsafeMutableRawPointer(mutating: auxiliary.baseAddress))
        return unsafe secp256k1_schnorrsig_sign_custom(
          context, &signature, message, message.count, &pair, &extra)
      }
      guard status == 1 else { throw .invalidPrivateKey }
      return signature
    }
  }

  /// Returns whether the 64-byte `signature` over `message` verifies under the 32-byte x-only
  /// `publicKey`. See BIP-340, "Verification".
  public static func verifySchnorr(
    _ signature: [UInt8], message: [UInt8], publicKey: [UInt8]
  ) -> Bool {
    guard signature.count == 64, var point = parseXOnly(publicKey) else { return false }
    return unsafe secp256k1_schnorrsig_verify(
      context, signature, message, message.count, &point) == 1
  }
}
