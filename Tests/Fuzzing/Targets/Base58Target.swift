import Bitcoin

enum Base58Target: FuzzTarget {
  static func check(_ input: [UInt8]) {
    let text = input.text
    if let bytes = Base58.bytes(text) {
      require(bytes.count <= 128, "the limit holds")
      require(Base58.text(bytes) == text, "digits have one meaning and one form")
    }
    if let payload = Base58.checkedPayload(text) {
      require(Base58.checkText(payload) == text, "a payload is written as it was read")
    }
    guard input.count <= 124 else { return }
    require(Base58.bytes(Base58.text(input)) == input, "bytes come back")
    require(Base58.checkedPayload(Base58.checkText(input)) == input, "a payload comes back")
  }
}
