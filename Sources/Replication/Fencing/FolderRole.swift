public import Journal

/// What a data folder is in the exchange, remembered beside its journal in the file `role`.
///
/// A folder without one is a primary that has never had a fence.
public struct FolderRole: Equatable, Sendable {
  public enum Part: String, CaseIterable, Sendable {
    case primary
    case standby
    /// A standby whose promotion has begun. It follows nobody any more.
    case promoting
  }

  public var part: Part
  /// A primary's own term; the highest that a standby has seen.
  public var term: UInt64
  /// Path of the fence.
  public var fence: String
  /// Data folder of the primary that a standby follows, for what the socket does not carry; empty for a
  /// primary.
  public var source: String

  public init(part: Part, term: UInt64, fence: String, source: String = "") {
    self.part = part
    self.term = term
    self.fence = fence
    self.source = source
  }

  /// Reads the role of the data folder `directory`; `nil` when it has none.
  public static func read(_ directory: String) throws(JournalError) -> FolderRole? {
    let (storage, path) = (DiskStorage(), path(directory))
    guard storage.exists(path) else { return nil }
    let file = try storage.open(path, .read)
    let bytes = try file.read(at: 0, count: min(try file.size(), 4 * 4096))
    let lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 5, let part = Part(rawValue: String(lines[0])),
      let term = UInt64(lines[1]),
      !lines[2].isEmpty, lines[4].isEmpty
    else {
      throw .io(operation: "understanding the folder's role", path: path, code: Self.invalid)
    }
    return FolderRole(part: part, term: term, fence: String(lines[2]), source: String(lines[3]))
  }

  /// Writes the role durably; the one before stays until this one is whole.
  public func write(to directory: String) throws(JournalError) {
    let (storage, path) = (DiskStorage(), Self.path(directory))
    try storage.createFolder(directory)
    let temporary = path + ".writing"
    try storage.remove(temporary)
    let file = try storage.open(temporary, .create)
    try file.write(Array("\(part.rawValue)\n\(term)\n\(fence)\n\(source)\n".utf8), at: 0)
    try file.sync()
    try storage.rename(temporary, to: path)
    try storage.syncFolder(directory)
  }

  /// EINVAL: what the operating system says of an argument that makes no sense.
  private static let invalid: Int32 = 22

  static func path(_ directory: String) -> String { directory + "/role" }
}
