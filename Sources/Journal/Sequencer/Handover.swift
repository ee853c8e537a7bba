import Synchronization

/// The machine, and sealed batches on their way from the core's thread to the journal's thread.
///
/// Whoever is awake does the work: the core's thread hands over when the disk is free, or else the journal's
/// thread serves what waits and closes the open batch itself, when the core's thread is not at work. So
/// under load nobody has to be woken for a batch, and with little to do only the journal's thread is.
final class Handover: Sendable {
  private struct Queue {
    var waiting: [SealedBatch] = []
    /// Whether something arrived that nobody may have seen.
    var hasNews = false
    var isClosed = false
  }

  /// What the journal's thread wakes up for.
  private enum Call {
    case batch(SealedBatch)
    case news
    case end
  }

  /// Batches that may wait. With one being filled and one being written, so many are in flight.
  private static let limit = 2

  private let machine: Mutex<ServedMachine>
  private let queue = Signal(Queue())
  private let isDiskFreeFlag = Atomic(true)

  init(_ machine: consuming sending ServedMachine) { self.machine = Mutex(machine) }

  /// Whether the journal's thread has nothing to do.
  var isDiskFree: Bool { isDiskFreeFlag.load(ordering: .sequentiallyConsistent) }

  /// Works with the machine.
  func withMachine<R: ~Copyable>(_ body: (inout ServedMachine) -> sending R) -> sending R {
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

  /// Something waits in the inbox, and the core's thread sleeps. While the disk is busy, the journal's
  /// thread looks anyway before it sleeps.
  func look() {
    guard isDiskFree else { return }
    queue.change { queue in
      queue.hasNews = true
      return ((), true)
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
    let batch = next()
    isDiskFreeFlag.store(false, ordering: .sequentiallyConsistent)
    return batch
  }

  private func next() -> SealedBatch? {
    while true {
      if let waiting = takeWaiting() { return waiting }
      // First the flag, then the look: who comes too late for the look sees the flag, be it the core's
      // thread that keeps the machine now, when it lets go of it, or something that arrives.
      isDiskFreeFlag.store(true, ordering: .sequentiallyConsistent)
      let fetched = machine.withLockIfAvailable { machine in
        if let waiting = takeWaiting() { return Fetched(batch: waiting) }
        // What is left, if any, comes with the next batch, or earlier when the core's thread is awake.
        _ = machine.serve()
        return Fetched(batch: machine.seal())
      }
      if let batch = fetched?.batch { return batch }
      let call = queue.wait { queue -> Call? in
        if !queue.waiting.isEmpty { return .batch(queue.waiting.removeFirst()) }
        if queue.hasNews {
          queue.hasNews = false
          return .news
        }
        return queue.isClosed ? .end : nil
      }
      switch call {
      case .batch(let batch):
        queue.change { _ in ((), true) }
        return batch
      case .news: continue
      case .end: return nil
      }
    }
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
