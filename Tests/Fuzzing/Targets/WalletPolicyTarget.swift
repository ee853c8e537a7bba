import Bitcoin
import Descriptors

/// A template, and its keys one a line below it. See BIP-388.
enum WalletPolicyTarget: FuzzTarget {
  static func check(_ input: [UInt8]) {
    let lines = input.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let template = lines.first else { return }
    _ = accepted { () throws(WalletPolicyError) in try WalletPolicyTemplate(parsing: template) }
    for network in [Network.mainnet, .testnet] {
      let policy = accepted { () throws(WalletPolicyError) in
        try WalletPolicy(template: template, keys: Array(lines.dropFirst()), network: network)
      }
      guard let policy else { continue }
      // The shorter of two ways to write a path comes back, so the descriptor is what is compared.
      let again = sure("a policy's descriptor has a policy") { () throws(WalletPolicyError) in
        try WalletPolicy(policy.descriptor)
      }
      require(again.descriptor == policy.descriptor, "a policy stands for one descriptor")
      require(again.keys.count == policy.keys.count, "no key is lost")
    }
  }
}
