public import Bitcoin
import Cryptography
public import Descriptors

/// What a signer signs with: a key in locked memory, or one in a token that never shows it. Judgement
/// and memory are the same for both. See docs/decisions/0040.
///
/// One owner, one call at a time.
public protocol SigningKey {
  /// The fingerprint under which the wallet's descriptor names this holder.
  var fingerprint: KeyFingerprint { get }

  /// Whether this is one of the keys that may spend at once on `path`.
  func isNamed(by path: SpendingPath) -> Bool

  /// Finds out whether it can sign now, before anything is written down about a signature.
  ///
  /// - Throws: ``SigningKeyFault/away(_:)`` or ``SigningKeyFault/gone``.
  func makeReady() throws(SigningKeyFault)

  /// Signs `digest` as `path` asks for it.
  ///
  /// - Parameter digest: 32 bytes.
  /// - Returns: The signature in the form in which it stands in the witness, and whose it is there. It
  ///   has not been verified.
  func sign(
    _ digest: [UInt8], on path: SpendingPath
  ) throws(SigningKeyFault) -> (place: DerivedKey, signature: [UInt8])

  /// Signs a tagged hash that is no transaction's; see ``AttestationKey``.
  ///
  /// - Returns: 64 bytes.
  func attest(_ digest: [UInt8]) throws(SigningKeyFault) -> [UInt8]

  /// Makes signing impossible until the program is started again.
  func forget()
}

/// Why a key does not sign.
public enum SigningKeyFault: Error, Equatable, Sendable {
  /// It is none of those that may spend.
  case notNamed
  /// It was forgotten.
  case gone
  /// It is not at hand now, and may be again.
  case away(String)
  /// The computation failed.
  case failed
}

extension HolderKey: SigningKey {
  public var fingerprint: KeyFingerprint { origin.fingerprint }

  public func isNamed(by path: SpendingPath) -> Bool { (try? privateKey(for: path)) != nil }

  public func makeReady() throws(SigningKeyFault) {
    // A wiped key derives nothing.
    guard (try? account.child(AttestationKey.steps[0])) != nil else { throw .gone }
  }

  public func sign(
    _ digest: [UInt8], on path: SpendingPath
  ) throws(SigningKeyFault) -> (place: DerivedKey, signature: [UInt8]) {
    guard let (place, secret) = try? privateKey(for: path) else { throw .notNamed }
    do {
      let signature =
        path.isTaproot
        ? try Secp256k1.signSchnorr(digest, with: secret, auxiliary: SecureRandom.bytes(32))
        : try Secp256k1.signECDSA(digest, with: secret) + [SighashType.all.rawValue]
      return (place, signature)
    } catch {
      throw .failed
    }
  }

  public func attest(_ digest: [UInt8]) throws(SigningKeyFault) -> [UInt8] {
    var key = account
    for step in AttestationKey.steps {
      guard let child = try? key.child(step) else { throw .gone }
      key = child
    }
    defer { key.secret.wipe() }
    do {
      return try Secp256k1.signSchnorr(
        digest, with: key.secret, auxiliary: SecureRandom.bytes(32))
    } catch {
      throw .failed
    }
  }

  public func forget() { account.secret.wipe() }

  /// This holder's place among those who may spend at once, and the private key for it.
  private func privateKey(
    for path: SpendingPath
  ) throws(ExtendedKeyError) -> (place: DerivedKey, secret: SecretBytes) {
    let depth = origin.path.steps.count
    for place in path.quorum.keys where place.origin.fingerprint == origin.fingerprint {
      guard place.origin.path.steps.starts(with: origin.path.steps) else { continue }
      let steps = DerivationPath(Array(place.origin.path.steps.dropFirst(depth)))
      let descendant = try account.descendant(steps)
      // Taproot names keys without their first byte.
      guard descendant.publicKey.publicKey.suffix(place.publicKey.count) == place.publicKey[...]
      else { continue }
      return (place, descendant.secret)
    }
    throw .noSuchChild
  }
}
