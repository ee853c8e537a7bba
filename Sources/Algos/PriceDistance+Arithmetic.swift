import Money

extension PriceDistance {
  static let million: Int128 = 1_000_000

  /// Returns the ticks `times` distances above (+1) or below (-1) `price`, kept on the far side of
  /// the exact value and within 0 to 2^62; 0 or less means that there is no such price.
  func ticks(from price: Int64, direction: Int64, times: Int64 = 1) -> Int64 {
    let exact: Int128
    switch self {
    case .spread(let ticks):
      exact = Int128(price) + Int128(direction) * Int128(times) * Int128(ticks)
    case .ratio(let millionths):
      let product =
        Int128(price) * (Self.million + Int128(direction) * Int128(times) * Int128(millionths))
      let (whole, rest) = product.quotientAndRemainder(dividingBy: Self.million)
      // Up when above, down when below: never nearer than asked.
      exact = rest == 0 ? whole : whole + (direction > 0 ? 1 : (product < 0 ? -1 : 0))
    }
    return Int64(clamping: min(max(exact, 0), 1 << 62))
  }

  /// The number by which two distances of the same form compare: the smaller is the nearer.
  var magnitude: Int64 {
    switch self {
    case .ratio(let millionths): millionths
    case .spread(let ticks): ticks
    }
  }
}
