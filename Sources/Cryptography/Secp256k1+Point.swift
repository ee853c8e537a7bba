// Unsafe file. Sound because the pointers handed to libsecp256k1 are those of a point on the stack and
// of elements of an array, both of which live through the call; the place of each element is below
// the array's count, since a window's digit is 1 to 255; and the list of pointers has room for one of
// each window and the point.
import CSecp256k1

extension Secp256k1 {
  /// A public key that was read once, for those that are added to often: reading takes half as long
  /// as the addition.
  public struct Point: Sendable {
    private let point: secp256k1_pubkey

    /// Reads a key, compressed or not; `nil` when it is no point of the curve.
    public init?(_ key: [UInt8]) {
      guard let point = parse(key) else { return nil }
      self.point = point
    }

    /// Returns the compressed encoding of this key + `tweak` × G.
    ///
    /// Not for secrets: its time depends on the tweak.
    ///
    /// - Throws: ``CryptographyError/invalidTweak`` when the sum is the point at infinity.
    public func adding(_ tweak: PublicTweak) throws(CryptographyError) -> [UInt8] {
      guard let sum = GeneratorWindows.shared.sum(of: point, tweak) else { throw .invalidTweak }
      return serialise(sum, compressed: true)
    }
  }
}

/// Multiples of G: for each of the 32 bytes of a number what it contributes, for each value that is
/// not zero. Half a megabyte, made once in some 20 ms.
///
/// A product is then a sum of at most 32 points, which libsecp256k1 forms with one inversion. Its own
/// products take twice as long, because they hide the number.
private struct GeneratorWindows: Sendable {
  static let shared = GeneratorWindows()
  private static let windows = 32
  private static let digits = 255

  /// Digit d of the window that counts 256^w is at 255 w + d - 1.
  private let multiples: [secp256k1_pubkey]

  private init() {
    var multiples: [secp256k1_pubkey] = []
    multiples.reserveCapacity(Self.windows * Self.digits)
    for window in 0..<Self.windows {
      var unit = [UInt8](repeating: 0, count: 32)
      unit[31 - window] = 1
      var first = secp256k1_pubkey()
      precondition(
        unsafe secp256k1_ec_pubkey_create(Secp256k1.context, &first, unit) == 1,
        "a power of 256 below the group order is a key")
      var multiple = first
      multiples.append(multiple)
      for _ in 1..<Self.digits {
        guard let next = Self.sum(multiple, first) else {
          preconditionFailure("no multiple below the group order is at infinity")
        }
        multiple = next
        multiples.append(multiple)
      }
    }
    self.multiples = multiples
  }

  /// Returns `point` + `tweak` × G, or `nil` at infinity.
  func sum(of point: secp256k1_pubkey, _ tweak: PublicTweak) -> secp256k1_pubkey? {
    unsafe withUnsafePointer(to: point) { point in
      unsafe multiples.withUnsafeBufferPointer { multiples in
        unsafe withUnsafeTemporaryAllocation(
          of: Optional<UnsafePointer<secp256k1_pubkey>>.self, capacity: Self.windows + 1
        ) { summands in
          unsafe summands.initializeElement(at: 0, to: point)
          var count = 1
          for (place, digit) in tweak.bytes.enumerated() where digit > 0 {
            let index = (Self.windows - 1 - place) * Self.digits + Int(digit) - 1
            precondition(index < multiples.count, "each digit has its multiple")
            unsafe summands.initializeElement(
              at: count, to: multiples.baseAddress?.advanced(by: index))
            count += 1
          }
          return unsafe Self.sum(UnsafeBufferPointer(rebasing: summands[..<count]))
        }
      }
    }
  }

  private static func sum(_ a: secp256k1_pubkey, _ b: secp256k1_pubkey) -> secp256k1_pubkey? {
    unsafe withUnsafePointer(to: a) { a in
      unsafe withUnsafePointer(to: b) { b in
        let both = unsafe [Optional(a), Optional(b)]
        return unsafe both.withUnsafeBufferPointer { unsafe sum($0) }
      }
    }
  }

  /// Returns the sum of one point or more, or `nil` at infinity.
  private static func sum(
    _ summands: UnsafeBufferPointer<UnsafePointer<secp256k1_pubkey>?>
  ) -> secp256k1_pubkey? {
    guard let first = summands.baseAddress else { return nil }
    var sum = secp256k1_pubkey()
    // The one way to fail is that the points cancel each other.
    guard
      unsafe secp256k1_ec_pubkey_combine(Secp256k1.context, &sum, first, summands.count) == 1
    else { return nil }
    return sum
  }
}
