import Cryptography

/// The generator xoshiro256**, from which both sides draw the same fragments. See BCR-2020-005.
///
/// It is no source of secrets: whoever knows the message knows the sequence.
package struct Xoshiro256 {
  private var state: [4 of UInt64]

  /// Begins from the SHA-256 of `seed`.
  package init(seed: [UInt8]) {
    let digest = SHA256.hash(seed)
    state = [4 of UInt64] { word in
      digest[(word * 8)..<(word * 8 + 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
  }

  package mutating func next() -> UInt64 {
    func rotated(_ value: UInt64, _ by: UInt64) -> UInt64 { value << by | value >> (64 - by) }
    let result = rotated(state[1] &* 5, 7) &* 9
    let t = state[1] << 17
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= t
    state[3] = rotated(state[3], 45)
    return result
  }

  /// A number from 0 up to 1. The reference divides by 2^64 in double precision, and so must we.
  mutating func nextDouble() -> Double { Double(next()) / 18_446_744_073_709_551_616.0 }

  /// A whole number of `range`.
  package mutating func next(in range: ClosedRange<Int>) -> Int {
    Int(nextDouble() * Double(range.count)) + range.lowerBound
  }

  /// Returns the items in an order of this generator.
  package mutating func shuffled<Item>(_ items: [Item]) -> [Item] {
    var remaining = items
    var result: [Item] = []
    while !remaining.isEmpty {
      result.append(remaining.remove(at: next(in: 0...(remaining.count - 1))))
    }
    return result
  }
}
