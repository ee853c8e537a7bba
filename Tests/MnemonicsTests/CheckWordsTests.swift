import Cryptography
import Mnemonics
import Testing

@Suite struct CheckWordsTests {
  @Test func `a digest's words are those of its bits, the first ones when fewer are asked for`() {
    let zero = [UInt8](repeating: 0, count: 32)
    #expect(CheckWords.words(of: zero) == [String](repeating: "abandon", count: 12))
    #expect(CheckWords.words(of: [UInt8](repeating: 0xFF, count: 32), count: 2) == ["zoo", "zoo"])
    // 00000000001 00000000010 ...
    #expect(CheckWords.words(of: [0, 0x20, 0x08], count: 2) == ["ability", "able"])
    let digest = SHA256.hash([1, 2, 3])
    #expect(
      CheckWords.words(of: digest, count: 4) == Array(CheckWords.words(of: digest).prefix(4)))
  }

  @Test func `one bit gives other words`() {
    var digest = SHA256.hash([7])
    let words = CheckWords.words(of: digest)
    digest[0] ^= 0x80
    #expect(CheckWords.words(of: digest)[0] != words[0])
    #expect(CheckWords.words(of: digest).dropFirst() == words.dropFirst())
  }
}
