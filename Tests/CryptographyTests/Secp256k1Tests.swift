import Cryptography
import Testing
import Wire

@Suite struct Secp256k1Tests {
  @Test func `the key one has the generator as its public key`() throws {
    let one = try SecretBytes(copying: [UInt8](repeating: 0, count: 31) + [1])
    #expect(
      Hex.text(try Secp256k1.publicKey(from: one))
        == "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
    #expect(try Secp256k1.publicKey(from: one, compressed: false).count == 65)
  }

  @Test func `zero and the group order are no private keys`() throws {
    let order = try #require(
      Hex.bytes("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"))
    #expect(!Secp256k1.isValidPrivateKey(try SecretBytes(copying: order)))
    #expect(
      !Secp256k1.isValidPrivateKey(try SecretBytes(copying: [UInt8](repeating: 0, count: 32))))
    #expect(throws: CryptographyError.invalidPrivateKey) {
      try Secp256k1.publicKey(from: SecretBytes(copying: order))
    }
  }

  @Test(arguments: UInt8(1)..<24)
  func `tweaking commutes with taking the public key`(number: UInt8) throws {
    let key = try SecretBytes(copying: SHA256.hash([number]))
    let tweak = SHA256.hash([number, number])
    let child = try Secp256k1.tweakAdd(privateKey: key, tweak: SecretBytes(copying: tweak))
    let point = try Secp256k1.publicKey(from: key)
    #expect(
      try Secp256k1.publicKey(from: child) == Secp256k1.tweakAdd(publicKey: point, tweak: tweak))

    let x = try Secp256k1.xOnlyPublicKey(from: key)
    let output = try Secp256k1.xOnlyTweakAdd(publicKey: x, tweak: tweak)
    let outputKey = try Secp256k1.xOnlyTweakAdd(privateKey: key, tweak: tweak)
    #expect(try Secp256k1.xOnlyPublicKey(from: outputKey) == output.key)
    #expect(
      Secp256k1.xOnlyTweakAddCheck(
        output: output.key, isOdd: output.isOdd, internalKey: x, tweak: tweak))
    #expect(
      !Secp256k1.xOnlyTweakAddCheck(
        output: output.key, isOdd: !output.isOdd, internalKey: x, tweak: tweak))
  }

  @Test(arguments: UInt8(1)..<24)
  func `signatures verify for their digest and key only`(number: UInt8) throws {
    let key = try SecretBytes(copying: SHA256.hash([number]))
    let digest = SHA256.hash([number, 1])
    let other = SHA256.hash([number, 2])
    let point = try Secp256k1.publicKey(from: key)
    let signature = try Secp256k1.signECDSA(digest, with: key)
    #expect(Secp256k1.isLowS(signature))
    #expect(Secp256k1.verifyStrictECDSA(signature, digest: digest, publicKey: point))
    #expect(Secp256k1.verifyECDSA(signature, digest: digest, publicKey: point))
    #expect(!Secp256k1.verifyECDSA(signature, digest: other, publicKey: point))

    let x = try Secp256k1.xOnlyPublicKey(from: key)
    let schnorr = try Secp256k1.signSchnorr(digest, with: key, auxiliary: other)
    #expect(Secp256k1.verifySchnorr(schnorr, message: digest, publicKey: x))
    #expect(!Secp256k1.verifySchnorr(schnorr, message: other, publicKey: x))
  }
}
