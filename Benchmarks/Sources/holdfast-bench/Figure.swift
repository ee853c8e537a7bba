/// One measured number: the median of several passes, with the lowest and the highest beside it.
struct Figure: Encodable, Sendable {
  let name: String
  let unit: String
  let median: Double
  let lowest: Double
  let highest: Double
  let passes: Int

  /// - Parameter values: One value for each pass; at least one.
  init(_ name: String, _ unit: String, _ values: [Double]) {
    let sorted = values.sorted()
    self.name = name
    self.unit = unit
    median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    lowest = sorted.first ?? 0
    highest = sorted.last ?? 0
    passes = sorted.count
  }

  /// A number with as many digits as say something.
  static func text(_ value: Double) -> String {
    if value >= 100 || value == value.rounded() { return String(Int(value.rounded())) }
    let scale: Double = value >= 10 ? 10 : 100
    return String((value * scale).rounded() / scale)
  }
}

extension [Double] {
  /// The middle value, or 0 of none.
  var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}

/// Figures that were measured together, and what they contain.
struct Section: Encodable, Sendable {
  let title: String
  let contains: String
  var figures: [Figure] = []

  init(_ title: String, contains: String, _ figures: [Figure] = []) {
    self.title = title
    self.contains = contains
    self.figures = figures
  }
}

/// Times of many single operations, in nanoseconds.
struct Distribution: Sendable {
  private let sorted: [UInt64]

  init(_ nanoseconds: [UInt64]) { sorted = nanoseconds.sorted() }

  /// The smallest value that at least `share` of all values do not exceed, in microseconds.
  func microseconds(_ share: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let rank = Int((share * Double(sorted.count)).rounded(.up)) - 1
    return Double(sorted[min(max(rank, 0), sorted.count - 1)]) / 1000
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }

  /// The duration in whole nanoseconds.
  var nanoseconds: UInt64 {
    UInt64(components.seconds) * 1_000_000_000 + UInt64(components.attoseconds / 1_000_000_000)
  }
}
