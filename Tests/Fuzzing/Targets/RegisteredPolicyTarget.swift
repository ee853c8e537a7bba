import ColdStorage

/// Files of wallets that cold storage may pay to.
enum RegisteredPolicyTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    SampleWallets.policies.map { Array($0.text.utf8) }
  }

  static func check(_ input: [UInt8]) {
    let policy = accepted { () throws(ColdStorageError) in
      try RegisteredPolicy(parsing: input.text)
    }
    guard let policy else { return }
    let again = sure("a policy that we write is one") { () throws(ColdStorageError) in
      try RegisteredPolicy(parsing: policy.text)
    }
    require(again == policy, "a policy is read as it was written")
    require(again.words == policy.words, "a policy has one set of words")
    let twice = accepted { () throws(ColdStorageError) in try PolicyRegister([policy, again]) }
    require(twice == nil, "a policy is registered once")
  }
}
