/// A number that a public key is moved by, known to whoever knows that key's relatives.
///
/// The work on it takes a time that depends on its digits. So there is no way to make one from a
/// ``SecretBytes``, and what takes one is for public derivation alone: a watching wallet's steps of
/// BIP-32, the commitment of BIP-341.
public struct PublicTweak: Hashable, Sendable {
  /// 32 bytes, the highest first, below the group order.
  let bytes: [UInt8]

  /// Takes 32 bytes that are no secret.
  ///
  /// - Throws: ``CryptographyError/wrongLength(of:expected:actual:)``, or
  ///   ``CryptographyError/invalidTweak`` for a number that is not below the group order.
  public init(_ bytes: [UInt8]) throws(CryptographyError) {
    guard bytes.count == 32 else {
      throw .wrongLength(of: "tweak", expected: 32, actual: bytes.count)
    }
    guard bytes.lexicographicallyPrecedes(CurveScalar.order) else { throw .invalidTweak }
    self.bytes = bytes
  }
}
