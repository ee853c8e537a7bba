/// The checksum that OKX puts beside a book, so that a reader can tell a damaged copy.
///
/// The best 25 levels of both sides, `bidPrice:bidSize:askPrice:askSize` in turn, joined with colons;
/// of the text the CRC-32 of IEEE 802.3 as a signed 32-bit integer. See OKX v5, "order book channel".
public enum BookChecksum {
  /// Levels per side that count.
  public static let depth = 25

  private static let table: [UInt32] = (0..<256).map { index in
    var value = UInt32(index)
    for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
    return value
  }

  /// Returns the checksum of a book whose levels are given as the very texts that readers got.
  ///
  /// - Parameters:
  ///   - bids: Price and size, best first; more than 25 are cut.
  ///   - asks: Price and size, best first; more than 25 are cut.
  public static func checksum(
    bids: [(price: String, size: String)], asks: [(price: String, size: String)]
  ) -> Int32 {
    var parts: [String] = []
    for index in 0..<min(depth, max(bids.count, asks.count)) {
      if index < bids.count { parts += [bids[index].price, bids[index].size] }
      if index < asks.count { parts += [asks[index].price, asks[index].size] }
    }
    return Int32(bitPattern: crc32(parts.joined(separator: ":").utf8))
  }

  static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var state: UInt32 = .max
    for byte in bytes { state = table[Int((state ^ UInt32(byte)) & 0xFF)] ^ (state >> 8) }
    return ~state
  }
}
