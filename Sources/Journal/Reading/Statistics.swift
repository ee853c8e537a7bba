/// What a journal looks like on disk, found without executing a command.
public struct JournalStatistics: Equatable, Sendable {
  public struct Segment: Equatable, Sendable {
    public var path: String
    /// Bytes that batches take.
    public var usedBytes: Int
    /// Bytes that the file takes, space reserved in advance included.
    public var fileBytes: Int
    public var batches: UInt64
    /// Sequence of its first batch, if it has one.
    public var first: UInt64?
  }

  public var segments: [Segment]
  public var batches: UInt64
  public var entries: UInt64
  /// Hash of the last batch, 32 bytes; zeros when there is none.
  public var headHash: [UInt8]
  /// Batches that have a snapshot, newest first.
  public var snapshots: [UInt64]
}

extension JournalReader {
  /// Walks the chain of hashes and counts.
  public func statistics() throws(JournalError) -> JournalStatistics {
    var statistics = JournalStatistics(
      segments: [], batches: 0, entries: 0, headHash: BatchHeader.genesis,
      snapshots: try SnapshotFolder(directory: directory).sequences())
    for number in 0..<(try segments.last()) {
      let path = segments.path(number + 1)
      statistics.segments.append(
        JournalStatistics.Segment(
          path: path, usedBytes: 0, fileBytes: try DurableFile(path: path, mode: .read).size(),
          batches: 0, first: nil))
    }
    var cursor = JournalCursor(segments: segments)
    while let frame = try cursor.next() {
      statistics.batches = frame.sequence
      statistics.entries += UInt64(frame.header.entryCount)
      statistics.headHash = frame.hash
      // A live writer may have begun a segment since they were counted.
      guard cursor.segment <= statistics.segments.count else { break }
      let index = cursor.segment - 1
      statistics.segments[index].usedBytes = cursor.offset
      statistics.segments[index].batches += 1
      if statistics.segments[index].first == nil {
        statistics.segments[index].first = frame.sequence
      }
    }
    return statistics
  }

  /// Bytes of all segments up to the last byte written.
  func totalBytes() throws(JournalError) -> UInt64 {
    let last = try segments.last()
    var total = 0
    for number in 0..<last {
      let file = try DurableFile(path: segments.path(number + 1), mode: .read)
      total += number + 1 < last ? try file.size() : (try file.lastByteSet(from: 0) ?? -1) + 1
    }
    return UInt64(total)
  }
}
