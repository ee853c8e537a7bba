/// The Castagnoli cyclic redundancy check, for accidental damage only. See RFC 3720, appendix B.4.
public struct CRC32C: Sendable {
  private static let table: [UInt32] = (0..<256).map { index in
    var value = UInt32(index)
    for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
    return value
  }

  /// Returns the checksum of `bytes`. The checksum of the ASCII text "123456789" is 0xE3069283.
  public static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var state: UInt32 = .max
    for byte in bytes { state = table[Int((state ^ UInt32(byte)) & 0xFF)] ^ (state >> 8) }
    return ~state
  }
}
