import Engine

/// Compares the digest of each executed batch's events with the recorded one on a thread of its own,
/// while the next batches are executed.
///
/// `@unchecked Sendable`: `digest` is touched by that thread until it has ended, `free` only by the one
/// that executes.
final class DigestCheck: @unchecked Sendable {
  private struct Executed: Sendable {
    let sequence: UInt64
    let recorded: [UInt8]
    let memory: BatchMemory
  }

  private struct State {
    var executed: [Executed] = []
    /// Memory to be used again.
    var compared: [BatchMemory] = []
    /// Bytes of events that are not compared yet.
    var bytes = 0
    var diverged: UInt64?
    var isEnding = false
  }

  /// Bytes of events that may wait to be compared.
  private static let limit = 4 << 20

  private var digest: [UInt8]
  private var free: [BatchMemory] = []
  private let state = Signal(State())
  private var thread: OwnThread?

  /// Starts comparing behind the batch whose digest is `digest`.
  init(after digest: [UInt8]) throws(JournalError) {
    self.digest = digest
    thread = try OwnThread("digests") { [self] in run() }
  }

  /// Memory for the events of the next batch; waits until there is room for them.
  ///
  /// - Throws: ``JournalError/diverged(batch:)`` when a batch before gave other events than recorded.
  func memory() throws(JournalError) -> BatchMemory {
    if free.isEmpty {
      let diverged: UInt64?
      (free, diverged) = state.wait { state -> ([BatchMemory], UInt64?)? in
        guard state.diverged != nil || state.bytes < Self.limit else { return nil }
        defer { state.compared = [] }
        return (state.compared, state.diverged)
      }
      if let diverged { throw .diverged(batch: diverged) }
    }
    return free.popLast() ?? BatchMemory(holding: [])
  }

  /// Has the events in `memory` compared with what `frame` says of them.
  func compare(_ memory: BatchMemory, with frame: BatchFrame) {
    let executed = Executed(
      sequence: frame.sequence, recorded: frame.eventsDigest, memory: memory)
    let bytes = memory.events.byteCount
    state.change { state in
      state.executed.append(executed)
      state.bytes += bytes
      return ((), true)
    }
  }

  /// Waits until everything is compared. Must be called once, when nothing more is executed.
  ///
  /// - Returns: The digest of the last batch.
  /// - Throws: ``JournalError/diverged(batch:)`` with the first batch that gave other events.
  func end() throws(JournalError) -> [UInt8] {
    let thread = thread
    self.thread = nil
    state.change { state in
      state.isEnding = true
      return ((), true)
    }
    thread?.join()
    if let batch = state.change({ ($0.diverged, false) }) { throw .diverged(batch: batch) }
    return digest
  }

  private func run() {
    while true {
      let work = state.wait { state -> [Executed]? in
        guard state.isEnding || !state.executed.isEmpty else { return nil }
        defer { state.executed = [] }
        return state.executed
      }
      if work.isEmpty { return }
      for batch in work {
        let bytes = batch.memory.events.byteCount
        digest = batch.memory.events.digest(after: digest)
        let isSame = digest == batch.recorded
        state.change { state in
          if isSame {
            state.compared.append(batch.memory)
            state.bytes -= bytes
          } else {
            state.diverged = batch.sequence
          }
          return ((), true)
        }
        if !isSame { return }
      }
    }
  }
}

extension Replica {
  /// Executes what `ahead` reads, up to batch `last`.
  ///
  /// - Returns: The last batch that was executed, if one was, and the step behind it.
  mutating func follow(
    _ ahead: ReadAhead, through last: UInt64 = .max
  ) throws(JournalError) -> (executed: BatchFrame?, next: ReadAhead.Step) {
    let check = try DigestCheck(after: eventsDigest)
    do throws(JournalError) {
      var executed: BatchFrame?
      var step = try ahead.next()
      while let frame = step.frame, frame.sequence <= last {
        let memory = try check.memory()
        do throws(ReplicaError) {
          try carryOut(frame, into: &memory.events)
        } catch {
          throw step.cursor.error(for: error)
        }
        check.compare(memory, with: frame)
        executed = frame
        step = try ahead.next()
      }
      eventsDigest = try check.end()
      return (executed, step)
    } catch {
      // What went wrong first is the cause.
      _ = try check.end()
      throw error
    }
  }
}
