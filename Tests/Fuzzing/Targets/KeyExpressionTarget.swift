import Bitcoin
@testable import Descriptors

enum KeyExpressionTarget: FuzzTarget {
  static func check(_ input: [UInt8]) {
    let text = input.text
    for network in [Network.mainnet, .regtest] {
      for keys in [Descriptor.PrivateKeys.refused, .madePublic] {
        let key = accepted { () throws(DescriptorError) in
          try KeyExpression(parsing: text[...], network: network, privateKeys: keys)
        }
        guard let key else { continue }
        let again = sure("a key expression that we write is one") { () throws(DescriptorError) in
          try KeyExpression(parsing: key.text[...], network: network, privateKeys: .refused)
        }
        require(again == key, "a key expression is read as it was written")
        for branch in 0..<min(key.branchCount, 2) {
          let derived = accepted { () throws(DescriptorError) in
            try key.derived(branch: branch, index: 1)
          }
          require(
            derived.map { [32, 33, 65].contains($0.publicKey.count) } ?? true,
            "a key has a length that keys have")
        }
      }
    }
  }
}
