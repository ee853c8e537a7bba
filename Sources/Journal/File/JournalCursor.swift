/// Walks the batches of a journal in order and checks that each continues the chain.
///
/// Safe beside a live writer: a batch that is not whole yet is simply not there yet, and the next
/// call looks again.
package struct JournalCursor {
  private let segments: Segments
  /// Where the next batch begins and what it must continue.
  package private(set) var position: JournalPosition
  private var input: SegmentInput?
  /// Where the batch that was returned last begins.
  private var latest = JournalPosition()

  /// Starts at the first batch, or at a position that a cursor reached before.
  package init(segments: Segments, at position: JournalPosition = JournalPosition()) {
    self.segments = segments
    self.position = position
  }

  /// The segment that is being read, from 1.
  package var segment: Int { position.segment }
  /// Where the next batch begins in it.
  package var offset: Int { position.offset }
  /// Sequence of the next batch.
  package var expected: UInt64 { position.expected }
  /// Hash of the batch before it.
  package var previous: [UInt8] { position.previous }
  /// Path of the segment that is being read.
  package var path: String { input?.file.path ?? segments.path(segment) }
  /// The segment that is being read, if it is there.
  var file: (any JournalFile)? { input?.file }

  /// Returns the next batch, or `nil` when no whole one follows yet.
  ///
  /// - Parameter durable: The last batch known to be durable; ending before it is damage.
  /// - Throws: ``JournalError/damaged(_:)`` when what stands here is not the next batch and never
  ///   will be.
  package mutating func next(durable: UInt64 = 0) throws(JournalError) -> BatchFrame? {
    while true {
      if let frame = try accept(try content()) { return frame }
      // The order matters: a writer finishes a segment before it begins the next, so if a batch has
      // begun there, a second look shows all of this one.
      let isFinished = try segments.isBegun(segment + 1)
      input?.forget()
      let content = try content()
      if let frame = try accept(content) { return frame }
      if isFinished {
        guard input != nil else {
          throw .damaged(
            JournalDamage(file: path, batch: expected, offset: 0, problem: .segmentMissing))
        }
        if case .broken(let problem) = content { throw damage(problem) }
        guard try restIsZero() else { throw damage(.bytesAfterLastBatch) }
        position.segment += 1
        position.offset = SegmentHeader.count
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

  /// Takes memory that a batch had, for the next one.
  mutating func reuse(_ memory: consuming [UInt8]) { input?.reuse(memory) }

  /// Describes damage at the current position.
  package func damage(_ problem: BatchProblem) -> JournalError { damage(problem, at: position) }

  /// Describes damage inside the batch that was returned last.
  package func damageInLatest(_ problem: BatchProblem) -> JournalError {
    damage(problem, at: latest)
  }

  private func damage(_ problem: BatchProblem, at place: JournalPosition) -> JournalError {
    .damaged(
      JournalDamage(
        file: place.segment == segment ? path : segments.path(place.segment),
        batch: place.expected, offset: place.offset, problem: problem))
  }

  private mutating func content() throws(JournalError) -> SegmentContent {
    if var input {
      // Given up while it is used, so that its buffer is not copied.
      self.input = nil
      defer { self.input = input }
      return try input.content(at: offset)
    }
    guard let file = try segments.open(segment) else { return .nothing }
    guard SegmentHeader(try file.read(at: 0, count: SegmentHeader.count))?.number == segment
    else {
      throw .damaged(
        JournalDamage(file: file.path, batch: expected, offset: 0, problem: .segmentHeader))
    }
    var opened = SegmentInput(file)
    defer { input = opened }
    return try opened.content(at: offset)
  }

  /// Steps over a batch that belongs here.
  private mutating func accept(_ content: SegmentContent) throws(JournalError) -> BatchFrame? {
    guard case .batch(let frame) = content else { return nil }
    if let problem = position.problem(of: frame) { throw damage(problem) }
    latest = position
    position = position.advanced(over: frame)
    return frame
  }

  private func restIsZero() throws(JournalError) -> Bool {
    guard let file = input?.file else { return true }
    return try file.lastByteSet(from: offset) == nil
  }
}
