import Cryptography

/// A public key that can derive all its unhardened descendants: an xpub or tpub. See BIP-32.
public struct ExtendedPublicKey: Hashable, Sendable {
  /// xpub or tpub.
  public let family: ExtendedKey.Family
  /// Where it stands in its tree.
  public let position: ExtendedKey.Position
  /// 32 bytes that enter every derivation.
  public let chainCode: [UInt8]
  /// The compressed public key, 33 bytes, a point of the curve.
  public let publicKey: [UInt8]

  init(
    family: ExtendedKey.Family, position: ExtendedKey.Position, chainCode: [UInt8],
    publicKey: [UInt8]
  ) {
    self.family = family
    self.position = position
    self.chainCode = chainCode
    self.publicKey = publicKey
  }

  /// Reads an xpub or tpub.
  ///
  /// - Throws: ``ExtendedKeyError/wrongKind`` for an xprv or tprv, and the other cases that name
  ///   what is wrong with the text.
  public init(parsing text: some StringProtocol) throws(ExtendedKeyError) {
    guard let bytes = Base58.checkedPayload(String(text)) else { throw .badText }
    let fields = try ExtendedKey.Fields(bytes)
    switch fields.version {
    case ExtendedKey.Family.mainnet.publicVersion: family = .mainnet
    case ExtendedKey.Family.test.publicVersion: family = .test
    case ExtendedKey.Family.mainnet.privateVersion, ExtendedKey.Family.test.privateVersion:
      throw .wrongKind
    default: throw .unknownVersion(fields.version)
    }
    guard fields.key[0] == 2 || fields.key[0] == 3, Secp256k1.isValidPublicKey(fields.key) else {
      throw .badKey
    }
    position = fields.position
    chainCode = fields.chainCode
    publicKey = fields.key
  }

  /// The xpub or tpub text.
  public var text: String {
    let header = position.header(version: family.publicVersion, chainCode: chainCode)
    return Base58.checkText(header + publicKey)
  }

  /// The first four bytes of this key's Hash160.
  public var fingerprint: KeyFingerprint { KeyFingerprint(ofPublicKey: publicKey) }

  /// Returns the child at `step`. See BIP-32, "Public parent key → public child key".
  ///
  /// - Throws: ``ExtendedKeyError/hardenedFromPublic``, ``ExtendedKeyError/tooDeep`` below depth
  ///   255, or ``ExtendedKeyError/noSuchChild`` once in 2^127 indices.
  public func child(_ step: ChildNumber) throws(ExtendedKeyError) -> ExtendedPublicKey {
    let code = try code(of: step)
    let next = try position.next(step, of: fingerprint)
    do {
      let sum = try Secp256k1.tweakAdd(publicKey: publicKey, tweak: Array(code[..<32]))
      return ExtendedPublicKey(
        family: family, position: next, chainCode: Array(code[32...]), publicKey: sum)
    } catch {
      throw .noSuchChild
    }
  }

  /// Returns the number that is added to this key to get its child at `step`, 32 bytes.
  ///
  /// - Throws: ``ExtendedKeyError/hardenedFromPublic``.
  public func tweak(to step: ChildNumber) throws(ExtendedKeyError) -> [UInt8] {
    Array(try code(of: step)[..<32])
  }

  /// See BIP-32, `I`.
  private func code(of step: ChildNumber) throws(ExtendedKeyError) -> [UInt8] {
    guard !step.isHardened else { throw .hardenedFromPublic }
    return HMACSHA512.authenticate(
      key: chainCode, publicKey + ExtendedKey.bigEndian(step.rawValue))
  }

  /// Returns the descendant at `path`; this key itself when the path is empty.
  public func descendant(_ path: DerivationPath) throws(ExtendedKeyError) -> ExtendedPublicKey {
    var key = self
    for step in path.steps { key = try key.child(step) }
    return key
  }
}
