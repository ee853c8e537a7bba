import Bitcoin

enum AddressTarget: FuzzTarget {
  static func check(_ input: [UInt8]) {
    checkText(input.text)
    // With a right checksum the search gets further.
    checkText(Base58.checkText(input))
    for network in [Network.mainnet, .regtest] {
      let values = input.map { $0 & 31 }
      for variant in [Bech32.Variant.bech32, .bech32m] {
        checkText(
          Bech32.text(
            humanReadablePart: network.humanReadablePart, values: values, variant: variant))
      }
    }
  }

  private static func checkText(_ text: String) {
    for network in Network.allCases {
      let script = accepted { () throws(AddressError) in
        try Address.parse(text, network: network)
      }
      guard let script, let written = Address.text(for: script, network: network) else { continue }
      require(
        written == text || written == text.lowercased(), "an address is written as it was read")
    }
  }
}
