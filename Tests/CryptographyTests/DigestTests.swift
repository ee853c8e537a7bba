import Cryptography
import Testing
import Wire

@Suite struct DigestTests {
  /// FIPS 180-4 examples, and the table in the RIPEMD-160 paper.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ])
  func `SHA-256 gives the published digests`(message: String, digest: String) {
    #expect(Hex.text(SHA256.hash(Array(message.utf8))) == digest)
  }

  @Test func `the other hashes give the published digests of abc`() {
    let message = Array("abc".utf8)
    #expect(Hex.text(SHA1.hash(message)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(Hex.text(RIPEMD160.hash(message)) == "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")
    #expect(
      Hex.text(SHA512.hash(message))
        == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
  }

  @Test func `a message in pieces has the digest of the whole`() {
    let message = (0..<300).map { UInt8(truncatingIfNeeded: $0) }
    var stream = SHA256Stream()
    for start in stride(from: 0, to: 300, by: 7) {
      stream.update(Array(message[start..<min(start + 7, 300)]))
    }
    #expect(stream.finish() == SHA256.hash(message))
    stream.update(Array("abc".utf8))
    #expect(stream.finish() == SHA256.hash(Array("abc".utf8)))
  }

  @Test func `a secret message is authenticated like an open one`() throws {
    let secret = try SecretBytes(copying: [1, 2, 3])
    let code = try HMACSHA512.authenticateSecret(
      key: [9], prefix: [0], secret: secret, suffix: [4, 5])
    #expect(try code.revealed() == HMACSHA512.authenticate(key: [9], [0, 1, 2, 3, 4, 5]))
  }
}
