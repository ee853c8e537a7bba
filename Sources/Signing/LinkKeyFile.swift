// Unsafe file. Sound because the system reads and writes only inside buffers of the length that is
// handed over with them.
public import Cryptography
import Glibc

/// Why a link key cannot be made or read.
public enum LinkKeyError: Error, Equatable, Sendable {
  /// The file does not begin or end like a link key.
  case notALinkKey(String)
  /// The secret does not lead to the public key in the file.
  case damaged(String)
  /// The system grants no locked memory.
  case memoryNotLocked
  case cryptography(CryptographyError)
  /// The file may not be used as a private one.
  case access(PassphraseError)
  /// The file could not be written.
  case storage(KeyFileError)
}

extension LinkKeyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notALinkKey(let path): "\(path): not a link key, which has \(LinkKeyFile.count) bytes"
    case .damaged(let path): "\(path): the link key is damaged; make a new one"
    case .memoryNotLocked: "\(KeyFileError.memoryNotLocked)"
    case .cryptography(let error): "cryptography failed: \(error)"
    case .access(let error): "\(error)"
    case .storage(let error): "\(error)"
    }
  }
}

/// The static key with which one end of the line between guard and signer proves who it is.
///
/// It lies on its machine unencrypted, for its owner only: it opens no coin, and whoever can read it
/// there is on the machine already. Format: "HOLDFAST LINK 1\n", the public key, the secret; 80 bytes.
public enum LinkKeyFile {
  static let magic = Array("HOLDFAST LINK 1\n".utf8)
  static let count = 16 + 32 + 32

  /// Makes a key and writes it to a new file of mode 0600.
  public static func make(at path: String) throws(LinkKeyError) -> X25519.PublicKey {
    let key: X25519.PrivateKey
    let content: SecretBytes
    do {
      key = try .random()
      let header = magic + key.publicKey.bytes
      content = try unsafe SecretBytes(count: count) { content throws(CryptographyError) in
        unsafe content.copyBytes(from: header)
        try unsafe key.secret.withUnsafeBytes { secret in
          unsafe UnsafeMutableRawBufferPointer(rebasing: content[header.count...])
            .copyMemory(from: secret)
        }
      }
    } catch {
      throw .cryptography(error)
    }
    do { try KeyFileStorage.write(content, toNew: path) } catch { throw .storage(error) }
    return key.publicKey
  }

  /// Reads the key at `path` straight into locked memory.
  ///
  /// - Throws: ``LinkKeyError/access(_:)`` when anybody but the owner may read the file.
  public static func read(_ path: String) throws(LinkKeyError) -> X25519.PrivateKey {
    let file: Int32
    do { file = try Passphrase.openPrivate(path) } catch { throw .access(error) }
    defer { _ = close(file) }
    var header = [UInt8](repeating: 0, count: magic.count + 32)
    guard unsafe Glibc.read(file, &header, header.count) == header.count,
      header.starts(with: magic)
    else { throw .notALinkKey(path) }
    var isWhole = false
    let key: X25519.PrivateKey
    do {
      let secret = try unsafe SecretBytes(count: 32) { secret in
        isWhole = unsafe Glibc.read(file, secret.baseAddress, secret.count) == secret.count
      }
      guard secret.isLocked else { throw LinkKeyError.memoryNotLocked }
      key = try X25519.PrivateKey(secret)
    } catch let error as CryptographyError {
      throw .cryptography(error)
    } catch {
      throw .memoryNotLocked
    }
    var next: UInt8 = 0
    guard isWhole, unsafe Glibc.read(file, &next, 1) == 0 else { throw .notALinkKey(path) }
    guard key.publicKey.bytes == Array(header.dropFirst(magic.count)) else { throw .damaged(path) }
    return key
  }
}
