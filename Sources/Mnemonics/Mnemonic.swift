// Unsafe file. Sound because every buffer is that of a secret, used inside its own closure and at
// indices below its count.
public import Cryptography

/// A seed's entropy as words, and the seed. See BIP-39.
public enum Mnemonic {
  /// Bytes of entropy that a mnemonic can hold.
  private static let lengths: Set<Int> = [16, 20, 24, 28, 32]

  /// Returns the words of `entropy`, of 16, 20, 24, 28 or 32 bytes, with blanks between.
  public static func phrase(entropy: SecretBytes) throws(MnemonicError) -> SecretBytes {
    guard lengths.contains(entropy.count) else {
      throw .wrongSecretLength(bytes: entropy.count)
    }
    do throws(CryptographyError) {
      let bits = try withChecksum(entropy)
      let count = entropy.count * 8 * 33 / 32 / 11
      let text = try WordText(count: count) { index throws(CryptographyError) in
        try bits.bits(from: 11 * index, count: 11)
      }
      return try text.text(in: .english)
    } catch {
      throw .cryptography(error)
    }
  }

  /// Returns the entropy of `phrase`.
  public static func entropy(phrase: SecretBytes) throws(MnemonicError) -> SecretBytes {
    let text = try WordText(phrase, in: .english)
    let byteCount = text.count * 11 * 32 / 33 / 8
    guard text.count.isMultiple(of: 3), lengths.contains(byteCount) else {
      throw .wrongLength(words: text.count)
    }
    let isRight: Bool
    let entropy: SecretBytes
    do throws(CryptographyError) {
      let packed = try SecretBytes(packing: text.count, wordsOf: 11) {
        index throws(CryptographyError) in
        try text.position(index)
      }
      entropy = try packed.part(0..<byteCount)
      let checksumBits = byteCount / 4
      let expected = try withChecksum(entropy)
      isRight =
        try packed.bits(from: 8 * byteCount, count: checksumBits)
        == expected.bits(from: 8 * byteCount, count: checksumBits)
    } catch {
      throw .cryptography(error)
    }
    guard isRight else { throw .wrongChecksum }
    return entropy
  }

  /// Returns the 64 bytes from which a wallet's root key follows.
  ///
  /// - Parameters:
  ///   - phrase: As ``phrase(entropy:)`` writes it; it is not checked here.
  ///   - passphrase: UTF-8 in Unicode's NFKD form, or `nil` for none.
  public static func seed(
    phrase: SecretBytes, passphrase: SecretBytes?
  ) throws(CryptographyError) -> SecretBytes {
    let prefix = Array("mnemonic".utf8)
    let salt: SecretBytes
    if let passphrase {
      salt = try SecretBytes(prefix, followedBy: passphrase)
    } else {
      salt = try SecretBytes(copying: prefix)
    }
    return try PBKDF2.key(.sha512, password: phrase, salt: salt, iterations: 2048, count: 64)
  }

  /// The entropy and the first byte of its hash, which holds the checksum.
  private static func withChecksum(_ entropy: SecretBytes) throws(CryptographyError) -> SecretBytes
  {
    let digest = try entropy.sha256()
    return try unsafe SecretBytes(count: entropy.count + 1) { target throws(CryptographyError) in
      try unsafe entropy.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
      try unsafe digest.withUnsafeBytes { unsafe target[entropy.count] = $0[0] }
    }
  }
}
