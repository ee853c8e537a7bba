public import Money

/// The width of a candle, and when one begins. See OKX v5, `market/candles`.
public enum CandleBar: Hashable, Sendable {
  /// A fixed number of milliseconds; one bar opens at `offset` milliseconds after the epoch.
  case fixed(milliseconds: Int64, offset: Int64)
  /// Calendar months; a month begins at midnight of a zone that is `zone` milliseconds ahead of UTC.
  case months(Int, zone: Int64)

  public static let second = CandleBar.fixed(milliseconds: 1000, offset: 0)
  public static let minute = CandleBar.fixed(milliseconds: 60_000, offset: 0)

  /// Every bar that OKX names. From six hours up a bar opens at midnight of UTC+8, with the suffix
  /// `utc` at midnight of UTC. Weeks begin on Monday.
  public static let named: [(name: String, bar: CandleBar)] = {
    let hour: Int64 = 3_600_000
    let day = 24 * hour
    var bars: [(String, CandleBar)] = [("1s", .second), ("1m", .minute)]
    for (name, minutes) in [("3m", 3), ("5m", 5), ("15m", 15), ("30m", 30)] as [(String, Int64)] {
      bars.append((name, .fixed(milliseconds: minutes * 60_000, offset: 0)))
    }
    for (name, hours) in [("1H", 1), ("2H", 2), ("4H", 4)] as [(String, Int64)] {
      bars.append((name, .fixed(milliseconds: hours * hour, offset: 0)))
    }
    for (suffix, zone) in [("", 8 * hour), ("utc", 0)] {
      for (name, width) in [
        ("6H", 6 * hour), ("12H", 12 * hour), ("1D", day), ("2D", 2 * day), ("3D", 3 * day),
      ] {
        bars.append((name + suffix, .fixed(milliseconds: width, offset: -zone)))
      }
      // The epoch was a Thursday: the first Monday came four days later.
      bars.append(("1W" + suffix, .fixed(milliseconds: 7 * day, offset: 4 * day - zone)))
      bars.append(("1M" + suffix, .months(1, zone: zone)))
      bars.append(("3M" + suffix, .months(3, zone: zone)))
    }
    return bars
  }()

  /// Returns the bar that OKX calls `name`, such as "15m" or "1Dutc".
  public init?(named name: String) {
    guard let match = Self.named.first(where: { $0.name == name }) else { return nil }
    self = match.bar
  }

  /// Returns when the bar that holds `instant` opens.
  public func opening(of instant: Timestamp) -> Timestamp {
    switch self {
    case .fixed(let width, let offset):
      let rest = (instant.milliseconds - offset) % width
      return instant.advanced(byMilliseconds: rest < 0 ? -rest - width : -rest)
    case .months(let count, let zone):
      let month = CivilMonth(holding: instant.milliseconds + zone)
      return CivilMonth(number: month.number - month.number % count).start(zone: zone)
    }
  }

  /// Returns when the bar after the one that opens at `opening` opens.
  public func next(after opening: Timestamp) -> Timestamp {
    switch self {
    case .fixed(let width, _): return opening.advanced(byMilliseconds: width)
    case .months(let count, let zone):
      let month = CivilMonth(holding: opening.milliseconds + zone)
      return CivilMonth(number: month.number + count).start(zone: zone)
    }
  }

  /// Returns when the bar before the one that opens at `opening` opens.
  public func previous(before opening: Timestamp) -> Timestamp {
    self.opening(of: opening.advanced(byMilliseconds: -1))
  }
}

/// A month of the Gregorian calendar.
private struct CivilMonth {
  private static let dayMilliseconds: Int64 = 86_400_000
  /// Months since January of the year 0.
  let number: Int

  init(number: Int) { self.number = number }

  /// The month of an instant in local milliseconds.
  ///
  /// See Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
  init(holding local: Int64) {
    var day = local / Self.dayMilliseconds
    if local % Self.dayMilliseconds < 0 { day -= 1 }
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    number = Int(year * 12 + month - 1)
  }

  /// When the month begins. See Hinnant, `days_from_civil`.
  func start(zone: Int64) -> Timestamp {
    let month = Int64(number % 12) + 1
    let year = Int64(number / 12) - (month <= 2 ? 1 : 0)
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let day = era * 146_097 + dayOfEra - 719_468
    return Timestamp(milliseconds: day * Self.dayMilliseconds - zone)
  }
}
