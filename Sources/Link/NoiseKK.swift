public import Cryptography

/// The handshake `Noise_KK_25519_ChaChaPoly_SHA256`: both sides know each other's static key before
/// it begins, and two messages prove it. See The Noise Protocol Framework, revision 34, sections 5
/// and 7.5.
///
/// Pure: it reads no file and waits for nothing. After an error it is of no more use.
public struct NoiseKK: Sendable {
  /// Who speaks first.
  public enum Role: Sendable { case initiator, responder }

  /// Bytes that a message adds to its payload: an ephemeral key and a tag.
  public static let overhead = 32 + ChaCha20Poly1305.tagCount
  /// Longest message of any kind in bytes. See section 3, "Message format".
  public static let messageLimit = 65_535

  private let role: Role
  private let own: X25519.PrivateKey
  private let other: X25519.PublicKey
  private let ephemeral: X25519.PrivateKey
  private var chainingKey: SecretBytes
  private var cipher: NoiseCipher?
  /// The other side's ephemeral key, once it was read.
  private var remote: X25519.PublicKey?
  /// What both sides have seen so far, 32 bytes; at the end it names the session.
  public private(set) var hash: [UInt8]

  /// Begins a handshake.
  ///
  /// - Parameters:
  ///   - prologue: What both sides must agree on beforehand.
  ///   - own: This side's static key.
  ///   - other: The other side's static key.
  ///   - ephemeral: A fresh key for this handshake alone; given only to reproduce published vectors.
  public init(
    _ role: Role, prologue: [UInt8], own: X25519.PrivateKey, other: X25519.PublicKey,
    ephemeral: X25519.PrivateKey? = nil
  ) throws(CryptographyError) {
    self.role = role
    self.own = own
    self.other = other
    if let ephemeral {
      self.ephemeral = ephemeral
    } else {
      self.ephemeral = try .random()
    }
    // The name has exactly the length of a hash, so it is the first one itself.
    let name = Array("Noise_KK_25519_ChaChaPoly_SHA256".utf8)
    chainingKey = try SecretBytes(copying: name)
    hash = name
    mix(prologue)
    mix(role == .initiator ? own.publicKey.bytes : other.bytes)
    mix(role == .initiator ? other.bytes : own.publicKey.bytes)
  }

  /// Returns this side's message around `payload`.
  public mutating func write(_ payload: [UInt8]) throws(CryptographyError) -> [UInt8] {
    mix(ephemeral.publicKey.bytes)
    switch role {
    case .initiator:
      try mixKey(try ephemeral.sharedSecret(with: other))
      try mixKey(try own.sharedSecret(with: other))
    case .responder:
      guard let remote else { throw .notAuthentic }
      try mixKey(try ephemeral.sharedSecret(with: remote))
      try mixKey(try ephemeral.sharedSecret(with: other))
    }
    guard let sealed = try cipher?.seal(payload, additionalData: hash) else {
      throw .notAuthentic
    }
    mix(sealed)
    return ephemeral.publicKey.bytes + sealed
  }

  /// Returns the payload of the other side's message.
  ///
  /// - Throws: ``CryptographyError/notAuthentic`` when its sender has not the static key that is
  ///   expected, expects another one of ours, or anything was changed on the way.
  public mutating func read(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard message.count >= Self.overhead, message.count <= Self.messageLimit,
      let remote = X25519.PublicKey(bytes: Array(message.prefix(32)))
    else { throw .notAuthentic }
    self.remote = remote
    mix(remote.bytes)
    switch role {
    case .initiator:
      try mixKey(try ephemeral.sharedSecret(with: remote))
      try mixKey(try own.sharedSecret(with: remote))
    case .responder:
      try mixKey(try own.sharedSecret(with: remote))
      try mixKey(try own.sharedSecret(with: other))
    }
    let sealed = Array(message.dropFirst(32))
    guard let payload = try cipher?.open(sealed, additionalData: hash) else {
      throw .notAuthentic
    }
    mix(sealed)
    return payload
  }

  /// The keys of the session, after both messages.
  public func split() throws(CryptographyError) -> NoiseSession {
    let (initiators, responders) = try ChainedKeys.derive(
      chainingKey: chainingKey, material: nil)
    return switch role {
    case .initiator:
      NoiseSession(sending: NoiseCipher(initiators), receiving: NoiseCipher(responders))
    case .responder:
      NoiseSession(sending: NoiseCipher(responders), receiving: NoiseCipher(initiators))
    }
  }

  private mutating func mix(_ data: [UInt8]) { hash = SHA256.hash(hash + data) }

  private mutating func mixKey(_ material: SecretBytes) throws(CryptographyError) {
    let (next, key) = try ChainedKeys.derive(chainingKey: chainingKey, material: material)
    chainingKey = next
    cipher = NoiseCipher(key)
  }
}
