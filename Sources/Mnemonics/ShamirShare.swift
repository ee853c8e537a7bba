public import Cryptography

/// One share of a secret, as words. See SLIP-0039, "Format of the share mnemonic".
public struct ShamirShare: Sendable {
  /// What every share of one splitting has in common.
  public struct Label: Hashable, Sendable {
    /// Names the splitting: 15 random bits.
    public var identifier: UInt16
    /// Whether the identifier does not go into the encryption, so that one secret can be split
    /// several times and a passphrase gives the same result with each.
    public var isExtendable: Bool
    /// The passphrase is stretched over 10 000 × 2^this steps; 0 to 15.
    public var iterationExponent: UInt8
    /// Groups that are needed, 1 to 16.
    public var groupThreshold: Int
    /// Groups that there are, 1 to 16.
    public var groupCount: Int
  }

  public let label: Label
  /// Position of the group, from 0.
  public let group: Int
  /// Position in the group, from 0.
  public let member: Int
  /// Shares of the group that are needed, 1 to 16.
  public let memberThreshold: Int
  let value: SecretBytes

  /// Fewest words: a secret of 16 bytes.
  private static let leastWords = 20
  private static let headerBits = 40
  private static let checksumWords = 3

  init(label: Label, group: Int, member: Int, memberThreshold: Int, value: SecretBytes) {
    self.label = label
    self.group = group
    self.member = member
    self.memberThreshold = memberThreshold
    self.value = value
  }

  /// Reads the words of a share.
  public init(phrase: SecretBytes) throws(MnemonicError) {
    let text = try WordText(phrase, in: .slip39)
    guard text.count >= Self.leastWords else { throw .wrongLength(words: text.count) }
    let valueBits = 10 * (text.count - Self.checksumWords) - Self.headerBits
    let padding = valueBits % 16
    guard padding <= 8 else { throw .wrongLength(words: text.count) }
    let isRight: Bool
    let leftover: Int
    do throws(CryptographyError) {
      let packed = try SecretBytes(packing: text.count, wordsOf: 10) {
        index throws(CryptographyError) in try text.position(index)
      }
      func field(_ start: Int, _ count: Int) throws(CryptographyError) -> Int {
        try packed.bits(from: start, count: count)
      }
      let isExtendable = try field(15, 1) == 1
      isRight = try Self.checksum(packed, words: text.count, isExtendable) == 1
      label = Label(
        identifier: UInt16(try field(0, 15)), isExtendable: isExtendable,
        iterationExponent: UInt8(try field(16, 4)), groupThreshold: try field(24, 4) + 1,
        groupCount: try field(28, 4) + 1)
      group = try field(20, 4)
      member = try field(32, 4)
      memberThreshold = try field(36, 4) + 1
      leftover = try field(Self.headerBits, padding)
      value = try SecretBytes(packing: (valueBits - padding) / 8, wordsOf: 8) {
        index throws(CryptographyError) in
        try packed.bits(from: Self.headerBits + padding + 8 * index, count: 8)
      }
    } catch {
      throw .cryptography(error)
    }
    guard isRight else { throw .wrongChecksum }
    guard label.groupThreshold <= label.groupCount else {
      throw .malformedShare("asks for more groups than there are")
    }
    guard leftover == 0 else { throw .wrongPadding }
  }

  /// The words, with blanks between.
  public func phrase() throws(CryptographyError) -> SecretBytes {
    let valueWords = (8 * value.count + 9) / 10
    let padding = 10 * valueWords - 8 * value.count
    let count = Self.headerBits / 10 + valueWords + Self.checksumWords
    // The checksum is that value which makes the whole leave 1.
    let bare = try packed(padding: padding, words: count, checksum: 0)
    let checksum = try Self.checksum(bare, words: count, label.isExtendable) ^ 1
    let whole = try packed(padding: padding, words: count, checksum: checksum)
    return try WordText(count: count) { index throws(CryptographyError) in
      try whole.bits(from: 10 * index, count: 10)
    }.text(in: .slip39)
  }

  private func packed(
    padding: Int, words: Int, checksum: UInt32
  ) throws(CryptographyError) -> SecretBytes {
    let fields: [(value: Int, width: Int)] = [
      (Int(label.identifier), 15), (label.isExtendable ? 1 : 0, 1),
      (Int(label.iterationExponent), 4), (group, 4), (label.groupThreshold - 1, 4),
      (label.groupCount - 1, 4), (member, 4), (memberThreshold - 1, 4),
    ]
    let header = fields.reduce(UInt64(0)) { $0 << UInt64($1.width) | UInt64($1.value) }
    let end = Self.headerBits + padding + 8 * value.count
    return try SecretBytes(packing: words * 10, wordsOf: 1) { position throws(CryptographyError) in
      switch position {
      case ..<Self.headerBits: Int(header >> UInt64(Self.headerBits - 1 - position) & 1)
      case ..<(Self.headerBits + padding): 0
      case ..<end: try value.bits(from: position - Self.headerBits - padding, count: 1)
      default: Int(checksum >> UInt32(end + 30 - 1 - position) & 1)
      }
    }
  }

  /// The Reed-Solomon code over the words, RS1024; 1 when they are right.
  private static func checksum(
    _ packed: SecretBytes, words: Int, _ isExtendable: Bool
  ) throws(CryptographyError) -> UInt32 {
    let generator: [UInt32] = [
      0x00E0_E040, 0x01C1_C080, 0x0383_8100, 0x0707_0200, 0x0E0E_0009,
      0x1C0C_2412, 0x3808_6C24, 0x3090_FC48, 0x21B1_F890, 0x3F3F_120,
    ]
    var sum: UInt32 = 1
    func add(_ word: UInt32) {
      let top = sum >> 20
      sum = (sum & 0xF_FFFF) << 10 ^ word
      for (bit, term) in generator.enumerated() {
        sum ^= term & (0 &- (top >> UInt32(bit) & 1))
      }
    }
    for letter in (isExtendable ? "shamir_extendable" : "shamir").utf8 { add(UInt32(letter)) }
    for index in 0..<words { add(UInt32(try packed.bits(from: 10 * index, count: 10))) }
    return sum
  }
}
