/// Reads spans of time as people write them: "500ms", "30s", "10m", "24h", "7d".
enum DurationText {
  private static let units: [(suffix: String, milliseconds: Int64)] = [
    ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
  ]

  /// Returns the milliseconds that `text` says, or `nil` when it is no whole number with a unit.
  static func milliseconds(of text: String) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let count = Int64(digits), text.utf8.first.map({ $0 != UInt8(ascii: "+") }) ?? false,
      let unit = units.first(where: { $0.suffix == text.dropFirst(digits.count) })
    else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
    return overflow ? nil : product
  }

  /// Returns the text of `milliseconds` in the largest unit that says it exactly.
  static func text(milliseconds: Int64) -> String {
    let unit = units.last { milliseconds.isMultiple(of: $0.milliseconds) } ?? units[0]
    return milliseconds == 0 ? "0s" : "\(milliseconds / unit.milliseconds)\(unit.suffix)"
  }
}
