public import Bitcoin
public import Cryptography
public import Descriptors
public import Money
import Wire

/// An encrypted private key on disk, with a public part that anyone may read.
///
/// Format, version 1; integers little-endian, text and lists with a 32-bit length as in Wire:
/// ```text
/// "HOLDFAST KEY"              12 bytes
/// version                     u16, 1
/// length of the whole file    u32
/// kind                        u8, 1 BIP-32 seed, 2 Ed25519 seed
/// label, creation time        text, i64 milliseconds
/// kind 1: network u8, root fingerprint 4 bytes, account path list of u32, account xpub text
/// kind 2: public key 32 bytes
/// key derivation              u8, 1 Argon2id v1.3; passes u64, memory in bytes u64, salt 16 bytes
/// cipher                      u8, 1 XChaCha20-Poly1305; nonce 24 bytes
/// ciphertext                  32 bytes of seed and a tag of 16
/// SHA-256 of all of the above 32 bytes
/// ```
/// Everything before the ciphertext is its associated data, so nothing in the file can be changed
/// without the passphrase. The digest at the end proves nothing against an attacker; it tells a
/// damaged file from a wrong passphrase.
public struct KeyFile: Hashable, Sendable {
  /// The newest version this program reads, and the one it writes.
  public static let version: UInt16 = 1
  /// No key file is longer, in bytes.
  public static let maximumCount = 4096
  static let magic = Array("HOLDFAST KEY".utf8)
  static let digestCount = 32
  static let secretCount = 32

  /// What the key is for, and its public half.
  public enum Identity: Hashable, Sendable {
    /// One holder's share of a Bitcoin wallet: the account key and where it stands.
    case holder(network: Network, origin: KeyOrigin, account: ExtendedPublicKey)
    /// A key that signs statements: the guard's, an operator's or a customer's.
    case signer(Ed25519.PublicKey)
  }

  /// Who or what the key belongs to: 1 to 64 letters, digits, blanks and "._@-".
  public let label: String
  /// When it was made, by the clock of the machine that made it.
  public let created: Timestamp
  /// Kind and public half.
  public let identity: Identity
  /// What opening it costs.
  public let cost: KeyFileCost
  /// The file, byte for byte.
  public let bytes: [UInt8]

  let salt: [UInt8]
  let nonce: [UInt8]
  let header: [UInt8]
  let ciphertext: [UInt8]

  /// Reads the public part and checks the shape and the digest; needs no passphrase.
  ///
  /// - Throws: ``KeyFileError`` telling a foreign, future, truncated, altered and malformed file
  ///   apart.
  public init(parsing bytes: [UInt8]) throws(KeyFileError) {
    try Self.checkFrame(bytes)
    let body = Array(bytes.dropLast(Self.digestCount))
    var reader = ByteReader(body)
    do {
      _ = try reader.read(fixed: Self.magic.count + 2 + 4)
      let kind = try reader.read(UInt8.self)
      label = try reader.read(limit: 64)
      created = Timestamp(milliseconds: try reader.read())
      identity = try Self.identity(kind: kind, from: &reader)
      let derivation = try reader.read(UInt8.self)
      guard derivation == 1 else { throw KeyFileError.unsupported("key derivation \(derivation)") }
      cost = try KeyFileCost(passes: try reader.read(), memoryBytes: try reader.read())
      salt = try reader.read(fixed: Argon2id.saltCount)
      let cipher = try reader.read(UInt8.self)
      guard cipher == 1 else { throw KeyFileError.unsupported("cipher \(cipher)") }
      nonce = try reader.read(fixed: XChaCha20Poly1305.nonceCount)
      header = Array(body[..<reader.offset])
      ciphertext = try reader.read(fixed: Self.secretCount + XChaCha20Poly1305.tagCount)
      try reader.finish()
    } catch let error as KeyFileError {
      throw error
    } catch {
      throw .malformed("the fields do not fill the file")
    }
    guard Self.isLabel(label) else { throw .badLabel(label) }
    self.bytes = bytes
  }

  /// Checks what can be said before any field is read.
  private static func checkFrame(_ bytes: [UInt8]) throws(KeyFileError) {
    let known = min(bytes.count, magic.count)
    guard known > 0, bytes[..<known] == magic[..<known] else { throw .notAKeyFile }
    var reader = ByteReader(bytes)
    let smallest = magic.count + 2 + 4 + digestCount
    do {
      _ = try reader.read(fixed: magic.count)
      let found: UInt16 = try reader.read()
      guard found <= version else { throw KeyFileError.futureVersion(found, newest: version) }
      guard found == version else { throw KeyFileError.malformed("version 0") }
      let count = Int(try reader.read(UInt32.self))
      guard bytes.count >= count else {
        throw KeyFileError.truncated(has: bytes.count, needs: count)
      }
      guard count >= smallest, bytes.count == count else {
        throw KeyFileError.altered
      }
    } catch let error as KeyFileError {
      throw error
    } catch {
      throw .truncated(has: bytes.count, needs: smallest)
    }
    let body = Array(bytes.dropLast(digestCount))
    guard SHA256.hash(body) == Array(bytes.suffix(digestCount)) else {
      throw .altered
    }
  }

  private static func identity(
    kind: UInt8, from reader: inout ByteReader
  ) throws -> Identity {
    switch kind {
    case 1:
      let code = try reader.read(UInt8.self)
      guard let network = networks.first(where: { $0.code == code })?.network else {
        throw KeyFileError.malformed("network \(code)")
      }
      guard let fingerprint = KeyFingerprint(try reader.read(fixed: 4)) else {
        throw KeyFileError.malformed("fingerprint")
      }
      let path = DerivationPath(
        try reader.readList(limit: ExtendedKey.maximumDepth) { reader throws(WireError) in
          ChildNumber(rawValue: try reader.read())
        })
      let account = try ExtendedPublicKey(parsing: try reader.read(String.self, limit: 128))
      guard account.family == ExtendedKey.Family(network),
        Int(account.position.depth) == path.steps.count
      else { throw KeyFileError.malformed("extended public key") }
      return .holder(
        network: network, origin: KeyOrigin(fingerprint: fingerprint, path: path),
        account: account)
    case 2:
      guard let key = Ed25519.PublicKey(bytes: try reader.read(fixed: 32)) else {
        throw KeyFileError.malformed("public key")
      }
      return .signer(key)
    default:
      throw KeyFileError.unsupported("kind \(kind)")
    }
  }

  static let networks: [(code: UInt8, network: Network)] = [
    (0, .mainnet), (1, .testnet), (2, .signet), (3, .regtest),
  ]

  /// Whether `label` may name a key.
  public static func isLabel(_ label: String) -> Bool {
    (1...64).contains(label.utf8.count)
      && label.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: Array(" ._@-".utf8).contains(byte)
        }
      }
  }
}
