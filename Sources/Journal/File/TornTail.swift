/// What follows the last whole batch of the last segment.
///
/// A crash can leave the batch that was being written in pieces: nobody was told of it, so it is cut
/// off. Anything else that is not a batch is damage, and is never cut: it may be a batch that
/// somebody was told of.
public struct TornTail: Equatable, Sendable {
  /// Path of the segment.
  public let file: String
  /// The batch that the pieces belong to.
  public let batch: UInt64
  /// Where the last whole batch ends.
  public let offset: Int
  /// Bytes from there to the last one that is not zero.
  public let count: Int

  /// Looks at what follows `cursor`, which has read all it could.
  ///
  /// - Returns: `nil` when nothing follows.
  /// - Throws: ``JournalError/damaged(_:)`` when what follows was once whole.
  package init?(after cursor: JournalCursor, in segments: Segments) throws(JournalError) {
    guard let found = try Self.remains(after: cursor, in: segments) else { return nil }
    // One batch at most, so this fits in memory; zeros are read up to the end of the sector.
    let size = try found.file.size()
    let end = min(size, (found.last / Self.sector + 1) * Self.sector)
    let bytes = try found.file.read(at: found.start, count: end - found.start)
    if let later = Self.wholeBatch(in: bytes, after: cursor.expected) {
      throw cursor.damage(.damagedBefore(later: later))
    }
    var position = cursor.position
    position.offset = found.start
    if let problem = Self.damage(in: bytes, at: position, fileSize: size) {
      throw .damaged(
        JournalDamage(
          file: found.file.path, batch: cursor.expected, offset: found.start, problem: problem))
    }
    file = found.file.path
    batch = cursor.expected
    offset = found.start
    count = found.last + 1 - found.start
  }

  /// The first bytes behind `cursor` that are not zero: in its segment, or in one that was prepared.
  private static func remains(
    after cursor: JournalCursor, in segments: Segments
  ) throws(JournalError) -> (file: any JournalFile, start: Int, last: Int)? {
    var number = cursor.segment
    var start = cursor.offset
    while let file = try segments.open(number) {
      if let last = try file.lastByteSet(from: start) { return (file, start, last) }
      number += 1
      start = SegmentHeader.count
    }
    return nil
  }

  /// The smallest unit that a disk writes wholly or not at all.
  private static let sector = 512

  /// Sequence of the first whole batch above `sequence` that begins anywhere in `bytes`.
  private static func wholeBatch(in bytes: [UInt8], after sequence: UInt64) -> UInt64? {
    var start = 0
    while let found = bytes[start...].firstIndex(of: BatchHeader.magic[0]) {
      start = found + 1
      guard bytes.count - found >= BatchHeader.count, bytes[found + 1] == BatchHeader.magic[1],
        let header = try? BatchHeader(bytes[found..<(found + BatchHeader.count)]),
        header.sequence > sequence, bytes.count - found >= header.frameCount,
        (try? BatchFrame(Array(bytes[found..<(found + header.frameCount)]))) != nil
      else { continue }
      return header.sequence
    }
    return nil
  }

  /// Tells a damaged batch from a torn one.
  ///
  /// The space was zeros before, and sectors are written whole: in a torn batch the file ends early,
  /// a sector is still zeros, or the end mark is missing. If the batch's own fields are there and none
  /// of this holds, all of it was written and has changed since.
  private static func damage(
    in bytes: [UInt8], at position: JournalPosition, fileSize: Int
  ) -> BatchProblem? {
    let expected = BatchHeader(
      sequence: position.expected, term: position.term, previous: position.previous, entryCount: 0,
      payloadCount: 0
    ).bytes
    guard bytes.count >= BatchHeader.count else { return nil }
    let isOurs =
      bytes[24..<56] == expected[24..<56] && position.expected > 1
      || bytes[..<16] == expected[..<16]
    guard isOurs else { return nil }
    let header: BatchHeader
    do throws(BatchProblem) {
      header = try BatchHeader(bytes)
    } catch {
      // A header may end in a zero; but what a short write left of one has zeros only behind it.
      let isWritten =
        sectorsAreWritten(in: bytes[..<BatchHeader.count], at: position.offset)
        && !bytes[(BatchHeader.count - 1)...].isZero
      return isWritten ? error : nil
    }
    guard position.offset + header.frameCount <= fileSize, bytes.count >= header.frameCount,
      bytes[header.frameCount - 1] != 0,
      sectorsAreWritten(in: bytes[..<header.frameCount], at: position.offset)
    else { return nil }
    do throws(BatchProblem) {
      _ = try BatchFrame(Array(bytes[..<header.frameCount]))
      return nil
    } catch {
      return error
    }
  }

  /// Whether each sector that `bytes` touch, beginning `offset` bytes into the file, was written.
  private static func sectorsAreWritten(in bytes: ArraySlice<UInt8>, at offset: Int) -> Bool {
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let sectorEnd = ((offset + start - bytes.startIndex) / sector + 1) * sector
      let end = min(bytes.endIndex, bytes.startIndex + sectorEnd - offset)
      if bytes[start..<end].isZero { return false }
      start = end
    }
    return true
  }
}
