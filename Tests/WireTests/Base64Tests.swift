import Structures
import Testing
import Wire

@Suite struct Base64Tests {
  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func `text and bytes are those of RFC 4648`(plain: String, text: String) {
    #expect(Base64.text(Array(plain.utf8)) == text)
    #expect(Base64.bytes(text) == Array(plain.utf8))
  }

  @Test(arguments: [
    "Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zm9v====", "Zm 9v", "Zm9v\n", "====", "Z===", "é===",
  ])
  func `what is not the one text of its bytes is refused`(text: String) {
    #expect(Base64.bytes(text) == nil)
  }

  @Test func `random bytes come back`() {
    var random = SplitMix64(seed: 3)
    for count in 0..<100 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(Base64.bytes(Base64.text(bytes)) == bytes)
    }
  }
}
