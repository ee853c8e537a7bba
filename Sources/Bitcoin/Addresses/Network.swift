/// A chain, and how its addresses and keys look.
public enum Network: String, CaseIterable, Sendable {
  case mainnet, testnet, signet, regtest

  /// First byte of a P2PKH address.
  public var publicKeyHashPrefix: UInt8 { self == .mainnet ? 0x00 : 0x6F }
  /// First byte of a P2SH address.
  public var scriptHashPrefix: UInt8 { self == .mainnet ? 0x05 : 0xC4 }
  /// First byte of a private key in wallet import format.
  public var privateKeyPrefix: UInt8 { self == .mainnet ? 0x80 : 0xEF }
  /// First four bytes of an extended public key: `xpub` or `tpub`. See BIP-32.
  public var extendedPublicKeyVersion: UInt32 { self == .mainnet ? 0x0488_B21E : 0x0435_87CF }
  /// First four bytes of an extended private key: `xprv` or `tprv`. See BIP-32.
  public var extendedPrivateKeyVersion: UInt32 { self == .mainnet ? 0x0488_ADE4 : 0x0435_8394 }
  /// SLIP-44 coin type in derivation paths.
  public var coinType: UInt32 { self == .mainnet ? 0 : 1 }

  /// First part of a segwit address. See BIP-173.
  public var humanReadablePart: String {
    switch self {
    case .mainnet: "bc"
    case .testnet, .signet: "tb"
    case .regtest: "bcrt"
    }
  }

  /// Bitcoin Core's name of the chain.
  public var chainName: String {
    switch self {
    case .mainnet: "main"
    case .testnet: "test"
    case .signet: "signet"
    case .regtest: "regtest"
    }
  }
}
