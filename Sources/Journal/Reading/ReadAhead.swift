/// Reads batches and checks their hashes on a thread of its own, while the ones before are executed.
///
/// `@unchecked Sendable`: `cursor` is touched by that thread only, `ready` and `taken` only by the one
/// that asks for batches.
final class ReadAhead: @unchecked Sendable {
  /// A batch, and the cursor behind it; without a batch, the end of what is there.
  struct Step: Sendable {
    let frame: BatchFrame?
    let cursor: JournalCursor
  }

  private struct State {
    var steps: [Result<Step, JournalError>] = []
    var bytes = 0
    var isStopped = false
  }

  /// Bytes that may wait to be executed.
  private static let limit = 4 << 20

  private var cursor: JournalCursor
  private let durable: @Sendable () -> UInt64
  private let last: UInt64
  private let state = Signal(State())
  private var thread: OwnThread?
  /// What was taken from the other thread, and how much of it was given out.
  private var ready: [Result<Step, JournalError>] = []
  private var taken = 0

  /// Starts reading behind `cursor`.
  ///
  /// - Parameters:
  ///   - last: The last batch to read.
  ///   - durable: The last batch known to be durable; ending before it is damage.
  init(
    _ cursor: JournalCursor, through last: UInt64 = .max,
    durable: @escaping @Sendable () -> UInt64 = { 0 }
  ) throws(JournalError) {
    self.cursor = cursor
    self.last = last
    self.durable = durable
    thread = try OwnThread("read ahead") { [self] in run() }
  }

  /// The next batch; waits until it is read. After the end or an error there is nothing more.
  func next() throws(JournalError) -> Step {
    if taken == ready.count {
      ready = state.wait { state -> [Result<Step, JournalError>]? in
        guard !state.steps.isEmpty else { return nil }
        defer { state.steps = [] }
        state.bytes = 0
        return state.steps
      }
      taken = 0
      state.change { _ in ((), true) }
    }
    defer { taken += 1 }
    return try ready[taken].get()
  }

  /// Ends the thread. Must be called once, when nothing more is wanted.
  func stop() {
    state.change { state in
      state.isStopped = true
      return ((), true)
    }
    thread?.join()
    thread = nil
  }

  private func run() {
    while true {
      let step: Result<Step, JournalError>
      do throws(JournalError) {
        let frame = cursor.expected <= last ? try cursor.next(durable: durable()) : nil
        step = .success(Step(frame: frame, cursor: cursor))
      } catch {
        step = .failure(error)
      }
      let goesOn = state.wait { state -> Bool? in
        if state.isStopped { return false }
        guard state.bytes < Self.limit else { return nil }
        state.steps.append(step)
        guard case .success(let done) = step, let frame = done.frame else { return false }
        state.bytes += frame.bytes.count
        return true
      }
      state.change { _ in ((), true) }
      if !goesOn { return }
    }
  }
}
