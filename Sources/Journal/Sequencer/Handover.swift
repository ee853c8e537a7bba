import Synchronization

/// The machine, and sealed batches on their way from the core's thread to the journal's thread.
///
/// Whoever is awake hands over: the core's thread when the disk is free, or else the journal's thread
/// fetches the open batch itself when the core's thread is not at work on it. So under load nobody
/// has to be woken for a batch.
final class Handover: Sendable {
  private struct Queue {
    var waiting: [SealedBatch] = []
    var isClosed = false
  }

  /// Batches that may wait. With one being filled and one being written, so many are in flight.
  private static let limit = 2

  private let machine: Mutex<SequencerMachine>
  private let queue = Signal(Queue())
  private let isDiskFreeFlag = Atomic(true)

  init(_ machine: consuming sending SequencerMachine) { self.machine = Mutex(machine) }

  /// Whether the journal's thread has nothing to do.
  var isDiskFree: Bool { isDiskFreeFlag.load(ordering: .sequentiallyConsistent) }

  /// Works with the machine.
  func withMachine<R: ~Copyable>(_ body: (inout SequencerMachine) -> sending R) -> sending R {
    machine.withLock(body)
  }

  /// Closes the open batch and hands it over; sleeps while too many wait.
  func handOver() {
    // Under the lock, so that batches keep their order.
    machine.withLock { machine in
      guard let sealed = machine.seal() else { return }
      isDiskFreeFlag.store(false, ordering: .sequentiallyConsistent)
      queue.wait { queue -> Void? in
        guard queue.waiting.count < Self.limit else { return nil }
        queue.waiting.append(sealed)
        return ()
      }
      queue.change { _ in ((), true) }
    }
  }

  /// Ends the handover behind what is waiting.
  func close() {
    queue.change { queue in
      queue.isClosed = true
      return ((), true)
    }
  }

  /// Takes the next batch; `nil` when there is none and never will be.
  func take() -> SealedBatch? {
    if let waiting = takeWaiting() { return waiting }
    // First the flag, then the look: a core's thread that keeps the machine now sees the flag when
    // it lets go of it.
    isDiskFreeFlag.store(true, ordering: .sequentiallyConsistent)
    let fetched = machine.withLockIfAvailable { machine in
      if let waiting = takeWaiting() { return Fetched(batch: waiting) }
      return Fetched(batch: machine.seal())
    }
    if let batch = fetched?.batch {
      isDiskFreeFlag.store(false, ordering: .sequentiallyConsistent)
      return batch
    }
    let taken: SealedBatch? = queue.wait { queue in
      guard !queue.waiting.isEmpty else { return queue.isClosed ? .some(nil) : nil }
      return .some(queue.waiting.removeFirst())
    }
    queue.change { _ in ((), true) }
    return taken
  }

  private struct Fetched: Sendable {
    let batch: SealedBatch?
  }

  private func takeWaiting() -> SealedBatch? {
    queue.change { queue in
      guard !queue.waiting.isEmpty else { return (nil, false) }
      return (queue.waiting.removeFirst(), true)
    }
  }
}
