import Bitcoin
import Wire

/// How a wallet's descriptor names a key that has no children.
enum TokenKeyExpression {
  /// The key with its own fingerprint as origin, so that programs know whose it is: "[d34db33f]02ab…".
  static func text(_ publicKey: [UInt8]) -> String {
    "[\(KeyFingerprint(ofPublicKey: publicKey))]\(Hex.text(publicKey))"
  }
}
