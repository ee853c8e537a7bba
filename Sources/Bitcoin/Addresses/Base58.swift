import Cryptography

/// Text of bytes in the 58 digits that are hard to confuse.
public enum Base58 {
  private static let digits = Array(
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

  /// Returns the text of `bytes`; each leading zero byte is one `1`.
  public static func text(_ bytes: [UInt8]) -> String {
    let zeros = bytes.prefix { $0 == 0 }.count
    var number: [UInt8] = []  // base 58, lowest digit first
    for byte in bytes.dropFirst(zeros) {
      var carry = Int(byte)
      for index in number.indices {
        carry += Int(number[index]) << 8
        number[index] = UInt8(carry % 58)
        carry /= 58
      }
      while carry > 0 {
        number.append(UInt8(carry % 58))
        carry /= 58
      }
    }
    let text =
      [UInt8](repeating: digits[0], count: zeros) + number.reversed().map { digits[Int($0)] }
    return String(decoding: text, as: UTF8.self)
  }

  /// Returns the bytes of `text`, or `nil` for a foreign digit or more than `limit` bytes.
  public static func bytes(_ text: String, limit: Int = 128) -> [UInt8]? {
    var zeros = 0
    var isLeading = true
    var number: [UInt8] = []  // base 256, lowest digit first
    for digit in text.utf8 {
      guard var carry = digits.firstIndex(of: digit) else { return nil }
      if isLeading, carry == 0 {
        zeros += 1
        guard zeros <= limit else { return nil }
        continue
      }
      isLeading = false
      for index in number.indices {
        carry += Int(number[index]) * 58
        number[index] = UInt8(carry & 0xFF)
        carry >>= 8
      }
      while carry > 0 {
        number.append(UInt8(carry & 0xFF))
        carry >>= 8
      }
      guard zeros + number.count <= limit else { return nil }
    }
    return [UInt8](repeating: 0, count: zeros) + number.reversed()
  }

  /// Returns the text of `payload` followed by the first four bytes of its double SHA-256.
  public static func checkText(_ payload: [UInt8]) -> String {
    text(payload + SHA256.double(payload).prefix(4))
  }

  /// Returns the payload of `text`, or `nil` when it is not Base58 or the checksum is wrong.
  public static func checkedPayload(_ text: String) -> [UInt8]? {
    guard let bytes = bytes(text), bytes.count >= 4 else { return nil }
    let payload = Array(bytes.dropLast(4))
    guard Array(bytes.suffix(4)) == Array(SHA256.double(payload).prefix(4)) else { return nil }
    return payload
  }
}
