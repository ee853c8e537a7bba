/// Walks the batches of a journal in order and checks that each continues the chain.
///
/// Safe beside a live writer: a batch that is not whole yet is simply not there yet, and the next
/// call looks again.
package struct JournalCursor {
  private let segments: Segments
  /// The segment that is being read, from 1.
  package private(set) var segment: Int
  /// Where the next batch begins in it.
  package private(set) var offset: Int
  /// Sequence of the next batch.
  package private(set) var expected: UInt64
  /// Hash of the batch before it.
  package private(set) var previous: [UInt8]
  private var input: SegmentInput?
  /// Where the batch that was returned last begins.
  private var latest: (segment: Int, offset: Int, sequence: UInt64) = (1, 0, 0)

  /// Starts at the first batch.
  package init(segments: Segments) {
    self.init(segments: segments, at: JournalPosition())
  }

  /// Continues at a position that a cursor reached before.
  package init(segments: Segments, at position: JournalPosition) {
    self.segments = segments
    segment = position.segment
    offset = position.offset
    expected = position.expected
    previous = position.previous
  }

  /// Where this cursor stands.
  package var position: JournalPosition {
    JournalPosition(segment: segment, offset: offset, expected: expected, previous: previous)
  }

  /// Path of the segment that is being read.
  package var path: String { segments.path(segment) }

  /// Returns the next batch, or `nil` when no whole one follows yet.
  ///
  /// - Parameter durable: The last batch known to be durable; ending before it is damage.
  /// - Throws: ``JournalError/damaged(_:)`` when what stands here is not the next batch and never
  ///   will be.
  package mutating func next(durable: UInt64 = 0) throws(JournalError) -> BatchFrame? {
    while true {
      if let frame = try accept(try content()) { return frame }
      // The order matters: a writer finishes a segment before it begins the next, so if the next
      // one exists, a second look shows all of this one.
      let isFinished = segments.exists(segment + 1)
      input?.forget()
      let content = try content()
      if let frame = try accept(content) { return frame }
      if isFinished {
        if case .broken(let problem) = content { throw damage(problem) }
        guard try restIsZero() else { throw damage(.bytesAfterLastBatch) }
        segment += 1
        offset = 0
        input = nil
        continue
      }
      guard expected > durable else {
        if case .broken(let problem) = content { throw damage(problem) }
        throw damage(.endsBefore(durable))
      }
      return nil
    }
  }

  /// Describes damage at the current position.
  package func damage(_ problem: BatchProblem) -> JournalError {
    .damaged(JournalDamage(file: path, batch: expected, offset: offset, problem: problem))
  }

  /// Describes damage inside the batch that was returned last.
  package func damageInLatest(_ problem: BatchProblem) -> JournalError {
    .damaged(
      JournalDamage(
        file: segments.path(latest.segment), batch: latest.sequence, offset: latest.offset,
        problem: problem))
  }

  private mutating func content() throws(JournalError) -> SegmentContent {
    if input == nil {
      guard segments.exists(segment) else { return .nothing }
      input = SegmentInput(try DurableFile(path: path, mode: .read))
    }
    return try input?.content(at: offset) ?? .nothing
  }

  /// Steps over a batch that belongs here.
  private mutating func accept(_ content: SegmentContent) throws(JournalError) -> BatchFrame? {
    guard case .batch(let frame) = content else { return nil }
    guard frame.sequence == expected else {
      throw damage(.sequence(expected: expected, found: frame.sequence))
    }
    guard frame.header.previous == previous else { throw damage(.previousHash) }
    latest = (segment, offset, expected)
    offset += frame.bytes.count
    expected += 1
    previous = frame.hash
    return frame
  }

  private func restIsZero() throws(JournalError) -> Bool {
    guard let file = input?.file else { return true }
    return try file.lastByteSet(from: offset) == nil
  }
}

/// Where a batch begins, and what it must continue.
package struct JournalPosition: Equatable, Sendable {
  package var segment: Int
  package var offset: Int
  package var expected: UInt64
  package var previous: [UInt8]

  package init(
    segment: Int = 1, offset: Int = 0, expected: UInt64 = 1,
    previous: [UInt8] = BatchHeader.genesis
  ) {
    self.segment = segment
    self.offset = offset
    self.expected = expected
    self.previous = previous
  }
}

extension DurableFile {
  /// Position of the last byte that is not zero at or after `offset`, or `nil`.
  package func lastByteSet(from offset: Int) throws(JournalError) -> Int? {
    let chunk = 1 << 20
    var end = try size()
    while end > offset {
      let start = max(offset, end - chunk)
      let bytes = try read(at: start, count: end - start)
      if !bytes.isZero, let index = bytes.lastIndex(where: { $0 != 0 }) { return start + index }
      end = start
    }
    return nil
  }
}
