/// What became of every vector of one file.
public struct VectorTally {
  /// Name of the file.
  public let file: String
  /// Vectors that came out as published.
  public private(set) var passed = 0
  /// Vectors that did not, each with what was seen.
  public private(set) var failures: [String] = []
  private var notApplicable: [(reason: String, count: Int)] = []

  /// Creates an empty count for `file`.
  public init(_ file: String) { self.file = file }

  /// Counts one vector.
  public mutating func record(_ isAsPublished: Bool, _ description: @autoclosure () -> String) {
    if isAsPublished { passed += 1 } else { failures.append(description()) }
  }

  /// Counts one vector that asks for something that is not ours to do.
  public mutating func skip(_ reason: String) {
    if let index = notApplicable.firstIndex(where: { $0.reason == reason }) {
      notApplicable[index].count += 1
    } else {
      notApplicable.append((reason, 1))
    }
  }

  /// Vectors seen.
  public var total: Int {
    passed + failures.count + notApplicable.reduce(0) { $0 + $1.count }
  }

  /// One line with the counts and the reasons.
  public var summary: String {
    let skipped = notApplicable.map { ", \($0.count) not applicable (\($0.reason))" }.joined()
    return "\(file): \(passed) passed, \(failures.count) failed\(skipped)"
  }

  /// Prints the summary and returns the failures.
  public func report() -> [String] {
    print(summary)
    return failures
  }
}
