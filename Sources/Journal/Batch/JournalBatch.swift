public import Engine
public import Money
import Synchronization

/// A command at its place in the journal.
public struct JournalEntry: Equatable, Sendable {
  /// When the command took effect. Never before that of the entry before.
  public let time: Timestamp
  public let command: Command

  public init(time: Timestamp, command: Command) {
    self.time = time
    self.command = command
  }
}

/// The unit of durability: some commands, sealed into the chain.
public struct JournalBatch: Sendable {
  let frame: BatchFrame
  public let entries: [JournalEntry]

  /// Reads one whole batch. Whether it continues a chain is for ``Replica`` to say.
  public init(decoding bytes: [UInt8]) throws(BatchProblem) {
    try self.init(try BatchFrame(bytes))
  }

  package init(_ frame: BatchFrame) throws(BatchProblem) {
    self.frame = frame
    var payload = PayloadReader(frame.bytes)
    var entries: [JournalEntry] = []
    for index in 0..<Int(frame.header.entryCount) {
      guard let head = payload.next(), let entry = payload.entry(head) else { throw .entry(index) }
      entries.append(entry)
    }
    guard payload.isAtEnd else { throw .trailingBytes }
    self.entries = entries
  }

  /// Position in the journal, from 1.
  public var sequence: UInt64 { frame.sequence }
  /// The writer's fencing token, never below that of the batch before.
  public var term: UInt64 { frame.header.term }
  /// Hash of the batch before, 32 bytes; zeros for the first.
  public var previous: [UInt8] { frame.header.previous }
  /// Digest over that of the batch before and the events of this one, 16 bytes.
  public var eventsDigest: [UInt8] { frame.eventsDigest }
  /// SHA-256 over header, payload and digest.
  public var hash: [UInt8] { frame.hash }
  /// The batch exactly as it stands on disk.
  public var bytes: [UInt8] { frame.bytes }
}

/// A durable batch together with what it did.
public struct CommittedBatch: Equatable, Sendable {
  /// A command and the events it caused.
  public struct Entry: Equatable, Sendable {
    public let time: Timestamp
    public let command: Command
    public let events: [Event]

    public init(time: Timestamp, command: Command, events: [Event]) {
      self.time = time
      self.command = command
      self.events = events
    }
  }

  private enum Content: Sendable {
    case entries([Entry])
    case record(BatchRecord)
  }

  public let sequence: UInt64
  public let hash: [UInt8]
  private let content: Content

  public init(sequence: UInt64, hash: [UInt8], entries: [Entry]) {
    self.sequence = sequence
    self.hash = hash
    content = .entries(entries)
  }

  package init(_ record: BatchRecord) {
    sequence = record.sequence
    hash = record.hash
    content = .record(record)
  }

  /// The commands with their events. Decoded when they are first asked for, by whoever asks.
  public var entries: [Entry] {
    switch content {
    case .entries(let entries): entries
    case .record(let record): record.decoded()
    }
  }

  /// Number of commands; nothing is decoded for it.
  public var count: Int {
    switch content {
    case .entries(let entries): entries.count
    case .record(let record): record.count
    }
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.sequence == b.sequence && a.hash == b.hash && a.entries == b.entries
  }
}
