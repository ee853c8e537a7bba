/// Where a batch begins, and what it must continue.
package struct JournalPosition: Equatable, Sendable {
  package var segment: Int
  /// Position in the segment, in bytes.
  package var offset: Int
  /// Sequence of the batch.
  package var expected: UInt64
  /// Hash of the batch before it.
  package var previous: [UInt8]
  /// Term of the batch before it.
  package var term: UInt64

  package init(
    segment: Int = 1, offset: Int = SegmentHeader.count, expected: UInt64 = 1,
    previous: [UInt8] = BatchHeader.genesis, term: UInt64 = 0
  ) {
    self.segment = segment
    self.offset = offset
    self.expected = expected
    self.previous = previous
    self.term = term
  }

  /// The position behind `frame`, which begins here.
  func advanced(over frame: BatchFrame) -> JournalPosition {
    JournalPosition(
      segment: segment, offset: offset + frame.bytes.count, expected: expected + 1,
      previous: frame.hash, term: frame.header.term)
  }

  /// Why a batch is not the one that belongs here, or `nil`.
  package func problem(of frame: BatchFrame) -> BatchProblem? {
    if frame.sequence != expected {
      return .sequence(expected: expected, found: frame.sequence)
    }
    if frame.header.previous != previous { return .previousHash }
    if frame.header.term < term { return .term(atLeast: term, found: frame.header.term) }
    return nil
  }
}
