/// Sealed batches on their way from the core's thread to the journal's thread.
final class Handover: Sendable {
  private struct State {
    var waiting: [SealedBatch] = []
    var isClosed = false
  }

  /// Batches that may wait. With one being filled and one being written, so many are in flight.
  private static let limit = 2
  private let state = Signal(State())

  /// Appends a batch; sleeps while too many wait.
  func put(_ batch: SealedBatch) {
    state.wait { state -> Void? in
      guard state.waiting.count < Self.limit else { return nil }
      state.waiting.append(batch)
      return ()
    }
    state.change { _ in ((), true) }
  }

  /// Ends the handover behind what is waiting.
  func close() {
    state.change { state in
      state.isClosed = true
      return ((), true)
    }
  }

  /// Takes the next batch; `nil` when there is none and never will be.
  ///
  /// - Parameter idle: Called before sleeping.
  func take(idle: () -> Void) -> SealedBatch? {
    let ready: SealedBatch?? = state.change { state in
      guard !state.waiting.isEmpty else { return (state.isClosed ? .some(nil) : nil, false) }
      return (state.waiting.removeFirst(), true)
    }
    if let ready { return ready }
    idle()
    let taken: SealedBatch? = state.wait { state in
      guard !state.waiting.isEmpty else { return state.isClosed ? .some(nil) : nil }
      return .some(state.waiting.removeFirst())
    }
    state.change { _ in ((), true) }
    return taken
  }
}
