/// Times a piece of work.
enum Clock {
  /// Nanoseconds that `body` takes.
  static func nanoseconds(_ body: () throws -> Void) rethrows -> Double {
    let begin = ContinuousClock.now
    try body()
    let taken = begin.duration(to: .now).components
    return Double(taken.seconds) * 1e9 + Double(taken.attoseconds) / 1e9
  }
}

/// What is wrong, for people.
struct Problem: Error, CustomStringConvertible {
  let description: String

  init(_ text: String) { description = text }
}
