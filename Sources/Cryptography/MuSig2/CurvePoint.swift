// Unsafe file. Sound because every array handed to libsecp256k1 has the length that the function
// reads or writes, and the pointers to points are those of an array that lives through the call.
import CSecp256k1

/// A point of the curve, the one at infinity included, with the arithmetic that MuSig2 needs.
///
/// All of it is libsecp256k1's. Not for secrets: the multiplication's time depends on the number.
struct CurvePoint {
  /// `nil` at infinity.
  private let point: secp256k1_pubkey?

  static let infinity = CurvePoint(nil)
  static let generator: CurvePoint = {
    var one = [UInt8](repeating: 0, count: 32)
    one[31] = 1
    return CurvePoint.generator(times: CurveScalar(known: one))
  }()

  private init(_ point: secp256k1_pubkey?) { self.point = point }

  /// Reads a compressed point.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == 33, bytes[0] == 2 || bytes[0] == 3, let point = Secp256k1.parse(bytes)
    else { return nil }
    self.point = point
  }

  /// Reads a compressed point, or 33 zeros for infinity. See BIP-327, `cpoint_ext`.
  init?(extended bytes: [UInt8]) {
    if bytes.count == 33, bytes.allSatisfy({ $0 == 0 }) {
      self = .infinity
    } else {
      self.init(bytes)
    }
  }

  /// The even point with horizontal coordinate `xOnly`.
  init?(xOnly: [UInt8]) { self.init([2] + xOnly) }

  static func generator(times scalar: CurveScalar) -> CurvePoint {
    guard !scalar.isZero else { return .infinity }
    var point = secp256k1_pubkey()
    // Cannot fail for a number in 1 to n - 1.
    _ = unsafe secp256k1_ec_pubkey_create(Secp256k1.context, &point, scalar.bytes)
    return CurvePoint(point)
  }

  var isInfinity: Bool { point == nil }

  /// 33 bytes; zeros at infinity. See BIP-327, `cbytes_ext`.
  var bytes: [UInt8] {
    guard let point else { return [UInt8](repeating: 0, count: 33) }
    return Secp256k1.serialise(point, compressed: true)
  }

  var xOnly: [UInt8] { Array(bytes.dropFirst()) }
  var hasEvenY: Bool { bytes[0] == 2 }

  func times(_ scalar: CurveScalar) -> CurvePoint {
    guard var product = point, !scalar.isZero else { return .infinity }
    // Cannot fail for a number in 1 to n - 1.
    _ = unsafe secp256k1_ec_pubkey_tweak_mul(Secp256k1.context, &product, scalar.bytes)
    return CurvePoint(product)
  }

  var negated: CurvePoint {
    guard var negative = point else { return self }
    _ = unsafe secp256k1_ec_pubkey_negate(Secp256k1.context, &negative)
    return CurvePoint(negative)
  }

  static func + (a: CurvePoint, b: CurvePoint) -> CurvePoint {
    guard var a = a.point else { return b }
    guard var b = b.point else { return CurvePoint(a) }
    var sum = secp256k1_pubkey()
    let status = unsafe withUnsafePointer(to: &a) { a in
      unsafe withUnsafePointer(to: &b) { b in
        let both: [UnsafePointer<secp256k1_pubkey>?] = unsafe [a, b]
        return unsafe secp256k1_ec_pubkey_combine(Secp256k1.context, &sum, both, 2)
      }
    }
    // The one way to fail is that the two cancel each other.
    return status == 1 ? CurvePoint(sum) : .infinity
  }

  static func == (a: CurvePoint, b: CurvePoint) -> Bool { a.bytes == b.bytes }
}

/// A public number modulo the group order. Secret ones stay in ``SecretBytes``.
struct CurveScalar: Hashable {
  /// 32 bytes, the highest first.
  let bytes: [UInt8]

  static let zero = CurveScalar(known: [UInt8](repeating: 0, count: 32))
  static let one = CurveScalar(known: [UInt8](repeating: 0, count: 31) + [1])
  /// The number of points, 32 bytes, the highest first.
  static let order: [UInt8] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE,
    0xBA, 0xAE, 0xDC, 0xE6, 0xAF, 0x48, 0xA0, 0x3B, 0xBF, 0xD2, 0x5E, 0x8C, 0xD0, 0x36, 0x41, 0x41,
  ]

  fileprivate init(known bytes: [UInt8]) { self.bytes = bytes }

  /// Reads a number below the group order.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == 32, bytes.lexicographicallyPrecedes(Self.order) else { return nil }
    self.bytes = bytes
  }

  /// The digest modulo the group order.
  init(reducing digest: [UInt8]) {
    precondition(digest.count == 32, "a digest has 32 bytes")
    guard !digest.lexicographicallyPrecedes(Self.order) else {
      bytes = digest
      return
    }
    // Below twice the order, so one subtraction is enough.
    var rest = digest
    var borrow = 0
    for index in stride(from: 31, through: 0, by: -1) {
      let difference = Int(digest[index]) - Int(Self.order[index]) - borrow
      borrow = difference < 0 ? 1 : 0
      rest[index] = UInt8(truncatingIfNeeded: difference)
    }
    bytes = rest
  }

  var isZero: Bool { bytes.allSatisfy { $0 == 0 } }

  var negated: CurveScalar {
    guard !isZero else { return self }
    var bytes = bytes
    _ = unsafe secp256k1_ec_seckey_negate(Secp256k1.context, &bytes)
    return CurveScalar(known: bytes)
  }

  static func + (a: CurveScalar, b: CurveScalar) -> CurveScalar {
    guard !a.isZero else { return b }
    guard !b.isZero else { return a }
    var sum = a.bytes
    // The one way to fail is that the sum is zero.
    guard unsafe secp256k1_ec_seckey_tweak_add(Secp256k1.context, &sum, b.bytes) == 1 else {
      return .zero
    }
    return CurveScalar(known: sum)
  }

  static func * (a: CurveScalar, b: CurveScalar) -> CurveScalar {
    guard !a.isZero, !b.isZero else { return .zero }
    var product = a.bytes
    _ = unsafe secp256k1_ec_seckey_tweak_mul(Secp256k1.context, &product, b.bytes)
    return CurveScalar(known: product)
  }
}
