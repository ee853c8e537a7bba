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

/// The thread that carries commands out and fills batches, while the journal's thread makes the batch
/// before durable.
final class CoreThread: Sendable {
  /// Commands between two looks at whether the disk has become free.
  private static let stride = 128

  private let inbox: Inbox<SequencerRequest>
  private let handover: Handover
  private let batchBytes: Int
  private let clock: @Sendable () -> Timestamp

  init(
    inbox: Inbox<SequencerRequest>, handover: Handover, batchBytes: Int,
    clock: @escaping @Sendable () -> Timestamp
  ) {
    self.inbox = inbox
    self.handover = handover
    self.batchBytes = batchBytes
    self.clock = clock
  }

  /// Works until the inbox is closed and empty.
  func run() {
    while true {
      let taken = inbox.take()
      var next = 0
      while next < taken.elements.count {
        let isFull = handover.withMachine { machine in serve(taken.elements, &next, &machine) }
        if isFull || handover.isDiskFree { handover.handOver() }
      }
      if taken.isClosed, taken.elements.isEmpty { break }
    }
    handover.handOver()
    handover.close()
  }

  /// Serves requests until so many commands were carried out, or the batch has to be closed.
  ///
  /// - Returns: Whether it has to be closed.
  private func serve(
    _ requests: [SequencerRequest], _ next: inout Int, _ machine: inout SequencerMachine
  ) -> Bool {
    var count = 0
    while next < requests.count, count < Self.stride {
      count += 1
      defer { next += 1 }
      switch requests[next] {
      case .submit(let records, let answer):
        machine.admit(records, at: clock(), answer: answer)
        count += records.count
        if machine.openBytes >= batchBytes { return true }
      case .read(let body, let answer): machine.read(body) { answer($0.map { $0.1 }) }
      case .checkpoint(let answer):
        machine.read({ $0.encode() }) { answer($0.map { (state: $0.0, point: $0.1) }) }
        // What is admitted later does not belong to this state.
        return true
      case .barrier(let answer): machine.read({ _ in }) { answer($0.map { $0.1 }) }
      }
    }
    return false
  }
}
