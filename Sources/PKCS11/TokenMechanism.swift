import CPKCS11

/// What is asked of a token.
enum TokenMechanism {
  /// ECDSA over a digest that the caller computed.
  static let ecdsa = UInt(CKM_ECDSA)
  static let ecKeyPair = UInt(CKM_EC_KEY_PAIR_GEN)
  static let signs = UInt(CKF_SIGN)
  static let generates = UInt(CKF_GENERATE_KEY_PAIR)
}
