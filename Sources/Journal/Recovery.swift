import Engine

/// What opening and running a journal has to say to the log.
public enum JournalNote: Equatable, Sendable {
  /// The batch that was being written in a crash was cut off; nobody had been told of it.
  case tornTailCut(TornTail)
  /// A snapshot could not be used; an older one, or the journal alone, serves instead.
  case snapshotUnusable(path: String)
  /// The state is rebuilt.
  case recovered(head: UInt64, fromSnapshot: UInt64?, replayed: UInt64)
  case snapshotWritten(batch: UInt64)
  /// No snapshot could be written. Nothing is lost; the next start takes longer.
  case snapshotFailed(JournalError)
}

extension JournalNote: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tornTailCut(let tail):
      "\(tail.file): cut \(tail.count) bytes of the unfinished batch \(tail.batch) at offset "
        + "\(tail.offset)"
    case .snapshotUnusable(let path): "\(path): the snapshot is damaged and not used"
    case .recovered(let head, let snapshot?, let replayed):
      "recovered batch \(head) from the snapshot at \(snapshot) and \(replayed) batches"
    case .recovered(let head, nil, let replayed):
      "recovered batch \(head) from \(replayed) batches"
    case .snapshotWritten(let batch): "wrote a snapshot at batch \(batch)"
    case .snapshotFailed(let error): "no snapshot written: \(error)"
    }
  }
}

/// The state on disk, rebuilt: the newest usable snapshot and every batch after it.
struct Recovery {
  private(set) var replica: Replica
  private(set) var position: JournalPosition
  private(set) var last: BatchFrame?
  private(set) var notes: [JournalNote] = []

  /// Reads the whole journal, checking the chain from the first batch on.
  ///
  /// - Throws: ``JournalError/damaged(_:)`` for anything but a torn tail.
  init(directory: String) throws(JournalError) {
    let segments = Segments(directory: directory)
    let folder = SnapshotFolder(directory: directory)
    _ = try segments.last()
    var candidates = try folder.sequences()
    while true {
      var start: Replica?
      var snapshotSequence: UInt64?
      if let sequence = candidates.first {
        candidates.removeFirst()
        start = try folder.load(sequence)?.replica()
        guard start != nil else {
          notes.append(.snapshotUnusable(path: folder.path(sequence)))
          continue
        }
        snapshotSequence = sequence
      }
      var walk = Walk(segments: segments, replica: start ?? Replica())
      guard try walk.run() else {
        notes.append(.snapshotUnusable(path: folder.path(snapshotSequence ?? 0)))
        continue
      }
      replica = walk.replica
      position = walk.cursor.position
      last = walk.last
      if let tail = try TornTail(after: walk.cursor, in: segments) {
        notes.append(.tornTailCut(tail))
      }
      let head = position.expected - 1
      if let snapshotSequence, snapshotSequence > head {
        throw .behindSnapshot(head: head, snapshot: snapshotSequence)
      }
      notes.append(
        .recovered(
          head: head, fromSnapshot: snapshotSequence, replayed: head - (snapshotSequence ?? 0)))
      return
    }
  }

  /// One pass over the journal, which executes what the snapshot does not hold yet.
  private struct Walk {
    var cursor: JournalCursor
    var replica: Replica
    var last: BatchFrame?

    init(segments: Segments, replica: Replica) {
      cursor = JournalCursor(segments: segments)
      self.replica = replica
    }

    /// Returns false when the snapshot is not of this journal.
    mutating func run() throws(JournalError) -> Bool {
      let snapshot = replica.sequence
      while let frame = try cursor.next() {
        last = frame
        if frame.sequence == snapshot, frame.hash != replica.hash { return false }
        if frame.sequence > snapshot { _ = try replica.execute(frame, from: cursor) }
      }
      return true
    }
  }
}

extension Replica {
  /// Executes the batch that `cursor` returned last.
  mutating func execute(
    _ frame: BatchFrame, from cursor: JournalCursor
  ) throws(JournalError) -> CommittedBatch {
    let batch: JournalBatch
    do throws(BatchProblem) {
      batch = try JournalBatch(frame)
    } catch {
      throw cursor.damageInLatest(error)
    }
    do throws(ReplicaError) {
      return try apply(batch)
    } catch {
      switch error {
      case .diverged(let batch): throw .diverged(batch: batch)
      case .previousHash: throw cursor.damageInLatest(.previousHash)
      case .sequence(let expected, let found):
        throw cursor.damageInLatest(.sequence(expected: expected, found: found))
      }
    }
  }
}
