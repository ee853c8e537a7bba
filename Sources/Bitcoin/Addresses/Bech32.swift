/// Checksummed text in 32 digits. See BIP-173 and BIP-350.
public enum Bech32 {
  /// Which constant the checksum ends in.
  public enum Variant: Sendable {
    /// BIP-173, for witness version 0.
    case bech32
    /// BIP-350, for later versions.
    case bech32m

    fileprivate var constant: UInt32 { self == .bech32 ? 1 : 0x2BC8_30A3 }
  }

  private static let digits = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
  private static let separator = UInt8(ascii: "1")

  /// Returns the text of `values`, each 0 to 31, behind `humanReadablePart` in lower case.
  public static func text(
    humanReadablePart: String, values: [UInt8], variant: Variant
  ) -> String {
    let prefix = Array(humanReadablePart.utf8)
    var checksum = Checksum(prefix)
    for value in values { checksum.take(value) }
    for _ in 0..<6 { checksum.take(0) }
    let remainder = checksum.state ^ variant.constant
    var text = prefix
    text.reserveCapacity(prefix.count + values.count + 7)
    text.append(separator)
    let digits = digits
    for value in values { text.append(digits[Int(value & 31)]) }
    for place in UInt32(0)..<6 { text.append(digits[Int((remainder >> (5 * (5 - place))) & 31)]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Returns the parts of `text` without the checksum, or `nil` when it is not valid.
  public static func parse(
    _ text: String
  ) -> (humanReadablePart: String, values: [UInt8], variant: Variant)? {
    var raw = Array(text.utf8)
    var (hasUpper, hasLower) = (false, false)
    guard raw.count <= 90 else { return nil }
    for index in raw.indices {
      switch raw[index] {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"):
        hasUpper = true
        raw[index] += 32
      case UInt8(ascii: "a")...UInt8(ascii: "z"): hasLower = true
      case 33...126: break
      default: return nil
      }
    }
    guard !(hasUpper && hasLower), let split = raw.lastIndex(of: separator), split >= 1,
      split + 7 <= raw.count
    else { return nil }
    let prefix = raw[..<split]
    var checksum = Checksum(prefix)
    var values: [UInt8] = []
    values.reserveCapacity(raw.count - split)
    let valueOfDigit = valueOfDigit
    for digit in raw[(split + 1)...] {
      let value = valueOfDigit[Int(digit)]
      guard value < 32 else { return nil }
      checksum.take(value)
      values.append(value)
    }
    let variant: Variant
    switch checksum.state {
    case Variant.bech32.constant: variant = .bech32
    case Variant.bech32m.constant: variant = .bech32m
    default: return nil
    }
    values.removeLast(6)
    return (String(decoding: prefix, as: UTF8.self), values, variant)
  }

  /// Returns `bytes` as values of 5 bits, padded with zero bits.
  public static func fiveBitValues(_ bytes: [UInt8]) -> [UInt8] {
    var values: [UInt8] = []
    values.reserveCapacity(bytes.count * 8 / 5 + 1)
    var store: UInt32 = 0
    var bits = 0
    for byte in bytes {
      store = (store << 8 | UInt32(byte)) & 0xFFF
      bits += 8
      while bits >= 5 {
        bits -= 5
        values.append(UInt8((store >> UInt32(bits)) & 31))
      }
    }
    if bits > 0 { values.append(UInt8((store << UInt32(5 - bits)) & 31)) }
    return values
  }

  /// Returns the bytes in `values` of 5 bits, or `nil` when the padding is not as it must be.
  public static func bytes(fiveBitValues values: [UInt8]) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 5 / 8)
    var store: UInt32 = 0
    var bits = 0
    for value in values {
      guard value < 32 else { return nil }
      store = (store << 5 | UInt32(value)) & 0xFFF
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8((store >> UInt32(bits)) & 0xFF))
      }
    }
    guard bits < 5, store & ((1 << UInt32(bits)) - 1) == 0 else { return nil }
    return bytes
  }

  /// The remainder of the text's polynomial, which grows digit by digit.
  private struct Checksum {
    private(set) var state: UInt32 = 1
    private let terms = Bech32.terms

    /// Begins with the expanded prefix.
    init(_ prefix: some Collection<UInt8>) {
      for character in prefix { take(character >> 5) }
      take(0)
      for character in prefix { take(character & 31) }
    }

    mutating func take(_ value: UInt8) {
      state = (state & 0x1FF_FFFF) << 5 ^ UInt32(value) ^ terms[Int(state >> 25)]
    }
  }

  /// What each value of the five highest bits adds.
  private static let terms: [UInt32] = {
    let generator: [UInt32] = [
      0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3,
    ]
    return (UInt32(0)..<32).map { top in
      generator.enumerated().reduce(0) { sum, term in
        (top >> UInt32(term.offset)) & 1 == 1 ? sum ^ term.element : sum
      }
    }
  }()

  /// By character, the value of a digit; 32 of what is none.
  private static let valueOfDigit: [UInt8] = {
    var values = [UInt8](repeating: 32, count: 128)
    for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }()
}
