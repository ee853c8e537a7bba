/// What it costs to try one passphrase on a key file: Argon2id's passes and memory.
///
/// The named ones are libsodium's `crypto_pwhash` INTERACTIVE, MODERATE and SENSITIVE.
public struct KeyFileCost: Hashable, Sendable {
  /// Passes over the memory, 1 to 16.
  public let passes: UInt64
  /// Memory in bytes, 64 MiB to 2 GiB.
  public let memoryBytes: UInt64

  /// Passes that are accepted; above, a forged file could hold a program up for long.
  public static let allowedPasses: ClosedRange<UInt64> = 1...16
  /// Memory that is accepted: below, guessing is too cheap; above, opening fails on small machines.
  public static let allowedMemoryBytes: ClosedRange<UInt64> = (64 << 20)...(2 << 30)

  /// About a tenth of a second, 64 MiB.
  public static let interactive = KeyFileCost(unchecked: 2, 64 << 20)
  /// About a second, 256 MiB: the default.
  public static let moderate = KeyFileCost(unchecked: 3, 256 << 20)
  /// Several seconds, 1 GiB.
  public static let sensitive = KeyFileCost(unchecked: 4, 1 << 30)

  private init(unchecked passes: UInt64, _ memoryBytes: UInt64) {
    self.passes = passes
    self.memoryBytes = memoryBytes
  }

  /// Creates a cost read from a file.
  ///
  /// - Throws: ``KeyFileError/costOutOfRange(_:)`` naming the parameter and its range.
  public init(passes: UInt64, memoryBytes: UInt64) throws(KeyFileError) {
    guard Self.allowedPasses.contains(passes) else {
      throw .costOutOfRange("\(passes) Argon2id passes; allowed are 1 to 16")
    }
    guard Self.allowedMemoryBytes.contains(memoryBytes) else {
      throw .costOutOfRange("\(memoryBytes) bytes of Argon2id memory; allowed are 64 MiB to 2 GiB")
    }
    self.passes = passes
    self.memoryBytes = memoryBytes
  }
}
