import JSON

/// Labels as a file: one JSON object a line. See BIP-329, "Specification".
public enum WalletLabels {
  /// Longest line and longest file, in bytes.
  public static let lineLimit = 16_384
  public static let fileLimit = 64 << 20

  /// One line that is no label.
  public struct Refusal: Error, Equatable, Sendable, CustomStringConvertible {
    /// From 1.
    public let line: Int
    public let problem: WalletLabelProblem

    public var description: String { "line \(line): \(problem)" }
  }

  /// Reads a whole file, or nothing of it.
  ///
  /// Records of a type that the BIP does not define are left out, as it asks; their number comes back.
  public static func parse(
    _ text: String
  ) throws(Refusal) -> (labels: [WalletLabel], ignored: Int) {
    guard text.utf8.count <= fileLimit else {
      throw Refusal(line: 1, problem: .tooLarge(bytes: text.utf8.count, limit: fileLimit))
    }
    var labels: [WalletLabel] = []
    var ignored = 0
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty {
      do throws(WalletLabelProblem) {
        if let label = try label(line) { labels.append(label) } else { ignored += 1 }
      } catch {
        throw Refusal(line: index + 1, problem: error)
      }
    }
    return (labels, ignored)
  }

  /// The text of a file.
  public static func text(_ labels: [WalletLabel]) -> String {
    labels.map { JSON.object(members($0)).description + "\n" }.joined()
  }

  private static func members(_ label: WalletLabel) -> [JSON.Member] {
    var members = [
      JSON.Member("type", .string(label.kind.rawValue)),
      JSON.Member("ref", .string(label.reference)),
    ]
    if let text = label.label { members.append(JSON.Member("label", .string(text))) }
    if let origin = label.origin { members.append(JSON.Member("origin", .string(origin))) }
    if let isSpendable = label.isSpendable {
      members.append(JSON.Member("spendable", .bool(isSpendable)))
    }
    return members + label.additional
  }

  /// `nil` for a type that nobody has defined.
  private static func label(_ line: Substring) throws(WalletLabelProblem) -> WalletLabel? {
    guard line.utf8.count <= lineLimit else {
      throw .tooLarge(bytes: line.utf8.count, limit: lineLimit)
    }
    let json: JSON
    do throws(JSONError) { json = try JSON(parsing: String(line)) } catch {
      throw .notJSON("\(error.problem) at byte \(error.offset)")
    }
    guard let members = json.members else { throw .notJSON("it is \(json.typeName)") }
    func text(_ name: String) throws(WalletLabelProblem) -> String? {
      guard let value = json[name] else { return nil }
      guard let text = value.string else {
        throw .badValue(member: name, reason: "it is \(value.typeName), not a text")
      }
      return text
    }
    guard let type = try text("type") else { throw .missing(member: "type") }
    guard let reference = try text("ref") else { throw .missing(member: "ref") }
    guard let kind = WalletLabel.Kind(rawValue: type) else { return nil }
    var isSpendable: Bool?
    if let value = json["spendable"] {
      guard let truth = value.bool else {
        throw .badValue(member: "spendable", reason: "it is \(value.typeName), not true or false")
      }
      isSpendable = truth
    }
    let own: Set<String> = ["type", "ref", "label", "origin", "spendable"]
    return try WalletLabel(
      kind, reference, label: text("label"), origin: text("origin"), isSpendable: isSpendable,
      additional: members.filter { !own.contains($0.name) })
  }
}
