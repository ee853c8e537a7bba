/// Why a step of MuSig2 cannot be done, with who is to blame where that is known. See BIP-327.
public enum MuSig2Error: Error, Hashable, Sendable {
  /// A public key that is none, of the signer at this place.
  case badPublicKey(signer: Int)
  /// A public nonce that is none, of the signer at this place.
  case badNonce(signer: Int)
  /// A partial signature that is no number below the group order, of the signer at this place.
  case badPartialSignature(signer: Int)
  /// An aggregate nonce that is none.
  case badAggregateNonce
  /// No keys, or no nonces, or not as many of one as of the other.
  case wrongCount(of: String, expected: Int, actual: Int)
  /// A tweak that is no number below the group order, or that leads to infinity.
  case badTweak
  /// The signer's own key is not among the keys.
  case notAParticipant
  /// The secret nonce was used before, or belongs to another key.
  case unusableNonce
  /// The private key or the nonce could not be used.
  case secret(CryptographyError)
}
