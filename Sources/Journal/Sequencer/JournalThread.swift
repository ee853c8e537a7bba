import Engine

/// The thread that makes batches durable and then answers everybody who waits for them.
///
/// `@unchecked Sendable`: only ``run()``, on one thread, touches it; when that has returned, whoever
/// joined the thread may call ``finish(_:)``.
final class JournalThread: @unchecked Sendable {
  private var committer: BatchCommitter
  private let handover: Handover
  private let inbox: Inbox<SequencerRequest>
  private let status: SequencerStatus
  private let snapshots: Snapshotter
  private let options: SequencerOptions
  private var failure: JournalError?
  private var batches: UInt64 = 0
  private var commands: UInt64 = 0

  init(
    committer: consuming BatchCommitter, handover: Handover, inbox: Inbox<SequencerRequest>,
    status: SequencerStatus, snapshots: Snapshotter, options: SequencerOptions
  ) {
    self.committer = committer
    self.handover = handover
    self.inbox = inbox
    self.status = status
    self.snapshots = snapshots
    self.options = options
  }

  /// Works until the handover is closed and empty. After a failure it only says so.
  func run() {
    while let batch = handover.take() {
      if let failure {
        batch.fail(failure)
        continue
      }
      do throws(JournalError) {
        let began = ContinuousClock.now
        try options.stillPrimary?()
        let commit = try committer.commit(batch)
        if let record = commit.record {
          options.written?(began.duration(to: .now))
          status.advance(
            to: CommittedBatch(record),
            isMemoryFull: committer.heldBytes > options.subscriberBytes)
          requestSnapshot(record)
        }
        batch.answer(commit)
      } catch {
        // The state in memory is ahead of the disk: nobody may see it any more.
        failure = error
        status.fail(error)
        inbox.close()
        batch.fail(error)
      }
    }
    committer.writer.close()
  }

  /// Takes the last snapshot, of the state at the end.
  func finish(_ exchange: borrowing Exchange) -> Result<Void, JournalError> {
    snapshots.stop()
    if let failure { return .failure(failure) }
    if options.snapshotAtShutdown {
      snapshots.write(committer.replica(exchange), at: committer.place)
    }
    return .success(())
  }

  private func requestSnapshot(_ record: BatchRecord) {
    batches += 1
    commands += UInt64(record.count)
    let isDue =
      options.snapshotEvery > 0 && batches >= options.snapshotEvery
      || options.snapshotEveryCommands > 0 && commands >= options.snapshotEveryCommands
    guard isDue else { return }
    batches = 0
    commands = 0
    snapshots.request(at: record.sequence)
  }
}
