/// Bytes as words of four letters, each with a CRC-32 behind the message. See BCR-2020-012.
public enum Bytewords {
  /// How the words are written.
  public enum Style: Sendable {
    /// Whole words with blanks between them.
    case standard
    /// Whole words with hyphens between them.
    case uri
    /// First and last letters only, without anything between them.
    case minimal
  }

  private static let checksumCount = 4

  /// Returns the words of `bytes` and of their checksum.
  public static func text(_ bytes: [UInt8], style: Style) -> String {
    let sum = Deflate.crc32(bytes)
    let checksum = (0..<4).map { UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * $0)) }
    let chosen = (bytes + checksum).map { words[Int($0)] }
    switch style {
    case .standard: return chosen.map(Self.text).joined(separator: " ")
    case .uri: return chosen.map(Self.text).joined(separator: "-")
    case .minimal: return String(decoding: chosen.flatMap { [$0[0], $0[3]] }, as: UTF8.self)
    }
  }

  /// Reads words, in letters of one case or both, and drops the checksum.
  ///
  /// - Throws: ``AirgapError/badCharacter(_:offset:)`` naming where a word begins that is none,
  ///   ``AirgapError/truncated(_:offset:)`` or ``AirgapError/badChecksum(_:)``.
  public static func bytes(
    _ text: some StringProtocol, style: Style
  ) throws(AirgapError) -> [UInt8] {
    let letters = text.utf8.map { byte in
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
    }
    let (length, separator): (Int, UInt8?) =
      switch style {
      case .standard: (4, UInt8(ascii: " "))
      case .uri: (4, UInt8(ascii: "-"))
      case .minimal: (2, nil)
      }
    var bytes: [UInt8] = []
    var offset = 0
    while offset < letters.count {
      if let separator, offset > 0 {
        guard letters[offset] == separator else { throw .badCharacter("bytewords", offset: offset) }
        offset += 1
      }
      guard offset + length <= letters.count else { throw .truncated("bytewords", offset: offset) }
      let word = letters[offset..<(offset + length)]
      guard let first = word.first, let last = word.last,
        let value = values[Int(first) << 8 | Int(last)],
        length == 2 || words[Int(value)] == Array(word)
      else { throw .badCharacter("bytewords", offset: offset) }
      bytes.append(value)
      offset += length
    }
    guard bytes.count > checksumCount else { throw .truncated("bytewords", offset: letters.count) }
    let message = Array(bytes.dropLast(checksumCount))
    let sum = bytes.suffix(checksumCount).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard sum == Deflate.crc32(message) else { throw .badChecksum("bytewords") }
    return message
  }

  private static func text(_ word: [UInt8]) -> String { String(decoding: word, as: UTF8.self) }

  /// Byte by the first and last letter of its word, which no two words share.
  private static let values: [Int: UInt8] = Dictionary(
    uniqueKeysWithValues: words.enumerated().map { index, word in
      (Int(word[0]) << 8 | Int(word[3]), UInt8(index))
    })

  private static let words: [[UInt8]] =
    """
    able acid also apex aqua arch atom aunt away axis back bald barn belt beta bias blue body brag
    brew bulb buzz calm cash cats chef city claw code cola cook cost crux curl cusp cyan dark data
    days deli dice diet door down draw drop drum dull duty each easy echo edge epic even exam exit
    eyes fact fair fern figs film fish fizz flap flew flux foxy free frog fuel fund gala game gear
    gems gift girl glow good gray grim guru gush gyro half hang hard hawk heat help high hill holy
    hope horn huts iced idea idle inch inky into iris iron item jade jazz join jolt jowl judo jugs
    jump junk jury keep keno kept keys kick kiln king kite kiwi knob lamb lava lazy leaf legs liar
    limp lion list logo loud love luau luck lung main many math maze memo menu meow mild mint miss
    monk nail navy need news next noon note numb obey oboe omit onyx open oval owls paid part peck
    play plus poem pool pose puff puma purr quad quiz race ramp real redo rich road rock roof ruby
    ruin runs rust safe saga scar sets silk skew slot soap solo song stub surf swan taco task taxi
    tent tied time tiny toil tomb toys trip tuna twin ugly undo unit urge user vast very veto vial
    vibe view visa void vows wall wand warm wasp wave waxy webs what when whiz wolf work yank yawn
    yell yoga yurt zaps zero zest zinc zone zoom
    """.split { $0 == " " || $0.isNewline }.map { Array($0.utf8) }
}
