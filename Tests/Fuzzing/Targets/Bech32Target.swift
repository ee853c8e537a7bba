import Bitcoin

enum Bech32Target: FuzzTarget {
  static func check(_ input: [UInt8]) {
    let text = input.text
    if let parts = Bech32.parse(text) {
      let written = Bech32.text(
        humanReadablePart: parts.humanReadablePart, values: parts.values, variant: parts.variant)
      require(written == text.lowercased(), "values are written as they were read")
    }
    if let bytes = Bech32.bytes(fiveBitValues: input) {
      require(Bech32.fiveBitValues(bytes) == input, "padding has one form")
    }
    require(
      Bech32.bytes(fiveBitValues: Bech32.fiveBitValues(input)) == input, "bytes come back")
  }
}
