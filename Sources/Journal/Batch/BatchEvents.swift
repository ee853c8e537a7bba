import Cryptography
import Engine
import Money
import Wire

/// What the commands of one batch did. The only place that knows how the exchange is driven.
struct BatchEvents: Sendable {
  private var events: [Event] = []
  /// The end of each command's events.
  private var ends: [Int] = []

  /// Commands carried out so far.
  var count: Int { ends.count }

  /// Carries out one command from its canonical bytes.
  ///
  /// - Throws: `WireError` when the bytes are no command. Nothing happened then.
  mutating func apply(
    _ record: borrowing Span<UInt8>, at time: Timestamp, to exchange: inout Exchange
  ) throws(WireError) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(record.count)
    for index in 0..<record.count { bytes.append(record[index]) }
    var reader = ByteReader(bytes)
    let command = try Command(from: &reader)
    try reader.finish()
    exchange.apply(command, at: time) { events.append($0) }
    ends.append(events.count)
  }

  /// What command `index` did.
  func events(of index: Int) -> [Event] {
    Array(events[(index == 0 ? 0 : ends[index - 1])..<ends[index]])
  }

  /// The running digest of all events, so that two executions of the journal can be compared at each
  /// batch. It is for accidents, not for forgers: the batch's hash covers it.
  ///
  /// - Parameter previous: The digest of the batch before.
  func digest(after previous: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(fixed: previous)
    for event in events { event.encode(into: &writer) }
    return Array(SHA256.hash(writer.bytes).prefix(BatchFrame.digestCount))
  }

  /// Forgets everything and keeps the memory.
  mutating func removeAll() {
    events.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  /// What the digest of the first batch continues.
  static let genesis = [UInt8](repeating: 0, count: BatchFrame.digestCount)
}
