package import Bitcoin

/// How much work a header must show. See Bitcoin Core, pow.cpp.
public enum Difficulty {
  /// Blocks between two changes.
  public static let period = 2016
  /// Seconds that a period should take.
  static let periodSeconds: Int64 = 14 * 24 * 3600

  /// The easiest target of a network in compact form.
  static func easiest(on network: Network) -> UInt32 {
    switch network {
    case .mainnet, .testnet: 0x1D00_FFFF
    case .signet: 0x1E03_77AE
    case .regtest: 0x207F_FFFF
    }
  }

  /// Whether every header's target follows from those before. On testnet a block may be an easy one
  /// when it is late, so there only the easiest target is asked for.
  static func isFixed(on network: Network) -> Bool { network != .testnet }

  /// The target of the period after one that lasted from `first` to `last`, two headers' times.
  package static func next(after bits: UInt32, first: UInt32, last: UInt32, on network: Network)
    -> UInt32
  {
    // Nobody mines in earnest there.
    guard network != .regtest else { return bits }
    let span = min(max(Int64(last) - Int64(first), periodSeconds / 4), periodSeconds * 4)
    let limit = number(easiest(on: network))
    var target = number(bits)
    // Bytes, least significant first; the product of a target and a span fits in 40 of them.
    target = divided(multiplied(target, by: UInt64(span)), by: UInt64(periodSeconds))
    if isAbove(target, limit) { target = limit }
    return compact(target)
  }

  /// How many hashes a header of target `bits` took on average, or `nil` of one that no network has
  /// ever been near.
  static func work(of bits: UInt32) -> UInt128? {
    let shift = 256 - 8 * (Int(bits >> 24) - 3)
    let digits = UInt128(bits & 0x007F_FFFF)
    guard bits & 0x0080_0000 == 0, digits > 0, (1...120).contains(shift) else { return nil }
    return (UInt128(1) << UInt128(shift)) / digits
  }

  /// The target as bytes, least significant first.
  private static func number(_ bits: UInt32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 40)
    let size = Int(bits >> 24)
    for index in 0..<3 {
      let place = size - 3 + index
      guard bytes.indices.contains(place) else { continue }
      bytes[place] = UInt8(truncatingIfNeeded: bits >> UInt32(8 * index))
    }
    return bytes
  }

  private static func compact(_ target: [UInt8]) -> UInt32 {
    var size = (target.lastIndex { $0 != 0 } ?? -1) + 1
    func digit(_ place: Int) -> UInt32 { place < 0 ? 0 : UInt32(target[place]) }
    var digits = digit(size - 1) << 16 | digit(size - 2) << 8 | digit(size - 3)
    // The highest bit is a sign.
    if digits & 0x0080_0000 != 0 {
      digits >>= 8
      size += 1
    }
    return UInt32(size) << 24 | digits
  }

  private static func multiplied(_ number: [UInt8], by factor: UInt64) -> [UInt8] {
    var carry: UInt64 = 0
    return number.map { byte in
      let product = UInt64(byte) * factor + carry
      carry = product >> 8
      return UInt8(truncatingIfNeeded: product)
    }
  }

  private static func divided(_ number: [UInt8], by divisor: UInt64) -> [UInt8] {
    var rest: UInt64 = 0
    var result = number
    for index in number.indices.reversed() {
      rest = rest << 8 | UInt64(number[index])
      result[index] = UInt8(truncatingIfNeeded: rest / divisor)
      rest %= divisor
    }
    return result
  }

  private static func isAbove(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    b.reversed().lexicographicallyPrecedes(a.reversed())
  }
}
