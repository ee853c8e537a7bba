import Foundation
import Structures
import Testing

@Suite struct SipHashTests {
  @Test func `the digests are those of the reference implementation`() throws {
    let url = Bundle.module.bundleURL.appendingPathComponent("Vectors/siphash128.txt")
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    let key = HashKey(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908)
    var passed = 0
    for (count, line) in lines.enumerated() {
      var hash = SipHash(key)
      hash.add((0..<count).map { UInt8($0) })
      let digits = (0..<16).map { index in
        let byte = UInt8(truncatingIfNeeded: hash.digest >> UInt128(index * 8))
        return (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
      #expect(digits.joined() == line, "\(count) bytes")
      passed += digits.joined() == line ? 1 : 0
    }
    print("siphash128.txt: \(passed) of 64 vectors passed")
    #expect(passed == 64)
  }

  @Test func `a word is its eight bytes, and another key gives another digest`() {
    var words = SipHash(HashKey(1, 2))
    words.add(UInt64(0x0807_0605_0403_0201))
    var bytes = SipHash(HashKey(1, 2))
    bytes.add([1, 2, 3, 4, 5, 6, 7, 8])
    #expect(words.digest == bytes.digest)
    var other = SipHash(HashKey(1, 3))
    other.add([1, 2, 3, 4, 5, 6, 7, 8])
    #expect(other.digest != bytes.digest)
  }
}
