/// Reads one segment forward through a window, so that small batches do not cost a call each.
struct SegmentInput {
  private static let window = 1 << 18

  let file: any JournalFile
  private var buffer: [UInt8] = []
  private var start = 0

  init(_ file: any JournalFile) { self.file = file }

  /// Forgets what was read before: a live writer may have changed it.
  mutating func forget() { buffer = [] }

  /// Returns `count` bytes from `offset` on, fewer where the file ends.
  mutating func read(at offset: Int, count: Int) throws(JournalError) -> ArraySlice<UInt8> {
    if offset < start || offset + count > start + buffer.count {
      buffer = try file.read(at: offset, count: max(count, Self.window))
      start = offset
    }
    return buffer[(offset - start)..<min(offset - start + count, buffer.count)]
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
    let bytes = Array(try read(at: offset, count: count))
    do throws(BatchProblem) {
      return .batch(try BatchFrame(bytes))
    } catch {
      return .broken(error)
    }
  }
}
