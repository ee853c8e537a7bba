import CPKCS11
public import Cryptography

/// Makes a signer's key inside a token.
public enum TokenKeyGeneration {
  /// Makes a secp256k1 key that stays in the token, and opens it.
  ///
  /// The private half is marked sensitive and not extractable from its first moment, so that the token's
  /// own command cannot give it out. There is no copy: a lost token is a lost holder.
  ///
  /// - Parameter pin: Of the token's user; wiped in the end.
  /// - Throws: ``TokenError/keyExists(_:)`` when the token has a key of that label, or as
  ///   ``TokenKey/init(_:pin:)``.
  public static func make(_ place: TokenPlace, pin: SecretBytes) throws(TokenError) -> TokenKey {
    do { try generate(place, pin: pin) } catch {
      pin.wipe()
      throw error
    }
    return try TokenKey(place, pin: pin)
  }

  private static func generate(_ place: TokenPlace, pin: SecretBytes) throws(TokenError) {
    let module = try Module(path: place.module)
    let token = try module.token(place)
    for (mechanism, flag, name) in [
      (TokenMechanism.ecKeyPair, TokenMechanism.generates, "CKM_EC_KEY_PAIR_GEN"),
      (TokenMechanism.ecdsa, TokenMechanism.signs, "CKM_ECDSA"),
    ] where !module.has(mechanism, flag, in: token.slot) {
      throw .mechanismAbsent(name)
    }
    let session = try Session(module, token, writes: true)
    try session.logIn(pin: pin)
    for kind in [UInt(CKO_PRIVATE_KEY), UInt(CKO_PUBLIC_KEY)] {
      var same = AttributeList()
      same.add(UInt(CKA_CLASS), number: kind)
      same.add(UInt(CKA_LABEL), place.key)
      guard try session.objects(same).isEmpty else { throw .keyExists(place.key) }
    }
    let id = place.keyID ?? SecureRandom.bytes(8)
    var publicHalf = AttributeList()
    publicHalf.add(UInt(CKA_EC_PARAMS), StoredKey.curve)
    publicHalf.add(UInt(CKA_TOKEN), true)
    // Looked at before the PIN is given.
    publicHalf.add(UInt(CKA_PRIVATE), false)
    publicHalf.add(UInt(CKA_VERIFY), true)
    publicHalf.add(UInt(CKA_LABEL), place.key)
    publicHalf.add(UInt(CKA_ID), id)
    var privateHalf = AttributeList()
    privateHalf.add(UInt(CKA_TOKEN), true)
    privateHalf.add(UInt(CKA_PRIVATE), true)
    privateHalf.add(UInt(CKA_SENSITIVE), true)
    privateHalf.add(UInt(CKA_EXTRACTABLE), false)
    privateHalf.add(UInt(CKA_SIGN), true)
    // Nothing but signing: a key that decrypts or derives could be used to reveal something.
    privateHalf.add(UInt(CKA_DECRYPT), false)
    privateHalf.add(UInt(CKA_UNWRAP), false)
    privateHalf.add(UInt(CKA_DERIVE), false)
    privateHalf.add(UInt(CKA_LABEL), place.key)
    privateHalf.add(UInt(CKA_ID), id)
    try session.generateKeyPair(public: publicHalf, private: privateHalf)
  }
}
