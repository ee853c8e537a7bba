import Engine

/// What opening and running a journal has to say to the log.
public enum JournalNote: Equatable, Sendable {
  /// The batch that was being written in a crash was cut off; nobody had been told of it.
  case tornTailCut(TornTail)
  /// A snapshot could not be used; an older one, or the journal alone, serves instead.
  case snapshotUnusable(path: String, reason: String)
  /// The state is rebuilt.
  case recovered(head: UInt64, fromSnapshot: UInt64?, replayed: UInt64)
  case snapshotWritten(batch: UInt64)
  /// No snapshot could be written. Nothing is lost; the next start takes longer.
  case snapshotFailed(JournalError)
  /// A segment moved to the archive.
  case segmentArchived(path: String)
  /// No segment could be moved to the archive. It stays where it is.
  case archivingFailed(JournalError)
}

extension JournalNote: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tornTailCut(let tail):
      "\(tail.file): cut \(tail.count) bytes of the unfinished batch \(tail.batch) at offset "
        + "\(tail.offset)"
    case .snapshotUnusable(let path, let reason): "\(path): the snapshot is not used: \(reason)"
    case .recovered(let head, let snapshot?, let replayed):
      "recovered batch \(head) from the snapshot at \(snapshot) and \(replayed) batches"
    case .recovered(let head, nil, let replayed):
      "recovered batch \(head) from \(replayed) batches"
    case .snapshotWritten(let batch): "wrote a snapshot at batch \(batch)"
    case .snapshotFailed(let error): "no snapshot written: \(error)"
    case .segmentArchived(let path): "moved a segment to \(path)"
    case .archivingFailed(let error): "no segment archived: \(error)"
    }
  }
}

/// The state on disk, rebuilt: the newest usable snapshot and every batch after it. Segments before
/// the snapshot are not read.
package struct Recovery {
  package private(set) var replica: Replica
  /// Behind the last whole batch.
  package private(set) var position: JournalPosition
  package private(set) var last: BatchFrame?
  package private(set) var notes: [JournalNote] = []

  /// Rebuilds the state.
  ///
  /// - Parameter readsAhead: Whether batches are read by a thread of their own while the ones before
  ///   are executed.
  /// - Throws: ``JournalError/damaged(_:)`` for anything but a torn tail,
  ///   ``JournalError/archived(before:)`` when no snapshot covers what is missing,
  ///   ``JournalError/behindSnapshot(head:snapshot:)`` when batches are gone.
  package init(
    _ segments: Segments, snapshots directory: String, readsAhead: Bool = false
  ) throws(JournalError) {
    let folder = SnapshotFolder(directory: directory, storage: segments.storage)
    let range = try segments.range()
    var newest: UInt64 = 0
    var start: (replica: Replica, last: BatchFrame, position: JournalPosition)?
    for sequence in try folder.sequences() {
      let reason: String
      switch try folder.load(sequence) {
      case .failure(let problem): reason = problem.rawValue
      case .success(let snapshot):
        newest = max(newest, sequence)
        guard let frame = try snapshot.batch(in: segments) else {
          reason = "the journal has another batch there, or none"
          break
        }
        do throws(Snapshot.Problem) {
          let replica = try snapshot.replica()
          let position = JournalPosition(
            segment: snapshot.segment, offset: snapshot.offset + frame.bytes.count,
            expected: sequence + 1, previous: frame.hash, term: frame.header.term)
          start = (replica, frame, position)
          reason = ""
        } catch {
          reason = error.rawValue
        }
      }
      if start != nil { break }
      notes.append(.snapshotUnusable(path: folder.path(sequence), reason: reason))
    }
    if start == nil, let range, range.lowerBound > 1 {
      throw .archived(before: try segments.start(of: range.lowerBound)?.expected ?? 0)
    }
    let snapshot = start?.last.sequence
    last = start?.last
    var cursor = JournalCursor(segments: segments, at: start?.position ?? JournalPosition())
    replica = start?.replica ?? Replica()
    // The state has one owner, so that executing changes it in place.
    start = nil
    var events = BatchEvents(keepsEvents: false)
    if readsAhead {
      let ahead = try ReadAhead(cursor)
      defer { ahead.stop() }
      while true {
        let step = try ahead.next()
        cursor = step.cursor
        guard let frame = step.frame else { break }
        try replica.execute(frame, from: cursor, into: &events)
        last = frame
      }
    } else {
      while let frame = try cursor.next() {
        try replica.execute(frame, from: cursor, into: &events)
        last = frame
      }
    }
    position = cursor.position
    let head = position.expected - 1
    // Damage that can be located is named before what it leads to.
    let tail = try TornTail(after: cursor, in: segments)
    if newest > head { throw .behindSnapshot(head: head, snapshot: newest) }
    if let tail { notes.append(.tornTailCut(tail)) }
    notes.append(
      .recovered(head: head, fromSnapshot: snapshot, replayed: head - (snapshot ?? 0)))
  }
}

extension Recovery {
  /// Gives the state away, so that its next owner changes it in place.
  package mutating func takeReplica() -> Replica {
    let taken = replica
    replica = Replica()
    return taken
  }
}

extension Replica {
  /// Executes the batch that `cursor` returned last.
  mutating func execute(
    _ frame: BatchFrame, from cursor: JournalCursor, into events: inout BatchEvents
  ) throws(JournalError) {
    do throws(ReplicaError) {
      try execute(frame, into: &events)
    } catch {
      throw cursor.error(for: error)
    }
  }
}

extension JournalCursor {
  /// Where and why the batch that was returned last cannot be executed.
  func error(for error: ReplicaError) -> JournalError {
    switch error {
    case .diverged(let batch): .diverged(batch: batch)
    case .previousHash: damageInLatest(.previousHash)
    case .term(let least, let found): damageInLatest(.term(atLeast: least, found: found))
    case .entry(let index, _): damageInLatest(.entry(index))
    case .sequence(let expected, let found):
      damageInLatest(.sequence(expected: expected, found: found))
    }
  }
}
