import Bitcoin
import Cryptography
import Descriptors

/// A 2-of-3 wallet on regtest whose keys follow from three seeds.
enum TestWallet {
  static func descriptor(path: String = "<0;1>/*") throws -> Descriptor {
    let keys = try (UInt8(1)...3).map { seed in
      let key = try ExtendedPrivateKey(
        seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)), network: .regtest)
      return "\(key.publicKey.text)/\(path)"
    }
    return try Descriptor(
      parsing: "wsh(sortedmulti(2,\(keys.joined(separator: ","))))", network: .regtest)
  }
}
