public import Cryptography
import Wire

/// Why a key file cannot be made, read or opened.
public enum KeyFileError: Error, Equatable, Sendable {
  /// It does not begin like a key file.
  case notAKeyFile
  /// A newer program wrote it.
  case futureVersion(UInt16, newest: UInt16)
  /// Bytes are missing at the end.
  case truncated(has: Int, needs: Int)
  /// The digest at its end does not belong to it: damaged or changed since it was written.
  case altered
  /// The digest is right, yet a field makes no sense.
  case malformed(String)
  /// A kind, key derivation or cipher that this program does not have.
  case unsupported(String)
  /// Argon2id parameters outside what is allowed.
  case costOutOfRange(String)
  /// A label that is empty, too long or has other characters.
  case badLabel(String)
  /// The passphrase is not the one it was sealed with.
  case wrongPassphrase
  /// It opened, but the secret does not lead to its public part.
  case publicPartMismatch
  /// A key of another kind was needed.
  case wrongKind(needed: String)
  /// The system grants no locked memory, so the secret could reach the swap.
  case memoryNotLocked
  /// Cryptography failed for another reason.
  case cryptography(CryptographyError)
  /// The file system refused, with `errno`.
  case system(call: String, path: String, code: Int32)
  /// The file is there already; key files are never overwritten.
  case exists(String)
  /// The file is longer than any key file.
  case tooLong(limit: Int)
}

extension KeyFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAKeyFile: "not a holdfast key file"
    case .futureVersion(let found, let newest):
      "key file version \(found) is from a newer program; this one reads up to \(newest)"
    case .truncated(let has, let needs):
      "the key file is truncated: it has \(has) bytes of \(needs)"
    case .altered: "the key file is damaged or was altered: its digest does not match"
    case .malformed(let field): "the key file is malformed: \(field)"
    case .unsupported(let what): "the key file uses \(what), which this program does not have"
    case .costOutOfRange(let text): "the key file asks for \(text)"
    case .badLabel(let label):
      "label \"\(label.excerpt(upTo: 70))\" is not 1 to 64 letters, digits, blanks and . _ @ -"
    case .wrongPassphrase:
      "wrong passphrase (or the file was forged: its digest matches, its seal does not)"
    case .publicPartMismatch:
      "the secret does not lead to the public key in the file; do not use this key"
    case .wrongKind(let needed): "this is no \(needed)"
    case .memoryNotLocked:
      "the system grants no locked memory; raise the limit (ulimit -l, LimitMEMLOCK)"
    case .cryptography(let error): "cryptography failed: \(error)"
    case .system(let call, let path, let code): "\(path): cannot \(call): \(systemReason(code))"
    case .exists(let path): "\(path) exists already and is never overwritten"
    case .tooLong(let limit): "the file is longer than \(limit) bytes, so it is no key file"
    }
  }
}
