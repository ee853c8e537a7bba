import Cryptography
import Structures
import Testing

@Suite struct Secp256k1PointTests {
  private let order: [UInt8] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE,
    0xBA, 0xAE, 0xDC, 0xE6, 0xAF, 0x48, 0xA0, 0x3B, 0xBF, 0xD2, 0x5E, 0x8C, 0xD0, 0x36, 0x41, 0x41,
  ]

  private func key(_ seed: UInt8) throws -> [UInt8] {
    try Secp256k1.publicKey(from: SecretBytes(copying: [UInt8](repeating: seed, count: 32)))
  }

  @Test(arguments: UInt64(0)..<8)
  func `a point read once adds as the library adds`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let key = try key(UInt8(seed + 1))
    let point = try #require(Secp256k1.Point(key))
    for _ in 0..<20 {
      let tweak = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(try point.adding(tweak) == Secp256k1.tweakAdd(publicKey: key, tweak: tweak))
    }
  }

  @Test func `zero changes nothing, and what has no sum is refused`() throws {
    let key = try key(1)
    let point = try #require(Secp256k1.Point(key))
    #expect(try point.adding([UInt8](repeating: 0, count: 32)) == key)
    #expect(throws: CryptographyError.invalidTweak) { try point.adding(order) }
    // The negative of the private key brings the sum to infinity.
    var negative = order
    var borrow = 0
    for index in (0..<32).reversed() {
      let digit = Int(order[index]) - 1 - borrow
      borrow = digit < 0 ? 1 : 0
      negative[index] = UInt8((digit + 256) % 256)
    }
    #expect(throws: CryptographyError.invalidTweak) { try point.adding(negative) }
    #expect(throws: CryptographyError.wrongLength(of: "tweak", expected: 32, actual: 31)) {
      try point.adding([UInt8](repeating: 1, count: 31))
    }
    #expect(Secp256k1.Point([UInt8](repeating: 0, count: 33)) == nil)
  }
}
