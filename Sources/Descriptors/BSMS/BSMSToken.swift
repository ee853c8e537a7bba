import Cryptography
import Wire

/// The secret of one set-up session, and what is encrypted under it. See BIP-129, "Encryption".
public struct BSMSToken: Sendable {
  public enum Mode: Int, Sendable, CaseIterable {
    case noEncryption = 0
    /// 64 bits.
    case standard = 8
    /// 128 bits.
    case extended = 16
  }

  public let mode: Mode
  /// In hexadecimal, as records carry it.
  public let text: String
  private let key: SecretBytes?

  /// The session without encryption.
  public static let none = BSMSToken()

  private init() {
    mode = .noEncryption
    text = "00"
    key = nil
  }

  /// Draws a new token.
  public static func random(_ mode: Mode) throws(BSMSError) -> BSMSToken {
    mode == .noEncryption
      ? .none : try BSMSToken(parsing: Hex.text(SecureRandom.bytes(mode.rawValue)))
  }

  /// Reads the hexadecimal form.
  public init(parsing text: String) throws(BSMSError) {
    if text == "00" {
      self = .none
      return
    }
    guard let bytes = Hex.bytes(text), Hex.text(bytes) == text,
      let mode = Mode(rawValue: bytes.count), mode != .noEncryption
    else { throw .token(String(text.prefix(64))) }
    self.mode = mode
    self.text = text
    do throws(CryptographyError) {
      key = try PBKDF2.key(
        .sha512, password: SecretBytes(copying: Array("No SPOF".utf8)),
        salt: SecretBytes(copying: bytes), iterations: 2048, count: 32)
    } catch {
      throw .cryptography(error)
    }
  }

  /// Wraps a record for sending: the code and the ciphertext in hexadecimal; the record itself without
  /// encryption.
  public func seal(_ record: String) throws(BSMSError) -> String {
    guard let key else { return record }
    let plain = Array(record.utf8)
    do throws(CryptographyError) {
      let code = try code(plain, key)
      return Hex.text(
        code + (try AES256CTR.crypt(plain, key: key, counter: Array(code.prefix(16)))))
    } catch {
      throw .cryptography(error)
    }
  }

  /// Unwraps what ``seal(_:)`` made.
  ///
  /// - Throws: ``BSMSError/notAuthentic`` when it was changed or belongs to another session.
  public func open(_ sealed: String) throws(BSMSError) -> String {
    guard let key else { return sealed }
    guard let bytes = Hex.bytes(sealed) else { throw .envelope("not hexadecimal") }
    guard bytes.count > 32 else { throw .envelope("\(bytes.count) bytes; it has more than 32") }
    let code = Array(bytes.prefix(32))
    do throws(CryptographyError) {
      let plain = try AES256CTR.crypt(
        Array(bytes.dropFirst(32)), key: key, counter: Array(code.prefix(16)))
      guard ConstantTime.equal(try self.code(plain, key), code) else { throw .notAuthentic }
      guard let record = String(validating: plain, as: UTF8.self) else { throw .notAuthentic }
      return record
    } catch .notAuthentic {
      throw .notAuthentic
    } catch {
      throw .cryptography(error)
    }
  }

  private func code(_ plain: [UInt8], _ key: SecretBytes) throws(CryptographyError) -> [UInt8] {
    try HMACSHA256.authenticateSecret(
      key: key.sha256(), SecretBytes(copying: Array(text.utf8) + plain)
    ).revealed()
  }
}
