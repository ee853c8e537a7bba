import Bitcoin

enum ScriptTarget: FuzzTarget {
  static func check(_ input: [UInt8]) {
    let script = Script(input)
    _ = script.assembly
    for accurate in [false, true] {
      require(
        script.signatureOperationCount(accurate: accurate) <= 20 * input.count,
        "no byte counts more than twenty signatures")
    }
    if let steps = script.instructions {
      let pushed = steps.reduce(0) { $0 + ($1.data?.count ?? 0) }
      require(steps.count + pushed <= input.count, "a script holds what it pushes")
      require(
        script.isPushOnly == steps.allSatisfy(\.isPush), "push-only is a property of the steps")
    }
    for network in Network.allCases {
      guard let text = Address.text(for: script, network: network) else { continue }
      let found = sure("an address that we write is one") { () throws(AddressError) in
        try Address.parse(text, network: network)
      }
      require(found == script, "an address leads back to its script")
    }
    if let bytes = try? ScriptNumber.value(input, requireMinimal: true) {
      require(ScriptNumber.bytes(bytes) == input, "a minimal number has one form")
    }
  }
}
