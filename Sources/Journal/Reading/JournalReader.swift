import Synchronization

/// Reads a journal without changing it, also beside a process that is writing it.
public struct JournalReader: Sendable {
  public let directory: String
  let segments: Segments
  private let durable: (@Sendable () -> UInt64)?
  private let positions = PositionCache()

  /// Reads the journal in the data folder `directory`.
  ///
  /// Beside a live writer in another process, a batch may be seen a moment before it is durable.
  ///
  /// - Parameter archive: Folder to which old segments were moved, if they were.
  public init(directory: String, archive: String? = nil) {
    self.init(
      directory: directory, segments: Segments(directory: directory, archive: archive),
      durable: nil)
  }

  /// - Parameter durable: The last batch that may be seen.
  package init(directory: String, segments: Segments, durable: (@Sendable () -> UInt64)?) {
    self.directory = directory
    self.segments = segments
    self.durable = durable
  }

  /// Whether there is a journal at all.
  public var exists: Bool { (try? segments.range()) != .some(nil) }

  var snapshots: SnapshotFolder {
    SnapshotFolder(directory: directory, storage: segments.storage)
  }

  /// Returns the batches after `sequence` exactly as they stand on disk, for a follower.
  ///
  /// - Parameters:
  ///   - sequence: The last batch the follower has, 0 for none.
  ///   - limitBytes: Stops before the batch that would exceed this, but gives at least one.
  /// - Returns: Nothing when the follower has all.
  public func rawBatches(
    after sequence: UInt64, limitBytes: Int = 1 << 20
  ) throws(JournalError) -> [[UInt8]] {
    guard var cursor = try cursor(after: sequence) else { return [] }
    let last = durable?() ?? .max
    var batches: [[UInt8]] = []
    var size = 0
    while cursor.expected <= last, let frame = try next(&cursor) {
      size += frame.bytes.count
      if size > limitBytes, !batches.isEmpty { break }
      batches.append(frame.bytes)
      positions.remember(cursor.position)
    }
    return batches
  }

  /// Returns the batches after `sequence`, decoded.
  public func batches(
    after sequence: UInt64, limitBytes: Int = 1 << 20
  ) throws(JournalError) -> [JournalBatch] {
    guard var cursor = try cursor(after: sequence) else { return [] }
    let last = durable?() ?? .max
    var batches: [JournalBatch] = []
    var size = 0
    while cursor.expected <= last, let frame = try next(&cursor) {
      size += frame.bytes.count
      if size > limitBytes, !batches.isEmpty { break }
      do throws(BatchProblem) {
        batches.append(try JournalBatch(frame))
      } catch {
        throw cursor.damageInLatest(error)
      }
      positions.remember(cursor.position)
    }
    return batches
  }

  /// Returns the hash of batch `sequence`, at least 1; `nil` when the journal does not reach so far.
  package func hash(of sequence: UInt64) throws(JournalError) -> [UInt8]? {
    try cursor(after: sequence)?.previous
  }

  /// The term of the last batch; 0 when there is none.
  package func lastTerm() throws(JournalError) -> UInt64 { try end().term }

  /// The last batch and its hash; 0 and zeros when there is none.
  package func lastBatch() throws(JournalError) -> (sequence: UInt64, hash: [UInt8]) {
    let end = try end()
    return (end.expected - 1, end.previous)
  }

  /// Confirms that nothing was whole once behind batch `sequence` that cannot be read now. Beside a live
  /// writer, batches may follow.
  package func confirmEnd(after sequence: UInt64) throws(JournalError) {
    guard var cursor = try cursor(after: sequence) else { return }
    var tail: TornTail?
    _ = try nextOrTail(&cursor, &tail)
  }

  /// The place behind the last batch.
  private func end() throws(JournalError) -> JournalPosition {
    guard let range = try segments.range() else { return JournalPosition() }
    for number in range.reversed() {
      guard let start = try segments.start(of: number) else { continue }
      var cursor = JournalCursor(segments: segments, at: start)
      while try cursor.next() != nil {}
      return cursor.position
    }
    return JournalPosition()
  }

