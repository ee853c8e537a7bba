import Foundation

/// The folder of a demonstration. It is emptied before each, so nothing but an earlier demonstration's
/// folder, which carries a mark, may be: a mistyped path must not cost anybody's files.
enum ThrowAwayFolder {
  /// Why a folder is left alone.
  enum Refusal: Error, CustomStringConvertible {
    case notAFolder(String)
    case holdsOtherFiles(String)

    var description: String {
      switch self {
      case .notAFolder(let path): "--folder: \(path) is not a folder"
      case .holdsOtherFiles(let path):
        "--folder: \(path) holds files that no demonstration made; expected a new or an empty folder, "
          + "or that of an earlier demonstration (with \(mark) in it). Nothing was removed."
      }
    }
  }

  /// The file that says that everything beside it may go.
  static let mark = ".holdfast-demo"

  /// Makes the folder, or empties it when an earlier demonstration made it.
  static func prepare(_ folder: URL) throws {
    let files = FileManager.default
    var isFolder: ObjCBool = false
    let exists = unsafe files.fileExists(atPath: folder.path, isDirectory: &isFolder)
    guard !exists || isFolder.boolValue else { throw Refusal.notAFolder(folder.path) }
    try files.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let names = try files.contentsOfDirectory(atPath: folder.path)
    guard names.isEmpty || names.contains(mark) else {
      throw Refusal.holdsOtherFiles(folder.path)
    }
    // The mark stays until the end, so that an interrupted clearing can be done again.
    for name in names where name != mark {
      try files.removeItem(at: folder.appendingPathComponent(name))
    }
    try Data("Everything in this folder is removed by the next holdfast demo.\n".utf8)
      .write(to: folder.appendingPathComponent(mark))
  }
}
