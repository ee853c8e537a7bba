// Unsafe file. Sound because:
// 1. `base` is allocated here once by `sodium_malloc` and freed once, in `deinit`.
// 2. Every access is through a buffer of exactly `count` bytes that ends with the call.
// 3. Reads and the wipe exclude each other through `state`.
// 4. The stack is wiped only below the frame that asks for it.
import CSodium
import Synchronization

/// A secret in memory that is locked against swapping, kept out of core dumps, fenced by guard
/// pages, and wiped when it is released.
///
/// It has no description, no hash and no encoding, so it cannot reach a log by accident.
@safe
public final class SecretBytes: @unchecked Sendable, CustomStringConvertible,
  CustomReflectable
{
  /// Number of bytes, at least 1.
  public let count: Int
  /// Whether the system granted the lock. When it did not (RLIMIT_MEMLOCK too small), the secret
  /// can reach swap; a signer must refuse to start then.
  public let isLocked: Bool

  private let base: UnsafeMutableRawPointer
  /// Whether the secret has been wiped.
  private let state = Mutex(false)

  /// Creates a secret of `count` bytes that `fill` writes in place.
  ///
  /// - Throws: ``CryptographyError/outOfMemory``, or what `fill` throws.
  public init(
    count: Int, fill: (UnsafeMutableRawBufferPointer) throws(CryptographyError) -> Void
  ) throws(CryptographyError) {
    precondition(count > 0, "a secret has at least one byte")
    SodiumLibrary.start()
    guard let base = unsafe sodium_malloc(count) else { throw .outOfMemory }
    unsafe sodium_memzero(base, count)
    unsafe self.base = base
    self.count = count
    // sodium_malloc has tried to lock already but does not tell; locking again is idempotent.
    isLocked = unsafe sodium_mlock(base, count) == 0
    defer { Self.wipeStack() }
    try unsafe fill(UnsafeMutableRawBufferPointer(start: base, count: count))
  }

  /// Creates a secret with a copy of `bytes`. The source is not wiped; that stays with its owner.
  public convenience init(copying bytes: [UInt8]) throws(CryptographyError) {
    try unsafe self.init(count: bytes.count) { buffer in unsafe buffer.copyBytes(from: bytes) }
  }

  deinit { unsafe sodium_free(base) }

  /// Calls `body` with the secret, in place. Not re-entrant for the same secret.
  ///
  /// - Throws: ``CryptographyError/wiped`` after ``wipe()``, or what `body` throws.
  public func withUnsafeBytes<R: Sendable>(
    _ body: (UnsafeRawBufferPointer) throws(CryptographyError) -> R
  ) throws(CryptographyError) -> R {
    try state.withLock { wiped throws(CryptographyError) in
      guard !wiped else { throw .wiped }
      defer { Self.wipeStack() }
      return try unsafe body(UnsafeRawBufferPointer(start: base, count: count))
    }
  }

  /// Wipes the stack that the work on a secret has just left: the C libraries copy keys into local
  /// variables, and not all of them clear those in a way that a compiler keeps.
  private static func wipeStack() { sodium_stackzero(16_384) }

  /// Returns a copy of a part of the secret, still locked.
  public func part(_ range: Range<Int>) throws(CryptographyError) -> SecretBytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "part outside the secret")
    return try unsafe withUnsafeBytes { bytes throws(CryptographyError) in
      try unsafe SecretBytes(count: range.count) { part in
        unsafe part.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
      }
    }
  }

  /// Returns a copy in ordinary memory, for a value that stops being secret (a public part).
  public func revealed() throws(CryptographyError) -> [UInt8] {
    try unsafe withUnsafeBytes { bytes in unsafe Array(bytes) }
  }

  /// Overwrites the secret now; every later use throws ``CryptographyError/wiped``.
  public func wipe() {
    state.withLock { wiped in
      unsafe sodium_memzero(base, count)
      wiped = true
    }
  }

  /// The length only.
  public var description: String { "SecretBytes(\(count) bytes)" }

  /// Nothing, so that dumping a value that holds a secret shows nothing of it.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
