/// A file by which anyone at the signer's machine stops it at once, without its passphrase.
///
/// The signer moves what it finds into its own record, so taking the file away frees nothing.
public enum FreezeFile {
  /// The longest reason in bytes.
  static let limit = 400

  /// Where the freeze file of a record is.
  public static func path(ofRecord path: String) -> String { path + ".freeze" }

  /// Writes the file. A freeze that is there already stays as it is.
  public static func write(reason: String, forRecord path: String) throws(KeyFileError) {
    let file = self.path(ofRecord: path)
    guard !KeyFileStorage.exists(file) else { return }
    try KeyFileStorage.write(
      Array(reason.utf8.prefix(limit)), toNew: file, secret: false)
  }

  /// The reason in the file, or `nil` when there is none. A file that cannot be read freezes too.
  static func reason(forRecord path: String) -> String? {
    let file = self.path(ofRecord: path)
    guard KeyFileStorage.exists(file) else { return nil }
    let bytes = (try? KeyFileStorage.read(file, limit: limit)) ?? []
    return bytes.isEmpty ? "freeze file" : String(decoding: bytes, as: UTF8.self)
  }

  /// Takes the file away.
  static func remove(forRecord path: String) { KeyFileStorage.remove(self.path(ofRecord: path)) }
}
