/// Writes samples in Prometheus' text format, version 0.0.4.
public struct MetricsText: Sendable {
  /// What a sample is.
  public enum Kind: String, Sendable { case counter, gauge, histogram }

  /// What has been written so far.
  public private(set) var text = ""

  /// Creates an empty text.
  public init() {}

  /// Begins a metric.
  public mutating func metric(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// Writes one sample of the metric begun last.
  public mutating func sample(
    _ name: String, _ labels: [(name: String, value: String)], _ value: some BinaryInteger
  ) {
    sample(name, labels, text: String(value))
  }

  /// Writes one sample whose value is `text` already, such as seconds with decimals.
  public mutating func sample(
    _ name: String, _ labels: [(name: String, value: String)] = [], text value: String
  ) {
    let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
    let set = pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    text += "\(name)\(set) \(value)\n"
  }

  /// Writes a metric with a single sample.
  public mutating func single(
    _ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger
  ) {
    metric(name, kind, help)
    sample(name, [], value)
  }

  private static func escaped(_ value: String) -> String {
    var escaped = ""
    for character in value {
      switch character {
      case "\\": escaped += #"\\"#
      case "\"": escaped += #"\""#
      case "\n": escaped += #"\n"#
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
