/// Words in place of a policy identifier's digits, for people on several devices to compare.
///
/// Whoever proposes a policy may have chosen it, so these are more words than a transport needs, which
/// only guards against accidents.
public enum PolicyWords {
  /// 12 words are 132 bits, beyond any search for a second policy with the same words.
  public static let count = 12

  /// Returns the first 132 bits of a policy's identifier, a SHA-256, as words of BIP-39 in English.
  /// They are no mnemonic: no checksum is in them.
  ///
  /// - Precondition: `identifier` has 32 bytes.
  public static func words(of identifier: [UInt8]) -> [String] {
    precondition(identifier.count == 32, "an identifier is a SHA-256")
    return (0..<count).map { word in
      let position = (0..<11).reduce(0) { value, bit in
        let place = word * 11 + bit
        return value << 1 | Int(identifier[place / 8] >> UInt8(7 - place % 8) & 1)
      }
      return String(decoding: WordList.english[position], as: UTF8.self)
    }
  }
}
