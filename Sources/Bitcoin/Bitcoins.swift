/// Amounts of bitcoin as decimal text, eight places, without floating point.
package enum Bitcoins {
  private static let unit = Consensus.satoshisPerBitcoin.magnitude

  /// The shortest text with at least two decimal places, as Bitcoin Core writes it in messages.
  package static func text(_ satoshis: Int64) -> String {
    var text = fixed(satoshis)
    for _ in 0..<6 where text.hasSuffix("0") { text.removeLast() }
    return text
  }

  /// The text with all eight decimal places.
  package static func fixed(_ satoshis: Int64) -> String {
    let whole = satoshis.magnitude / unit
    let digits = String(satoshis.magnitude % unit)
    let fraction = String(repeating: "0", count: 8 - digits.count) + digits
    return (satoshis < 0 ? "-" : "") + "\(whole).\(fraction)"
  }

  /// Reads a decimal number of bitcoin of at most eight significant places, or `nil`.
  ///
  /// An exponent is allowed, as in JSON numbers written by other programs ("1e-8").
  package static func satoshis(_ text: String) -> Int64? {
    var rest = Substring(text)
    let isNegative = rest.first == "-"
    if isNegative { rest.removeFirst() }
    var exponent = 0
    if let mark = rest.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      guard let parsed = Int(rest[rest.index(after: mark)...]), (-30...30).contains(parsed) else {
        return nil
      }
      exponent = parsed
      rest = rest[..<mark]
    }
    let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, !whole.isEmpty, whole.allSatisfy(isDigit) else { return nil }
    let fraction = parts.count == 2 ? parts[1] : ""
    guard fraction.allSatisfy(isDigit), parts.count == 1 || !fraction.isEmpty else { return nil }
    guard var value = Int64(whole + fraction) else { return nil }
    var shift = 8 + exponent - fraction.count
    while shift > 0 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
      shift -= 1
    }
    while shift < 0 {
      guard value % 10 == 0 else { return nil }
      value /= 10
      shift += 1
    }
    return isNegative ? -value : value
  }

  private static func isDigit(_ character: Character) -> Bool {
    character.isASCII && character.isNumber
  }
}
