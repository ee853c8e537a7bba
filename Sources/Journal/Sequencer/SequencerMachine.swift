package import Engine
package import Money
import Wire

/// The exchange and the batch that is being filled: what the sequencer does, without a thread, a
/// clock or a disk.
///
/// A driver admits what arrives, seals whenever the disk is free, gives what was sealed to a
/// ``BatchCommitter``, and lets the batch answer when it is durable. The state here runs ahead of
/// the disk by what is open or under way, so nothing that was read from it may be told to anyone
/// before the batch that was open at that moment is durable: that is what ``read(_:then:)`` is for.
package struct SequencerMachine: ~Copyable {
  /// The state, ahead of the disk.
  package private(set) var exchange: Exchange
  private let pool: BatchPool
  private var open: BatchMemory
  private var promises: [Promise] = []

  /// Continues from a recovered state.
  package init(_ replica: consuming Replica, pool: BatchPool) {
    exchange = replica.exchange
    self.pool = pool
    open = pool.take()
  }

  /// Bytes of commands in the open batch.
  package var openBytes: Int { open.bytes.count - BatchHeader.count }
  /// Commands in the open batch.
  package var openCommands: Int { open.events.count }
  /// Whether nobody waits for the open batch.
  package var isIdle: Bool { promises.isEmpty && openCommands == 0 }

  /// Carries out commands, one right after the other, all in the open batch.
  ///
  /// Refused ones are journaled as well: what was decided about them can be shown later.
  ///
  /// - Parameters:
  ///   - now: The wall clock. When it goes backwards, the time of the last command is used instead.
  ///   - answer: Called once, when the batch is durable or will never be.
  package mutating func admit(
    _ records: CommandRecords, at now: Timestamp, answer: @escaping GroupAnswer
  ) {
    let latest = Timestamp(milliseconds: EntryHead.latestTime)
    let time = min(max(now, exchange.time), latest)
    let first = openCommands
    let start = open.bytes.count
    // Written first, and carried out from there, as a replay does.
    open.bytes.append(contentsOf: records.bytes)
    EntryHead.stamp(&open.bytes, from: start, with: time.milliseconds)
    let count = open.apply(from: start, to: &exchange)
    let malformed = count < records.count ? count : nil
    promises.append(
      .group(first: first, count: count, malformed: malformed, time: time, answer))
  }

  /// Looks at the state, and answers with what was seen as soon as all of it is durable.
  package mutating func read<T: Sendable>(
    _ body: (borrowing Exchange) -> T,
    then answer: @escaping @Sendable (Result<(T, DurablePoint), SequencerError>) -> Void
  ) {
    let seen = body(exchange)
    promises.append(.barrier { point in answer(point.map { (seen, $0) }) })
  }

  /// Closes the open batch and begins the next. A batch without commands is not journaled, but what
  /// waits for it still has to wait for the batch before; `nil` when there is nothing at all.
  package mutating func seal() -> SealedBatch? {
    if isIdle { return nil }
    let sealed = SealedBatch(memory: open, promises: promises)
    open = pool.take()
    promises = []
    return sealed
  }
}

/// A durable point of the journal.
package struct DurablePoint: Equatable, Sendable {
  /// Sequence of the last batch, 0 before the first.
  package let sequence: UInt64
  package let hash: [UInt8]
}

package typealias GroupAnswer = @Sendable (Result<CommittedGroup, SequencerError>) -> Void

/// What somebody was promised for the time when a batch is durable.
enum Promise: Sendable {
  case group(first: Int, count: Int, malformed: Int?, time: Timestamp, GroupAnswer)
  /// Everything up to here is durable.
  case barrier(@Sendable (Result<DurablePoint, SequencerError>) -> Void)
}

/// A batch that takes no more commands and is on its way to the disk.
package final class SealedBatch: Sendable {
  let memory: BatchMemory
  private let promises: [Promise]

  init(memory: BatchMemory, promises: [Promise]) {
    self.memory = memory
    self.promises = promises
  }

  /// Commands in it.
  package var count: Int { memory.events.count }

  /// Answers everybody, once the batch is durable.
  package func answer(_ commit: BatchCommitter.Commit) {
    for promise in promises {
      switch promise {
      case .group(let first, let count, let malformed, let time, let answer):
        answer(
          .success(
            CommittedGroup(
              batch: commit.point.sequence, time: time, count: count, malformed: malformed,
              record: commit.record, first: first)))
      case .barrier(let answer): answer(.success(commit.point))
      }
    }
  }

  /// Tells everybody that the batch will not be durable.
  package func fail(_ error: JournalError) {
    for promise in promises {
      switch promise {
      case .group(_, _, _, _, let answer): answer(.failure(.failed(error)))
      case .barrier(let answer): answer(.failure(.failed(error)))
      }
    }
  }
}
