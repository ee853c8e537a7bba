import Cryptography
import Wire

/// The chain of hashes over everything that was ever taken.
struct LogHeads: Equatable, Sendable {
  /// Heads that a heartbeat may still name: weeks of them.
  static let limit = 8_192

  private struct Head: Equatable, Sendable {
    /// The number of the entry.
    let count: UInt64
    let hash: [UInt8]
  }

  /// Of the last entry.
  private(set) var count: UInt64 = 0
  private var recent: [Head] = []
  /// The last published of logs that this one took the place of.
  private var replaced: [Head] = []

  /// Zeros before the first entry.
  var head: [UInt8] { recent.last?.hash ?? [UInt8](repeating: 0, count: 32) }

  /// - Parameter number: The entry's own, where it does not follow the one before.
  mutating func append(_ record: KeyHolderRecord, at time: Int64, number: UInt64? = nil) {
    var writer = ByteWriter()
    writer.write(fixed: head)
    writer.write(time)
    record.encode(into: &writer)
    count = number ?? count + 1
    recent.append(
      Head(count: count, hash: SHA256.tagged("holdfast/key-holder-log/v1", writer.bytes)))
    if recent.count > Self.limit { recent.removeFirst() }
  }

  /// From now on `head` counts as one of this log after `count` entries.
  mutating func replace(_ head: [UInt8], after count: UInt64) {
    replaced.append(Head(count: count, hash: head))
  }

  /// Whether the head after `count` entries is too old to be remembered.
  func hasForgotten(_ count: UInt64) -> Bool {
    count > 0 && recent.first.map { count < $0.count } ?? false
  }

  /// Whether `head` was the head after `count` entries, as far as remembered.
  func had(_ head: [UInt8], after count: UInt64) -> Bool {
    let asked = Head(count: count, hash: head)
    return recent.last { $0.count <= count } == asked || replaced.contains(asked)
  }
}
