/// Decimal text of whole units that need more than 63 bits: volumes and averages.
enum WideDecimal {
  /// Returns `units` of 10^-`decimals` as the shortest exact decimal text.
  static func text(_ units: Int128, decimals: Int) -> String {
    var digits = String(units.magnitude)
    let sign = units < 0 ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    if digits.count <= decimals {
      digits = String(repeating: "0", count: decimals - digits.count + 1) + digits
    }
    var fraction = digits.suffix(decimals)
    while fraction.last == "0" { fraction = fraction.dropLast() }
    let whole = sign + digits.dropLast(decimals)
    return fraction.isEmpty ? whole : whole + "." + fraction
  }

  /// Returns 10^`exponent`, for 0 to 38.
  static func power(_ exponent: Int) -> Int128 {
    var result: Int128 = 1
    for _ in 0..<exponent { result *= 10 }
    return result
  }
}
