import Engine
import Money

/// What the core's thread is asked to do. Each is answered exactly once.
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

/// The thread that owns the exchange: it carries commands out and fills batches, while the journal's
/// thread makes the batch before durable.
///
/// `@unchecked Sendable`: it is handed to its thread once, by `Sequencer.open`, and only ``run()``
/// on that thread touches it.
final class CoreThread: @unchecked Sendable {
  /// Commands between two looks at whether the disk has become free.
  private static let stride = 256

  private var machine: SequencerMachine
  private let inbox: Inbox<SequencerRequest>
  private let handover: Handover
  private let batchBytes: Int
  private let clock: @Sendable () -> Timestamp
  private let end: (borrowing Exchange) -> Void

  /// - Parameter end: Called when everything is handed over; the last thing this thread does.
  init(
    machine: consuming SequencerMachine, inbox: Inbox<SequencerRequest>, handover: Handover,
    batchBytes: Int, clock: @escaping @Sendable () -> Timestamp,
    end: @escaping (borrowing Exchange) -> Void
  ) {
    self.machine = machine
    self.inbox = inbox
    self.handover = handover
    self.batchBytes = batchBytes
    self.clock = clock
    self.end = end
  }

  /// Works until the inbox is closed and empty.
  func run() {
    while true {
      let taken = inbox.take(wantsDisk: !machine.isIdle)
      var since = 0
      for request in taken.elements {
        since += serve(request)
        if machine.openBytes >= batchBytes {
          handOver()
        } else if since >= Self.stride {
          since = 0
          if inbox.isDiskFree { handOver() }
        }
      }
      if inbox.isDiskFree || taken.isClosed { handOver() }
      if taken.isClosed, taken.elements.isEmpty { break }
    }
    handover.close()
    end(machine.exchange)
  }

  /// Returns how many commands it was.
  private func serve(_ request: SequencerRequest) -> Int {
    switch request {
    case .submit(let records, let answer):
      machine.admit(records, at: clock(), answer: answer)
      return records.count
    case .read(let body, let answer): machine.read(body) { answer($0.map { $0.1 }) }
    case .checkpoint(let answer):
      machine.read({ $0.encode() }) { answer($0.map { (state: $0.0, point: $0.1) }) }
      // What is admitted later does not belong to this state.
      handOver()
    case .barrier(let answer): machine.read({ _ in }) { answer($0.map { $0.1 }) }
    }
    return 1
  }

  private func handOver() {
    guard let sealed = machine.seal() else { return }
    inbox.occupyDisk()
    handover.put(sealed)
  }
}
