// Unsafe file. Sound because every array handed to C has exactly the 32 bytes that the function reads,
// by the types and by the cuts made here.
import CNettle

/// Verifying ECDSA signatures over the curve P-256 with SHA-256, which passkeys make. Nothing here
/// signs. See FIPS 186-5, section 6, and SEC 2, section 2.4.2.
public enum P256 {
  /// A point of the curve.
  public struct PublicKey: Hashable, Sendable {
    /// Both coordinates, 32 bytes each, big-endian.
    public let bytes: [UInt8]

    /// Creates a key, or `nil` when `bytes` are not the 64 of a point of the curve.
    public init?(bytes: [UInt8]) {
      guard bytes.count == 64,
        unsafe holdfast_p256_is_point(Array(bytes[..<32]), Array(bytes[32...])) == 1
      else { return nil }
      self.bytes = bytes
    }

    /// Returns whether `signature`, in DER, over `message` was made by the owner of this key.
    ///
    /// Of each signature both forms verify, with `s` and with the order less `s`: whoever must tell
    /// signatures apart does so by what they are over.
    public func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
      guard let (r, s) = P256.integers(ofDER: signature) else { return false }
      return unsafe holdfast_p256_verify(
        Array(bytes[..<32]), Array(bytes[32...]), SHA256.hash(message), r, s) == 1
    }
  }

  /// Returns `r` and `s`, 32 bytes each, of a signature in DER, or `nil` for any other form of the
  /// numbers than the one: shortest lengths, no sign, no padding, nothing behind. See RFC 3279,
  /// section 2.2.3.
  private static func integers(ofDER signature: [UInt8]) -> (r: [UInt8], s: [UInt8])? {
    // 70 bytes and a few fit in one byte of length.
    guard (8...72).contains(signature.count), signature[0] == 0x30,
      Int(signature[1]) == signature.count - 2
    else { return nil }
    var rest = signature[2...]
    guard let r = integer(&rest), let s = integer(&rest), rest.isEmpty else { return nil }
    return (r, s)
  }

  private static func integer(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    guard rest.popFirst() == 0x02, let count = rest.popFirst().map(Int.init),
      (1...33).contains(count), count <= rest.count
    else { return nil }
    var digits = rest.prefix(count)
    rest = rest.dropFirst(count)
    if digits.first == 0 {
      // Only to keep the number from looking negative.
      guard digits.count > 1, let second = digits.dropFirst().first, second >= 0x80 else {
        return nil
      }
      digits = digits.dropFirst()
    } else if let first = digits.first, first >= 0x80 {
      return nil
    }
    guard digits.count <= 32 else { return nil }
    return [UInt8](repeating: 0, count: 32 - digits.count) + digits
  }
}
