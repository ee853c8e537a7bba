public import Engine
public import Money
import Wire

/// A command at its place in the journal.
public struct JournalEntry: Equatable, Sendable {
  /// When the command took effect. Never before that of the entry before.
  public let time: Timestamp
  public let command: Command

  public init(time: Timestamp, command: Command) {
    self.time = time
    self.command = command
  }

  func encode(into writer: inout ByteWriter) {
    writer.write(time.milliseconds)
    command.encode(into: &writer)
  }

  init(from reader: inout ByteReader) throws(WireError) {
    time = Timestamp(milliseconds: try reader.read())
    command = try Command(from: &reader)
  }
}

/// The unit of durability: some commands, sealed into the chain.
public struct JournalBatch: Sendable {
  private let frame: BatchFrame
  public let entries: [JournalEntry]

  /// Reads one whole batch. Whether it continues a chain is for ``Replica`` to say.
  public init(decoding bytes: [UInt8]) throws(BatchProblem) {
    try self.init(try BatchFrame(bytes))
  }

  init(_ frame: BatchFrame) throws(BatchProblem) {
    self.frame = frame
    var reader = ByteReader(Array(frame.payload))
    var entries: [JournalEntry] = []
    for index in 0..<Int(frame.header.entryCount) {
      guard let entry = try? JournalEntry(from: &reader) else { throw .entry(index) }
      entries.append(entry)
    }
    guard reader.remaining == 0 else { throw .trailingBytes }
    self.entries = entries
  }

  /// Position in the journal, from 1.
  public var sequence: UInt64 { frame.sequence }
  /// Hash of the batch before, 32 bytes; zeros for the first.
  public var previous: [UInt8] { frame.header.previous }
  /// SHA-256 over the digest of the batch before and the canonical events of this one.
  public var eventsDigest: [UInt8] { frame.eventsDigest }
  /// SHA-256 over all bytes before it.
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

  public let sequence: UInt64
  public let hash: [UInt8]
  public let entries: [Entry]

  public init(sequence: UInt64, hash: [UInt8], entries: [Entry]) {
    self.sequence = sequence
    self.hash = hash
    self.entries = entries
  }
}
