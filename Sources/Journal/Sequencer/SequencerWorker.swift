import Cryptography
import Engine
import Money
import Wire

/// A command with its canonical bytes, which the submitter makes so that the thread need not.
struct PreparedCommand: Sendable {
  let command: Command
  let bytes: [UInt8]
}

/// What the thread is asked to do. Each is answered exactly once.
enum SequencerRequest: Sendable {
  case submit([PreparedCommand], @Sendable (Result<[Committed], SequencerError>) -> Void)
  case read(@Sendable (Result<Exchange, SequencerError>) -> Void)
  case checkpoint(takesSnapshot: Bool, @Sendable (Result<Checkpoint, SequencerError>) -> Void)
}

/// The thread's own world.
///
/// `@unchecked Sendable`: it is handed to its thread once, by `Sequencer.open`, and only ``run()``
/// on that thread touches it.
final class SequencerWorker: @unchecked Sendable {
  /// Bytes of commands that may be submitted together.
  static let groupLimit = 16 << 20
  /// Bytes after which a batch takes no further commands.
  private static let batchBytes = 4 << 20

  private var lock: DurableFile?
  private let writer: JournalWriter
  private var exchange: Exchange
  private var eventsDigest: [UInt8]
  /// The time that replaying the journal would reach. The core's own may be ahead of it, because
  /// what changes nothing is not journaled.
  private var journaledTime: Timestamp
  private let mailbox: Mailbox<SequencerRequest>
  private let status: SequencerStatus
  private let snapshots: SnapshotTaker
  private let options: SequencerOptions
  private let clock: @Sendable () -> Timestamp

  init(
    lock: DurableFile, writer: JournalWriter, replica: Replica,
    mailbox: Mailbox<SequencerRequest>, status: SequencerStatus, snapshots: SnapshotTaker,
    options: SequencerOptions, clock: @escaping @Sendable () -> Timestamp
  ) {
    self.lock = lock
    self.writer = writer
    exchange = replica.exchange
    eventsDigest = replica.eventsDigest
    journaledTime = replica.exchange.time
    self.mailbox = mailbox
    self.status = status
    self.snapshots = snapshots
    self.options = options
    self.clock = clock
  }

  /// Works until the mailbox is closed and empty, or the journal fails.
  func run() {
    var result = Result<Void, JournalError>.success(())
    do throws(JournalError) {
      while let requests = mailbox.take(most: options.batchCommands) { try serve(requests) }
      if options.snapshotAtShutdown, writer.head > 0 {
        try settle()
        snapshots.take(replica)
      }
    } catch {
      result = .failure(error)
    }
    snapshots.finish()
    // Whoever waits for the end may open the journal again at once.
    lock = nil
    status.end(result)
    // After a failure the state in memory is ahead of the disk: nobody may see it any more.
    mailbox.close()
    guard case .failure(let error) = result else { return }
    while let requests = mailbox.take(most: .max) { fail(requests[...], error) }
  }

  /// Commits the commands among `requests` in batches; whoever only reads is answered behind the
  /// batch that his request arrived with.
  private func serve(_ requests: [SequencerRequest]) throws(JournalError) {
    var next = 0
    while next < requests.count {
      var batch = OpenBatch(eventsDigest: eventsDigest)
      var readers: [SequencerRequest] = []
      while next < requests.count, batch.payload.bytes.count < Self.batchBytes {
        if case .submit(let commands, let answer) = requests[next] {
          apply(commands, answer, to: &batch)
        } else {
          readers.append(requests[next])
        }
        next += 1
      }
      do throws(JournalError) {
        try commit(&batch)
      } catch {
        batch.failAll(error)
        fail(readers[...], error)
        fail(requests[next...], error)
        throw error
      }
      batch.answerAll(head: writer.head)
      for index in readers.indices {
        do throws(JournalError) {
          try answer(readers[index])
        } catch {
          fail(readers[index...], error)
          fail(requests[next...], error)
          throw error
        }
      }
    }
  }

  private func apply(
    _ commands: [PreparedCommand],
    _ answer: @escaping @Sendable (Result<[Committed], SequencerError>) -> Void,
    to batch: inout OpenBatch
  ) {
    let time = max(clock(), exchange.time)
    var outcomes: [(time: Timestamp, events: [Event])] = []
    outcomes.reserveCapacity(commands.count)
    for prepared in commands {
      var events: [Event] = []
      exchange.apply(prepared.command, at: time) { events.append($0) }
      outcomes.append((time, events))
      batch.record(prepared, time: time, events: events)
    }
    batch.promise(outcomes, to: answer)
  }

  /// Seals the batch and waits until it is durable. An empty one is not written.
  private func commit(_ batch: inout OpenBatch) throws(JournalError) {
    let isSnapshotDue =
      options.snapshotEvery > 0 && !batch.entries.isEmpty
      && (writer.head + 1).isMultiple(of: options.snapshotEvery)
    if isSnapshotDue { recordElapsedTime(in: &batch) }
    guard !batch.entries.isEmpty else { return }
    let digest = batch.digest.value()
    try options.gate?.mayWrite()
    let began = ContinuousClock.now
    let frame = try writer.append(
      entryCount: UInt32(batch.entries.count), payload: batch.payload.bytes, eventsDigest: digest)
    options.written?(began.duration(to: .now))
    eventsDigest = digest
    if let last = batch.entries.last { journaledTime = last.time }
    try options.gate?.mayTell(through: frame.sequence)
    status.advance(
      to: CommittedBatch(sequence: frame.sequence, hash: frame.hash, entries: batch.entries))
    if isSnapshotDue { snapshots.takeBeside(replica) }
  }

  /// Journals the passing of time, so that replay reaches exactly the state in memory.
  private func settle() throws(JournalError) {
    var batch = OpenBatch(eventsDigest: eventsDigest)
    recordElapsedTime(in: &batch)
    try commit(&batch)
  }

  private func recordElapsedTime(in batch: inout OpenBatch) {
    guard exchange.time > batch.entries.last?.time ?? journaledTime else { return }
    var events: [Event] = []
    exchange.apply(.tick, at: exchange.time) { events.append($0) }
    batch.append(.tick, bytes: OpenBatch.tick, time: exchange.time, events: events)
  }

  private var replica: Replica {
    Replica(
      exchange: exchange, sequence: writer.head, hash: writer.headHash, eventsDigest: eventsDigest)
  }

  /// Answers whoever changes nothing. When this throws, there was no answer.
  private func answer(_ request: SequencerRequest) throws(JournalError) {
    switch request {
    case .submit: break
    case .read(let body): body(.success(exchange))
    case .checkpoint(let takesSnapshot, let answer):
      try settle()
      let replica = replica
      if takesSnapshot { snapshots.take(replica) }
      answer(
        .success(
          Checkpoint(
            sequence: replica.sequence, hash: replica.hash, stateHash: replica.stateHash)))
    }
  }

  private func fail(_ requests: ArraySlice<SequencerRequest>, _ error: JournalError) {
    for request in requests {
      switch request {
      case .submit(_, let answer): answer(.failure(.failed(error)))
      case .read(let body): body(.failure(.failed(error)))
      case .checkpoint(_, let answer): answer(.failure(.failed(error)))
      }
    }
  }
}
