public import Cryptography

/// Messages signed by one key, as Bitcoin did before BIP-322: the public key follows from the
/// signature. Still what BIP-129's records carry. See BIP-137.
public enum LegacyMessage {
  /// What is signed: the text under a prefix that no transaction begins with.
  public static func digest(_ message: String) -> [UInt8] {
    var writer = ConsensusWriter()
    writer.counted(Array("Bitcoin Signed Message:\n".utf8))
    writer.counted(Array(message.utf8))
    return SHA256.double(writer.bytes)
  }

  /// Returns the 65 bytes of a signature by a compressed key.
  public static func sign(
    _ message: String, with key: SecretBytes
  ) throws(CryptographyError) -> [UInt8] {
    let signature = try Secp256k1.signRecoverably(digest(message), with: key)
    return [31 + signature.recovery] + signature.compact
  }

  /// Returns the public key, 33 or 65 bytes, that signed `message`; `nil` when none did.
  ///
  /// The header says which encoding of the key was meant. Those for addresses of SegWit (35 to 42) are
  /// refused, as BIP-322 asks.
  public static func signer(of message: String, signature: [UInt8]) -> [UInt8]? {
    guard signature.count == 65, (27...34).contains(signature[0]) else { return nil }
    let header = signature[0] - 27
    guard
      let parsed = Secp256k1.RecoverableSignature(
        compact: Array(signature.dropFirst()), recovery: header % 4)
    else { return nil }
    return Secp256k1.recoverPublicKey(parsed, digest: digest(message), compressed: header >= 4)
  }
}
