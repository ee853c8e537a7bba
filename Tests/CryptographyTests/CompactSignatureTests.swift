import Cryptography
import Structures
import Testing

/// Signatures as other devices give them.
@Suite struct CompactSignatureTests {
  /// The group order. See SEC 2, section 2.4.1.
  private static let order: [UInt8] =
    [UInt8](repeating: 0xFF, count: 15) + [
      0xFE, 0xBA, 0xAE, 0xDC, 0xE6, 0xAF, 0x48, 0xA0, 0x3B, 0xBF, 0xD2, 0x5E, 0x8C, 0xD0, 0x36,
      0x41,
      0x41,
    ]

  /// R and S of a strict DER signature, 32 bytes each.
  private static func compact(_ der: [UInt8]) -> [UInt8] {
    func number(at place: Int) -> [UInt8] {
      let bytes = der[place + 2..<place + 2 + Int(der[place + 1])].drop { $0 == 0 }
      return [UInt8](repeating: 0, count: 32 - bytes.count) + bytes
    }
    return number(at: 2) + number(at: 4 + Int(der[3]))
  }

  /// The group order less `number`.
  private static func negated(_ number: [UInt8]) -> [UInt8] {
    var (result, borrow) = ([UInt8](repeating: 0, count: 32), 0)
    for place in (0..<32).reversed() {
      let difference = Int(order[place]) - Int(number[place]) - borrow
      result[place] = UInt8(truncatingIfNeeded: difference)
      borrow = difference < 0 ? 1 : 0
    }
    return result
  }

  @Test(arguments: UInt64(1)...40)
  func `both halves of S become the one strict signature`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let secret = (0..<32).map { _ in UInt8.random(in: 1...0xFE, using: &random) }
    let digest = (0..<32).map { _ in UInt8.random(in: 0...0xFF, using: &random) }
    let key = try SecretBytes(copying: secret)
    let der = try Secp256k1.signECDSA(digest, with: key)
    let low = Self.compact(der)
    let high = low[..<32] + Self.negated(Array(low[32...]))
    #expect(Secp256k1.lowSDER(ofCompact: low) == der, "seed \(seed)")
    #expect(Secp256k1.lowSDER(ofCompact: Array(high)) == der, "seed \(seed)")
    #expect(
      Secp256k1.verifyStrictECDSA(
        der, digest: digest, publicKey: try Secp256k1.publicKey(from: key)))
  }

  @Test func `numbers outside the group and other lengths are no signature`() {
    let one = [UInt8](repeating: 0, count: 31) + [1]
    #expect(Secp256k1.lowSDER(ofCompact: Self.order + one) == nil)
    #expect(Secp256k1.lowSDER(ofCompact: one + Self.order) == nil)
    for count in [0, 1, 63, 65, 128] {
      #expect(Secp256k1.lowSDER(ofCompact: [UInt8](repeating: 1, count: count)) == nil)
    }
  }
}
