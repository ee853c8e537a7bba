// Settings owns the strict, typed reading of YAML files that people write. It refuses to know
// what the values are for, and links no network code: signers read their files with it too.

/// What is wrong with a configuration file, in one line that names the file, the key and what would
/// be allowed: `holdfast.yaml: assets[0].decimals: 19 is out of range; allowed 0 to 18`.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file as it was named.
  public let file: String
  /// The path of the key, such as `assets[0].decimals`; empty for the whole file.
  public let path: String
  /// What is wrong and what is allowed.
  public let problem: String

  /// Creates an error about the value at `path`. What the file itself says is cut where it is long.
  public init(file: String, path: String, problem: String) {
    self.file = file
    self.path = String(path.prefix(200))
    self.problem = String(problem.prefix(400))
  }

  public var description: String {
    path.isEmpty ? "\(file): \(problem)" : "\(file): \(path): \(problem)"
  }
}
