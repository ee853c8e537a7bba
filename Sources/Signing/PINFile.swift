// Unsafe file. Sound because what is copied from one locked buffer to another fits into it, checked just
// before.
public import Cryptography
import Wire

/// The PIN of a signer's token, sealed for the shares of several people: what a key file is to a signer
/// whose key lies in a file.
///
/// Format, version 1; integers little-endian, text with a 32-bit length as in Wire:
/// ```text
/// "HOLDFAST PIN"   12 bytes
/// version          u16, 1
/// label            text
/// nonce            24 bytes
/// ciphertext       256 bytes and a tag of 16: XChaCha20-Poly1305 over the PIN's length (u8), the PIN
///                  and zeros, so that the file does not tell how long the PIN is
/// SHA-256 of all of the above 32 bytes
/// ```
/// Everything before the ciphertext is its associated data. The key is the shared secret itself, 32
/// random bytes, which nobody can guess.
public struct PINFile: Hashable, Sendable {
  public static let version: UInt16 = 1
  /// The longest PIN in bytes.
  public static let pinLimit = 255
  static let magic = Array("HOLDFAST PIN".utf8)
  static let plainCount = 256

  /// Whose token it is.
  public let label: String
  /// The file, byte for byte.
  public let bytes: [UInt8]
  private let nonce: [UInt8]
  private let header: [UInt8]
  private let ciphertext: [UInt8]

  /// Reads a file and checks its shape and digest.
  public init(parsing bytes: [UInt8]) throws(PINFileError) {
    guard bytes.starts(with: Self.magic) else { throw .notAPINFile }
    let body = Array(bytes.dropLast(KeyFile.digestCount))
    guard SHA256.hash(body) == Array(bytes.suffix(KeyFile.digestCount)) else { throw .altered }
    var reader = ByteReader(body)
    do {
      _ = try reader.read(fixed: Self.magic.count)
      let found: UInt16 = try reader.read()
      guard found == Self.version else { throw PINFileError.otherVersion(found) }
      label = try reader.read(limit: 64)
      nonce = try reader.read(fixed: XChaCha20Poly1305.nonceCount)
      header = Array(body[..<reader.offset])
      ciphertext = try reader.read(fixed: Self.plainCount + XChaCha20Poly1305.tagCount)
      try reader.finish()
    } catch let error as PINFileError {
      throw error
    } catch {
      throw .malformed
    }
    guard KeyFile.isLabel(label) else { throw .malformed }
    self.bytes = bytes
  }

  /// Seals `pin` with a shared secret of 32 bytes.
  public static func seal(
    _ pin: SecretBytes, label: String, with secret: SecretBytes
  ) throws(PINFileError) -> PINFile {
    guard KeyFile.isLabel(label) else { throw .malformed }
    guard pin.count <= pinLimit else { throw .pinTooLong(limit: pinLimit) }
    var writer = ByteWriter()
    writer.write(fixed: magic)
    writer.write(version)
    writer.write(label)
    let nonce = SecureRandom.bytes(XChaCha20Poly1305.nonceCount)
    writer.write(fixed: nonce)
    let sealed: [UInt8]
    do {
      let plain = try pin.padded(to: plainCount)
      defer { plain.wipe() }
      guard plain.isLocked, pin.isLocked else { throw PINFileError.memoryNotLocked }
      sealed = try XChaCha20Poly1305.seal(
        plain, key: secret, nonce: nonce, additionalData: writer.bytes)
    } catch let error as PINFileError {
      throw error
    } catch let error as CryptographyError {
      throw .cryptography(error)
    } catch {
      throw .malformed
    }
    let body = writer.bytes + sealed
    return try PINFile(parsing: body + SHA256.hash(body))
  }

  /// Returns the PIN.
  public func open(with secret: SecretBytes) throws(PINFileError) -> SecretBytes {
    let plain: SecretBytes
    do {
      plain = try XChaCha20Poly1305.openSecret(
        ciphertext, key: secret, nonce: nonce, additionalData: header)
    } catch .notAuthentic {
      throw .wrongShares
    } catch {
      throw .cryptography(error)
    }
    defer { plain.wipe() }
    guard plain.isLocked else { throw .memoryNotLocked }
    do {
      let count = Int(try plain.part(0..<1).revealed()[0])
      guard count > 0 else { throw PINFileError.malformed }
      return try plain.part(1..<1 + count)
    } catch let error as PINFileError {
      throw error
    } catch let error as CryptographyError {
      throw .cryptography(error)
    } catch {
      throw .malformed
    }
  }
}

/// Why a PIN cannot be sealed or opened.
public enum PINFileError: Error, Equatable, Sendable {
  case notAPINFile
  case otherVersion(UInt16)
  /// The digest at its end does not belong to it.
  case altered
  case malformed
  case pinTooLong(limit: Int)
  /// The shares are those of another file.
  case wrongShares
  case memoryNotLocked
  case cryptography(CryptographyError)
}

extension PINFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAPINFile: "not a file with a sealed PIN"
    case .otherVersion(let found):
      "sealed PIN of version \(found); this program reads \(PINFile.version)"
    case .altered: "the sealed PIN is damaged or was altered: its digest does not match"
    case .malformed: "the sealed PIN is malformed"
    case .pinTooLong(let limit): "the PIN is longer than \(limit) bytes"
    case .wrongShares: "these shares do not open this sealed PIN"
    case .memoryNotLocked:
      "the system grants no locked memory; raise the limit (ulimit -l, LimitMEMLOCK)"
    case .cryptography(let error): "cryptography failed: \(error)"
    }
  }
}

extension SecretBytes {
  /// Its length in one byte, itself, and zeros.
  fileprivate func padded(to count: Int) throws(CryptographyError) -> SecretBytes {
    precondition(self.count < count && self.count <= Int(UInt8.max), "too long for the padding")
    return try unsafe withUnsafeBytes { bytes throws(CryptographyError) in
      try unsafe SecretBytes(count: count) { padded in
        unsafe padded[0] = UInt8(bytes.count)
        for index in bytes.indices { unsafe padded[1 + index] = bytes[index] }
      }
    }
  }
}
