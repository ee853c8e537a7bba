// Unsafe file. Sound because every pointer handed to nettle is that of an array or a struct that
// lives through the call, and the lengths are those of the arrays.
import CNettle
import CSodium

/// SHA-256. See FIPS 180-4.
public enum SHA256 {
  /// Returns the 32-byte digest of `message`.
  public static func hash(_ message: [UInt8]) -> [UInt8] {
    var stream = SHA256Stream()
    stream.update(message)
    return stream.finish()
  }

  /// Returns the 32-byte digest of `message`.
  public static func hash(of message: Span<UInt8>) -> [UInt8] {
    var stream = SHA256Stream()
    stream.update(message)
    return stream.finish()
  }

  /// Returns the digest of the digest of `message`, as Bitcoin hashes blocks and transactions.
  public static func double(_ message: [UInt8]) -> [UInt8] {
    var stream = SHA256Stream()
    stream.update(message)
    return stream.finishDouble()
  }

  /// Returns the hash of `message` under `tag`. See BIP-340, "Design".
  public static func tagged(_ tag: String, _ message: [UInt8]) -> [UInt8] {
    let prefix = hash(Array(tag.utf8))
    var stream = SHA256Stream()
    stream.update(prefix)
    stream.update(prefix)
    stream.update(message)
    return stream.finish()
  }
}

/// SHA-256 of a message that arrives in pieces.
public struct SHA256Stream: Sendable {
  fileprivate var state = sha256_ctx()

  /// Creates a stream that has seen nothing.
  public init() { unsafe nettle_sha256_init(&state) }

  /// Appends `piece` to the message.
  public mutating func update(_ piece: [UInt8]) {
    unsafe nettle_sha256_update(&state, piece.count, piece)
  }

  /// Appends `piece` to the message.
  public mutating func update(_ piece: Span<UInt8>) {
    unsafe piece.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      unsafe nettle_sha256_update(&state, bytes.count, base)
    }
  }

  /// Returns the digest of everything seen and begins a new message.
  public mutating func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    unsafe nettle_sha256_digest(&state, digest.count, &digest)
    return digest
  }
}

extension SHA256Stream {
  /// Returns the digest of the digest of everything seen and begins a new message.
  fileprivate mutating func finishDouble() -> [UInt8] {
    var digest = finish()
    update(digest)
    unsafe nettle_sha256_digest(&state, digest.count, &digest)
    return digest
  }
}

/// SHA-512. See FIPS 180-4.
public enum SHA512 {
  /// Returns the 64-byte digest of `message`.
  public static func hash(_ message: [UInt8]) -> [UInt8] {
    var state = sha512_ctx()
    var digest = [UInt8](repeating: 0, count: 64)
    unsafe nettle_sha512_init(&state)
    unsafe nettle_sha512_update(&state, message.count, message)
    unsafe nettle_sha512_digest(&state, digest.count, &digest)
    return digest
  }
}

extension SecretBytes {
  /// Returns the SHA-256 digest of the secret, read in place.
  public func sha256() throws(CryptographyError) -> SecretBytes {
    var state = sha256_ctx()
    unsafe nettle_sha256_init(&state)
    defer { unsafe sodium_memzero(&state, MemoryLayout<sha256_ctx>.size) }
    try unsafe withUnsafeBytes { bytes in
      unsafe nettle_sha256_update(&state, bytes.count, bytes.bytePointer)
    }
    return try unsafe SecretBytes(count: 32) { digest in
      unsafe nettle_sha256_digest(&state, digest.count, digest.bytePointer)
    }
  }

  /// Returns the SHA-256 of the secret and `suffix` under `tag`, read in place. See BIP-340, "Design".
  func tagged(_ tag: String, suffix: [UInt8] = []) throws(CryptographyError) -> SecretBytes {
    let prefix = SHA256.hash(Array(tag.utf8))
    var state = sha256_ctx()
    unsafe nettle_sha256_init(&state)
    defer { unsafe sodium_memzero(&state, MemoryLayout<sha256_ctx>.size) }
    for _ in 0..<2 { unsafe nettle_sha256_update(&state, prefix.count, prefix) }
    try unsafe withUnsafeBytes { bytes in
      unsafe nettle_sha256_update(&state, bytes.count, bytes.bytePointer)
    }
    unsafe nettle_sha256_update(&state, suffix.count, suffix)
    return try unsafe SecretBytes(count: 32) { digest in
      unsafe nettle_sha256_digest(&state, digest.count, digest.bytePointer)
    }
  }
}
