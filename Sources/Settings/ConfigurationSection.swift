import Foundation
import Yams

/// One mapping of a configuration file, read key by key.
///
/// The keys that the reader asks for are the keys that exist: whatever is left over when the reader
/// is done is refused, with the nearest known key as a hint. A section belongs to the one task that
/// reads the file.
public final class ConfigurationSection {
  /// The largest file that is read, in bytes.
  public static let sizeLimit = 1 << 20

  let file: String
  let directory: String
  let path: String
  private let entries: [(key: String, value: Node)]
  private var asked: Set<String> = []
  private var opened: [ConfigurationSection] = []

  private init(file: String, directory: String, path: String, node: Node) throws(ConfigurationError)
  {
    self.file = file
    self.directory = directory
    self.path = path
    guard case .mapping(let mapping) = node else {
      throw ConfigurationError(
        file: file, path: path, problem: "is \(Self.kind(of: node)); expected keys with values")
    }
    var entries: [(String, Node)] = []
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key else {
        throw ConfigurationError(
          file: file, path: path, problem: "has a key that is no word; expected plain words as keys"
        )
      }
      entries.append((scalar.string, value))
    }
    self.entries = entries
  }

  /// Reads the file at `file`, and refuses keys that `body` did not ask for.
  ///
  /// - Throws: ``ConfigurationError`` for the first thing that is wrong.
  public static func read<Value>(
    file: String, _ body: (ConfigurationSection) throws(ConfigurationError) -> Value
  ) throws(ConfigurationError) -> Value {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw ConfigurationError(file: file, path: "", problem: "cannot be read")
    }
    guard data.count <= sizeLimit else {
      throw ConfigurationError(
        file: file, path: "", problem: "is larger than the \(sizeLimit) bytes allowed")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ConfigurationError(file: file, path: "", problem: "is not UTF-8 text")
    }
    return try read(text: text, file: file, body)
  }

  /// Reads `text` as the content of `file`, and refuses keys that `body` did not ask for.
  public static func read<Value>(
    text: String, file: String, _ body: (ConfigurationSection) throws(ConfigurationError) -> Value
  ) throws(ConfigurationError) -> Value {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw ConfigurationError(file: file, path: "", problem: "is not YAML: \(reason(error))")
    }
    guard let root else { throw ConfigurationError(file: file, path: "", problem: "is empty") }
    let section = try ConfigurationSection(
      file: file, directory: (file as NSString).deletingLastPathComponent, path: "", node: root)
    let value = try body(section)
    try section.refuseUnknownKeys()
    return value
  }

  /// Returns an error about `key` of this section, for checks that only the caller can make.
  public func error(_ key: String, _ problem: String) -> ConfigurationError {
    ConfigurationError(file: file, path: path(of: key), problem: problem)
  }

  /// Whether the file has `key`. Counts as asking for it.
  public func has(_ key: String) -> Bool { value(key) != nil }

  /// Returns the section under `key`.
  public func section(_ key: String) throws(ConfigurationError) -> ConfigurationSection {
    guard let section = try optionalSection(key) else { throw missing(key) }
    return section
  }

  /// Returns the section under `key`, or `nil` when the file has none.
  public func optionalSection(_ key: String) throws(ConfigurationError) -> ConfigurationSection? {
    guard let node = value(key) else { return nil }
    return try open(node, path: path(of: key))
  }

  /// Returns the sections of the list under `key`; none when the file has no such key.
  public func sections(_ key: String) throws(ConfigurationError) -> [ConfigurationSection] {
    var sections: [ConfigurationSection] = []
    for (index, node) in try list(key).enumerated() {
      sections.append(try open(node, path: "\(path(of: key))[\(index)]"))
    }
    return sections
  }

  /// Returns the texts of the list under `key`; none when the file has no such key.
  public func strings(_ key: String) throws(ConfigurationError) -> [String] {
    var strings: [String] = []
    for (index, node) in try list(key).enumerated() {
      strings.append(try text(node, path: "\(path(of: key))[\(index)]"))
    }
    return strings
  }

  // MARK: - For the typed accessors

  func missing(_ key: String) -> ConfigurationError {
    let strangers = entries.map(\.key).filter { !asked.contains($0) }
    let hint =
      NearMiss.suggestion(for: key, among: strangers)
      .map { "; the file has \($0), which is not a known key" } ?? ""
    return error(key, "is missing\(hint)")
  }

  func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  func value(_ key: String) -> Node? {
    asked.insert(key)
    return entries.first { $0.key == key }?.value
  }

  /// The scalar under `key` as written, or `nil` when the file has no such key.
  func scalar(
    _ key: String, expected: String
  ) throws(ConfigurationError) -> (text: String, isQuoted: Bool)? {
    guard let node = value(key) else { return nil }
    return try scalar(node, path: path(of: key), expected: expected)
  }

  /// Text that is written as text: a plain number or boolean would be a guess.
  func text(_ node: Node, path: String) throws(ConfigurationError) -> String {
    let (text, isQuoted) = try scalar(node, path: path, expected: "text")
    guard isQuoted || !(Self.booleans.contains(text) || Double(text) != nil) else {
      throw ConfigurationError(
        file: file, path: path, problem: "\(text) is not text; write it in quotes if it is meant so"
      )
    }
    return text
  }

  private static let booleans: Set<String> = ["true", "false"]

  private func scalar(
    _ node: Node, path: String, expected: String
  ) throws(ConfigurationError) -> (text: String, isQuoted: Bool) {
    guard case .scalar(let scalar) = node else {
      throw ConfigurationError(
        file: file, path: path, problem: "is \(Self.kind(of: node)); expected \(expected)")
    }
    let isQuoted = scalar.style != .plain && scalar.style != .any
    guard isQuoted || !["", "~", "null"].contains(scalar.string) else {
      throw ConfigurationError(
        file: file, path: path, problem: "has no value; expected \(expected)")
    }
    return (scalar.string, isQuoted)
  }

  private func list(_ key: String) throws(ConfigurationError) -> [Node] {
    guard let node = value(key) else { return [] }
    guard case .sequence(let sequence) = node else {
      throw error(key, "is \(Self.kind(of: node)); expected a list")
    }
    return Array(sequence)
  }

  private func open(_ node: Node, path: String) throws(ConfigurationError) -> ConfigurationSection {
    let section = try ConfigurationSection(
      file: file, directory: directory, path: path, node: node)
    opened.append(section)
    return section
  }

  private func refuseUnknownKeys() throws(ConfigurationError) {
    for (key, _) in entries where !asked.contains(key) {
      let hint =
        NearMiss.suggestion(for: key, among: asked).map { "did you mean \($0)?" }
        ?? "allowed \(asked.sorted().joined(separator: ", "))"
      throw error(key, "is not a known key; \(hint)")
    }
    for section in opened { try section.refuseUnknownKeys() }
  }

  private static func kind(of node: Node) -> String {
    switch node {
    case .scalar(let scalar): scalar.string.isEmpty ? "empty" : "a single value"
    case .mapping: "a group of keys"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  /// The parser's complaint in one line.
  private static func reason(_ error: any Error) -> String {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "\(problem) in line \(mark.line), column \(mark.column)"
    case .duplicatedKeysInMapping(let duplicates, _):
      "the key \(duplicates.first.map { "\($0)" } ?? "?") is given twice"
    default: "\(error)".split(separator: "\n").joined(separator: " ")
    }
  }
}
