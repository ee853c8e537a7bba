/// A 32-byte digest.
public struct Digest256: Hashable, Sendable {
  /// The 32 bytes, in the order in which the hash function returns them.
  public let bytes: [UInt8]

  /// Creates a digest, or `nil` when `bytes` are not exactly 32.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// Creates the SHA-256 of `message`.
  public init(hashing message: [UInt8]) { bytes = SHA256.hash(message) }

  /// 32 zero bytes.
  public static let zero = Digest256(zeros: ())

  private init(zeros: Void) { bytes = [UInt8](repeating: 0, count: 32) }
}
