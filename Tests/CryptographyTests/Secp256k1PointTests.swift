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
    for number in 0..<60 {
      // A third of them full, the others with ever more bytes that are zero.
      let share = number % 3
      let tweak = (0..<32).map { _ in
        Int.random(in: 0..<4, using: &random) < share
          ? 0 : UInt8.random(in: 0...255, using: &random)
      }
      guard let checked = try? PublicTweak(tweak) else { continue }
      #expect(
        try point.adding(checked) == Secp256k1.tweakAdd(publicKey: key, tweak: tweak),
        "seed \(seed), tweak \(tweak)")
    }
  }

  @Test func `each digit of each byte adds what the library adds`() throws {
    let key = try key(9)
    let point = try #require(Secp256k1.Point(key))
    var count = 0
    for place in 0..<32 {
      for digit in [1, 2, 3, 127, 128, 254, 255] as [UInt8] {
        var tweak = [UInt8](repeating: 0, count: 32)
        tweak[place] = digit
        #expect(
          try point.adding(PublicTweak(tweak)) == Secp256k1.tweakAdd(publicKey: key, tweak: tweak),
          "digit \(digit) of byte \(place)")
        count += 1
      }
    }
    #expect(count == 224)
  }

  @Test func `a key is doubled when the tweak is its own number`() throws {
    let key = try key(1)
    let tweak = [UInt8](repeating: 1, count: 32)
    #expect(
      try Secp256k1.Point(key)?.adding(PublicTweak(tweak))
        == Secp256k1.publicKey(from: SecretBytes(copying: [UInt8](repeating: 2, count: 32))))
  }

  @Test func `zero changes nothing, and what has no sum is refused`() throws {
    let key = try key(1)
    let point = try #require(Secp256k1.Point(key))
    #expect(try point.adding(PublicTweak([UInt8](repeating: 0, count: 32))) == key)
    // The negative of the private key brings the sum to infinity, the number before it to -G.
    let negative = order(minus: [UInt8](repeating: 1, count: 32))
    #expect(throws: CryptographyError.invalidTweak) { try point.adding(PublicTweak(negative)) }
    let largest = order(minus: [UInt8](repeating: 0, count: 31) + [1])
    #expect(
      try point.adding(PublicTweak(largest))
        == Secp256k1.tweakAdd(publicKey: key, tweak: largest))
    #expect(Secp256k1.Point([UInt8](repeating: 0, count: 33)) == nil)
  }

  @Test func `a tweak is 32 bytes below the group order`() throws {
    #expect(throws: CryptographyError.invalidTweak) { try PublicTweak(order) }
    #expect(throws: CryptographyError.invalidTweak) {
      try PublicTweak([UInt8](repeating: 0xFF, count: 32))
    }
    for count in [0, 31, 33] {
      #expect(throws: CryptographyError.wrongLength(of: "tweak", expected: 32, actual: count)) {
        try PublicTweak([UInt8](repeating: 1, count: count))
      }
    }
  }

  private func order(minus number: [UInt8]) -> [UInt8] {
    var rest = order
    var borrow = 0
    for index in (0..<32).reversed() {
      let digit = Int(order[index]) - Int(number[index]) - borrow
      borrow = digit < 0 ? 1 : 0
      rest[index] = UInt8((digit + 256) % 256)
    }
    return rest
  }
}
