import Bitcoin
import ColdStorage
import Cryptography
import Descriptors

/// A hot and a cold wallet, for targets that need some.
enum SampleWallets {
  static let keys: [ExtendedPrivateKey] = (UInt8(1)...3).compactMap { seed in
    guard let seed = try? SecretBytes(copying: [UInt8](repeating: seed, count: 32)) else {
      return nil
    }
    return try? ExtendedPrivateKey(seed: seed, network: .regtest)
  }

  static let policies: [RegisteredPolicy] = [
    policy("hot-1", .hot, "wsh(sortedmulti(2,\(paths("<0;1>"))))"),
    policy("cold-1", .cold, "wsh(multi(2,\(paths("<2;3>"))))"),
  ]

  static let register = sure("the wallets differ") { () throws(ColdStorageError) in
    try PolicyRegister(policies)
  }

  private static func paths(_ branches: String) -> String {
    keys.map { "\($0.publicKey.text)/\(branches)/*" }.joined(separator: ",")
  }

  private static func policy(
    _ name: String, _ role: RegisteredPolicy.Role, _ text: String
  ) -> RegisteredPolicy {
    let descriptor = sure("the wallet is one") { () throws(DescriptorError) in
      try Descriptor(parsing: text, network: .regtest)
    }
    return sure("the wallet may be registered") { () throws(ColdStorageError) in
      try RegisteredPolicy(name: name, role: role, descriptor: descriptor)
    }
  }
}
