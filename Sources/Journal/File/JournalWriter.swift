/// Appends batches, each durable before the call returns. One owner at a time uses it.
package final class JournalWriter {
  private let segments: Segments
  private let segmentSize: Int
  private var file: DurableFile
  private var position: JournalPosition

  /// Continues a journal behind its last whole batch.
  ///
  /// What follows `position` is discarded, and the last batch is written once more: after a failed
  /// sync the system may hold it in memory only and believe otherwise.
  package init(
    segments: Segments, at position: JournalPosition, last: BatchFrame?, segmentSize: Int
  ) throws(JournalError) {
    self.segments = segments
    self.segmentSize = segmentSize
    self.position = position
    if segments.exists(position.segment) {
      file = try DurableFile(path: segments.path(position.segment), mode: .readWrite)
      if try file.lastByteSet(from: position.offset) != nil {
        try file.truncate(to: position.offset)
      }
      if let last, position.offset >= last.bytes.count {
        try file.write(last.bytes, at: position.offset - last.bytes.count)
      }
      try file.sync()
      // Space in advance is a convenience here: without it, a full disk stops the next write.
      try? file.allocate(segmentSize)
    } else {
      try Directory.create(segments.folder)
      file = try Self.create(position.segment, in: segments, size: segmentSize)
    }
    try Directory.sync(segments.folder)
  }

  /// Sequence of the last batch, 0 before the first.
  package var head: UInt64 { position.expected - 1 }
  /// Hash of the last batch.
  package var headHash: [UInt8] { position.previous }

  /// Seals, writes and syncs one batch.
  ///
  /// After an error the journal must be opened anew: how much of the batch is on disk is unknown
  /// until then. It is cut off again here if that is possible.
  package func append(
    entryCount: UInt32, payload: [UInt8], eventsDigest: [UInt8]
  ) throws(JournalError) -> BatchFrame {
    guard payload.count <= BatchHeader.maximumPayload else {
      throw .batchTooLarge(bytes: payload.count, limit: BatchHeader.maximumPayload)
    }
    let frame = BatchFrame(
      sequence: position.expected, previous: position.previous, entryCount: entryCount,
      payload: payload, eventsDigest: eventsDigest)
    if position.offset > 0, position.offset + frame.bytes.count > segmentSize { try rotate() }
    do throws(JournalError) {
      try file.write(frame.bytes, at: position.offset)
      try file.sync()
    } catch {
      try? file.truncate(to: position.offset)
      try? file.sync()
      throw error
    }
    position.offset += frame.bytes.count
    position.expected += 1
    position.previous = frame.hash
    return frame
  }

  /// Writes batches that another machine sealed, in order, and syncs once behind the last.
  package func append(sealed frames: [BatchFrame]) throws(JournalError) {
    var next = position
    for frame in frames {
      precondition(frame.sequence == next.expected && frame.header.previous == next.previous)
      if next.offset > 0, next.offset + frame.bytes.count > segmentSize {
        position = next
        try rotate()
        next = position
      }
      try file.write(frame.bytes, at: next.offset)
      next.offset += frame.bytes.count
      next.expected += 1
      next.previous = frame.hash
    }
    try file.sync()
    position = next
  }

  /// Begins the next segment, then gives the space behind the last batch of this one back.
  private func rotate() throws(JournalError) {
    let next = try Self.create(position.segment + 1, in: segments, size: segmentSize)
    try Directory.sync(segments.folder)
    try file.truncate(to: position.offset)
    try file.sync()
    file = next
    position.segment += 1
    position.offset = 0
  }

  private static func create(
    _ number: Int, in segments: Segments, size: Int
  ) throws(JournalError) -> DurableFile {
    let path = segments.path(number)
    let file = try DurableFile(path: path, mode: .create)
    do throws(JournalError) {
      try file.allocate(size)
      try file.sync()
    } catch {
      try? Directory.remove(path)
      throw error
    }
    return file
  }
}
