public import Cryptography

/// Private keys in wallet import format.
public enum PrivateKeyText {
  /// Returns the key in `text` and whether its public key is to be compressed, or `nil` when it is
  /// malformed, of another network, or no valid key.
  public static func parse(
    _ text: String, network: Network
  ) -> (key: SecretBytes, isCompressed: Bool)? {
    guard let payload = Base58.checkedPayload(text), payload.first == network.privateKeyPrefix,
      payload.count == 33 || (payload.count == 34 && payload.last == 1),
      let key = try? SecretBytes(copying: Array(payload[1..<33])),
      Secp256k1.isValidPrivateKey(key)
    else { return nil }
    return (key, payload.count == 34)
  }

  /// Returns the text of `key`. The result is as secret as the key and not in locked memory.
  public static func text(
    _ key: SecretBytes, isCompressed: Bool = true, network: Network
  ) throws(CryptographyError) -> String {
    let payload = [network.privateKeyPrefix] + (try key.revealed()) + (isCompressed ? [1] : [])
    return Base58.checkText(payload)
  }
}
