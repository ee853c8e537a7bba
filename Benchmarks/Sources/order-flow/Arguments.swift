/// What is wrong with a call, for people.
struct Problem: Error {
  let text: String

  init(_ text: String) { self.text = text }

  static func wrapping<T: ~Copyable>(_ body: () throws -> T) throws(Problem) -> T {
    do {
      return try body()
    } catch {
      throw Problem("\(error)")
    }
  }
}

/// A command line: options by name, the rest in order.
struct Arguments {
  private var words: [String]

  init(_ words: [String]) { self.words = words }

  /// The next word that is no option.
  mutating func next() -> String? { words.isEmpty ? nil : words.removeFirst() }

  mutating func takeFlag(_ name: String) -> Bool {
    guard let place = words.firstIndex(of: name) else { return false }
    words.remove(at: place)
    return true
  }

  mutating func take(
    _ name: String, _ otherwise: Int, _ range: ClosedRange<Int>
  ) throws(Problem) -> Int {
    guard let place = words.firstIndex(of: name) else { return otherwise }
    guard place + 1 < words.count, let value = Int(words[place + 1]), range.contains(value) else {
      throw Problem("\(name): a number from \(range.lowerBound) to \(range.upperBound) must follow")
    }
    words.removeSubrange(place...place + 1)
    return value
  }
}