  /// SHA-256 of the state in the snapshot that was taken at batch `sequence`; `nil` when there is none.
  package func stateHash(ofSnapshotAt sequence: UInt64) throws(JournalError) -> [UInt8]? {
    guard snapshots.exists(sequence) else { return nil }
    return try? snapshots.load(sequence).get().stateHash
  }

  /// Executes the journal and hands over each batch with its events, for views that are rebuilt.
  ///
  /// - Parameters:
  ///   - sequence: Batches up to this one are executed but not handed over. A snapshot saves
  ///     executing them where one is old enough.
  ///   - last: Stops after this batch; by default at the end of what is durable.
  /// - Returns: The exchange after the last batch.
  public func replay(
    after sequence: UInt64 = 0, through last: UInt64? = nil,
    _ body: (CommittedBatch) throws(JournalError) -> Void = { _ in }
  ) throws(JournalError) -> Replica {
    let end = min(last ?? .max, durable?() ?? .max)
    var replica = try snapshot(notAfter: min(sequence, end)) ?? Replica()
    guard let cursor = try cursor(after: replica.sequence) else { return Replica() }
    var events = BatchEvents(keepsEvents: false)
    let ahead = try ReadAhead(cursor, through: end, durable: durable ?? { 0 })
    defer { ahead.stop() }
    while true {
      let step = try ahead.next()
      let cursor = step.cursor
      guard let frame = step.frame else { break }
      if frame.sequence <= sequence {
        try replica.execute(frame, from: cursor, into: &events)
        continue
      }
      let memory = BatchMemory(holding: frame.bytes)
      try replica.execute(frame, from: cursor, into: &memory.events)
      let record = BatchRecord(
        sequence: frame.sequence, hash: frame.hash, memory: memory, pool: .none)
      try body(CommittedBatch(record))
    }
    return replica
  }

  /// The newest usable snapshot of this journal that is not after `sequence`.
  private func snapshot(notAfter sequence: UInt64) throws(JournalError) -> Replica? {
    for candidate in try snapshots.sequences() where candidate <= sequence {
      guard case .success(let snapshot)? = try? snapshots.load(candidate),
        try snapshot.batch(in: segments) != nil, let replica = try? snapshot.replica()
      else { continue }
      return replica
    }
    return nil
  }

  /// The next batch; an absent one that is known to be durable is damage.
  private func next(_ cursor: inout JournalCursor) throws(JournalError) -> BatchFrame? {
    try cursor.next(durable: durable?() ?? 0)
  }

  /// A cursor that stands behind batch `sequence`; `nil` when the journal does not reach so far.
  private func cursor(after sequence: UInt64) throws(JournalError) -> JournalCursor? {
    if let position = positions.position(after: sequence) {
      return JournalCursor(segments: segments, at: position)
    }
    // Followers ask for what they like; behind the last number there is no batch.
    guard sequence < .max else { return nil }
    var cursor = JournalCursor(segments: segments, at: try start(notAfter: sequence + 1))
    while cursor.expected <= sequence { guard try next(&cursor) != nil else { return nil } }
    positions.remember(cursor.position)
    return cursor
  }

  /// The beginning of the last segment that begins no later than with batch `sequence`.
  private func start(notAfter sequence: UInt64) throws(JournalError) -> JournalPosition {
    guard let range = try segments.range() else { return JournalPosition() }
    for number in range.reversed() {
      guard let start = try segments.start(of: number) else { continue }
      if start.expected <= sequence { return start }
      if number == range.lowerBound { throw .archived(before: start.expected) }
    }
    throw .damaged(
      JournalDamage(
        file: segments.path(range.lowerBound), batch: 0, offset: SegmentHeader.count,
        problem: .noMagic))
  }
}

/// Remembers where recently read batches end, so that a follower who asks for what comes next need
/// not be searched for.
private final class PositionCache: Sendable {
  private static let limit = 64
  private let positions = Mutex<[JournalPosition]>([])

  func position(after sequence: UInt64) -> JournalPosition? {
    positions.withLock { $0.last { $0.expected == sequence + 1 } }
  }

  func remember(_ position: JournalPosition) {
    positions.withLock { positions in
      positions.removeAll { $0.expected == position.expected }
      if positions.count == Self.limit { positions.removeFirst() }
      positions.append(position)
    }
  }
}
