import Cryptography
public import Engine
import Money
import Wire

/// Why a batch does not follow.
public enum ReplicaError: Error, Equatable, Sendable {
  case sequence(expected: UInt64, found: UInt64)
  /// The batch names another predecessor than the one executed here.
  case previousHash(batch: UInt64)
  /// Executing the batch gave other events than its writer recorded.
  case diverged(batch: UInt64)
}

extension ReplicaError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .sequence(let expected, let found): "batch \(found) where \(expected) belongs"
    case .previousHash(let batch): "batch \(batch) does not continue the chain executed here"
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

  /// The exchange before the first batch.
  public init() {
    exchange = Exchange()
    sequence = 0
    hash = BatchHeader.genesis
    eventsDigest = BatchHeader.genesis
  }

  init(exchange: Exchange, sequence: UInt64, hash: [UInt8], eventsDigest: [UInt8]) {
    self.exchange = exchange
    self.sequence = sequence
    self.hash = hash
    self.eventsDigest = eventsDigest
  }

  /// Executes the next batch.
  public mutating func apply(_ batch: JournalBatch) throws(ReplicaError) -> CommittedBatch {
    guard batch.sequence == sequence + 1 else {
      throw .sequence(expected: sequence + 1, found: batch.sequence)
    }
    guard batch.previous == hash else { throw .previousHash(batch: batch.sequence) }
    var digest = EventsDigest(after: eventsDigest)
    var entries: [CommittedBatch.Entry] = []
    entries.reserveCapacity(batch.entries.count)
    for entry in batch.entries {
      var events: [Event] = []
      exchange.apply(entry.command, at: entry.time) { events.append($0) }
      digest.append(events)
      entries.append(
        CommittedBatch.Entry(time: entry.time, command: entry.command, events: events))
    }
    guard digest.value() == batch.eventsDigest else { throw .diverged(batch: batch.sequence) }
    sequence = batch.sequence
    hash = batch.hash
    eventsDigest = batch.eventsDigest
    return CommittedBatch(sequence: sequence, hash: hash, entries: entries)
  }

  /// SHA-256 of the canonical encoding of the whole state.
  public var stateHash: [UInt8] { SHA256.hash(exchange.encode()) }
}

/// The running digest of all events, so that two executions of the journal can be compared at each
/// batch: SHA-256(digest of the batch before ‖ for each entry its events as a canonical list).
struct EventsDigest {
  private var writer = ByteWriter()

  init(after previous: [UInt8]) { writer.write(fixed: previous) }

  /// Appends the events of one entry.
  mutating func append(_ events: [Event]) {
    writer.write(list: events) { (writer: inout ByteWriter, event: Event) in
      event.encode(into: &writer)
    }
  }

  func value() -> [UInt8] { SHA256.hash(writer.bytes) }
}
