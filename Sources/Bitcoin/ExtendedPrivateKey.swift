public import Cryptography

/// A private key that can derive all its descendants: an xprv or tprv. See BIP-32.
///
/// The key itself stays in locked memory; the chain code does not, since the xpub shows it anyway.
public struct ExtendedPrivateKey: Sendable {
  /// The public half: position, chain code, public key.
  public let publicKey: ExtendedPublicKey
  /// The 32-byte private key.
  public let secret: SecretBytes

  init(
    family: ExtendedKey.Family, position: ExtendedKey.Position, chainCode: [UInt8],
    secret: SecretBytes
  ) throws(CryptographyError) {
    self.secret = secret
    publicKey = ExtendedPublicKey(
      family: family, position: position, chainCode: chainCode,
      publicKey: try Secp256k1.publicKey(from: secret))
  }

  /// Makes the root key of a seed. See BIP-32, "Master key generation".
  ///
  /// - Parameters:
  ///   - seed: 16 to 64 bytes.
  ///   - network: Chooses between xprv and tprv.
  /// - Throws: ``ExtendedKeyError/badSeedLength(_:)``, or ``ExtendedKeyError/badKey`` once in 2^127
  ///   seeds.
  public init(seed: SecretBytes, network: Network) throws(ExtendedKeyError) {
    guard (16...64).contains(seed.count) else { throw .badSeedLength(seed.count) }
    do {
      let code = try HMACSHA512.authenticateSecret(
        key: Array("Bitcoin seed".utf8), prefix: [], secret: seed, suffix: [])
      try self.init(
        family: ExtendedKey.Family(network), position: .root,
        chainCode: try code.part(32..<64).revealed(), secret: try code.part(0..<32))
    } catch {
      throw ExtendedKeyError(error, otherwise: .badKey)
    }
  }

  /// Reads an xprv or tprv.
  ///
  /// - Throws: ``ExtendedKeyError/wrongKind`` for an xpub or tpub, and the other cases that name
  ///   what is wrong with the text.
  public init(parsing text: some StringProtocol) throws(ExtendedKeyError) {
    guard let bytes = Base58.checkedPayload(String(text)) else { throw .badText }
    let fields = try ExtendedKey.Fields(bytes)
    let family: ExtendedKey.Family
    switch fields.version {
    case ExtendedKey.Family.mainnet.privateVersion: family = .mainnet
    case ExtendedKey.Family.test.privateVersion: family = .test
    case ExtendedKey.Family.mainnet.publicVersion, ExtendedKey.Family.test.publicVersion:
      throw .wrongKind
    default: throw .unknownVersion(fields.version)
    }
    guard fields.key[0] == 0 else { throw .badKey }
    do {
      try self.init(
        family: family, position: fields.position, chainCode: fields.chainCode,
        secret: try SecretBytes(copying: Array(fields.key[1...])))
    } catch {
      throw ExtendedKeyError(error, otherwise: .badKey)
    }
  }

  /// Returns the xprv or tprv text, in ordinary memory: only for a backup that is asked for.
  public func revealedText() throws(CryptographyError) -> String {
    let header = publicKey.position.header(
      version: publicKey.family.privateVersion, chainCode: publicKey.chainCode)
    return Base58.checkText(header + [0] + (try secret.revealed()))
  }

  /// The first four bytes of the public key's Hash160.
  public var fingerprint: KeyFingerprint { publicKey.fingerprint }

  /// Returns the child at `step`. See BIP-32, "Private parent key → private child key".
  ///
  /// - Throws: ``ExtendedKeyError/tooDeep`` below depth 255, or ``ExtendedKeyError/noSuchChild``
  ///   once in 2^127 indices.
  public func child(_ step: ChildNumber) throws(ExtendedKeyError) -> ExtendedPrivateKey {
    let next = try publicKey.position.next(step, of: fingerprint)
    let index = ExtendedKey.bigEndian(step.rawValue)
    do {
      let tweak: SecretBytes
      let chainCode: [UInt8]
      if step.isHardened {
        let code = try HMACSHA512.authenticateSecret(
          key: publicKey.chainCode, prefix: [0], secret: secret, suffix: index)
        tweak = try code.part(0..<32)
        chainCode = try code.part(32..<64).revealed()
      } else {
        // Anyone who has the xpub can compute this code, so it is no secret.
        let code = HMACSHA512.authenticate(
          key: publicKey.chainCode, publicKey.publicKey + index)
        tweak = try SecretBytes(copying: Array(code[..<32]))
        chainCode = Array(code[32...])
      }
      return try ExtendedPrivateKey(
        family: publicKey.family, position: next, chainCode: chainCode,
        secret: try Secp256k1.tweakAdd(privateKey: secret, tweak: tweak))
    } catch {
      throw ExtendedKeyError(error, otherwise: .noSuchChild)
    }
  }

  /// Returns the descendant at `path`; this key itself when the path is empty.
  public func descendant(_ path: DerivationPath) throws(ExtendedKeyError) -> ExtendedPrivateKey {
    var key = self
    for step in path.steps { key = try key.child(step) }
    return key
  }
}
