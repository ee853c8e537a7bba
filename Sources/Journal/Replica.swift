import Cryptography
public import Engine
import Money
import Wire

/// Why a batch does not follow.
public enum ReplicaError: Error, Equatable, Sendable {
  case sequence(expected: UInt64, found: UInt64)
  /// The batch names another predecessor than the one executed here.
  case previousHash(batch: UInt64)
  /// The batch is of a writer that was already replaced.
  case term(atLeast: UInt64, found: UInt64)
  /// An entry of the batch is no canonical command, counted from 0.
  case entry(Int, batch: UInt64)
  /// Executing the batch gave other events than its writer recorded.
  case diverged(batch: UInt64)
}

extension ReplicaError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .sequence(let expected, let found): "batch \(found) where \(expected) belongs"
    case .previousHash(let batch): "batch \(batch) does not continue the chain executed here"
    case .term(let least, let found): "a batch of term \(found) behind one of term \(least)"
    case .entry(let index, let batch): "batch \(batch): entry \(index) is not a command"
    case .diverged(let batch):
      "batch \(batch): executing it again gives other events than were recorded"
    }
  }
}

/// An exchange rebuilt from the journal alone, batch by batch.
///
/// Whoever trusts nobody keeps one of these: it accepts a batch only when it continues the chain and
/// gives the very events its writer saw. After an error, ``exchange`` is in no defined state.
public struct Replica: Sendable {
  public private(set) var exchange: Exchange
  /// Sequence of the last batch, 0 before the first.
  public private(set) var sequence: UInt64
  /// Hash of the last batch, zeros before the first.
  public private(set) var hash: [UInt8]
  /// Digest of all events so far, zeros before the first.
  public private(set) var eventsDigest: [UInt8]
  /// The writer's fencing token in the last batch, 0 before the first.
  public private(set) var term: UInt64

  /// The exchange before the first batch.
  public init() {
    self.init(
      exchange: Exchange(), sequence: 0, hash: BatchHeader.genesis,
      eventsDigest: BatchEvents.genesis, term: 0)
  }

  init(
    exchange: Exchange, sequence: UInt64, hash: [UInt8], eventsDigest: [UInt8], term: UInt64
  ) {
    self.exchange = exchange
    self.sequence = sequence
    self.hash = hash
    self.eventsDigest = eventsDigest
    self.term = term
  }

  /// Executes the next batch.
  public mutating func apply(_ batch: JournalBatch) throws(ReplicaError) -> CommittedBatch {
    let memory = BatchMemory(holding: batch.bytes)
    try execute(batch.frame, into: &memory.events)
    return CommittedBatch(
      BatchRecord(sequence: sequence, hash: hash, memory: memory, pool: .none))
  }

  /// Executes the next batch and leaves what it did in `events`.
  mutating func execute(
    _ frame: BatchFrame, into events: inout BatchEvents
  ) throws(ReplicaError) {
    guard frame.sequence == sequence + 1 else {
      throw .sequence(expected: sequence + 1, found: frame.sequence)
    }
    guard frame.header.previous == hash else { throw .previousHash(batch: frame.sequence) }
    guard frame.header.term >= term else { throw .term(atLeast: term, found: frame.header.term) }
    events.removeAll()
    let (end, count) = events.apply(
      frame.bytes.span, in: frame.payload, to: &exchange)
    guard end == frame.payload.upperBound, count == Int(frame.header.entryCount) else {
      throw .entry(count, batch: frame.sequence)
    }
    let digest = events.digest(after: eventsDigest)
    guard digest == frame.eventsDigest else { throw .diverged(batch: frame.sequence) }
    sequence = frame.sequence
    hash = frame.hash
    term = frame.header.term
    eventsDigest = digest
  }

  /// SHA-256 of the canonical encoding of the whole state.
  public var stateHash: [UInt8] { SHA256.hash(exchange.encode()) }
}
