// Unsafe file. Sound because every array handed to libsodium has the fixed length that the
// function reads or writes, checked where it is made.
import CSodium

/// Ed25519 signatures. See RFC 8032, section 5.1.
public enum Ed25519 {
  /// A public key of 32 bytes.
  public struct PublicKey: Hashable, Sendable {
    /// The encoded point.
    public let bytes: [UInt8]

    /// Creates a key, or `nil` when `bytes` are not exactly 32.
    public init?(bytes: [UInt8]) {
      guard bytes.count == 32 else { return nil }
      self.bytes = bytes
    }

    /// Returns whether `signature` over `message` was made by the owner of this key.
    ///
    /// Signatures with a scalar above the group order and keys of small order are refused.
    public func verify(_ signature: Signature, of message: [UInt8]) -> Bool {
      SodiumLibrary.start()
      return unsafe crypto_sign_verify_detached(
        signature.bytes, message, UInt64(message.count), bytes) == 0
    }
  }

  /// A signature of 64 bytes.
  public struct Signature: Hashable, Sendable {
    /// The encoded point and scalar.
    public let bytes: [UInt8]

    /// Creates a signature, or `nil` when `bytes` are not exactly 64.
    public init?(bytes: [UInt8]) {
      guard bytes.count == 64 else { return nil }
      self.bytes = bytes
    }

    fileprivate init(made bytes: [UInt8]) { self.bytes = bytes }
  }

  /// A private key in locked memory.
  public struct PrivateKey: Sendable {
    /// The key that verifies what this one signs.
    public let publicKey: PublicKey
    /// Seed and public key, 64 bytes, as libsodium wants them.
    private let expanded: SecretBytes

    /// Creates the key of a 32-byte `seed`.
    public init(seed: SecretBytes) throws(CryptographyError) {
      guard seed.count == 32 else {
        throw .wrongLength(of: "Ed25519 seed", expected: 32, actual: seed.count)
      }
      SodiumLibrary.start()
      var point = [UInt8](repeating: 0, count: 32)
      expanded = try unsafe SecretBytes(count: 64) { expanded throws(CryptographyError) in
        try unsafe seed.withUnsafeBytes { seed in
          _ = unsafe crypto_sign_seed_keypair(
            &point, expanded.bytePointer,
            seed.bytePointer)
        }
      }
      guard let publicKey = PublicKey(bytes: point) else { throw .invalidPublicKey }
      self.publicKey = publicKey
    }

    /// Returns the signature of `message`; the same message always gets the same signature.
    public func sign(_ message: [UInt8]) throws(CryptographyError) -> Signature {
      try unsafe expanded.withUnsafeBytes { expanded in
        var signature = [UInt8](repeating: 0, count: 64)
        _ = unsafe crypto_sign_detached(
          &signature, nil, message, UInt64(message.count),
          expanded.bytePointer)
        return Signature(made: signature)
      }
    }
  }
}
