import Cryptography
import Testing
import Wire

@Suite struct AES256CTRTests {
  /// NIST SP 800-38A, appendix F.5.5.
  @Test func `the published example comes out, and back`() throws {
    let key = try SecretBytes(
      copying: #require(
        Hex.bytes("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")))
    let counter = try #require(Hex.bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"))
    let plain = try #require(
      Hex.bytes("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"))
    let sealed = try AES256CTR.apply(plain, key: key, counter: counter)
    #expect(
      Hex.text(sealed) == "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5")
    #expect(try AES256CTR.apply(sealed, key: key, counter: counter) == plain)
  }

  @Test func `a key or counter of another length is refused`() throws {
    let short = try SecretBytes(copying: [UInt8](repeating: 1, count: 16))
    #expect(
      throws: CryptographyError.wrongLength(of: "AES-256 key", expected: 32, actual: 16)
    ) { try AES256CTR.apply([1], key: short, counter: [UInt8](repeating: 0, count: 16)) }
  }
}
