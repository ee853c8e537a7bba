import Cryptography
import Wire

/// The chain of hashes over everything that was ever taken.
struct LogHeads: Equatable, Sendable {
  /// Heads that a heartbeat may still name: weeks of them.
  static let limit = 8_192

  private(set) var count: UInt64 = 0
  private var recent: [[UInt8]] = []

  /// Zeros before the first entry.
  var head: [UInt8] { recent.last ?? [UInt8](repeating: 0, count: 32) }

  mutating func append(_ record: KeyHolderRecord, at time: Int64) {
    var writer = ByteWriter()
    writer.write(fixed: head)
    writer.write(time)
    record.encode(into: &writer)
    recent.append(SHA256.tagged("holdfast/key-holder-log/v1", writer.bytes))
    if recent.count > Self.limit { recent.removeFirst() }
    count += 1
  }

  /// Whether the head after `count` entries is too old to be remembered.
  func hasForgotten(_ count: UInt64) -> Bool {
    count > 0 && count <= self.count && self.count - count >= UInt64(recent.count)
  }

  /// Whether `head` was the head after `count` entries, as far as remembered.
  func had(_ head: [UInt8], after count: UInt64) -> Bool {
    guard count > 0, count <= self.count else { return false }
    let back = self.count - count
    guard back < UInt64(recent.count) else { return false }
    return recent[recent.count - 1 - Int(back)] == head
  }
}
