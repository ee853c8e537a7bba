/// Writes numbers in Golomb-Rice code: the quotient by 2^`parameter` in ones behind which a zero
/// stands, then the remainder, the highest bit first. See BIP-158, "Golomb-Rice Coding".
struct GolombRiceWriter {
  private let parameter: Int
  private(set) var bytes: [UInt8] = []
  /// Bits of the last byte that are not used yet.
  private var free = 0

  init(parameter: Int) { self.parameter = parameter }

  mutating func append(_ number: UInt64) {
    for _ in 0..<(number >> UInt64(parameter)) { append(bits: 1, 1) }
    append(bits: 0, 1)
    append(bits: number, parameter)
  }

  /// Appends the low `count` bits.
  private mutating func append(bits: UInt64, _ count: Int) {
    var left = count
    while left > 0 {
      if free == 0 {
        bytes.append(0)
        free = 8
      }
      let taken = min(left, free)
      let part = bits >> UInt64(left - taken) & (1 << UInt64(taken) - 1)
      bytes[bytes.count - 1] |= UInt8(truncatingIfNeeded: part << UInt64(free - taken))
      free -= taken
      left -= taken
    }
  }
}

/// Reads numbers in Golomb-Rice code, and never past the end.
struct GolombRiceReader {
  private let parameter: Int
  private let bytes: [UInt8]
  /// The next byte.
  private var next: Int
  /// Bits taken from `bytes` and not read yet, the highest first; zeros behind them.
  private var window: UInt64 = 0
  private var count = 0

  /// Reads `bytes` from position `start` on.
  init(_ bytes: [UInt8], from start: Int, parameter: Int) {
    self.bytes = bytes
    self.parameter = parameter
    next = start
  }

  /// Bits not read yet.
  var remaining: Int { (bytes.count - next) * 8 + count }

  /// Whether what is left is less than a byte and all zeros, as the end of a code is.
  var isAtEnd: Bool { remaining < 8 && window == 0 }

  private mutating func fill() {
    while count <= 56, next < bytes.count {
      window |= UInt64(bytes[next]) << UInt64(56 - count)
      next += 1
      count += 8
    }
  }

  private mutating func drop(_ bits: Int) {
    window <<= UInt64(bits)
    count -= bits
  }

  /// Reads a number whose quotient is at most `quotientLimit`; `nil` when the bits end before it
  /// does, or it is larger.
  mutating func read(quotientLimit: UInt64) -> UInt64? {
    var quotient: UInt64 = 0
    while true {
      fill()
      guard count > 0 else { return nil }
      let ones = min((~window).leadingZeroBitCount, count)
      quotient += UInt64(ones)
      guard quotient <= quotientLimit else { return nil }
      if ones < count {
        drop(ones + 1)
        break
      }
      drop(ones)
    }
    fill()
    guard count >= parameter else { return nil }
    let remainder = window >> UInt64(64 - parameter)
    drop(parameter)
    return quotient << UInt64(parameter) | remainder
  }
}
