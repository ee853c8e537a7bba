import Cryptography
import Testing

@Suite struct SealingTests {
  @Test func `a sealed secret comes back, and no change to it does`() throws {
    let key = try SecureRandom.secret(32)
    let nonce = SecureRandom.bytes(24)
    let secret = try SecretBytes(copying: [1, 2, 3, 4])
    let sealed = try XChaCha20Poly1305.seal(secret, key: key, nonce: nonce, additionalData: [9])
    let opened = try XChaCha20Poly1305.openSecret(
      sealed, key: key, nonce: nonce, additionalData: [9])
    #expect(try opened.revealed() == [1, 2, 3, 4])
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 1
      #expect(throws: CryptographyError.notAuthentic) {
        try XChaCha20Poly1305.openSecret(changed, key: key, nonce: nonce, additionalData: [9])
      }
    }
    #expect(throws: CryptographyError.notAuthentic) {
      try XChaCha20Poly1305.openSecret(sealed, key: key, nonce: nonce, additionalData: [8])
    }
  }

  @Test func `an Ed25519 signature holds for its message and key only`() throws {
    let alice = try Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
    let bob = try Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](repeating: 2, count: 32)))
    let signature = try alice.sign([1, 2, 3])
    #expect(alice.publicKey.verify(signature, of: [1, 2, 3]))
    #expect(!alice.publicKey.verify(signature, of: [1, 2, 4]))
    #expect(!bob.publicKey.verify(signature, of: [1, 2, 3]))
  }

  /// RFC 8032, section 7.1, test 1.
  @Test func `the public key follows from the seed as published`() throws {
    let seed: [UInt8] = [
      0x9D, 0x61, 0xB1, 0x9D, 0xEF, 0xFD, 0x5A, 0x60, 0xBA, 0x84, 0x4A, 0xF4, 0x92, 0xEC, 0x2C,
      0xC4, 0x44, 0x49, 0xC5, 0x69, 0x7B, 0x32, 0x69, 0x19, 0x70, 0x3B, 0xAC, 0x03, 0x1C, 0xAE,
      0x7F, 0x60,
    ]
    let key = try Ed25519.PrivateKey(seed: SecretBytes(copying: seed))
    #expect(key.publicKey.bytes.prefix(4) == [0xD7, 0x5A, 0x98, 0x01])
  }
}
