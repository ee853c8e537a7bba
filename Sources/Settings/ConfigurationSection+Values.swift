import Foundation
public import Money

// Accessors by type. Each exists in two forms: without a default the key must be there; with one it
// may be left out.

extension ConfigurationSection {
  /// Returns the text under `key`; may not be empty.
  public func string(
    _ key: String, default standard: String? = nil
  ) throws(ConfigurationError) -> String {
    guard let text = try optionalString(key) ?? standard else { throw missing(key) }
    return text
  }

  /// Returns the text under `key`, or `nil` when the file has no such key.
  public func optionalString(_ key: String) throws(ConfigurationError) -> String? {
    guard let node = value(key) else { return nil }
    let text = try text(node, path: path(of: key))
    guard !text.isEmpty else { throw error(key, "is empty; expected text") }
    return text
  }

  /// Returns the whole number under `key`, which lies in `range`.
  public func integer(
    _ key: String, in range: ClosedRange<Int64>, default standard: Int64? = nil
  ) throws(ConfigurationError) -> Int64 {
    guard let (text, isQuoted) = try scalar(key, expected: "a whole number") else {
      guard let standard else { throw missing(key) }
      return standard
    }
    let allowed = "allowed \(range.lowerBound) to \(range.upperBound)"
    guard !isQuoted, let number = Int64(text) else {
      throw error(key, "\(shown(text, isQuoted)) is not a whole number; \(allowed)")
    }
    guard range.contains(number) else { throw error(key, "\(number) is out of range; \(allowed)") }
    return number
  }

  /// Returns the truth value under `key`, written `true` or `false`.
  public func boolean(
    _ key: String, default standard: Bool? = nil
  ) throws(ConfigurationError) -> Bool {
    guard let (text, isQuoted) = try scalar(key, expected: "true or false") else {
      guard let standard else { throw missing(key) }
      return standard
    }
    guard !isQuoted, let truth = Bool(text) else {
      throw error(key, "\(shown(text, isQuoted)) is not allowed; allowed true, false")
    }
    return truth
  }

  /// Returns which of the named `Choice`s stands under `key`.
  public func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ key: String, of type: Choice.Type = Choice.self, default standard: Choice? = nil
  ) throws(ConfigurationError) -> Choice {
    guard let (text, _) = try scalar(key, expected: "a word") else {
      guard let standard else { throw missing(key) }
      return standard
    }
    guard let choice = Choice(rawValue: text) else {
      let words = Choice.allCases.map(\.rawValue)
      let hint = NearMiss.suggestion(for: text, among: words).map { " (did you mean \($0)?)" } ?? ""
      throw error(
        key, "\(text) is not allowed; allowed \(words.joined(separator: ", "))\(hint)")
    }
    return choice
  }

  /// Returns the span of time under `key` in milliseconds, written such as "500ms", "30s", "10m",
  /// "24h" or "7d".
  public func milliseconds(
    _ key: String, in range: ClosedRange<Int64> = 0...3_153_600_000_000,
    default standard: Int64? = nil
  ) throws(ConfigurationError) -> Int64 {
    guard let (text, _) = try scalar(key, expected: "a time such as 30s") else {
      guard let standard else { throw missing(key) }
      return standard
    }
    guard let milliseconds = DurationText.milliseconds(of: text) else {
      throw error(
        key, "\(text) is not a time; expected a whole number with a unit: 500ms, 30s, 10m, 24h, 7d")
    }
    guard range.contains(milliseconds) else {
      let low = DurationText.text(milliseconds: range.lowerBound)
      let high = DurationText.text(milliseconds: range.upperBound)
      throw error(key, "\(text) is out of range; allowed \(low) to \(high)")
    }
    return milliseconds
  }

  /// Returns the decimal number under `key` as an amount of an asset with `decimals` decimals.
  ///
  /// - Parameter range: Allowed ledger units.
  public func amount(
    _ key: String, decimals: Int, in range: ClosedRange<Int64> = 0...Int64.max,
    default standard: Amount? = nil
  ) throws(ConfigurationError) -> Amount {
    guard let (text, _) = try scalar(key, expected: "a decimal number") else {
      guard let standard else { throw missing(key) }
      return standard
    }
    let units: Int64
    do {
      units = try DecimalText.units(of: text, decimals: decimals)
    } catch {
      switch error {
      case .malformed: throw self.error(key, "\(text) is not a decimal number such as 0.001")
      case .tooManyDecimals(let limit):
        throw self.error(key, "\(text) has too many decimals; allowed \(limit)")
      case .tooLarge:
        let high = DecimalText.text(units: .max, decimals: decimals)
        throw self.error(key, "\(text) is too large; allowed up to \(high)")
      }
    }
    guard range.contains(units) else {
      let low = DecimalText.text(units: range.lowerBound, decimals: decimals)
      let high = DecimalText.text(units: range.upperBound, decimals: decimals)
      throw error(key, "\(text) is out of range; allowed \(low) to \(high)")
    }
    return Amount(units: units)
  }

  /// Returns the bytes whose hexadecimal text stands under `key`; exactly `count` of them.
  public func bytes(_ key: String, count: Int) throws(ConfigurationError) -> [UInt8] {
    guard let (text, _) = try scalar(key, expected: "hexadecimal text") else { throw missing(key) }
    guard let bytes = hexadecimal(text), bytes.count == count else {
      throw error(
        key, "is not \(count) bytes in hexadecimal; expected \(count * 2) digits 0-9, a-f")
    }
    return bytes
  }

  /// Returns the file or folder named under `key`, taken relative to the configuration file.
  public func path(
    _ key: String, default standard: String? = nil
  ) throws(ConfigurationError) -> String {
    guard let path = try optionalPath(key) ?? standard.map(resolve) else { throw missing(key) }
    return path
  }

  /// Returns the file or folder named under `key`, or `nil` when the file has no such key.
  public func optionalPath(_ key: String) throws(ConfigurationError) -> String? {
    try optionalString(key).map(resolve)
  }

  /// Returns the host and port under `key`, written `127.0.0.1:8080` or `[::1]:8080`.
  public func endpoint(
    _ key: String, default standard: String? = nil
  ) throws(ConfigurationError) -> (host: String, port: Int) {
    let text = try string(key, default: standard)
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65535).contains(port)
    else {
      throw error(key, "\(text) is not host:port; expected such as 127.0.0.1:8080, port 0 to 65535")
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else {
      throw error(key, "\(text) has no host; expected such as 127.0.0.1:8080")
    }
    return (String(host), port)
  }

  private func shown(_ text: String, _ isQuoted: Bool) -> String { isQuoted ? "\"\(text)\"" : text }

  func resolve(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    return directory.isEmpty ? path : "\(directory)/\(path)"
  }

  private func hexadecimal(_ text: String) -> [UInt8]? {
    let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
