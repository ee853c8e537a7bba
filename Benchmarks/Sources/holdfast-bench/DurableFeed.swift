import Dispatch
import Engine
import ExchangeFlow
import Journal
import Money
import OrderFlow
import Synchronization

/// A workload as encoded groups of commands, ready to be submitted, and a sequencer to submit them to.
struct DurableFeed: Sendable {
  /// What must be submitted first, in order: configuration, customers, money.
  let preparation: [CommandRecords]
  /// Fills the books.
  let prefill: [CommandRecords]
  /// The timed commands, in groups.
  let groups: [CommandRecords]
  let translation: ExchangeTranslation
  /// How many of the workload's commands are timed.
  let count: Int

  /// - Parameter groupSize: Commands submitted together, as a gateway hands over what it has read.
  init(_ workload: Workload, groupSize: Int) throws {
    let flow = ExchangeFlow(workload.header)
    var exchange = Exchange()
    var preparation = Grouping(size: 256)
    flow.prepare { command in
      exchange.apply(command, at: ExchangeFlow.firstTime) { _ in }
      preparation.append(command)
    }
    var translation = ExchangeTranslation(workload.header, for: exchange)
    var prefill = Grouping(size: 256)
    var groups = Grouping(size: groupSize)
    for (index, command) in workload.commands.enumerated() {
      try translation.translate(command) { command in
        if index < workload.firstTimed { prefill.append(command) } else { groups.append(command) }
      }
    }
    self.preparation = preparation.finished()
    self.prefill = prefill.finished()
    self.groups = groups.finished()
    self.translation = translation
    count = workload.commands.count - workload.firstTimed
  }

  private struct Grouping {
    let size: Int
    private var open = CommandRecords()
    private var groups: [CommandRecords] = []

    init(size: Int) { self.size = size }

    mutating func append(_ command: Command) {
      open.append(command)
      guard open.count == size else { return }
      groups.append(open)
      open = CommandRecords()
    }

    mutating func finished() -> [CommandRecords] {
      if open.count > 0 { groups.append(open) }
      return groups
    }
  }
}

/// Hands groups to a sequencer and keeps count, so that no more wait than its queue takes.
final class Submission: Sendable {
  private struct State {
    var outstanding = 0
    var failure: String?
    /// How few commands the submitting thread waits for, asleep.
    var awaited: Int?
  }

  /// Commands that may wait at once.
  private static let limit = 65_536
  /// Commands for which there must be room before a thread is woken.
  private static let room = 4096
  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)
  private let sequencer: Sequencer

  init(_ sequencer: Sequencer) { self.sequencer = sequencer }

  /// Submits all groups, as fast as they are taken, and waits for the last answer. One thread at a time
  /// does that.
  func run(_ groups: [CommandRecords]) throws {
    for group in groups {
      wait(untilAtMost: Self.limit - group.count, elseFor: Self.limit - Self.room)
      submit(group) {}
    }
    try finish()
  }

  /// Submits one group; `answered` runs when it is durable.
  func submit(_ group: CommandRecords, answered: @escaping @Sendable () -> Void) {
    state.withLock { $0.outstanding += group.count }
    sequencer.submit(group) { [self] result in
      answered()
      let wakes = state.withLock { state in
        state.outstanding -= group.count
        switch result {
        case .success(let done):
          if done.malformed != nil { state.failure = "a command is malformed" }
        case .failure(let error): state.failure = "\(error)"
        }
        guard let awaited = state.awaited, state.outstanding <= awaited || state.failure != nil
        else { return false }
        state.awaited = nil
        return true
      }
      if wakes { wake.signal() }
    }
  }

  /// Waits until everything is answered.
  func finish() throws {
    wait(untilAtMost: 0, elseFor: 0)
    if let failure = state.withLock({ $0.failure }) { throw BenchmarkError(failure) }
  }

  /// Returns when at most `most` commands are outstanding; where there are more, sleeps until they are
  /// `fewer`. Looking again and again would take a tenth of a processor from the exchange.
  private func wait(untilAtMost most: Int, elseFor fewer: Int) {
    let mustSleep = state.withLock { state in
      guard state.outstanding > most, state.failure == nil else { return false }
      state.awaited = fewer
      return true
    }
    if mustSleep { wake.wait() }
  }
}
