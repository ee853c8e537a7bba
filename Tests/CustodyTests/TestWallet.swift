import Bitcoin
import Cryptography
import Descriptors

/// Wallets on regtest whose keys follow from small seeds.
enum TestWallet {
  /// Two of three.
  static func descriptor(path: String = "<0;1>/*") throws -> Descriptor {
    let keys = try (UInt8(1)...3).map { "\(try account($0).text)/\(path)" }
    return try Descriptor(
      parsing: "wsh(sortedmulti(2,\(keys.joined(separator: ","))))", network: .regtest)
  }

  /// A hot wallet of two of three holders, with backups and a council of five.
  static func decaying(_ form: DecayingPolicy.Form) throws -> Descriptor {
    func keys(_ seeds: ClosedRange<UInt8>) throws -> [DecayingPolicy.Key] {
      try seeds.map { DecayingPolicy.Key(origin: nil, account: try account($0)) }
    }
    return try DecayingPolicy(
      keys: [.holder: keys(1...3), .backup: keys(21...23), .council: keys(31...35)],
      tiers: DecayingPolicy.hotTiers(threshold: 2, councilThreshold: 3)
    ).descriptor(form: form, network: .regtest)
  }

  private static func account(_ seed: UInt8) throws -> ExtendedPublicKey {
    try ExtendedPrivateKey(
      seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)), network: .regtest
    ).publicKey
  }
}
