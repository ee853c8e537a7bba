public import Bitcoin
public import Cryptography
public import Descriptors
public import Signing

/// A signer's key in a token: the private half never leaves it, and every signature is asked of it.
///
/// The token may go away and come back: then it is found again by its serial number and its public key,
/// which are looked at before it gets the PIN. The PIN is kept in locked memory for that, until
/// ``forget()``, or until the token refuses it.
public final class TokenKey: SigningKey {
  /// What is known of an open key.
  private struct Open {
    let session: Session
    let key: StoredKey

    /// What the module says of the token's slot now.
    var isThere: Bool {
      (try? session.module.token(in: session.token.slot))?.serial == session.token.serial
    }
  }

  private enum State {
    case open(Open)
    /// Why, and when it was looked for.
    case away(String, ContinuousClock.Instant)
    case gone
  }

  /// Compressed, 33 bytes.
  public let publicKey: [UInt8]
  /// Whether the token made the key and it was never anywhere else, by its own word.
  public let isBornThere: Bool
  private let place: TokenPlace
  private let pin: SecretBytes
  private var state: State
  /// How long a token that is away is not looked for again: a guard asks many times a second.
  package var pause: Duration = .seconds(1)

  /// Opens the key.
  ///
  /// - Parameter pin: Of the token's user. It is this object's from here on, which wipes it.
  /// - Throws: ``TokenError``; then the PIN is wiped.
  public init(_ place: TokenPlace, pin: SecretBytes) throws(TokenError) {
    self.pin = pin
    do {
      let open = try Self.open(place, pin: pin, expecting: nil)
      publicKey = open.key.publicKey
      isBornThere = open.key.isBornThere
      // From now on it has to be this very token, and this very key.
      var place = place
      place.serial = open.session.token.serial
      place.keyID = open.key.id
      self.place = place
      state = .open(open)
    } catch {
      pin.wipe()
      throw error
    }
  }

  deinit { forget() }

  /// How a wallet's descriptor names the key.
  public var expression: String { TokenKeyExpression.text(publicKey) }

  public var fingerprint: KeyFingerprint { KeyFingerprint(ofPublicKey: publicKey) }

  public func isNamed(by path: SpendingPath) -> Bool { placeOfKey(on: path) != nil }

  private func placeOfKey(on path: SpendingPath) -> DerivedKey? {
    path.isTaproot ? nil : path.quorum.keys.first { $0.publicKey == publicKey }
  }

  public func makeReady() throws(SigningKeyFault) { _ = try ready() }

  public func sign(
    _ digest: [UInt8], on path: SpendingPath
  ) throws(SigningKeyFault) -> (place: DerivedKey, signature: [UInt8]) {
    guard let place = placeOfKey(on: path) else { throw .notNamed }
    guard let signature = verified(try signature(over: digest), over: digest) else { throw .failed }
    return (place, signature + [SighashType.all.rawValue])
  }

  public func attest(_ digest: [UInt8]) throws(SigningKeyFault) -> [UInt8] {
    let signature = try signature(over: digest)
    guard verified(signature, over: digest) != nil else { throw .failed }
    return signature
  }

  /// Returns what the token made as Bitcoin wants it, or `nil` when it is not this key's: a wrong signature may
  /// tell a secret, and must not leave.
  private func verified(_ signature: [UInt8], over digest: [UInt8]) -> [UInt8]? {
    Self.verified(signature, over: digest, by: publicKey)
  }

  private static func verified(
    _ signature: [UInt8], over digest: [UInt8], by publicKey: [UInt8]
  ) -> [UInt8]? {
    guard let der = Secp256k1.lowSDER(ofCompact: signature),
      Secp256k1.verifyStrictECDSA(der, digest: digest, publicKey: publicKey)
    else { return nil }
    return der
  }

  public func forget() {
    if case .open(let open) = state {
      open.session.logOut()
      open.session.module.end()
    }
    pin.wipe()
    state = .gone
  }

  private func signature(over digest: [UInt8]) throws(SigningKeyFault) -> [UInt8] {
    let open = try ready()
    do { return try open.session.sign(digest, with: open.key.handle) } catch {
      // Whatever it was: the next request begins anew with the token.
      lose(open, because: "the token does not sign: \(error)")
      throw .away("the token does not sign: \(error)")
    }
  }

  /// Ends with a token that does not answer as it should: modules see one that has come back only when
  /// they begin anew.
  private func lose(_ open: Open, because reason: String) {
    open.session.module.end()
    state = .away(reason, .now.advanced(by: .zero - pause))
  }

  /// The open key; one that was away is looked for.
  private func ready() throws(SigningKeyFault) -> Open {
    if case .open(let open) = state {
      guard !open.isThere else { return open }
      lose(open, because: "the token is gone")
    }
    guard case .away(let reason, let last) = state else { throw .gone }
    guard last.duration(to: .now) >= pause else { throw .away(reason) }
    do {
      let open = try Self.open(place, pin: pin, expecting: publicKey)
      state = .open(open)
      return open
    } catch {
      switch error {
      case .pinWrong, .pinLocked, .oneTryLeft, .loginRefused:
        // Trying again would lock it.
        forget()
        throw .away("\(error); the signer has forgotten the PIN and must be started again")
      default:
        state = .away("\(error)", .now)
        throw .away("\(error)")
      }
    }
  }

  /// Finds the key and proves that it signs.
  ///
  /// - Parameter expected: The public key that it must have. The PIN goes to no token without it.
  private static func open(
    _ place: TokenPlace, pin: SecretBytes, expecting expected: [UInt8]?
  ) throws(TokenError) -> Open {
    let module = try Module(path: place.module)
    let token = try module.token(place)
    guard module.has(TokenMechanism.ecdsa, TokenMechanism.signs, in: token.slot) else {
      throw .mechanismAbsent("CKM_ECDSA")
    }
    let session = try Session(module, token)
    if let expected {
      guard try StoredKey.publicKey(place, id: nil, in: session) == expected else {
        throw .exchanged
      }
    }
    try session.logIn(pin: pin)
    let key = try StoredKey(place, in: session)
    guard key.publicKey == expected ?? key.publicKey else { throw .exchanged }
    // That the public key beside it is its own is only somebody's word until it has signed.
    let challenge = SHA256.tagged("holdfast/token-key/v1", SecureRandom.bytes(32))
    let signature = try session.sign(challenge, with: key.handle)
    guard verified(signature, over: challenge, by: key.publicKey) != nil else {
      throw .publicKeyForeign
    }
    return Open(session: session, key: key)
  }
}
