// Unsafe file. Sound because every array and secret handed to libsodium has the 32 bytes that the
// function reads or writes, checked where it is made.
import CSodium

/// Diffie-Hellman on Curve25519. See RFC 7748, section 6.1.
public enum X25519 {
  /// A public key of 32 bytes.
  public struct PublicKey: Hashable, Sendable {
    /// The point's horizontal coordinate.
    public let bytes: [UInt8]

    /// Creates a key, or `nil` when `bytes` are not exactly 32.
    public init?(bytes: [UInt8]) {
      guard bytes.count == 32 else { return nil }
      self.bytes = bytes
    }

    fileprivate init(made bytes: [UInt8]) { self.bytes = bytes }
  }

  /// A private key in locked memory.
  public struct PrivateKey: Sendable {
    /// What the other side must know.
    public let publicKey: PublicKey
    /// The 32 bytes; the function itself clears and sets the bits that it wants so.
    public let secret: SecretBytes

    /// Creates the key of 32 secret bytes.
    public init(_ secret: SecretBytes) throws(CryptographyError) {
      guard secret.count == 32 else {
        throw .wrongLength(of: "X25519 private key", expected: 32, actual: secret.count)
      }
      SodiumLibrary.start()
      publicKey = try unsafe secret.withUnsafeBytes { secret in
        var point = [UInt8](repeating: 0, count: 32)
        _ = unsafe crypto_scalarmult_base(&point, secret.bytePointer)
        return PublicKey(made: point)
      }
      self.secret = secret
    }

    /// Makes a new key.
    public static func random() throws(CryptographyError) -> PrivateKey {
      try PrivateKey(try SecureRandom.secret(32))
    }

    /// Returns the secret shared with the owner of `other`.
    ///
    /// - Throws: ``CryptographyError/invalidPublicKey`` when `other` is of small order: then the
    ///   result would be zero whatever this key is.
    public func sharedSecret(with other: PublicKey) throws(CryptographyError) -> SecretBytes {
      try unsafe SecretBytes(count: 32) { shared throws(CryptographyError) in
        let status = try unsafe secret.withUnsafeBytes { secret in
          unsafe crypto_scalarmult(shared.bytePointer, secret.bytePointer, other.bytes)
        }
        guard status == 0 else { throw .invalidPublicKey }
      }
    }
  }
}
