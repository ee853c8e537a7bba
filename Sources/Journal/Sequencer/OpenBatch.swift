import Engine
import Money
import Wire

/// A batch that is being filled.
struct OpenBatch {
  /// The canonical bytes of `Command.tick`.
  static let tick: [UInt8] = {
    var writer = ByteWriter()
    Command.tick.encode(into: &writer)
    return writer.bytes
  }()

  typealias Answer = @Sendable (Result<[Committed], SequencerError>) -> Void

  private(set) var digest: EventsDigest
  private(set) var entries: [CommittedBatch.Entry] = []
  private(set) var payload = ByteWriter()
  private var answers: [(outcomes: [(time: Timestamp, events: [Event])], answer: Answer)] = []

  init(eventsDigest: [UInt8]) { digest = EventsDigest(after: eventsDigest) }

  /// Decides what the journal keeps of a command that was applied.
  ///
  /// A refused command changed nothing and is not kept. But time passed before it was looked at, and
  /// what fell due then did happen: that part is kept as a tick.
  mutating func record(_ prepared: PreparedCommand, time: Timestamp, events: [Event]) {
    let lasting = events.filter { if case .refused = $0 { false } else { true } }
    let isRefused = lasting.count < events.count
    if isRefused || prepared.command == .tick {
      guard !lasting.isEmpty else { return }
      append(.tick, bytes: Self.tick, time: time, events: lasting)
    } else {
      append(prepared.command, bytes: prepared.bytes, time: time, events: events)
    }
  }

  mutating func append(_ command: Command, bytes: [UInt8], time: Timestamp, events: [Event]) {
    payload.write(time.milliseconds)
    payload.write(fixed: bytes)
    digest.append(events)
    entries.append(CommittedBatch.Entry(time: time, command: command, events: events))
  }

  /// Promises an answer to a submitter once the batch is durable.
  mutating func promise(
    _ outcomes: [(time: Timestamp, events: [Event])], to answer: @escaping Answer
  ) {
    answers.append((outcomes, answer))
  }

  /// Answers every submitter; `head` is the last durable batch.
  func answerAll(head: UInt64) {
    for (outcomes, answer) in answers {
      answer(
        .success(outcomes.map { Committed(batch: head, time: $0.time, events: $0.events) }))
    }
  }

  func failAll(_ error: JournalError) {
    for (_, answer) in answers { answer(.failure(.failed(error))) }
  }
}
