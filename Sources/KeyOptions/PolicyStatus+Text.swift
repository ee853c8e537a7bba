import FoundationEssentials
public import Policies

extension PolicyStatus {
  /// The answer for programs.
  public var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// The answer for people.
  public var text: String {
    var lines = [
      version == 0
        ? "in force   version 0: the lines of the configuration"
        : "in force   version \(version), \(hash)"
    ]
    guard let pending else { return lines[0] + "\npending    none" }
    let time = Date(timeIntervalSince1970: Double(pending.effectiveAt) / 1000)
    lines.append(
      "pending    version \(pending.version), \(pending.hash), from \(time.formatted(.iso8601))")
    lines += pending.changes.map(\.line)
    return lines.joined(separator: "\n")
  }
}

extension PolicyChange {
  /// One row of a comparison.
  public var line: String { "\(effect.word)  \(field): \(old) -> \(new)" }
}

extension PolicyChange.Effect {
  fileprivate var word: String {
    switch self {
    case .tighter: "tighter"
    case .looser: "looser "
    case .other: "other  "
    }
  }
}
