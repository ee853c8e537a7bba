public import Engine
public import Money
import Wire

/// The only door to the exchange: one thread that owns the state and the journal.
///
/// It takes all commands that wait, applies them in order, writes them as one batch, waits until the
/// batch is on the medium, and only then answers. Reads run between batches, so nobody ever sees
/// what a crash could take back.
public final class Sequencer: Sendable {
  private let mailbox: Mailbox<SequencerRequest>
  private let status: SequencerStatus
  private let directory: String

  /// Opens the data folder, recovers the state and starts the thread.
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
    try Directory.create(directory)
    let lock = try DurableFile(path: directory + "/lock", mode: .readWrite)
    guard try lock.lock(patienceMilliseconds: 1000) else { throw .locked(path: directory) }
    let recovery = try Recovery(directory: directory)
    for found in recovery.notes { note(found) }
    let mailbox = Mailbox<SequencerRequest>(limit: options.queueLimit)
    let status = SequencerStatus(
      sequence: recovery.replica.sequence, hash: recovery.replica.hash,
      subscriberLimit: options.subscriberLimit)
    // Opened here, so that a journal that cannot be written is an error of the start.
    let writer = try JournalWriter(
      segments: Segments(directory: directory), at: recovery.position, last: recovery.last,
      segmentSize: options.segmentBytes)
    let worker = SequencerWorker(
      lock: lock, writer: writer, replica: recovery.replica, mailbox: mailbox, status: status,
      snapshots: SnapshotTaker(
        folder: SnapshotFolder(directory: directory), keeping: options.snapshotsKept, note: note),
      options: options, clock: clock)
    try OwnThread { worker.run() }.detach()
    return Sequencer(directory: directory, mailbox: mailbox, status: status)
  }

  private init(
    directory: String, mailbox: Mailbox<SequencerRequest>, status: SequencerStatus
  ) {
    self.directory = directory
    self.mailbox = mailbox
    self.status = status
  }

  deinit { mailbox.close() }

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
    var encoded: [[UInt8]] = []
    var size = 0
    for command in commands {
      var writer = ByteWriter()
      command.encode(into: &writer)
      size += writer.bytes.count + 8
      encoded.append(writer.bytes)
    }
    guard size <= SequencerWorker.groupLimit else {
      throw .tooLarge(bytes: size, limit: SequencerWorker.groupLimit)
    }
    let prepared = zip(commands, encoded).map { PreparedCommand(command: $0, bytes: $1) }
    return try await ask(weight: max(1, commands.count)) { answer in
      .submit(prepared, answer)
    }
  }

  /// Runs `body` on durable state, between two batches. It should be short: all commands wait.
  public func read<T: Sendable>(
    _ body: @escaping @Sendable (borrowing Exchange) -> T
  ) async throws(SequencerError) -> T {
    try await ask(weight: 1) { answer in
      .read { result in
        switch result {
        case .success(let exchange): answer(.success(body(exchange)))
        case .failure(let error): answer(.failure(error))
        }
      }
    }
  }

  /// Returns the head and the state hash there, which a replay of the journal up to that batch gives.
  public func checkpoint() async throws(SequencerError) -> Checkpoint {
    try await ask(weight: 1) { answer in .checkpoint(takesSnapshot: false, answer) }
  }

  /// Writes a snapshot now and returns where.
  public func snapshot() async throws(SequencerError) -> Checkpoint {
    try await ask(weight: 1) { answer in .checkpoint(takesSnapshot: true, answer) }
  }

  /// Every batch that becomes durable from now on. To miss none: subscribe first, then read from disk
  /// up to ``head``, then go on here, skipping what is not new. A reader that lags too far behind is
  /// ended and resumes the same way.
  public func subscribe() -> AsyncStream<CommittedBatch> { status.subscribe() }

  /// The last durable batch; sequence 0 and zeros before the first.
  public var head: (sequence: UInt64, hash: [UInt8]) { status.head }

  /// Reads this journal from disk, up to what is durable when asked.
  public var reader: JournalReader {
    JournalReader(directory: directory, durable: { [status] in status.head.sequence })
  }

  /// Answers everything that waits, takes a snapshot and closes the files.
  public func shutdown() async {
    mailbox.close()
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
    weight: Int,
    _ request: (@escaping @Sendable (Result<T, SequencerError>) -> Void) -> SequencerRequest
  ) async throws(SequencerError) -> T {
    let result: Result<T, SequencerError> = await withCheckedContinuation { continuation in
      let delivery = mailbox.put(
        request { continuation.resume(returning: $0) }, weight: weight)
      switch delivery {
      case .accepted: break
      case .full: continuation.resume(returning: .failure(.busy))
      case .closed:
        let failure = status.failure.map { SequencerError.failed($0) }
        continuation.resume(returning: .failure(failure ?? .stopped))
      }
    }
    return try result.get()
  }
}
