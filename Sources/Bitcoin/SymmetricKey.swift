public import Cryptography

/// Symmetric keys derived from a seed under names. See SLIP-21.
public struct SymmetricKey: Sendable {
  /// 32 bytes that derive children, then the 32 bytes of the key.
  private let node: SecretBytes

  /// Makes the root of a seed.
  public init(seed: SecretBytes) throws(CryptographyError) {
    node = try HMACSHA512.authenticateSecret(
      key: Array("Symmetric key seed".utf8), prefix: [], secret: seed, suffix: [])
  }

  private init(node: SecretBytes) { self.node = node }

  /// Returns the node under `label`.
  public func child(_ label: String) throws(CryptographyError) -> SymmetricKey {
    SymmetricKey(
      node: try HMACSHA512.authenticate(
        secretKey: try node.part(0..<32), [0] + Array(label.utf8)))
  }

  /// The key of this node, 32 bytes.
  public var key: SecretBytes {
    get throws(CryptographyError) { try node.part(32..<64) }
  }
}
