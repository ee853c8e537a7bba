// Unsafe file. Sound because every buffer is that of a secret, used inside its own closure and at
// indices that are compared with its count.
package import Cryptography

extension SecretBytes {
  /// Creates a secret from `prefix` and another secret.
  convenience init(_ prefix: [UInt8], followedBy secret: SecretBytes) throws(CryptographyError) {
    try unsafe self.init(count: prefix.count + secret.count) { target throws(CryptographyError) in
      unsafe target.copyBytes(from: prefix)
      try unsafe secret.withUnsafeBytes { bytes in
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[prefix.count...]).copyMemory(
          from: bytes)
      }
    }
  }

  /// Creates a secret from two others.
  convenience init(
    _ first: SecretBytes, followedBy second: SecretBytes
  ) throws(CryptographyError) {
    try unsafe self.init(count: first.count + second.count) { target throws(CryptographyError) in
      try unsafe first.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
      try unsafe second.withUnsafeBytes { bytes in
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[first.count...]).copyMemory(
          from: bytes)
      }
    }
  }

  /// Creates a secret by writing `count` numbers of `width` bits one after the other, the highest
  /// bit first; the last byte is filled up with zeros.
  convenience init(
    packing count: Int, wordsOf width: Int, _ word: (Int) throws(CryptographyError) -> Int
  ) throws(CryptographyError) {
    try unsafe self.init(count: (count * width + 7) / 8) { target throws(CryptographyError) in
      for index in 0..<count {
        let value = try word(index)
        for bit in 0..<width where value >> (width - 1 - bit) & 1 == 1 {
          let position = index * width + bit
          unsafe target[position / 8] |= 0x80 >> UInt8(position % 8)
        }
      }
    }
  }

  /// The number in `count` bits from the bit at `start` on, the highest bit first. Bits behind the
  /// end are zero.
  func bits(from start: Int, count: Int) throws(CryptographyError) -> Int {
    try unsafe withUnsafeBytes { bytes in
      var value = 0
      for position in start..<(start + count) {
        let bit =
          unsafe position / 8 < bytes.count ? bytes[position / 8] >> UInt8(7 - position % 8) & 1 : 0
        value = value << 1 | Int(bit)
      }
      return value
    }
  }

  /// Whether two secrets are the same, in a time that depends on their lengths alone.
  package func isEqual(to other: SecretBytes) throws(CryptographyError) -> Bool {
    // Reading one secret twice at once would wait for itself.
    guard self !== other else { return true }
    guard count == other.count else { return false }
    return try unsafe withUnsafeBytes { own throws(CryptographyError) in
      try unsafe other.withUnsafeBytes { bytes in
        var difference: UInt8 = 0
        for index in 0..<own.count { unsafe difference |= own[index] ^ bytes[index] }
        return difference == 0
      }
    }
  }
}
