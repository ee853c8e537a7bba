/// What became of every vector of one file.
public struct VectorTally {
  /// Name of the file, and of a part of it where several suites share it.
  public let file: String
  private let target: String
  /// Vectors that came out as published.
  public private(set) var passed = 0
  /// Vectors that did not, each with what was seen.
  public private(set) var failures: [String] = []
  private var notApplicable: [(reason: String, count: Int)] = []

  /// Creates an empty count for `file` in the resources of the calling test target.
  public init(_ file: String, callerID: String = #fileID) {
    self.file = file
    target = String(callerID.prefix { $0 != "/" })
  }

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

  /// One line with the counts and the reasons, as `scripts/vectors` reads it.
  public var summary: String {
    let skipped = notApplicable.map { "\($0.count) not applicable (\($0.reason))" }
    let reasons = skipped.isEmpty ? "" : "; \(skipped.joined(separator: ", "))"
    return "vectors: \(target) \(file) \(passed)/\(total)\(reasons)"
  }

  /// Prints the summary and returns the failures.
  public func report() -> [String] {
    print(summary)
    return failures
  }
}
