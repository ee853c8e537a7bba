// Unsafe file. Sound because every buffer is that of a secret of the same, compared, length, used
// inside its own closure at indices below that length.
import Cryptography

/// Shamir's secret sharing over bytes, in the field of AES. See SLIP-0039, "Shamir's secret-sharing".
///
/// What a secret byte is never decides a branch or an address.
enum ShamirField {
  /// A point of every byte's polynomial.
  struct Point {
    var x: UInt8
    var values: SecretBytes
  }

  /// Returns the values at `x` of the polynomials of least degree through `points`.
  ///
  /// - Precondition: The points have different x and values of one length.
  static func interpolate(_ points: [Point], at x: UInt8) throws(CryptographyError) -> SecretBytes {
    if let known = points.first(where: { $0.x == x }) {
      return try known.values.part(0..<known.values.count)
    }
    precondition(!points.isEmpty, "a polynomial has a point")
    let count = points[0].values.count
    return try unsafe SecretBytes(count: count) { target throws(CryptographyError) in
      for point in points {
        precondition(point.values.count == count, "shares have one length")
        // The places are public, so this may be computed in any way.
        var weight: UInt8 = 1
        for other in points where other.x != point.x {
          weight = product(weight, product(x ^ other.x, inverse(point.x ^ other.x)))
        }
        try unsafe point.values.withUnsafeBytes { values in
          for index in 0..<count { unsafe target[index] ^= product(values[index], weight) }
        }
      }
    }
  }

  /// The product modulo x^8 + x^4 + x^3 + x + 1.
  static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
    var sum: UInt8 = 0
    var shifted = a
    for bit in 0..<8 {
      sum ^= shifted & (0 &- (b >> UInt8(bit) & 1))
      shifted = (shifted << 1) ^ (0x1B & (0 &- (shifted >> 7)))
    }
    return sum
  }

  /// The inverse, a^254; zero of zero.
  static func inverse(_ a: UInt8) -> UInt8 {
    var power = a
    var result: UInt8 = 1
    // 254 is 0b11111110.
    for _ in 0..<7 {
      power = product(power, power)
      result = product(result, power)
    }
    return result
  }
}
