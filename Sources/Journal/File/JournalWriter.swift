/// Appends batches, each durable before the call returns. One owner at a time uses it.
package final class JournalWriter {
  /// Bytes of the first segment of a journal; each after it has twice as much until the full size is
  /// reached, so that a small journal stays small and preparing the next keeps ahead of writing.
  static let firstSegmentBytes = 4 << 20

  private let segments: Segments
  private let segmentSize: Int
  private let preparer: SegmentPreparer
  private var file: any JournalFile
  private var capacity: Int
  /// Where the next batch begins.
  package private(set) var position: JournalPosition
  /// Where the last batch begins.
  private(set) var place: (segment: Int, offset: Int)

  /// Continues a journal behind its last whole batch.
  ///
  /// What follows `position` is discarded, and the last batch is written once more: after a failed
  /// sync the system may hold it in memory only and believe otherwise.
  ///
  /// - Parameter preparesAhead: Whether the next segment is made by a thread of its own.
  package init(
    segments: Segments, at position: JournalPosition, last: BatchFrame?, segmentSize: Int,
    preparesAhead: Bool = true
  ) throws(JournalError) {
    self.segments = segments
    self.segmentSize = max(segmentSize, SegmentHeader.count)
    self.position = position
    place = (position.segment, position.offset - (last?.bytes.count ?? 0))
    preparer = SegmentPreparer(segments: segments, runsBeside: preparesAhead)
    let storage = segments.storage
    // Segments behind the last batch hold nothing, or pieces of a batch that nobody was told of.
    for number in try segments.numbers(in: segments.folder) where number > position.segment {
      try storage.remove(segments.path(number))
    }
    guard storage.exists(segments.path(position.segment)) else {
      try storage.createFolder(segments.folder)
      capacity = min(self.segmentSize, Self.firstSegmentBytes)
      file = try preparer.take(position.segment, capacity: capacity)
      return
    }
    file = try storage.open(segments.path(position.segment), .readWrite)
    capacity =
      SegmentHeader(try file.read(at: 0, count: SegmentHeader.count))?.capacity ?? self.segmentSize
    if let garbage = try file.lastByteSet(from: position.offset) {
      try file.truncate(to: position.offset)
      try file.fill(from: position.offset, to: garbage + 1)
    }
    if let last, position.offset >= last.bytes.count + SegmentHeader.count {
      try file.write(last.bytes, at: position.offset - last.bytes.count)
    }
    try file.sync()
    // Space in advance is a convenience here: without it, a full disk stops the next write.
    if try file.size() < capacity { try? file.reserve(capacity) }
    try storage.syncFolder(segments.folder)
  }

  /// Sequence of the last batch, 0 before the first.
  package var head: UInt64 { position.expected - 1 }
  /// Hash of the last batch.
  package var headHash: [UInt8] { position.previous }
  /// Term of the last batch.
  package var term: UInt64 { position.term }

  /// Seals, writes and syncs one batch.
  ///
  /// After an error the journal must be opened anew: how much of the batch is on disk is unknown
  /// until then. It is cut off again here if that is possible.
  ///
  /// - Parameters:
  ///   - bytes: Room for a header and then the payload; completed in place.
  ///   - term: Not below that of the batch before.
  /// - Returns: The batch's hash.
  package func append(
    _ bytes: inout [UInt8], entryCount: UInt32, eventsDigest: [UInt8], term: UInt64
  ) throws(JournalError) -> [UInt8] {
    let payload = bytes.count - BatchHeader.count
    guard payload <= BatchHeader.maximumPayload else {
      throw .batchTooLarge(bytes: payload, limit: BatchHeader.maximumPayload)
    }
    precondition(term >= position.term, "terms never go back")
    let header = BatchHeader(
      sequence: position.expected, term: term, previous: position.previous,
      entryCount: entryCount, payloadCount: payload)
    let hash = BatchFrame.seal(&bytes, header, eventsDigest: eventsDigest)
    try write(bytes)
    position.expected += 1
    position.previous = hash
    position.term = term
    return hash
  }

  /// Writes and syncs a batch that another journal has, exactly as it is.
  ///
  /// - Throws: ``JournalError/damaged(_:)`` when it is not the next one; nothing is written then.
  package func append(copyOf frame: BatchFrame) throws(JournalError) {
    if let problem = position.problem(of: frame) {
      throw .damaged(
        JournalDamage(
          file: file.path, batch: position.expected, offset: position.offset, problem: problem))
    }
    try write(frame.bytes)
    position.expected += 1
    position.previous = frame.hash
    position.term = frame.header.term
  }

  /// Writes batches that another journal has, as ``append(copyOf:)`` does: each is durable before the
  /// next is written, for a power cut that tears two of them could not be told from damage.
  package func append(copiesOf frames: [BatchFrame]) throws(JournalError) {
    for frame in frames { try append(copyOf: frame) }
  }

  /// Waits for what runs beside. Nothing may be appended any more.
  package func close() { preparer.stop() }

  private func write(_ bytes: [UInt8]) throws(JournalError) {
    if position.offset > SegmentHeader.count, position.offset + bytes.count > capacity {
      try rotate()
    }
    do throws(JournalError) {
      try file.write(bytes, at: position.offset)
      try file.sync()
    } catch {
      try? file.truncate(to: position.offset)
      try? file.sync()
      throw error
    }
    place = (position.segment, position.offset)
    position.offset += bytes.count
    // Long before this one is full, and not for a journal that is hardly used.
    if position.offset > capacity / 4 { preparer.prepare(position.segment + 1, capacity: next) }
  }

  /// Bytes of the segment after this one.
  private var next: Int { min(segmentSize, max(capacity, 1) * 2) }

  /// Goes on to the next segment.
  private func rotate() throws(JournalError) {
    let size = next
    file = try preparer.take(position.segment + 1, capacity: size)
    capacity = size
    position.segment += 1
    position.offset = SegmentHeader.count
  }
}
