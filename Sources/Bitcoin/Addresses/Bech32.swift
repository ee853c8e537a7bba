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
    let padded = expand(prefix) + values + [UInt8](repeating: 0, count: 6)
    let remainder = polymod(padded) ^ variant.constant
    let checksum = (0..<6).map { UInt8((remainder >> UInt32(5 * (5 - $0))) & 31) }
    let text = prefix + [separator] + (values + checksum).map { digits[Int($0 & 31)] }
    return String(decoding: text, as: UTF8.self)
  }

  /// Returns the parts of `text` without the checksum, or `nil` when it is not valid.
  public static func parse(
    _ text: String
  ) -> (humanReadablePart: String, values: [UInt8], variant: Variant)? {
    let raw = Array(text.utf8)
    let hasUpper = raw.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    let hasLower = raw.contains { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    guard raw.count <= 90, !(hasUpper && hasLower), raw.allSatisfy({ (33...126).contains($0) })
    else { return nil }
    let lowered = raw.map { hasUpper && (65...90).contains($0) ? $0 + 32 : $0 }
    guard let split = lowered.lastIndex(of: separator), split >= 1, split + 7 <= lowered.count
    else { return nil }
    var values: [UInt8] = []
    for digit in lowered[(split + 1)...] {
      guard let value = digits.firstIndex(of: digit) else { return nil }
      values.append(UInt8(value))
    }
    let prefix = Array(lowered[..<split])
    let variant: Variant
    switch polymod(expand(prefix) + values) {
    case Variant.bech32.constant: variant = .bech32
    case Variant.bech32m.constant: variant = .bech32m
    default: return nil
    }
    return (String(decoding: prefix, as: UTF8.self), Array(values.dropLast(6)), variant)
  }

  /// Returns `bytes` as values of 5 bits, padded with zero bits.
  public static func fiveBitValues(_ bytes: [UInt8]) -> [UInt8] {
    var values: [UInt8] = []
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

  private static func expand(_ prefix: [UInt8]) -> [UInt8] {
    prefix.map { $0 >> 5 } + [0] + prefix.map { $0 & 31 }
  }

  private static func polymod(_ values: [UInt8]) -> UInt32 {
    let generator: [UInt32] = [
      0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3,
    ]
    var state: UInt32 = 1
    for value in values {
      let top = state >> 25
      state = (state & 0x1FF_FFFF) << 5 ^ UInt32(value)
      for (index, term) in generator.enumerated() where (top >> UInt32(index)) & 1 == 1 {
        state ^= term
      }
    }
    return state
  }
}
