public import Cryptography
import Wire

/// The shared secret of one set-up, which encrypts its records. See BIP-129, "Encryption".
public struct SetupToken: Hashable, Sendable {
  public enum Mode: Hashable, Sendable {
    /// Nothing is encrypted.
    case none
    /// 64 bits.
    case standard
    /// 128 bits.
    case extended
  }

  public let mode: Mode
  /// 1 zero byte, 8 bytes or 16 bytes.
  public let bytes: [UInt8]

  /// The token of a set-up without encryption.
  public static let none = SetupToken(mode: .none, bytes: [0])

  private init(mode: Mode, bytes: [UInt8]) {
    self.mode = mode
    self.bytes = bytes
  }

  /// Draws a token.
  public static func random(_ mode: Mode) -> SetupToken {
    switch mode {
    case .none: none
    case .standard: SetupToken(mode: mode, bytes: SecureRandom.bytes(8))
    case .extended: SetupToken(mode: mode, bytes: SecureRandom.bytes(16))
    }
  }

  /// Reads a token in hexadecimal digits.
  public init(parsing text: String) throws(SetupError) {
    guard let bytes = Hex.bytes(text) else { throw .badToken(text.excerpt) }
    switch bytes.count {
    case 1 where bytes == [0]: mode = .none
    case 8: mode = .standard
    case 16: mode = .extended
    default: throw .badToken(text.excerpt)
    }
    self.bytes = bytes
  }

  /// The hexadecimal digits that the records carry.
  public var text: String { Hex.text(bytes) }

  /// The key that encrypts, 32 bytes.
  public var encryptionKey: SecretBytes {
    get throws(CryptographyError) {
      try PBKDF2.key(
        .sha512, password: try SecretBytes(copying: Array("No SPOF".utf8)),
        salt: try SecretBytes(copying: bytes), iterations: 2048, count: 32)
    }
  }

  /// Returns the code of `record`, 32 bytes.
  private func code(
    of record: [UInt8], _ key: SecretBytes
  ) throws(CryptographyError) -> [UInt8] {
    try HMACSHA256.authenticateSecret(
      key: try key.sha256(), try SecretBytes(copying: Array(text.utf8) + record)
    ).revealed()
  }

  /// Returns the text of a sealed record: its code and the ciphertext in hexadecimal digits; the
  /// record itself when nothing is encrypted.
  public func seal(_ record: String) throws(SetupError) -> String {
    guard mode != .none else { return record }
    do {
      let plain = Array(record.utf8)
      let key = try encryptionKey
      let code = try code(of: plain, key)
      return Hex.text(code + (try AES256CTR.apply(plain, key: key, counter: Array(code[..<16]))))
    } catch {
      throw .secret(error)
    }
  }

  /// Returns the record in what ``seal(_:)`` made.
  ///
  /// - Throws: ``SetupError/notAuthentic`` when anything was changed or the token is another.
  public func open(_ text: String) throws(SetupError) -> String {
    let limit = SetupToken.recordByteLimit
    guard text.utf8.count <= 2 * (limit + 32) else {
      throw .tooLong(text.utf8.count, limit: 2 * (limit + 32))
    }
    guard mode != .none else { return text }
    guard let sealed = Hex.bytes(text), sealed.count > 32 else { throw .notAuthentic }
    let plain: [UInt8]
    do {
      let key = try encryptionKey
      plain = try AES256CTR.apply(
        Array(sealed[32...]), key: key, counter: Array(sealed[..<16]))
      guard ConstantTime.equal(try code(of: plain, key), Array(sealed[..<32])) else {
        throw CryptographyError.notAuthentic
      }
    } catch CryptographyError.notAuthentic {
      throw .notAuthentic
    } catch let error as CryptographyError {
      throw .secret(error)
    } catch {
      throw .notAuthentic
    }
    guard let record = String(validating: plain, as: UTF8.self) else { throw .notText }
    return record
  }

  /// Bytes of the longest record: a descriptor of many keys.
  public static let recordByteLimit = 100_000

  /// The lines of a record whose first says the version.
  static func lines(of text: String, count: Int) throws(SetupError) -> [String] {
    guard text.utf8.count <= recordByteLimit else {
      throw .tooLong(text.utf8.count, limit: recordByteLimit)
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count == count else {
      throw .wrongLineCount(expected: count, actual: lines.count)
    }
    guard lines[0] == "BSMS 1.0" else { throw .unknownVersion(lines[0].excerpt) }
    return lines
  }
}
