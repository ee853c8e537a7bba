/// Reads one segment forward: small batches through a window, so that they do not cost a call each, and
/// large ones straight into their own memory.
struct SegmentInput {
  private static let window = 1 << 18

  let file: any JournalFile
  private var buffer: [UInt8] = []
  private var start = 0
  /// Bytes of the batch that was read last.
  private var latest = 0
  /// Memory for a batch.
  private var spare: [UInt8] = []

  init(_ file: any JournalFile) { self.file = file }

  /// Forgets what was read before: a live writer may have changed it.
  mutating func forget() { buffer.removeAll(keepingCapacity: true) }

  /// Takes memory that a batch had, for the next one.
  mutating func reuse(_ memory: consuming [UInt8]) { spare = memory }

  /// Returns `count` bytes from `offset` on, fewer where the file ends, and has more ready where the
  /// batches are small.
  private mutating func read(at offset: Int, count: Int) throws(JournalError) -> ArraySlice<UInt8> {
    if offset < start || offset + count > start + buffer.count {
      let ahead = latest < Self.window / 2 ? Self.window : 0
      start = offset
      do throws(JournalError) {
        try file.read(at: offset, count: max(count, ahead), into: &buffer)
      } catch {
        // What is in it now nobody knows.
        forget()
        throw error
      }
    }
    return buffer[(offset - start)..<min(offset - start + count, buffer.count)]
  }

  /// Returns the batch of `count` bytes at `offset`, less of it where the file ends.
  private mutating func batch(at offset: Int, count: Int) throws(JournalError) -> [UInt8] {
    latest = count
    var bytes = spare
    spare = []
    if count < Self.window / 2 {
      let found = try read(at: offset, count: count)
      bytes.removeAll(keepingCapacity: true)
      bytes.append(contentsOf: found)
    } else {
      try file.read(at: offset, count: count, into: &bytes)
    }
    return bytes
  }
}

/// What stands at one position of a segment.
enum SegmentContent {
  case batch(BatchFrame)
  /// Zeros, or the end of the file, where a batch would begin.
  case nothing
  case broken(BatchProblem)
}

extension SegmentInput {
  /// Reads what begins at `offset`.
  mutating func content(at offset: Int) throws(JournalError) -> SegmentContent {
    let start = try read(at: offset, count: BatchHeader.count)
    if start.isZero { return .nothing }
    let count: Int
    do throws(BatchProblem) {
      count = try BatchHeader(start).frameCount
    } catch {
      return .broken(error)
    }
    let bytes = try batch(at: offset, count: count)
    do throws(BatchProblem) {
      return .batch(try BatchFrame(bytes))
    } catch {
      return .broken(error)
    }
  }
}
