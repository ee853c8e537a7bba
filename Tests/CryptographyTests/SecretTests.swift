import Cryptography
import Testing

@Suite struct SecretTests {
  @Test func `a wiped secret can no longer be read`() throws {
    let secret = try SecretBytes(copying: [1, 2, 3])
    #expect(try secret.revealed() == [1, 2, 3])
    secret.wipe()
    #expect(throws: CryptographyError.wiped) { try secret.revealed() }
  }

  @Test func `a secret shows nothing of itself`() throws {
    let secret = try SecretBytes(copying: [65, 66, 67])
    var dumped = ""
    dump(secret, to: &dumped)
    #expect("\(secret)" == "SecretBytes(3 bytes)")
    #expect(!dumped.contains("65"))
  }

  @Test func `random bytes have the length asked for and differ`() throws {
    #expect(SecureRandom.bytes(32).count == 32)
    #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
    #expect(try SecureRandom.secret(16).revealed() != SecureRandom.secret(16).revealed())
  }

  @Test func `equal bytes are equal and all others are not`() {
    #expect(ConstantTime.equal([1, 2], [1, 2]))
    #expect(!ConstantTime.equal([1, 2], [1, 3]))
    #expect(!ConstantTime.equal([1, 2], [1, 2, 3]))
    #expect(ConstantTime.equal([], []))
  }

  @Test func `the passphrase and the salt both decide the key`() throws {
    let alice = try SecretBytes(copying: Array("correct horse".utf8))
    let bob = try SecretBytes(copying: Array("correct horsf".utf8))
    let salt = [UInt8](repeating: 7, count: 16)
    func key(_ passphrase: SecretBytes, _ salt: [UInt8]) throws -> [UInt8] {
      try Argon2id.key(passphrase: passphrase, salt: salt, opsLimit: 1, memLimitBytes: 8192)
        .revealed()
    }
    #expect(try key(alice, salt) == key(alice, salt))
    #expect(try key(alice, salt) != key(bob, salt))
    #expect(try key(alice, salt) != key(alice, [UInt8](repeating: 8, count: 16)))
  }

  @Test func `wrong lengths and costs are named`() throws {
    let secret = try SecretBytes(copying: [1])
    #expect(throws: CryptographyError.wrongLength(of: "Argon2id salt", expected: 16, actual: 3)) {
      try Argon2id.key(passphrase: secret, salt: [1, 2, 3], opsLimit: 1, memLimitBytes: 8192)
    }
    let salt = [UInt8](repeating: 0, count: 16)
    #expect(throws: CryptographyError.self) {
      try Argon2id.key(passphrase: secret, salt: salt, opsLimit: 0, memLimitBytes: 8192)
    }
    #expect(throws: CryptographyError.self) {
      try Argon2id.key(passphrase: secret, salt: salt, opsLimit: 1, memLimitBytes: 8191)
    }
  }
}
