public import Cryptography

/// One direction of a session: a key and a counter that is never used twice. See Noise revision 34,
/// section 5.1, "The CipherState object".
public struct NoiseCipher: Sendable {
  private let key: SecretBytes
  private var counter: UInt64 = 0

  init(_ key: SecretBytes) { self.key = key }

  mutating func seal(
    _ plain: [UInt8], additionalData: [UInt8] = []
  ) throws(CryptographyError) -> [UInt8] {
    try ChaCha20Poly1305.seal(
      plain, key: key, nonce: try nextNonce(), additionalData: additionalData)
  }

  mutating func open(
    _ sealed: [UInt8], additionalData: [UInt8] = []
  ) throws(CryptographyError) -> [UInt8] {
    try ChaCha20Poly1305.open(
      sealed, key: key, nonce: try nextNonce(), additionalData: additionalData)
  }

  private mutating func nextNonce() throws(CryptographyError) -> [UInt8] {
    // The last value is reserved; nobody lives to see it.
    guard counter < .max else { throw .notAuthentic }
    defer { counter += 1 }
    return [0, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: counter >> UInt64(8 * $0)) }
  }
}

/// Both directions of a session. What was sealed is opened in the same order and once: a message
/// that is missing, repeated or changed opens no more, nor does any after it.
public struct NoiseSession: Sendable {
  private var sending: NoiseCipher
  private var receiving: NoiseCipher

  /// Bytes of plaintext in one message of the longest kind.
  static let pieceCount = NoiseKK.messageLimit - ChaCha20Poly1305.tagCount

  init(sending: NoiseCipher, receiving: NoiseCipher) {
    self.sending = sending
    self.receiving = receiving
  }

  /// Returns one message for each 65 519 bytes of `plain`, and one at least, behind each other.
  public mutating func seal(_ plain: [UInt8]) throws(CryptographyError) -> [UInt8] {
    var sealed: [UInt8] = []
    var rest = plain[...]
    repeat {
      sealed += try sending.seal(Array(rest.prefix(Self.pieceCount)))
      rest = rest.dropFirst(Self.pieceCount)
    } while !rest.isEmpty
    return sealed
  }

  /// Returns the plaintext of messages that ``seal(_:)`` of the other side made in one call.
  ///
  /// - Throws: ``CryptographyError/notAuthentic`` when they are not the next ones, or were changed.
  public mutating func open(_ sealed: [UInt8]) throws(CryptographyError) -> [UInt8] {
    var plain: [UInt8] = []
    var rest = sealed[...]
    repeat {
      plain += try receiving.open(Array(rest.prefix(NoiseKK.messageLimit)))
      rest = rest.dropFirst(NoiseKK.messageLimit)
    } while !rest.isEmpty
    return plain
  }
}
