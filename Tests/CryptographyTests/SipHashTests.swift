import Cryptography
import Testing

@Suite struct SipHashTests {
  /// The first hashes of the table in the reference implementation, and the example of the paper:
  /// key 00 01 … 0f, message 00 01 … of the length given.
  @Test(arguments: [
    (0, UInt64(0x726f_db47_dd0e_0e31)), (1, 0x74f8_39c5_93dc_67fd), (8, 0x93f5_f579_9a93_2462),
    (15, 0xa129_ca61_49be_45e5),
  ])
  func `hashes are those of the reference`(length: Int, hash: UInt64) throws {
    let function = try #require(SipHash24(key: (0..<16).map(UInt8.init)))
    #expect(function.hash((0..<length).map(UInt8.init)) == hash)
  }

  @Test func `a key has 16 bytes`() {
    #expect(SipHash24(key: [UInt8](repeating: 0, count: 15)) == nil)
    #expect(SipHash24(key: [UInt8](repeating: 0, count: 17)) == nil)
  }

  @Test func `two random keys give two functions`() {
    #expect(SipHash24.random() != SipHash24.random())
    #expect(SipHash24.random().hash([1, 2, 3]) != SipHash24.random().hash([1, 2, 3]))
  }
}
