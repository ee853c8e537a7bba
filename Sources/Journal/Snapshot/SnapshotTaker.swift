import Synchronization

/// Writes snapshots for the sequencer's thread, beside it where possible.
///
/// `@unchecked Sendable`: all but `isWriting` is touched by the sequencer's thread only.
final class SnapshotTaker: @unchecked Sendable {
  private let folder: SnapshotFolder
  private let kept: Int
  private let note: @Sendable (JournalNote) -> Void
  private let isWriting = Atomic(false)
  private var thread: OwnThread?

  init(
    folder: SnapshotFolder, keeping kept: Int, note: @escaping @Sendable (JournalNote) -> Void
  ) {
    self.folder = folder
    self.kept = max(1, kept)
    self.note = note
  }

  /// Writes a snapshot on a thread of its own, unless the one before is still being written.
  func takeBeside(_ replica: Replica) {
    guard !isWriting.load(ordering: .acquiring) else { return }
    finish()
    isWriting.store(true, ordering: .releasing)
    do throws(JournalError) {
      thread = try OwnThread { [self] in
        write(replica)
        isWriting.store(false, ordering: .releasing)
      }
    } catch {
      isWriting.store(false, ordering: .releasing)
      note(.snapshotFailed(error))
    }
  }

  /// Writes a snapshot now.
  func take(_ replica: Replica) {
    finish()
    write(replica)
  }

  /// Waits for a snapshot that is being written.
  func finish() {
    thread?.join()
    thread = nil
  }

  private func write(_ replica: Replica) {
    do throws(JournalError) {
      try folder.save(Snapshot(of: replica))
      try folder.prune(keeping: kept)
      note(.snapshotWritten(batch: replica.sequence))
    } catch {
      note(.snapshotFailed(error))
    }
  }
}
