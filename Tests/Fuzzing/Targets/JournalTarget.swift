import Engine
import Journal
import Wire

/// Batches as they stand on disk and travel to followers.
enum JournalTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    let previous = [UInt8](repeating: 0, count: 32)
    let digest = [UInt8](repeating: 0, count: 16)
    // One entry: a tick at time 1.
    let entry: [UInt8] = [1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    return [
      entry, entry + entry,
      BatchFrame(
        sequence: 1, previous: previous, entryCount: 1, payload: entry, eventsDigest: digest
      ).bytes,
    ]
  }

  static func check(_ input: [UInt8]) {
    if let batch = accepted({ () throws(BatchProblem) in try JournalBatch(decoding: input) }) {
      require(batch.bytes == input, "a batch is kept as it was read")
    }
    if let header = SegmentHeader(input) {
      require(input.starts(with: header.bytes), "a segment's header is written as it was read")
    }
    // Sealed as our own, the entries themselves are what is looked at.
    let payload = Array(input.prefix(input.count & ~7))
    for count in 0...min(UInt32(payload.count / 16), 3) {
      let frame = BatchFrame(
        sequence: 1, previous: BatchHeader.genesis, entryCount: count, payload: payload,
        eventsDigest: [UInt8](repeating: 0, count: BatchFrame.digestCount))
      let batch = accepted { () throws(BatchProblem) in try JournalBatch(decoding: frame.bytes) }
      guard let batch else { continue }
      require(batch.entries.count == Int(count), "a batch has as many entries as it says")
      var last = frame.bytes
      last[last.count - 1] ^= 1
      require((try? JournalBatch(decoding: last)) == nil, "a changed bit is noticed")
    }
  }
}
