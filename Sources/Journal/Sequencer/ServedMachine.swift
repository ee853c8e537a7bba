import Engine
import Money

/// What the sequencer is asked to do. Each is answered exactly once.
enum SequencerRequest: Sendable {
  case submit(CommandRecords, GroupAnswer)
  /// Looks at the state; the second closure is called when all that the first saw is durable.
  case read(
    @Sendable (borrowing Exchange) -> Void,
    @Sendable (Result<DurablePoint, SequencerError>) -> Void)
  case checkpoint(@Sendable (Result<(state: [UInt8], point: DurablePoint), SequencerError>) -> Void)
  /// Answered when everything before it is durable.
  case barrier(@Sendable (Result<DurablePoint, SequencerError>) -> Void)
}

/// The machine and the requests for it. Whoever has it may serve them, in their order.
struct ServedMachine: ~Copyable {
  /// Why serving ended.
  enum Served: Sendable {
    /// Nothing waits.
    case all
    /// More may wait, but others may want the machine.
    case some
    /// The batch has to be closed.
    case untilFull
  }

  /// Commands after which others may have the machine.
  private static let stride = 128

  private(set) var machine: SequencerMachine
  private let inbox: Inbox<SequencerRequest>
  private let batchBytes: Int
  private let clock: @Sendable () -> Timestamp
  /// What was taken from the inbox, and how much of it was served.
  private var taken: [SequencerRequest] = []
  private var next = 0

  init(
    _ machine: consuming SequencerMachine, inbox: Inbox<SequencerRequest>, batchBytes: Int,
    clock: @escaping @Sendable () -> Timestamp
  ) {
    self.machine = machine
    self.inbox = inbox
    self.batchBytes = batchBytes
    self.clock = clock
  }

  /// Closes the open batch. See ``SequencerMachine/seal()``.
  mutating func seal() -> SealedBatch? { machine.seal() }

  /// Serves requests until so many commands were carried out, or the batch has to be closed.
  mutating func serve() -> Served {
    if next == taken.count {
      inbox.take(into: &taken)
      next = 0
    }
    var count = 0
    while next < taken.count {
      guard count < Self.stride else { return .some }
      count += 1
      defer { next += 1 }
      switch taken[next] {
      case .submit(let records, let answer):
        machine.admit(records, at: clock(), answer: answer)
        count += records.count
        if machine.openBytes >= batchBytes { return .untilFull }
      case .read(let body, let answer): machine.read(body) { answer($0.map { $0.1 }) }
      case .checkpoint(let answer):
        machine.read({ $0.encode() }) { answer($0.map { (state: $0.0, point: $0.1) }) }
        // What is admitted later does not belong to this state.
        return .untilFull
      case .barrier(let answer): machine.read({ _ in }) { answer($0.map { $0.1 }) }
      }
    }
    return count == 0 ? .all : .some
  }
}
