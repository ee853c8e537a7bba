public import Cryptography
public import Wire

/// A holder's key for heartbeats, sealed twice: under his ordinary passphrase and under his duress
/// passphrase.
///
/// Both open the same signing key; with it they open different keys for the mark of a heartbeat
/// (``HeartbeatMarkKeys``). The two seals have the same form, their order is chance, and opening
/// tries both whatever the first one says, so neither the file nor the time tells which is which.
/// ```text
/// "HOLDFAST BEAT"            13 bytes
/// version                    u16, 1
/// label, public key          text, 32 bytes
/// Argon2id v1.3              passes u64, memory in bytes u64
/// twice                      salt 16; nonce 24, sealed seed 48; nonce 24, sealed mark key 48
/// SHA-256 of all of the above
/// ```
public struct BeatKeyFile: Sendable {
  /// No such file is longer, in bytes.
  public static let maximumCount = 1024
  /// Argon2id's passes and memory that are accepted, as for every key file: below, guessing is too
  /// cheap; above, a forged file could hold a device up.
  public static let allowedPasses: ClosedRange<UInt64> = 1...16
  public static let allowedMemoryBytes: ClosedRange<UInt64> = (64 << 20)...(2 << 30)

  /// Why a file is none, or does not open.
  public enum Failure: Error, Equatable, Sendable {
    case notABeatKeyFile
    case version(UInt16)
    case altered
    case malformed(WireError)
    case costOutOfRange
    case label
    case wrongPassphrase
    /// The two passphrases must differ.
    case samePassphrase
    case cryptography(CryptographyError)
  }

  /// What a passphrase opens.
  public struct Opened: Sendable {
    public let key: Ed25519.PrivateKey
    public let markKey: SecretBytes
  }

  private struct Slot: Sendable {
    var salt: [UInt8]
    var seedNonce: [UInt8]
    var seed: [UInt8]
    var markNonce: [UInt8]
    var mark: [UInt8]
  }

  private static let magic = Array("HOLDFAST BEAT".utf8)
  private static let sealedCount = 32 + XChaCha20Poly1305.tagCount

  public let label: String
  /// Ed25519, 32 bytes.
  public let publicKey: [UInt8]
  public let bytes: [UInt8]
  private let passes: UInt64
  private let memoryBytes: UInt64
  private let header: [UInt8]
  private let slots: [Slot]

  /// Makes the file.
  ///
  /// - Parameters:
  ///   - seed: Of the signing key, 32 bytes.
  ///   - free, duress: The keys of the mark with the passphrase that opens each, 32 bytes.
  public static func seal(
    seed: SecretBytes, free: (markKey: SecretBytes, passphrase: SecretBytes),
    duress: (markKey: SecretBytes, passphrase: SecretBytes), label: String, passes: UInt64,
    memoryBytes: UInt64
  ) throws(Failure) -> BeatKeyFile {
    do {
      guard
        !ConstantTime.equal(
          try HMACSHA256.authenticateSecret(key: free.passphrase, free.markKey).revealed(),
          try HMACSHA256.authenticateSecret(key: duress.passphrase, free.markKey).revealed())
      else { throw Failure.samePassphrase }
      var writer = ByteWriter()
      writer.write(fixed: magic)
      writer.write(UInt16(1))
      writer.write(label)
      writer.write(fixed: try Ed25519.PrivateKey(seed: seed).publicKey.bytes)
      writer.write(passes)
      writer.write(memoryBytes)
      let header = writer.bytes
      let isSwapped = SecureRandom.bytes(1)[0] & 1 == 1
      for (markKey, passphrase) in isSwapped ? [duress, free] : [free, duress] {
        let salt = SecureRandom.bytes(Argon2id.saltCount)
        let key = try Argon2id.key(
          passphrase: passphrase, salt: salt, opsLimit: passes, memLimitBytes: Int(memoryBytes))
        writer.write(fixed: salt)
        for secret in [seed, markKey] {
          let nonce = SecureRandom.bytes(XChaCha20Poly1305.nonceCount)
          writer.write(fixed: nonce)
          writer.write(
            fixed: try XChaCha20Poly1305.seal(
              secret, key: key, nonce: nonce, additionalData: header))
        }
      }
      return try BeatKeyFile(parsing: writer.bytes + SHA256.hash(writer.bytes))
    } catch let failure as Failure {
      throw failure
    } catch let error as CryptographyError {
      throw .cryptography(error)
    } catch {
      throw .altered
    }
  }

  /// Reads the public part and checks the shape.
  public init(parsing bytes: [UInt8]) throws(Failure) {
    guard bytes.starts(with: Self.magic) else { throw .notABeatKeyFile }
    guard bytes.count <= Self.maximumCount, bytes.count > 32,
      SHA256.hash(Array(bytes.dropLast(32))) == Array(bytes.suffix(32))
    else { throw .altered }
    let body = Array(bytes.dropLast(32))
    var found: UInt16 = 0
    do throws(WireError) {
      var reader = ByteReader(body)
      _ = try reader.read(fixed: Self.magic.count)
      found = try reader.read()
      label = try reader.read(limit: RosterLimit.name)
      publicKey = try reader.read(fixed: 32)
      passes = try reader.read()
      memoryBytes = try reader.read()
      header = Array(body[..<reader.offset])
      var slots: [Slot] = []
      for _ in 0..<2 {
        slots.append(
          Slot(
            salt: try reader.read(fixed: Argon2id.saltCount),
            seedNonce: try reader.read(fixed: XChaCha20Poly1305.nonceCount),
            seed: try reader.read(fixed: Self.sealedCount),
            markNonce: try reader.read(fixed: XChaCha20Poly1305.nonceCount),
            mark: try reader.read(fixed: Self.sealedCount)))
      }
      self.slots = slots
      try reader.finish()
    } catch {
      throw .malformed(error)
    }
    guard found == 1 else { throw .version(found) }
    guard !label.isEmpty else { throw .label }
    guard Self.allowedPasses.contains(passes), Self.allowedMemoryBytes.contains(memoryBytes) else {
      throw .costOutOfRange
    }
    self.bytes = bytes
  }

  /// Opens the key with either passphrase.
  public func open(passphrase: SecretBytes) throws(Failure) -> Opened {
    var opened: Opened?
    for slot in slots {
      do {
        let key = try Argon2id.key(
          passphrase: passphrase, salt: slot.salt, opsLimit: passes, memLimitBytes: Int(memoryBytes)
        )
        let seed = try XChaCha20Poly1305.openSecret(
          slot.seed, key: key, nonce: slot.seedNonce, additionalData: header)
        let mark = try XChaCha20Poly1305.openSecret(
          slot.mark, key: key, nonce: slot.markNonce, additionalData: header)
        opened = Opened(key: try Ed25519.PrivateKey(seed: seed), markKey: mark)
      } catch CryptographyError.notAuthentic {
        continue
      } catch {
        throw .cryptography(error)
      }
    }
    guard let opened, opened.key.publicKey.bytes == publicKey else { throw .wrongPassphrase }
    return opened
  }
}

extension BeatKeyFile.Failure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notABeatKeyFile: "no key file for heartbeats"
    case .version(let found): "a key file of version \(found); this program reads 1"
    case .altered: "the key file is damaged"
    case .malformed(let error): "the key file is malformed: \(error)"
    case .costOutOfRange: "the key file asks for more or less work than is accepted"
    case .label: "the key file has no label"
    case .wrongPassphrase: "the passphrase does not open the key"
    case .samePassphrase: "the ordinary and the duress passphrase must differ"
    case .cryptography(let error): "\(error)"
    }
  }
}
