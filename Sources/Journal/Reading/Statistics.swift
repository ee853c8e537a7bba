/// What a journal looks like on disk, found without executing a command.
public struct JournalStatistics: Equatable, Sendable {
  public struct Segment: Equatable, Sendable {
    public var path: String
    /// Bytes that batches take.
    public var usedBytes: Int
    /// Bytes that the file takes, space reserved in advance included.
    public var fileBytes: Int
    public var isArchived: Bool
    public var batches: UInt64
    /// Sequence of its first batch, if it has one.
    public var first: UInt64?
  }

  public var segments: [Segment]
  /// Sequence of the first batch that is here, 0 when there is none. Those before it were archived.
  public var first: UInt64
  /// Sequence of the last batch.
  public var batches: UInt64
  /// Commands in the batches that are here.
  public var entries: UInt64
  /// Hash of the last batch, 32 bytes; zeros when there is none.
  public var headHash: [UInt8]
  /// The writer's fencing token in the last batch.
  public var term: UInt64
  /// Batches that have a snapshot, newest first.
  public var snapshots: [UInt64]
}

extension JournalReader {
  /// Walks the chain of hashes and counts.
  public func statistics() throws(JournalError) -> JournalStatistics {
    var statistics = JournalStatistics(
      segments: [], first: 0, batches: 0, entries: 0, headHash: BatchHeader.genesis, term: 0,
      snapshots: try snapshots.sequences())
    guard let range = try segments.range() else { return statistics }
    for number in range {
      guard let file = try segments.open(number) else { continue }
      statistics.segments.append(
        JournalStatistics.Segment(
          path: file.path, usedBytes: 0, fileBytes: try file.size(),
          isArchived: file.path == segments.archivedPath(number), batches: 0, first: nil))
    }
    var cursor = JournalCursor(segments: segments, at: try firstPosition())
    while let frame = try cursor.next() {
      if statistics.first == 0 { statistics.first = frame.sequence }
      statistics.batches = frame.sequence
      statistics.entries += UInt64(frame.header.entryCount)
      statistics.headHash = frame.hash
      statistics.term = frame.header.term
      // A live writer may have begun a segment since they were counted.
      let index = cursor.segment - range.lowerBound
      guard index < statistics.segments.count else { break }
      statistics.segments[index].usedBytes = cursor.offset
      statistics.segments[index].batches += 1
      if statistics.segments[index].first == nil {
        statistics.segments[index].first = frame.sequence
      }
    }
    return statistics
  }

  /// Where the first batch that is here begins.
  func firstPosition() throws(JournalError) -> JournalPosition {
    guard let range = try segments.range(), range.lowerBound > 1 else { return JournalPosition() }
    guard let start = try segments.start(of: range.lowerBound) else {
      throw .damaged(
        JournalDamage(
          file: segments.path(range.lowerBound), batch: 0, offset: SegmentHeader.count,
          problem: .noMagic))
    }
    return start
  }

  /// Bytes of all segments that are here, up to the last byte written.
  func totalBytes() throws(JournalError) -> UInt64 {
    guard let range = try segments.range() else { return 0 }
    var total = 0
    for number in range {
      guard let file = try segments.open(number) else { continue }
      total += (try file.lastByteSet(from: SegmentHeader.count) ?? -1) + 1
    }
    return UInt64(total)
  }
}
