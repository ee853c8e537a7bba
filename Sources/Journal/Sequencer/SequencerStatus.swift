import Synchronization

/// What the sequencer's threads share with everybody else.
final class SequencerStatus: Sendable {
  private struct Shared {
    var sequence: UInt64
    var hash: [UInt8]
    var subscribers: [UInt64: AsyncStream<CommittedBatch>.Continuation] = [:]
    var nextSubscriber: UInt64 = 0
    var failure: JournalError?
    var end: Result<Void, JournalError>?
    var waiters: [CheckedContinuation<Result<Void, JournalError>, Never>] = []
  }

  private let shared: Mutex<Shared>
  private let subscriberLimit: Int

  init(sequence: UInt64, hash: [UInt8], subscriberLimit: Int) {
    shared = Mutex(Shared(sequence: sequence, hash: hash))
    self.subscriberLimit = subscriberLimit
  }

  /// The last durable batch.
  var head: (sequence: UInt64, hash: [UInt8]) { shared.withLock { ($0.sequence, $0.hash) } }

  /// Why the sequencer failed, if it did.
  var failure: JournalError? { shared.withLock { $0.failure } }

  /// Says that nothing more becomes durable. The end follows when everybody was told.
  func fail(_ error: JournalError) { shared.withLock { $0.failure = error } }

  /// Moves the head and tells every subscriber. A subscriber whose buffer is full is ended: it has
  /// all batches up to there and goes on from disk. So is the one that lags most, when batches that
  /// nobody has read yet take too much memory.
  ///
  /// Only the journal's thread calls it, so that everybody gets the batches in their order.
  func advance(to batch: CommittedBatch, isMemoryFull: Bool = false) {
    let subscribers = shared.withLock { state in
      state.sequence = batch.sequence
      state.hash = batch.hash
      return state.subscribers
    }
    // Outside the lock: waking a task waits for whoever is cancelling it, and the cancelling one
    // calls `onTermination`, which takes the lock. So does finishing.
    var slow: [UInt64] = []
    var slowest: (key: UInt64, room: Int)?
    for (key, subscriber) in subscribers {
      if case .enqueued(let room) = subscriber.yield(batch) {
        if room < slowest?.room ?? subscriberLimit - 1 { slowest = (key, room) }
      } else {
        slow.append(key)
      }
    }
    if isMemoryFull, let slowest { slow.append(slowest.key) }
    guard !slow.isEmpty else { return }
    shared.withLock { state in
      for key in slow { state.subscribers[key] = nil }
    }
    for key in slow { subscribers[key]?.finish() }
  }

  func subscribe() -> AsyncStream<CommittedBatch> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: CommittedBatch.self, bufferingPolicy: .bufferingOldest(subscriberLimit))
    let key = shared.withLock { state -> UInt64? in
      guard state.end == nil else { return nil }
      state.nextSubscriber += 1
      state.subscribers[state.nextSubscriber] = continuation
      return state.nextSubscriber
    }
    guard let key else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      self?.shared.withLock { $0.subscribers[key] = nil }
    }
    return stream
  }

  /// Ends all subscriptions and releases everybody who waits for the end.
  func end(_ result: Result<Void, JournalError>) {
    let (waiters, subscribers) = shared.withLock { state in
      state.end = result
      defer {
        state.waiters = []
        state.subscribers = [:]
      }
      return (state.waiters, Array(state.subscribers.values))
    }
    for subscriber in subscribers { subscriber.finish() }
    for waiter in waiters { waiter.resume(returning: result) }
  }

  /// Waits for ``end(_:)``.
  func waitForEnd() async -> Result<Void, JournalError> {
    await withCheckedContinuation { continuation in
      let ended = shared.withLock { state in
        if state.end == nil { state.waiters.append(continuation) }
        return state.end
      }
      if let ended { continuation.resume(returning: ended) }
    }
  }
}
