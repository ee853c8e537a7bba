// Unsafe file. Sound because every array handed to libsecp256k1 has the length that the function
// reads or writes, checked before the call.
import CSecp256k1

extension Secp256k1 {
  /// A public key that was read once, for those that are added to often: reading takes a fifth as
  /// long as the addition.
  public struct Point: Sendable {
    private let point: secp256k1_pubkey

    /// Reads a key, compressed or not; `nil` when it is no point of the curve.
    public init?(_ key: [UInt8]) {
      guard let point = parse(key) else { return nil }
      self.point = point
    }

    /// Returns the compressed encoding of this key + `tweak` × G.
    public func adding(_ tweak: [UInt8]) throws(CryptographyError) -> [UInt8] {
      guard tweak.count == 32 else {
        throw .wrongLength(of: "tweak", expected: 32, actual: tweak.count)
      }
      // The table of multiples of G that private keys use is faster than the general addition, by a
      // sixth; that it takes the same time for every tweak is not needed here.
      var summand = secp256k1_pubkey()
      var sum = secp256k1_pubkey()
      guard unsafe secp256k1_ec_pubkey_create(context, &summand, tweak) == 1,
        Self.combine(&sum, point, summand)
      else { return try addingSlowly(tweak) }
      return serialise(sum, compressed: true)
    }

    private static func combine(
      _ sum: inout secp256k1_pubkey, _ a: secp256k1_pubkey, _ b: secp256k1_pubkey
    ) -> Bool {
      unsafe withUnsafePointer(to: a) { a in
        unsafe withUnsafePointer(to: b) { b in
          let both = unsafe [Optional(a), Optional(b)]
          return unsafe secp256k1_ec_pubkey_combine(context, &sum, both, both.count) == 1
        }
      }
    }

    /// What decides over a tweak of zero, one out of range, and a sum at infinity.
    private func addingSlowly(_ tweak: [UInt8]) throws(CryptographyError) -> [UInt8] {
      var sum = point
      guard unsafe secp256k1_ec_pubkey_tweak_add(context, &sum, tweak) == 1 else {
        throw .invalidTweak
      }
      return serialise(sum, compressed: true)
    }
  }
}
