import Bitcoin
import Descriptors
import FoundationEssentials
import Glibc
import KeyHolders
import Liveness
import Statements
import Wire

/// The files that an exchange publishes.
enum PublicFiles {
  /// Largest file that is read, in bytes.
  private static let limit = 1 << 30

  static func bytes(_ path: String, limit: Int = limit) throws -> [UInt8] {
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path)) } catch {
      throw Unreadable(description: "\(path): the file cannot be read")
    }
    guard data.count <= limit else {
      throw Unreadable(description: "\(path): \(data.count) bytes, above \(limit)")
    }
    return Array(data)
  }

  static func text(_ path: String) throws -> String {
    guard let text = String(validating: try bytes(path), as: UTF8.self) else {
      throw Unreadable(description: "\(path): no UTF-8 text")
    }
    return text
  }

  static func log(_ path: String) throws -> KeyHolderLog {
    try parsed(path) { try KeyHolderLog(bytes: try bytes(path)) }
  }

  static func policy(_ path: String) throws -> Descriptor {
    try parsed(path) { try DescriptorFile(parsing: try text(path)).descriptor }
  }

  static func headers(_ path: String) throws -> HeaderChain {
    try parsed(path) { try HeaderChain(parsing: try text(path)) }
  }

  static func beat(_ path: String) throws -> Signed<Heartbeat> {
    try parsed(path) { try Signed<Heartbeat>(bytes: try bytes(path, limit: 8192)) }
  }

  static func mark(_ path: String) throws -> LivenessReport.Mark? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try parsed(path) {
      try JSONDecoder().decode(LivenessReport.Mark.self, from: Data(try bytes(path, limit: 4096)))
    }
  }

  static func remember(_ mark: LivenessReport.Mark, in path: String) throws {
    do {
      let data = Data((try jsonText(mark) + "\n").utf8)
      try data.write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw Unreadable(description: "\(path): the file cannot be written")
    }
  }

  private static func parsed<Content>(_ path: String, _ parse: () throws -> Content) throws
    -> Content
  {
    do { return try parse() } catch let fault as Unreadable { throw fault } catch {
      throw Unreadable(description: "\(path): \(error)")
    }
  }
}

/// A value as JSON for machines.
func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// Tells the person what is going on, beside the answer.
func report(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
}
