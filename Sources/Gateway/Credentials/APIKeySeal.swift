public import Cryptography
import Wire

/// Why a sealed credential cannot be used.
public enum APIKeySealError: Error, Equatable, Sendable {
  /// The server's key file is missing, too open, or does not hold 64 hexadecimal digits.
  case keyFile(path: String, problem: String)
  /// The seal was made under another key, for another API key, or is damaged.
  case notAuthentic
  /// libsodium has no memory to give.
  case cryptography(CryptographyError)
}

/// Seals what the online server must know of a customer's API key so that the journal can carry it:
/// the HMAC secret and a digest of the passphrase, under a key that only the online server has.
///
/// Format: version byte 1, 24 bytes of nonce, then XChaCha20-Poly1305 over the Wire encoding of
/// {secret text, 16 bytes of salt, 32 bytes of passphrase digest}, bound to the API key's own text.
public struct APIKeySeal: Sendable {
  private static let version: UInt8 = 1
  private static let domain = "holdfast/api-key/v1"

  private let key: SecretBytes

  /// Creates a seal under `key`, 32 bytes.
  public init(key: SecretBytes) { self.key = key }

  /// What the server knows of a customer's API key while it checks one request.
  struct Opened {
    var secret: [UInt8]
    var salt: [UInt8]
    var passphraseDigest: [UInt8]

    func accepts(passphrase: String) -> Bool {
      ConstantTime.equal(APIKeySeal.digest(passphrase, salt: salt), passphraseDigest)
    }

    /// Overwrites the secret: arrays have no locked memory, so it should not stay longer than needed.
    mutating func wipe() {
      for index in secret.indices { secret[index] = 0 }
    }
  }

  /// Returns the sealed form of the credentials behind `apiKey`.
  public func seal(
    apiKey: String, secret: String, passphrase: String
  ) throws(APIKeySealError) -> [UInt8] {
    let salt = SecureRandom.bytes(16)
    var writer = ByteWriter()
    writer.write(secret)
    writer.write(fixed: salt)
    writer.write(fixed: Self.digest(passphrase, salt: salt))
    let nonce = SecureRandom.bytes(XChaCha20Poly1305.nonceCount)
    do throws(CryptographyError) {
      return [Self.version] + nonce
        + (try XChaCha20Poly1305.seal(
          writer.bytes, key: key, nonce: nonce, additionalData: Self.associated(apiKey)))
    } catch {
      throw .cryptography(error)
    }
  }

  func open(_ sealed: [UInt8], apiKey: String) throws(APIKeySealError) -> Opened {
    let header = 1 + XChaCha20Poly1305.nonceCount
    guard sealed.count > header, sealed.first == Self.version else { throw .notAuthentic }
    let plain: [UInt8]
    do {
      plain = try XChaCha20Poly1305.open(
        Array(sealed[header...]), key: key, nonce: Array(sealed[1..<header]),
        additionalData: Self.associated(apiKey))
    } catch {
      throw .notAuthentic
    }
    do {
      var reader = ByteReader(plain)
      let secret = try reader.read([UInt8].self, limit: 1024)
      let salt = try reader.read(fixed: 16)
      let digest = try reader.read(fixed: 32)
      try reader.finish()
      return Opened(secret: secret, salt: salt, passphraseDigest: digest)
    } catch {
      throw .notAuthentic
    }
  }

  private static func associated(_ apiKey: String) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(domain)
    writer.write(apiKey)
    return writer.bytes
  }

  private static func digest(_ passphrase: String, salt: [UInt8]) -> [UInt8] {
    SHA256.tagged("holdfast/passphrase/v1", salt + Array(passphrase.utf8))
  }
}
