import Cryptography
public import Engine
public import Money
import Synchronization

/// The only door to the exchange.
///
/// One thread owns the state: it carries commands out in order and fills a batch with them. Another
/// makes the batch before durable, and answers. So a batch holds what arrived while the one before
/// was being written, nobody is answered before his batch is on the medium, and nobody ever sees
/// what a crash could take back.
public final class Sequencer: Sendable {
  /// Bytes of commands that may be submitted together.
  private static let groupLimit = 16 << 20

  private let inbox: Inbox<SequencerRequest>
  private let status: SequencerStatus
  private let snapshots: Snapshotter
  private let directory: String
  private let segments: Segments
  private let stillPrimary: (@Sendable () throws(JournalError) -> Void)?

  /// Opens the data folder, recovers the state and starts the threads.
  ///
  /// - Parameters:
  ///   - directory: Data folder; created when missing. One process at a time may have it open.
  ///   - clock: The wall clock. When it goes backwards, its last reading is used instead.
  ///   - note: Told what the log should say; called from the sequencer's own threads.
  public static func open(
    directory: String, options: SequencerOptions = SequencerOptions(),
    clock: @escaping @Sendable () -> Timestamp,
    note: @escaping @Sendable (JournalNote) -> Void = { _ in }
  ) throws(JournalError) -> Sequencer {
    try open(
      directory: directory, storage: DiskStorage(), options: options, clock: clock, note: note)
  }

  /// Opens a data folder on any storage.
  package static func open(
    directory: String, storage: any JournalStorage, options: SequencerOptions,
    clock: @escaping @Sendable () -> Timestamp, note: @escaping @Sendable (JournalNote) -> Void
  ) throws(JournalError) -> Sequencer {
    try storage.createFolder(directory)
    guard let lock = try storage.lock(directory + "/lock") else { throw .locked(path: directory) }
    let segments = Segments(directory: directory, archive: options.archive, storage: storage)
    var recovery = try Recovery(segments, snapshots: directory, readsAhead: true)
    for found in recovery.notes { note(found) }
    let replica = recovery.takeReplica()
    let term = options.term ?? replica.term
    guard term >= replica.term else { throw .fenced(term: replica.term) }
    let inbox = Inbox<SequencerRequest>(limit: options.queueLimit)
    let status = SequencerStatus(
      sequence: replica.sequence, hash: replica.hash, subscriberLimit: options.subscriberLimit)
    let pool = BatchPool()
    let snapshots = Snapshotter(
      segments: segments, folder: SnapshotFolder(directory: directory, storage: storage),
      keeping: options.snapshotsKept, note: note)
    // Opened here, so that a journal that cannot be written is an error of the start.
    let writer = try JournalWriter(
      segments: segments, at: recovery.position, last: recovery.last,
      segmentSize: options.segmentBytes)
    let committer = BatchCommitter(
      writer, after: replica, term: term, pool: pool, gate: options.gate)
    // The state has one owner from here on.
    let handover = Handover(SequencerMachine(consume replica, pool: pool))
    let journal = JournalThread(
      committer: committer,
      handover: handover, inbox: inbox, status: status, snapshots: snapshots, options: options)
    let journalThread = try OwnThread("journal") { journal.run() }
    let core = CoreThread(
      inbox: inbox, handover: handover, batchBytes: options.batchBytes, clock: clock)
    do throws(JournalError) {
      let held = Held(lock)
      try OwnThread("core") {
        core.run()
        journalThread.join()
        let result = handover.withMachine { machine in journal.finish(machine.exchange) }
        // Whoever waits for the end may open the journal again at once.
        held.release()
        status.end(result)
      }.detach()
    } catch {
      handover.close()
      journalThread.join()
      throw error
    }
    return Sequencer(
      directory: directory, segments: segments, inbox: inbox, status: status, snapshots: snapshots,
      stillPrimary: options.stillPrimary)
  }

  private init(
    directory: String, segments: Segments, inbox: Inbox<SequencerRequest>,
    status: SequencerStatus, snapshots: Snapshotter,
    stillPrimary: (@Sendable () throws(JournalError) -> Void)?
  ) {
    self.directory = directory
    self.segments = segments
    self.inbox = inbox
    self.status = status
    self.snapshots = snapshots
    self.stillPrimary = stillPrimary
  }

  deinit { inbox.close() }

  /// Submits one command and returns when it is durable.
  public func submit(_ command: Command) async throws(SequencerError) -> Committed {
    let committed = try await submit([command])
    guard let first = committed.first else { throw .stopped }
    return first
  }

  /// Submits commands that take effect one right after the other, in one batch.
  ///
  /// - Returns: One answer for each command, in order. Some may be refusals and others not.
  public func submit(_ commands: [Command]) async throws(SequencerError) -> [Committed] {
    let group = try await submit(CommandRecords(commands))
    return (0..<group.count).map { group[$0] }
  }

