// Unsafe file. Sound because the key is 16 bytes and the code 8, as libsodium reads and writes them,
// and the message is a span, whose length goes with it.
import CSodium

/// SipHash-2-4: a keyed hash of 64 bits, for tables and filters. See Aumasson and Bernstein,
/// "SipHash: a fast short-input PRF" (2012).
///
/// Whoever does not know the key can make no two messages collide on purpose. It is too short to
/// authenticate anything.
public struct SipHash24: Hashable, Sendable {
  /// Bytes of a key.
  public static let keyByteCount = 16

  // In the order of the bytes of the key, so that its memory is the key.
  private let key: (low: UInt64, high: UInt64)

  /// Creates the function of a key of 16 bytes, or `nil` when `key` has another length.
  public init?(key: some Collection<UInt8>) {
    guard key.count == Self.keyByteCount else { return nil }
    func word(_ bytes: some Collection<UInt8>) -> UInt64 {
      bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    self.key = (word(key.prefix(8)).littleEndian, word(key.dropFirst(8)).littleEndian)
  }

  private init(key: (low: UInt64, high: UInt64)) { self.key = key }

  /// Returns the function of a key that nobody knows.
  public static func random() -> SipHash24 {
    var generator = SystemRandomNumberGenerator()
    return SipHash24(key: (generator.next(), generator.next()))
  }

  /// Returns the hash of `message`.
  public func hash(_ message: [UInt8]) -> UInt64 { hash(of: message.span) }

  /// Returns the hash of `message`.
  public func hash(of message: Span<UInt8>) -> UInt64 {
    var code: UInt64 = 0
    unsafe message.withUnsafeBufferPointer { message in
      unsafe withUnsafeBytes(of: key) { key in
        unsafe withUnsafeMutableBytes(of: &code) { code in
          // Returns 0, always.
          _ = unsafe crypto_shorthash_siphash24(
            code.bytePointer, message.baseAddress, UInt64(message.count), key.bytePointer)
        }
      }
    }
    return UInt64(littleEndian: code)
  }

  public static func == (a: SipHash24, b: SipHash24) -> Bool { a.key == b.key }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(key.low)
    hasher.combine(key.high)
  }
}
