public import Policies

/// A file by which anyone at the signer's machine lays a policy document before it, so that a guard that
/// carries none keeps nothing from it. Who has signed the document is judged as always.
public enum PolicyDrop {
  /// Where the file of a record is.
  public static func path(ofRecord path: String) -> String { path + ".policy" }

  /// Writes the file, in place of one that was not taken yet.
  public static func write(
    _ document: PolicyDocument, forRecord path: String
  ) throws(KeyFileError) {
    remove(forRecord: path)
    try KeyFileStorage.write(document.bytes, toNew: self.path(ofRecord: path), secret: false)
  }

  /// What is in the file; `nil` when there is none.
  static func bytes(forRecord path: String) -> [UInt8]? {
    let file = self.path(ofRecord: path)
    guard KeyFileStorage.exists(file) else { return nil }
    return (try? KeyFileStorage.read(file, limit: PolicyDocument.limit)) ?? []
  }

  /// Takes the file away.
  static func remove(forRecord path: String) { KeyFileStorage.remove(self.path(ofRecord: path)) }
}