  /// Submits commands that are encoded already, as ``submit(_:)`` does.
  public func submit(_ records: CommandRecords) async throws(SequencerError) -> CommittedGroup {
    let result: Result<CommittedGroup, SequencerError> = await withCheckedContinuation {
      continuation in submit(records) { continuation.resume(returning: $0) }
    }
    let group = try result.get()
    try confirm()
    return group
  }

  /// Submits commands that are encoded already and returns at once.
  ///
  /// - Parameter answer: Called once. When they are durable or the journal failed, on the journal's
  ///   thread, where it should be short: everybody else waits. When they cannot be taken, before this
  ///   returns.
  public func submit(
    _ records: CommandRecords,
    answer: @escaping @Sendable (Result<CommittedGroup, SequencerError>) -> Void
  ) {
    guard records.bytes.count <= Self.groupLimit else {
      return answer(.failure(.tooLarge(bytes: records.bytes.count, limit: Self.groupLimit)))
    }
    put(.submit(records, answer), weight: max(1, records.count)) { answer(.failure($0)) }
  }

  /// Runs `body` on the state as it is between two commands, and returns its result when all that it
  /// saw is durable. It should be short: all commands wait.
  public func read<T: Sendable>(
    _ body: @escaping @Sendable (borrowing Exchange) -> T
  ) async throws(SequencerError) -> T {
    let seen = Seen<T>()
    let _: DurablePoint = try await ask { answer in
      .read({ exchange in seen.set(body(exchange)) }, answer)
    }
    guard let value = seen.take() else { throw .stopped }
    return value
  }

  /// Returns the head and the state hash there, which a replay of the journal up to that batch gives.
  public func checkpoint() async throws(SequencerError) -> Checkpoint {
    let seen: (state: [UInt8], point: DurablePoint) = try await ask { .checkpoint($0) }
    return Checkpoint(
      sequence: seen.point.sequence, hash: seen.point.hash,
      stateHash: SHA256.hash(of: seen.state.span))
  }

  /// Writes a snapshot of everything submitted before and returns where. The journal is executed for
  /// it beside the running exchange.
  ///
  /// What kept a snapshot from being written is told to the log; nothing is lost without it.
  public func snapshot() async throws(SequencerError) -> Checkpoint {
    let point: DurablePoint = try await ask { .barrier($0) }
    let result: Result<Checkpoint, SequencerError> = await withCheckedContinuation {
      continuation in
      snapshots.request(at: point.sequence) { continuation.resume(returning: $0) }
    }
    return try result.get()
  }

  /// Every batch that becomes durable from now on. To miss none: subscribe first, then read from disk
  /// up to ``head``, then go on here, skipping what is not new. A reader that lags too far behind is
  /// ended and resumes the same way.
  public func subscribe() -> AsyncStream<CommittedBatch> { status.subscribe() }

  /// The last durable batch; sequence 0 and zeros before the first.
  public var head: (sequence: UInt64, hash: [UInt8]) { status.head }

  /// Reads this journal from disk, up to what is durable when asked.
  public var reader: JournalReader {
    JournalReader(
      directory: directory, segments: segments, durable: { [status] in status.head.sequence })
  }

  /// Answers everything that waits, takes a snapshot and closes the files.
  public func shutdown() async {
    inbox.close()
    _ = await status.waitForEnd()
  }

  /// Returns after ``shutdown()``.
  ///
  /// - Throws: What stopped the journal. The process should end with an error then: nothing can be
  ///   accepted any more.
  public func waitUntilStopped() async throws(JournalError) {
    try await status.waitForEnd().get()
  }

  private func ask<T: Sendable>(
    _ request: (@escaping @Sendable (Result<T, SequencerError>) -> Void) -> SequencerRequest
  ) async throws(SequencerError) -> T {
    let result: Result<T, SequencerError> = await withCheckedContinuation { continuation in
      put(request { continuation.resume(returning: $0) }, weight: 1) {
        continuation.resume(returning: .failure($0))
      }
    }
    let value = try result.get()
    try confirm()
    return value
  }

  /// Nobody is told anything by a process that was replaced while its answer was on the way.
  private func confirm() throws(SequencerError) {
    do throws(JournalError) {
      try stillPrimary?()
    } catch {
      throw .failed(error)
    }
  }

  private func put(
    _ request: SequencerRequest, weight: Int, otherwise refuse: (SequencerError) -> Void
  ) {
    switch inbox.put(request, weight: weight) {
    case .accepted: break
    case .full: refuse(.busy)
    case .closed: refuse(status.failure.map { .failed($0) } ?? .stopped)
    }
  }
}

/// What a read has seen, until it may be told.
private final class Seen<T: Sendable>: Sendable {
  private let value = Mutex<T?>(nil)

  func set(_ seen: T) { value.withLock { $0 = seen } }

  func take() -> T? {
    value.withLock { value in
      defer { value = nil }
      return value
    }
  }
}

/// The lock on the data folder, until everything is over.
private final class Held: Sendable {
  private let lock: Mutex<(any StorageLock)?>

  init(_ lock: any StorageLock) { self.lock = Mutex(lock) }

  func release() { lock.withLock { $0 = nil } }
}
