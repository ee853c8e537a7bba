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
    guard segments.exists(cursor.segment) else { return nil }
    let input = try DurableFile(path: cursor.path, mode: .read)
    guard let last = try input.lastByteSet(from: cursor.offset) else { return nil }
    // One batch at most, so this fits in memory; zeros are read up to the end of the sector.
    let size = try input.size()
    let end = min(size, (last / Self.sector + 1) * Self.sector)
    let bytes = try input.read(at: cursor.offset, count: end - cursor.offset)
    if let later = Self.wholeBatch(in: bytes, after: cursor.expected) {
      throw cursor.damage(.damagedBefore(later: later))
    }
    if let problem = Self.damage(in: bytes, at: cursor.position, fileSize: size) {
      throw cursor.damage(problem)
    }
    file = cursor.path
    batch = cursor.expected
    offset = cursor.offset
    count = last + 1 - cursor.offset
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
  /// a sector is still zeros, or the end is. If the batch's own fields are there and none of this
  /// holds, all of it was written and has changed since.
  private static func damage(
    in bytes: [UInt8], at position: JournalPosition, fileSize: Int
  ) -> BatchProblem? {
    let expected = BatchHeader(
      sequence: position.expected, previous: position.previous, entryCount: 0, payloadCount: 0
    ).bytes
    guard bytes.count >= BatchHeader.count else { return nil }
    let isOurs =
      bytes[16..<48] == expected[16..<48] && position.expected > 1
      || bytes[..<16] == expected[..<16]
    guard isOurs else { return nil }
    do throws(BatchProblem) {
      let header = try BatchHeader(bytes)
      guard position.offset + header.frameCount <= fileSize, bytes.count >= header.frameCount
      else { return nil }
      let isWritten = sectorsAreWritten(in: bytes[..<header.frameCount], at: position.offset)
      return isWritten ? .hash : nil
    } catch {
      let isWritten = sectorsAreWritten(in: bytes[..<BatchHeader.count], at: position.offset)
      return isWritten ? error : nil
    }
  }

  /// Whether each sector that `bytes` touch, beginning `offset` bytes into the file, was written, and
  /// the last of them to its end.
  private static func sectorsAreWritten(in bytes: ArraySlice<UInt8>, at offset: Int) -> Bool {
    guard bytes.last != 0 else { return false }
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
