/// The loose reading of signatures that blocks before BIP-66 need: lengths in long form, padding,
/// negative numbers and trailing bytes are all accepted.
///
/// It accepts and refuses exactly what `ecdsa_signature_parse_der_lax` of libsecp256k1 does.
enum LaxDER {
  /// Returns R and S at 32 bytes each, zero when either does not fit, or `nil` when malformed.
  static func compact(_ signature: [UInt8]) -> [UInt8]? {
    var position = 0
    guard take(0x30, of: signature, at: &position), position < signature.count else { return nil }
    // The length of the sequence is skipped, not believed.
    let lead = Int(signature[position])
    position += 1
    if lead & 0x80 != 0 {
      let skipped = lead - 0x80
      guard skipped <= signature.count - position else { return nil }
      position += skipped
    }
    guard let r = integer(of: signature, at: &position),
      let s = integer(of: signature, at: &position)
    else { return nil }
    guard let r = fixed(r), let s = fixed(s) else { return [UInt8](repeating: 0, count: 64) }
    return r + s
  }

  private static func take(_ tag: UInt8, of signature: [UInt8], at position: inout Int) -> Bool {
    guard position < signature.count, signature[position] == tag else { return false }
    position += 1
    return true
  }

  private static func integer(
    of signature: [UInt8], at position: inout Int
  ) -> ArraySlice<UInt8>? {
    guard take(0x02, of: signature, at: &position), position < signature.count else { return nil }
    var count = Int(signature[position])
    position += 1
    if count & 0x80 != 0 {
      var widthLeft = count - 0x80
      guard widthLeft <= signature.count - position else { return nil }
      while widthLeft > 0, signature[position] == 0 {
        position += 1
        widthLeft -= 1
      }
      guard widthLeft < 4 else { return nil }
      count = 0
      while widthLeft > 0 {
        count = count << 8 | Int(signature[position])
        position += 1
        widthLeft -= 1
      }
    }
    guard count <= signature.count - position else { return nil }
    defer { position += count }
    return signature[position..<(position + count)]
  }

  private static func fixed(_ integer: ArraySlice<UInt8>) -> [UInt8]? {
    let digits = integer.drop { $0 == 0 }
    guard digits.count <= 32 else { return nil }
    return [UInt8](repeating: 0, count: 32 - digits.count) + digits
  }
}
