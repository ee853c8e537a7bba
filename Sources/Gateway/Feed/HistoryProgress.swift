import Synchronization

/// How far the history views have come, and who waits for them.
///
/// A customer who was told that his order is in must find it in his history at once, so questions
/// wait until the views have what was durable when they were asked.
final class HistoryProgress: Sendable {
  private struct State {
    var written: UInt64
    var isOver = false
    var waiting: [(sequence: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state: Mutex<State>

  init(written: UInt64) { state = Mutex(State(written: written)) }

  /// Says that every batch up to `sequence` is written.
  func advance(to sequence: UInt64) {
    let ready = state.withLock { state in
      state.written = max(state.written, sequence)
      let ready = state.waiting.filter { $0.sequence <= state.written }
      state.waiting.removeAll { $0.sequence <= state.written }
      return ready.map(\.continuation)
    }
    for continuation in ready { continuation.resume() }
  }

  /// Lets everyone go, because nothing will be written any more.
  func end() {
    let waiting = state.withLock { state in
      state.isOver = true
      defer { state.waiting = [] }
      return state.waiting.map(\.continuation)
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Returns once `sequence` is written.
  func wait(for sequence: UInt64) async {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        if state.isOver || state.written >= sequence { return true }
        state.waiting.append((sequence, continuation))
        return false
      }
      if isReady { continuation.resume() }
    }
  }
}
