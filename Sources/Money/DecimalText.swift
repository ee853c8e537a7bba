/// Exact conversion between decimal text and whole units of 10^-`decimals`.
///
/// The accepted form is an optional minus sign, digits, and an optional point with digits: no
/// exponent, no thousands separator, no blank. See OKX v5, "numbers are decimal strings".
public enum DecimalText {
  /// Why a text is not a number of units.
  public enum Failure: Error, Equatable, Sendable {
    /// Not a decimal number at all.
    case malformed
    /// More significant decimals than the unit has.
    case tooManyDecimals(limit: Int)
    /// More than 63 bits of units.
    case tooLarge
  }

  /// Returns the units of 10^-`decimals` that `text` says.
  ///
  /// - Parameters:
  ///   - text: For example "0.015".
  ///   - decimals: Decimals of the unit, 0 to 18. Trailing zeros beyond them are accepted.
  public static func units(of text: some StringProtocol, decimals: Int) throws(Failure) -> Int64 {
    precondition((0...18).contains(decimals), "an asset has 0 to 18 decimals")
    var bytes = Array(text.utf8)[...]
    let negative = bytes.first == UInt8(ascii: "-")
    if negative { bytes = bytes.dropFirst() }
    let point = bytes.firstIndex(of: UInt8(ascii: ".")) ?? bytes.endIndex
    let whole = bytes[..<point]
    var fraction = point < bytes.endIndex ? bytes[(point + 1)...] : []
    guard !whole.isEmpty, point == bytes.endIndex || !fraction.isEmpty, bytes.count <= 64,
      (whole + fraction).allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { throw .malformed }
    while fraction.count > decimals, fraction.last == UInt8(ascii: "0") {
      fraction = fraction.dropLast()
    }
    guard fraction.count <= decimals else { throw .tooManyDecimals(limit: decimals) }
    var units: Int64 = 0
    for digit in whole + fraction
      + repeatElement(UInt8(ascii: "0"), count: decimals - fraction.count)
    {
      let (product, overflow) = units.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
      guard !overflow, !carry else { throw .tooLarge }
      units = sum
    }
    return negative ? -units : units
  }

  /// Returns `units` of 10^-`decimals` as the shortest exact decimal text, such as "0.015" or "12".
  public static func text(units: Int64, decimals: Int) -> String {
    precondition((0...18).contains(decimals), "an asset has 0 to 18 decimals")
    var digits = String(units.magnitude)
    let sign = units < 0 ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    if digits.count <= decimals {
      digits = String(repeating: "0", count: decimals - digits.count + 1) + digits
    }
    let whole = digits.dropLast(decimals)
    var fraction = digits.suffix(decimals)
    while fraction.last == "0" { fraction = fraction.dropLast() }
    return fraction.isEmpty ? sign + whole : sign + whole + "." + fraction
  }
}
