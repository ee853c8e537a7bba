public import Bitcoin
public import Cryptography
public import Descriptors
public import Money
import Wire

/// A holder's key, open: it derives every key with which the holder signs.
public struct HolderKey: Sendable {
  /// The network of its wallet.
  public let network: Network
  /// Root fingerprint and account path.
  public let origin: KeyOrigin
  /// The account's private key; its children are `branch/index`.
  public let account: ExtendedPrivateKey

  package init(network: Network, origin: KeyOrigin, account: ExtendedPrivateKey) {
    self.network = network
    self.origin = origin
    self.account = account
  }
}

extension KeyFile {
  /// Returns the account path of a P2WSH multisig wallet: m/48h/coin typeh/0h/2h. See BIP-48.
  public static func accountPath(_ network: Network) -> DerivationPath {
    DerivationPath(
      [48, network == .mainnet ? 0 : 1, 0, 2].map { ChildNumber(rawValue: $0 | 1 << 31) })
  }

  /// Seals a holder's seed: 32 secret bytes, taken as a BIP-32 seed.
  public static func sealHolder(
    seed: SecretBytes, network: Network, label: String, created: Timestamp,
    passphrase: SecretBytes, cost: KeyFileCost
  ) throws(KeyFileError) -> KeyFile {
    let key = try holderKey(seed: seed, network: network, path: accountPath(network))
    return try seal(
      seed,
      as: .holder(network: network, origin: key.origin, account: key.account.publicKey),
      label: label, created: created, passphrase: passphrase, cost: cost)
  }

  /// Seals the seed of an Ed25519 key: 32 secret bytes.
  public static func sealSigner(
    seed: SecretBytes, label: String, created: Timestamp, passphrase: SecretBytes,
    cost: KeyFileCost
  ) throws(KeyFileError) -> KeyFile {
    let publicKey: Ed25519.PublicKey
    do { publicKey = try Ed25519.PrivateKey(seed: seed).publicKey } catch {
      throw .cryptography(error)
    }
    return try seal(
      seed, as: .signer(publicKey), label: label, created: created, passphrase: passphrase,
      cost: cost)
  }

  /// Opens a holder's key.
  ///
  /// - Throws: ``KeyFileError/wrongPassphrase``, ``KeyFileError/wrongKind(needed:)``,
  ///   ``KeyFileError/publicPartMismatch`` or ``KeyFileError/memoryNotLocked``.
  public func openHolder(passphrase: SecretBytes) throws(KeyFileError) -> HolderKey {
    guard case .holder(let network, let origin, let account) = identity else {
      throw .wrongKind(needed: "holder's key (this one signs statements)")
    }
    let seed = try openSeed(with: try sealingKey(passphrase))
    let key = try Self.holderKey(seed: seed, network: network, path: origin.path)
    guard key.origin == origin, key.account.publicKey == account else { throw .publicPartMismatch }
    return key
  }

  /// Returns the same key sealed with another passphrase.
  ///
  /// - Throws: As ``openHolder(passphrase:)``.
  public func resealed(
    passphrase: SecretBytes, newPassphrase: SecretBytes, cost: KeyFileCost
  ) throws(KeyFileError) -> KeyFile {
    try check(passphrase: passphrase)
    let seed = try openSeed(with: try sealingKey(passphrase))
    return try Self.seal(
      seed, as: identity, label: label, created: created, passphrase: newPassphrase, cost: cost)
  }

  /// Opens an Ed25519 key.
  ///
  /// - Throws: As ``openHolder(passphrase:)``.
  public func openSigner(passphrase: SecretBytes) throws(KeyFileError) -> Ed25519.PrivateKey {
    guard case .signer(let publicKey) = identity else {
      throw .wrongKind(needed: "key for statements (this one is a wallet holder's)")
    }
    let seed = try openSeed(with: try sealingKey(passphrase))
    let key: Ed25519.PrivateKey
    do { key = try Ed25519.PrivateKey(seed: seed) } catch { throw .cryptography(error) }
    guard key.publicKey == publicKey else { throw .publicPartMismatch }
    return key
  }

