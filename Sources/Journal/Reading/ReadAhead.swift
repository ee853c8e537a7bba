/// Reads batches and checks their hashes on a thread of its own, while the ones before are executed.
///
/// `@unchecked Sendable`: `cursor` is touched by that thread only, `ready`, `latest` and `before` only by the one
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
    /// Memory of batches that were executed.
    var spare: [[UInt8]] = []
    var isStopped = false
  }

  /// Bytes that may wait to be executed.
  private static let limit = 4 << 20
  /// Bytes from which on a batch's memory is worth using again, and how many such batches wait for it.
  private static let worthwhile = 1 << 16
  private static let spares = 4

  private var cursor: JournalCursor
  private let durable: @Sendable () -> UInt64
  private let last: UInt64
  private let state = Signal(State())
  private var thread: OwnThread?
  /// What was taken from the other thread, the next one last.
  private var ready: [Result<Step, JournalError>] = []
  /// The memory of the last two batches that were given out.
  private var latest: [UInt8] = []
  private var before: [UInt8] = []

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
  ///
  /// The memory of batches before the last one is used again, unless somebody still has it.
  func next() throws(JournalError) -> Step {
    if ready.isEmpty {
      ready = state.wait { state -> [Result<Step, JournalError>]? in
        guard !state.steps.isEmpty else { return nil }
        defer { state.steps = [] }
        state.bytes = 0
        return state.steps.reversed()
      }
      state.change { _ in ((), true) }
    }
    guard let next = ready.popLast() else { preconditionFailure("nothing is given out twice") }
    let step = try next.get()
    giveBack()
    if let frame = step.frame { latest = frame.bytes }
    return step
  }

  private func giveBack() {
    let memory = before
    before = latest
    latest = []
    guard memory.count >= Self.worthwhile else { return }
    state.change { state in
      if state.spare.count < Self.spares { state.spare.append(memory) }
      return ((), false)
    }
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
        if let spare = state.change({ ($0.spare.popLast(), false) }) { cursor.reuse(spare) }
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
