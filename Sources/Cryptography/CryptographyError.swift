// Cryptography owns every call into C cryptography (libsecp256k1, libsodium, nettle) and nothing
// else: it knows no transaction, no order and no file.

/// Why a cryptographic operation could not be carried out.
public enum CryptographyError: Error, Hashable, Sendable {
  /// A value has the wrong number of bytes.
  case wrongLength(of: String, expected: Int, actual: Int)
  /// A private key that is zero or not below the group order.
  case invalidPrivateKey
  /// Bytes that encode no point on the curve.
  case invalidPublicKey
  /// A tweak that leads outside the group. Happens by chance about once in 2^127 tries.
  case invalidTweak
  /// The ciphertext, its nonce, its associated data or the key is not what was sealed.
  case notAuthentic
  /// A cost parameter outside what the function accepts.
  case invalidCost(String)
  /// The system did not give the memory asked for.
  case outOfMemory
  /// The secret has been wiped already.
  case wiped
}
