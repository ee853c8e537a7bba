import Synchronization

/// Writes snapshots by executing the journal again, on a thread and with an exchange of its own: the
/// core never stops for one, and each proves that the journal gives the state. Where segments are
/// archived, this is who moves them, behind a snapshot that was read back.
///
/// `@unchecked Sendable`: `replica`, `cursor` and `events` are touched by the snapshot thread only,
/// and after ``stop()`` by whoever called it.
package final class Snapshotter: @unchecked Sendable {
  typealias Answer = @Sendable (Result<Checkpoint, SequencerError>) -> Void

  private struct State {
    var due: UInt64?
    var asked: [(sequence: UInt64, answer: Answer)] = []
    var isStopped = false
  }

  private let segments: Segments
  private let folder: SnapshotFolder
  private let kept: Int
  private let note: @Sendable (JournalNote) -> Void
  private let state = Signal(State())
  private let isStopping = Atomic(false)
  private let thread = Mutex<OwnThread?>(nil)

  private var replica: Replica?
  private var cursor: JournalCursor?
  private var events = BatchEvents(keepsEvents: false)
  private var place = (segment: 1, offset: SegmentHeader.count)

  package init(
    segments: Segments, folder: SnapshotFolder, keeping kept: Int,
    note: @escaping @Sendable (JournalNote) -> Void
  ) {
    self.segments = segments
    self.folder = folder
    self.kept = max(1, kept)
    self.note = note
  }

  /// Asks for a snapshot at a batch that is durable. While one is being made, only the last request
  /// is kept.
  func request(at sequence: UInt64) {
    state.change { state in
      state.due = sequence
      return ((), true)
    }
    start()
  }

  /// Asks for a snapshot at a batch that is durable, and to be told when it is written or could not
  /// be.
  func request(at sequence: UInt64, answer: @escaping Answer) {
    let isStopped = state.change { state in
      if !state.isStopped { state.asked.append((sequence, answer)) }
      return (state.isStopped, true)
    }
    if isStopped { answer(.failure(.stopped)) } else { start() }
  }

  /// Ends the thread, in the middle of a snapshot that nobody asked for.
  func stop() {
    isStopping.store(true, ordering: .relaxed)
    state.change { state in
      state.isStopped = true
      return ((), true)
    }
    thread.withLock { thread in
      defer { thread = nil }
      return thread
    }?.join()
  }

  /// Takes a snapshot at a durable batch now, for a driver that has no threads.
  package func take(at sequence: UInt64) {
    do throws(JournalError) {
      if let replica = try replayed(to: sequence) { write(replica, at: place) }
    } catch {
      replica = nil
      cursor = nil
      note(.snapshotFailed(error))
    }
  }

  /// Writes a snapshot of `replica` now, on this thread.
  func write(_ replica: Replica, at place: (segment: Int, offset: Int)) {
    guard replica.sequence > 0 else { return }
    do throws(JournalError) {
      if !folder.exists(replica.sequence) { try folder.save(Snapshot(of: replica, at: place)) }
      try folder.prune(keeping: kept)
      note(.snapshotWritten(batch: replica.sequence))
    } catch {
      note(.snapshotFailed(error))
      return
    }
    archive()
  }

  private func start() {
    thread.withLock { thread in
      guard thread == nil else { return }
      do throws(JournalError) {
        thread = try OwnThread("snapshots") { [self] in run() }
      } catch {
        note(.snapshotFailed(error))
      }
    }
  }

  private func run() {
    OwnThread.yieldToOthers()
    while let (target, answers) = next() {
      do throws(JournalError) {
        guard let replica = try replayed(to: target) else {
          for answer in answers { answer(.failure(.stopped)) }
          continue
        }
        write(replica, at: place)
        guard !answers.isEmpty else { continue }
        let point = Checkpoint(
          sequence: replica.sequence, hash: replica.hash, stateHash: replica.stateHash)
        for answer in answers { answer(.success(point)) }
      } catch {
        replica = nil
        cursor = nil
        note(.snapshotFailed(error))
        for answer in answers { answer(.failure(.failed(error))) }
      }
    }
  }

  /// The next batch to take a snapshot at, and who wants to know; `nil` at the end.
  private func next() -> (UInt64, [Answer])? {
    state.wait { state -> (UInt64, [Answer])?? in
      if let sequence = state.asked.map(\.sequence).min() {
        let answers = state.asked.filter { $0.sequence == sequence }.map(\.answer)
        state.asked.removeAll { $0.sequence == sequence }
        return (sequence, answers)
      }
      if state.isStopped { return .some(nil) }
      guard let due = state.due else { return nil }
      state.due = nil
      return (due, [])
    }
  }

  /// Executes the journal up to batch `target`; `nil` when the sequencer stops first.
  private func replayed(to target: UInt64) throws(JournalError) -> Replica? {
    if replica.map({ $0.sequence > target }) ?? true { try begin(notAfter: target) }
    guard var replica, var cursor else { return nil }
    // Given up while executing, so that the exchange has one owner and is changed in place.
    self.replica = nil
    self.cursor = nil
    while replica.sequence < target {
      if isStopping.load(ordering: .relaxed) { return nil }
      guard let frame = try cursor.next(durable: target) else { break }
      try replica.execute(frame, from: cursor, into: &events)
      place = (cursor.segment, cursor.offset - frame.bytes.count)
    }
    self.cursor = cursor
    self.replica = replica
    return replica
  }

  /// Starts from the newest snapshot that serves.
  private func begin(notAfter target: UInt64) throws(JournalError) {
    for sequence in (try? folder.sequences()) ?? [] where sequence <= target {
      guard case .success(let snapshot) = try folder.load(sequence),
        let frame = try snapshot.batch(in: segments), let start = try? snapshot.replica()
      else { continue }
      replica = start
      place = (snapshot.segment, snapshot.offset)
      cursor = JournalCursor(
        segments: segments,
        at: JournalPosition(
          segment: snapshot.segment, offset: snapshot.offset + frame.bytes.count,
          expected: sequence + 1, previous: frame.hash, term: frame.header.term))
      return
    }
    replica = Replica()
    cursor = JournalCursor(segments: segments)
  }

  private func archive() {
    guard let archive = segments.archive else { return }
    do throws(JournalError) {
      for path in try Archive(segments: segments, snapshots: folder).move(to: archive) {
        note(.segmentArchived(path: path))
      }
    } catch {
      note(.archivingFailed(error))
    }
  }
}
