import Cryptography
import Mnemonics
import Testing

@Suite struct PolicyWordsTests {
  @Test func `an identifier's words are those of its first bits`() {
    let zeros = [UInt8](repeating: 0, count: 32)
    #expect(PolicyWords.words(of: zeros) == [String](repeating: "abandon", count: 12))
    // 00000000001 00000000010, and then zeros.
    let words = PolicyWords.words(of: [0, 0x20, 0x08] + zeros.dropFirst(3))
    #expect(words == ["ability", "able"] + [String](repeating: "abandon", count: 10))
  }

  @Test func `one bit gives other words`() {
    var identifier = SHA256.hash([7])
    let words = PolicyWords.words(of: identifier)
    identifier[0] ^= 0x80
    #expect(PolicyWords.words(of: identifier)[0] != words[0])
    #expect(PolicyWords.words(of: identifier).dropFirst() == words.dropFirst())
  }
}
