import Engine
import Journal
import Money

/// One life of the server process: recovered from the disk, then fed by hand.
///
/// It is what `Sequencer` runs on its threads, without the threads: the simulation decides when the
/// core takes a command, when a batch is sealed and when the disk gets it.
final class SimulatedServer {
  static let directory = "data"

  private(set) var machine: SequencerMachine
  private var committer: BatchCommitter
  /// The batch that is on its way to the disk.
  private(set) var sealed: SealedBatch?
  private let snapshotter: Snapshotter
  let reader: JournalReader
  /// The last batch on the disk when this life began.
  let recovered: (sequence: UInt64, hash: [UInt8])

  /// Recovers.
  ///
  /// - Parameter note: Told what recovery and snapshots have to say.
  init(
    _ disk: SimulatedDisk, segmentSize: Int, gate: CommitGate? = nil,
    durable: (@Sendable () -> UInt64)? = nil,
    note: @escaping @Sendable (JournalNote) -> Void = { _ in }
  ) throws(JournalError) {
    try disk.createFolder(Self.directory)
    guard try disk.lock(Self.directory + "/lock") != nil else {
      throw .locked(path: Self.directory)
    }
    let segments = Segments(directory: Self.directory, storage: disk)
    let recovery = try Recovery(segments, snapshots: Self.directory)
    for found in recovery.notes { note(found) }
    let writer = try JournalWriter(
      segments: segments, at: recovery.position, last: recovery.last, segmentSize: segmentSize,
      preparesAhead: false)
    let pool = BatchPool()
    committer = BatchCommitter(
      writer, after: recovery.replica, term: recovery.replica.term, pool: pool, gate: gate)
    machine = SequencerMachine(recovery.replica, pool: pool)
    snapshotter = Snapshotter(
      segments: segments, folder: SnapshotFolder(directory: Self.directory, storage: disk),
      keeping: 2, note: note)
    recovered = (recovery.replica.sequence, recovery.replica.hash)
    reader = JournalReader(directory: Self.directory, segments: segments, durable: durable)
  }

  func admit(_ command: Command, at now: Timestamp, answer: @escaping GroupAnswer) {
    machine.admit(CommandRecords([command]), at: now, answer: answer)
  }

  func read<T: Sendable>(
    _ body: (borrowing Exchange) -> T,
    then answer: @escaping @Sendable (Result<(T, DurablePoint), SequencerError>) -> Void
  ) { machine.read(body, then: answer) }

  /// Whether the disk waits for the next batch.
  var isDiskFree: Bool { sealed == nil }

  /// Closes the open batch, if there is anything in it or anybody waits.
  func seal() -> Bool {
    sealed = machine.seal()
    return sealed != nil
  }

  /// Writes the batch that is under way and answers everybody who waits for it.
  ///
  /// - Returns: The batch; `nil` when it held no command.
  func commit() throws(JournalError) -> BatchRecord? {
    guard let batch = sealed else { return nil }
    do throws(JournalError) {
      let commit = try committer.commit(batch)
      sealed = nil
      batch.answer(commit)
      return commit.record
    } catch {
      batch.fail(error)
      throw error
    }
  }

  /// Writes a snapshot of a durable batch, from the journal alone.
  func snapshot(at sequence: UInt64) { snapshotter.take(at: sequence) }
}
