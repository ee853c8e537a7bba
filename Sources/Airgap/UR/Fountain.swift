/// How a message is cut, and which fragments a part mixes. See BCR-2020-005, "Multipart UR".
package enum Fountain {
  /// No message is cut into more fragments.
  static let maximumFragments = 1 << 16

  /// The length at which the fewest equal fragments are no longer than `maximum` bytes.
  package static func fragmentLength(messageCount: Int, minimum: Int, maximum: Int) -> Int {
    let most = max(1, messageCount / minimum)
    for count in 1...most {
      let length = (messageCount + count - 1) / count
      if length <= maximum { return length }
    }
    return maximum
  }

  /// Fragments of one length, the last filled up with zeros.
  package static func fragments(of message: [UInt8], length: Int) -> [[UInt8]] {
    stride(from: 0, to: message.count, by: length).map { start in
      let piece = Array(message[start..<min(message.count, start + length)])
      return piece + [UInt8](repeating: 0, count: length - piece.count)
    }
  }

  /// The fragments that part `sequence` (from 1) mixes: one each at first, then a draw.
  package static func fragmentIndices(sequence: UInt32, count: Int, checksum: UInt32) -> Set<Int> {
    if sequence <= count { return [Int(sequence) - 1] }
    let seed = [sequence, checksum].flatMap { number in
      (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) }
    }
    var random = Xoshiro256(seed: seed)
    let degree = degree(count: count, using: &random)
    return Set(random.shuffled(Array(0..<count)).prefix(degree))
  }

  /// How many fragments to mix: one with the weight 1, two with 1/2, and so on.
  package static func degree(count: Int, using random: inout Xoshiro256) -> Int {
    DegreeSampler(weights: (1...count).map { 1 / Double($0) }).next(using: &random) + 1
  }

  package static func mix(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] { zip(a, b).map { $0 ^ $1 } }
}
