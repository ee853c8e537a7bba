import KeyOptions
import Policies
import Signing
import Wire

/// A policy document on disk.
enum PolicyFile {
  static func read(_ path: String) throws -> PolicyDocument {
    let bytes = try KeyFileStorage.read(path, limit: PolicyDocument.limit)
    do { return try PolicyDocument(bytes: bytes) } catch {
      throw FileFault(path: path, reason: "no policy document (\(error))")
    }
  }
}

/// A policy as people and programs see it.
struct PolicyView: Encodable {
  struct Field: Encodable {
    let field: String
    let value: String
  }

  let version: UInt64
  let hash: String
  let previous: String
  let asset: String
  let chain: String
  let fields: [Field]
  /// In what it differs from the one in force, where that is known.
  let changes: [PolicyChange]?
  /// Whether nothing in it is looser; `nil` where the one in force is not known.
  let atOnce: Bool?
  /// Names of those who have signed, as far as they may change the policy in force.
  let signers: [String]
  let needed: UInt32

  /// - Parameter old: The policy in force; without it the document is the first, and its own people sign
  ///   it.
  init(_ document: PolicyDocument, after old: PolicyStatement?) {
    let statement = document.statement
    let rules = old?.changing ?? statement.changing
    version = statement.version
    hash = Hex.text(statement.hash)
    previous = Hex.text(statement.previous)
    asset = statement.asset
    chain = statement.chain
    fields = statement.fields.map { Field(field: $0.name, value: $0.value) }
    changes = old?.changes(to: statement)
    atOnce = changes?.allSatisfy { $0.effect == .tighter }
    signers = document.signers(among: rules.people)
    needed = rules.signatures
    delay = rules.delayText
  }

  /// How long a loosening waits.
  let delay: String

  var text: String {
    var lines = ["policy \(version) of \(asset) on \(chain)", "hash     \(hash)", ""]
    if let changes {
      lines += changes.isEmpty ? ["nothing changes"] : changes.map(\.line)
      lines.append("")
      lines.append(
        atOnce == true
          ? "It takes effect at once." : "It takes effect \(delay) after a machine has taken it.")
    } else {
      lines += fields.map { "\($0.field): \($0.value)" }
      lines.append("")
      lines.append(
        "Each machine compares it with the lines of its own configuration: what is looser waits.")
    }
    let names = signers.isEmpty ? "nobody" : signers.joined(separator: ", ")
    lines.append("Signed by \(names); \(needed) have to.")
    return lines.joined(separator: "\n")
  }
}
