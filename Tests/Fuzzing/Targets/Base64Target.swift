import Wire

enum Base64Target: FuzzTarget {
  static func check(_ input: [UInt8]) {
    let text = input.text
    if let bytes = Base64.bytes(text) {
      require(Base64.text(bytes) == text, "Base64 has one form")
    }
    if let bytes = Hex.bytes(text) {
      require(Hex.text(bytes) == text.lowercased(), "digits have one meaning")
    }
    require(Base64.bytes(Base64.text(input)) == input, "bytes come back from Base64")
    require(Hex.bytes(Hex.text(input)) == input, "bytes come back from digits")
  }
}
