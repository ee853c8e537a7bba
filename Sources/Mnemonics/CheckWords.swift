/// Words in place of a digest's digits, for two people or two screens to compare.
public enum CheckWords {
  /// Words that two people compare when the other side may have chosen what is compared, as it can a
  /// wallet policy: 132 bits, beyond any search for a second policy with the same words.
  public static let fullCount = 12

  /// Returns the first 11 × `count` bits of `digest` as words of BIP-39, in English. They are no
  /// mnemonic: no checksum is in them.
  ///
  /// - Precondition: `digest` has that many bits.
  public static func words(of digest: [UInt8], count: Int = fullCount) -> [String] {
    precondition(digest.count * 8 >= count * 11, "not that many bits in the digest")
    return (0..<count).map { word in
      let position = (0..<11).reduce(0) { value, bit in
        let place = word * 11 + bit
        return value << 1 | Int(digest[place / 8] >> UInt8(7 - place % 8) & 1)
      }
      return String(decoding: WordList.english[position], as: UTF8.self)
    }
  }
}
