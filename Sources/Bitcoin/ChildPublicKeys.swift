import Cryptography

/// The children of one public key, for whoever needs many: what they share is worked out once.
///
/// A child costs one sum of some thirty multiples of G, and a tenth of that for the hash before it. See
/// BIP-32, "Public parent key → public child key".
public struct ChildPublicKeys: Hashable, Sendable {
  /// The key whose children these are.
  public let parent: ExtendedPublicKey
  private let point: Secp256k1.Point
  private let code: HMACSHA512.Keyed

  /// Creates the children of `parent`.
  public init(of parent: ExtendedPublicKey) throws(ExtendedKeyError) {
    self.parent = parent
    guard let point = Secp256k1.Point(parent.publicKey) else { throw .badKey }
    self.point = point
    code = HMACSHA512.Keyed(key: parent.chainCode)
  }

  /// Returns the compressed key of the child at `step`, 33 bytes.
  ///
  /// - Throws: ``ExtendedKeyError/hardenedFromPublic``, ``ExtendedKeyError/tooDeep`` below depth
  ///   255, or ``ExtendedKeyError/noSuchChild``.
  public func publicKey(at step: ChildNumber) throws(ExtendedKeyError) -> [UInt8] {
    guard !step.isHardened else { throw .hardenedFromPublic }
    guard parent.position.depth < UInt8.max else { throw .tooDeep }
    let tweak = code.authenticate(parent.publicKey + ExtendedKey.bigEndian(step.rawValue))
    do {
      return try point.adding(PublicTweak(Array(tweak[..<32])))
    } catch {
      throw .noSuchChild
    }
  }

  public static func == (a: ChildPublicKeys, b: ChildPublicKeys) -> Bool { a.parent == b.parent }

  public func hash(into hasher: inout Hasher) { hasher.combine(parent) }
}
