import Cryptography

extension ExtendedPublicKey {
  /// The SHA-256 of "MuSig2MuSig2MuSig2".
  private static let syntheticChainCode: [UInt8] = [
    0x86, 0x80, 0x87, 0xCA, 0x02, 0xA6, 0xF9, 0x74, 0xC4, 0x59, 0x89, 0x24, 0xC3, 0x6B, 0x57, 0x76,
    0x2D, 0x32, 0xCB, 0x45, 0x71, 0x71, 0x67, 0xE3, 0x00, 0x62, 0x2C, 0x71, 0x67, 0xE3, 0x89, 0x65,
  ]

  /// Creates the root from which children of a joint key are derived, or throws when `aggregateKey`
  /// is no compressed key. Nobody has its private half. See BIP-328.
  public init(
    synthetic aggregateKey: [UInt8], family: ExtendedKey.Family
  ) throws(ExtendedKeyError) {
    guard aggregateKey.count == 33, Secp256k1.isValidPublicKey(aggregateKey) else {
      throw .badKey
    }
    self.init(
      family: family, position: .root, chainCode: Self.syntheticChainCode, publicKey: aggregateKey)
  }
}
