public import Cryptography
import Foundation
import Wire

/// The online server's own key, under which customers' API secrets are sealed. It opens no money.
public enum ServerKeyFile {
  /// Returns the key in the file at `path`: 64 hexadecimal digits, readable by the owner alone.
  public static func read(_ path: String) throws(APIKeySealError) -> SecretBytes {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard let attributes, let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw .keyFile(path: path, problem: "cannot be read")
    }
    let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
    guard mode & 0o077 == 0 else {
      throw .keyFile(path: path, problem: "others may read it; its mode must be 0600")
    }
    guard let bytes = Hex.bytes(text.trimmingCharacters(in: .whitespacesAndNewlines)),
      bytes.count == XChaCha20Poly1305.keyCount
    else { throw .keyFile(path: path, problem: "does not hold 64 hexadecimal digits") }
    do {
      return try SecretBytes(copying: bytes)
    } catch {
      throw .cryptography(error)
    }
  }

  /// Writes a new random key into a new file at `path`, readable by the owner alone.
  public static func create(_ path: String) throws(APIKeySealError) {
    let text = Hex.text(SecureRandom.bytes(XChaCha20Poly1305.keyCount)) + "\n"
    guard !FileManager.default.fileExists(atPath: path) else {
      throw .keyFile(path: path, problem: "exists already")
    }
    let isCreated = FileManager.default.createFile(
      atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    guard isCreated else { throw .keyFile(path: path, problem: "cannot be created") }
  }
}
