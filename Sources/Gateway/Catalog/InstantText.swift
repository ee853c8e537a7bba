import Money

/// Instants as people and OKX headers write them: ISO 8601, UTC, milliseconds.
enum InstantText {
  /// Returns for example "2020-12-08T09:08:57.715Z".
  static func text(_ instant: Timestamp) -> String {
    let milliseconds = instant.milliseconds
    var days = milliseconds / 86_400_000
    var rest = milliseconds % 86_400_000
    if rest < 0 { (days, rest) = (days - 1, rest + 86_400_000) }
    let (year, month, day) = civil(days)
    let time = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { padded($0, 2) }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
      + time.joined(separator: ":") + ".\(padded(rest % 1000, 3))Z"
  }

  /// Returns the instant that `text` names, as ISO 8601 in UTC with or without decimals of a second,
  /// or as seconds since the epoch with decimals; `nil` when it is neither.
  static func instant(_ text: String) -> Timestamp? {
    let bytes = Array(text.utf8)
    if let seconds = seconds(bytes) { return seconds }
    guard bytes.count >= 20, bytes.count <= 30, bytes.last == UInt8(ascii: "Z") else { return nil }
    let template = Array("0000-00-00T00:00:00".utf8)
    for (byte, form) in zip(bytes, template) {
      let isRight = form == UInt8(ascii: "0") ? isDigit(byte) : byte == form
      guard isRight else { return nil }
    }
    func number(_ range: Range<Int>) -> Int64 {
      bytes[range].reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }
    let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
    let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
    guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
    else { return nil }
    guard let fraction = fraction(bytes[19..<(bytes.count - 1)]) else { return nil }
    let days = days(year, month, day)
    guard civil(days) == (year, month, day) else { return nil }
    let time = (hour * 60 + minute) * 60 + second
    return Timestamp(milliseconds: days * 86_400_000 + time * 1000 + fraction)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func seconds(_ bytes: [UInt8]) -> Timestamp? {
    let whole = bytes.prefix { isDigit($0) }
    guard (9...11).contains(whole.count), let fraction = fraction(bytes[whole.count...]) else {
      return nil
    }
    let seconds = whole.reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    return Timestamp(milliseconds: seconds * 1000 + fraction)
  }

  /// Milliseconds in ".715", ".7" or nothing.
  private static func fraction(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard let point = bytes.first else { return 0 }
    let digits = bytes.dropFirst()
    guard point == UInt8(ascii: "."), !digits.isEmpty, digits.count <= 9,
      digits.allSatisfy(isDigit)
    else { return nil }
    let three = digits.prefix(3).map { Int64($0 - UInt8(ascii: "0")) } + [0, 0]
    return three[0] * 100 + three[1] * 10 + three[2]
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// See Hinnant, "chrono-compatible low-level date algorithms".
  private static func civil(_ day: Int64) -> (Int64, Int64, Int64) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * marchMonth + 2) / 5 + 1
    )
  }

  private static func days(_ civilYear: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = civilYear - (month <= 2 ? 1 : 0)
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
