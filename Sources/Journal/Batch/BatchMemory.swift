import Engine
import Synchronization

/// The memory of one batch: its bytes as they go to disk, and what its commands did.
///
/// It has one owner at a time: the machine that fills it, then whoever seals it. From then on nobody
/// changes it until the last ``BatchRecord`` of it is gone and the pool hands it out again.
///
/// `@unchecked Sendable`: by that order.
final class BatchMemory: @unchecked Sendable {
  /// Room for the header, then the payload; after sealing the whole batch.
  var bytes: [UInt8] = []
  var events = BatchEvents()

  fileprivate init() {}

  /// Memory that a pool does not know.
  init(holding bytes: [UInt8]) { self.bytes = bytes }

  /// Carries out the entries from `start` on; returns how many. The first one that is no command is taken
  /// away, with what is behind it.
  func apply(from start: Int, to exchange: inout Exchange) -> Int {
    let (end, count) = events.apply(bytes.span, in: start..<bytes.count, to: &exchange)
    bytes.removeLast(bytes.count - end)
    return count
  }

  fileprivate func clear() {
    bytes.removeAll(keepingCapacity: true)
    events.removeAll()
  }
}

/// Memory that batches have used and will use again, so that a steady load allocates nothing and
/// touches the same few megabytes.
package final class BatchPool: Sendable {
  private let unused = Mutex<[BatchMemory]>([])
  private let held = Atomic(0)
  private let limit: Int

  /// - Parameter limit: Batches whose memory is kept.
  package init(limit: Int = 8) { self.limit = limit }

  /// Keeps nothing.
  static let none = BatchPool(limit: 0)

  func take() -> BatchMemory {
    let memory = unused.withLock { $0.popLast() } ?? BatchMemory()
    memory.bytes.append(contentsOf: repeatElement(0, count: BatchHeader.count))
    return memory
  }

  /// Bytes of the sealed batches that somebody still holds.
  var heldBytes: Int { held.load(ordering: .relaxed) }

  fileprivate func hold(_ bytes: Int) { held.add(bytes, ordering: .relaxed) }

  fileprivate func release(_ bytes: Int) { held.subtract(bytes, ordering: .relaxed) }

  fileprivate func give(_ memory: BatchMemory) {
    guard limit > 0 else { return }
    memory.clear()
    unused.withLock { if $0.count < limit { $0.append(memory) } }
  }
}

/// A batch that is sealed and what it did, for as long as anybody wants to know.
///
/// Nothing is decoded before somebody asks, and then on his own thread.
package final class BatchRecord: Sendable {
  package let sequence: UInt64
  package let hash: [UInt8]
  private let memory: BatchMemory
  private let pool: BatchPool
  private let size: Int
  private let entries = Mutex<[CommittedBatch.Entry]?>(nil)

  init(sequence: UInt64, hash: [UInt8], memory: BatchMemory, pool: BatchPool) {
    self.sequence = sequence
    self.hash = hash
    self.memory = memory
    self.pool = pool
    size = memory.bytes.count + memory.events.byteCount
    pool.hold(size)
  }

  deinit {
    pool.release(size)
    pool.give(memory)
  }

  /// The batch as it stands on disk.
  package var bytes: [UInt8] { memory.bytes }
  /// Commands in it.
  package var count: Int { memory.events.count }

  /// What command `index` did.
  func events(of index: Int) -> [Event] { memory.events.events(of: index) }

  /// Every command with its events; decoded once, for all who ask.
  func decoded() -> [CommittedBatch.Entry] {
    entries.withLock { known in
      if let known { return known }
      let decoded = PayloadReader(memory.bytes).decode().enumerated().map { index, entry in
        CommittedBatch.Entry(
          time: entry.time, command: entry.command, events: memory.events.events(of: index))
      }
      known = decoded
      return decoded
    }
  }
}