  /// Opens the key, whatever its kind, only to prove that it can be opened.
  public func check(passphrase: SecretBytes) throws(KeyFileError) {
    switch identity {
    case .holder: _ = try openHolder(passphrase: passphrase)
    case .signer: _ = try openSigner(passphrase: passphrase)
    }
  }

  /// Returns the key that seals this file.
  package func sealingKey(_ passphrase: SecretBytes) throws(KeyFileError) -> SecretBytes {
    try Self.sealingKey(passphrase, salt: salt, cost: cost)
  }

  /// Returns the sealed seed.
  package func openSeed(with key: SecretBytes) throws(KeyFileError) -> SecretBytes {
    let seed: SecretBytes
    do {
      seed = try XChaCha20Poly1305.openSecret(
        ciphertext, key: key, nonce: nonce, additionalData: header)
    } catch .notAuthentic {
      throw .wrongPassphrase
    } catch {
      throw .cryptography(error)
    }
    guard seed.isLocked else { throw .memoryNotLocked }
    return seed
  }

  private static func sealingKey(
    _ passphrase: SecretBytes, salt: [UInt8], cost: KeyFileCost
  ) throws(KeyFileError) -> SecretBytes {
    do {
      return try Argon2id.key(
        passphrase: passphrase, salt: salt, opsLimit: cost.passes,
        memLimitBytes: Int(cost.memoryBytes))
    } catch {
      throw .cryptography(error)
    }
  }

  private static func holderKey(
    seed: SecretBytes, network: Network, path: DerivationPath
  ) throws(KeyFileError) -> HolderKey {
    do {
      let root = try ExtendedPrivateKey(seed: seed, network: network)
      return HolderKey(
        network: network, origin: KeyOrigin(fingerprint: root.fingerprint, path: path),
        account: try root.descendant(path))
    } catch {
      throw .malformed("the seed gives no account key (\(error))")
    }
  }

  private static func seal(
    _ seed: SecretBytes, as identity: Identity, label: String, created: Timestamp,
    passphrase: SecretBytes, cost: KeyFileCost
  ) throws(KeyFileError) -> KeyFile {
    guard isLabel(label) else { throw .badLabel(label) }
    guard seed.isLocked, passphrase.isLocked else { throw .memoryNotLocked }
    guard seed.count == secretCount else {
      throw .malformed("a seed of \(seed.count) bytes instead of \(secretCount)")
    }
    let salt = SecureRandom.bytes(Argon2id.saltCount)
    let nonce = SecureRandom.bytes(XChaCha20Poly1305.nonceCount)
    let fields = fields(
      identity, label: label, created: created, cost: cost, salt: salt, nonce: nonce)
    var header = ByteWriter()
    header.write(fixed: magic)
    header.write(version)
    let sealedCount = secretCount + XChaCha20Poly1305.tagCount
    header.write(UInt32(magic.count + 6 + fields.count + sealedCount + digestCount))
    header.write(fixed: fields)
    let key = try sealingKey(passphrase, salt: salt, cost: cost)
    let ciphertext: [UInt8]
    do {
      ciphertext = try XChaCha20Poly1305.seal(
        seed, key: key, nonce: nonce, additionalData: header.bytes)
    } catch {
      throw .cryptography(error)
    }
    let body = header.bytes + ciphertext
    return try KeyFile(parsing: body + SHA256.hash(body))
  }

  private static func fields(
    _ identity: Identity, label: String, created: Timestamp, cost: KeyFileCost, salt: [UInt8],
    nonce: [UInt8]
  ) -> [UInt8] {
    var writer = ByteWriter()
    switch identity {
    case .holder: writer.write(UInt8(1))
    case .signer: writer.write(UInt8(2))
    }
    writer.write(label)
    writer.write(created.milliseconds)
    switch identity {
    case .holder(let network, let origin, let account):
      for known in networks where known.network == network { writer.write(known.code) }
      writer.write(fixed: origin.fingerprint.bytes)
      writer.write(list: origin.path.steps) { $0.write($1.rawValue) }
      writer.write(account.text)
    case .signer(let key):
      writer.write(fixed: key.bytes)
    }
    writer.write(UInt8(1))
    writer.write(cost.passes)
    writer.write(cost.memoryBytes)
    writer.write(fixed: salt)
    writer.write(UInt8(1))
    writer.write(fixed: nonce)
    return writer.bytes
  }
}
