import Bitcoin
import Descriptors

enum DescriptorTarget: FuzzTarget {
  static func check(_ input: [UInt8]) {
    let text = input.text
    for network in [Network.mainnet, .regtest] {
      for keys in [Descriptor.PrivateKeys.refused, .madePublic] {
        let descriptor = accepted { () throws(DescriptorError) in
          try Descriptor(parsing: text, network: network, privateKeys: keys)
        }
        if let descriptor { check(descriptor) }
      }
    }
    if let file = accepted({ () throws(DescriptorFile.Failure) in try DescriptorFile(parsing: text)
    }) {
      let again = sure("a file that we write is one") { () throws(DescriptorFile.Failure) in
        try DescriptorFile(parsing: file.text)
      }
      require(again == file, "a file is read as it was written")
    }
  }

  private static func check(_ descriptor: Descriptor) {
    let again = sure("a descriptor that we write is one") { () throws(DescriptorError) in
      try Descriptor(
        parsing: descriptor.text, network: descriptor.network, requiringChecksum: true)
    }
    require(again == descriptor, "a descriptor is read as it was written")
    let branches = sure("each branch is a descriptor") { () throws(DescriptorError) in
      try descriptor.branches
    }
    require(branches.count == descriptor.branchCount, "there are as many branches as it says")
    for (number, branch) in branches.enumerated().prefix(2) {
      let scripts = accepted { () throws(DescriptorError) in
        try descriptor.scripts(branch: number, index: 5)
      }
      guard let scripts else { continue }
      let alone = sure("a branch alone has scripts") { () throws(DescriptorError) in
        try branch.scripts(index: 5)
      }
      // A step that was chosen is part of the path; the rest is the same.
      require(
        scripts.map(\.scriptPubKey) == alone.map(\.scriptPubKey),
        "a branch alone has the scripts that it had among others")
      for script in scripts {
        if let inner = script.witnessScript {
          let outer = script.redeemScript ?? script.scriptPubKey
          require(outer == .payToWitnessScriptHash(of: inner), "hashes fit")
        }
        if let redeem = script.redeemScript {
          require(script.scriptPubKey == .payToScriptHash(of: redeem), "hashes fit")
        }
      }
    }
  }
}
