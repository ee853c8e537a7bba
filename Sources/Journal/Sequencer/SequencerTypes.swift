public import Engine
public import Money

/// How a sequencer does its work.
public struct SequencerOptions: Sendable {
  /// Size of a segment in bytes, filled with zeros in advance. The first ones of a journal are
  /// smaller. A batch above it gets a segment of its own.
  public var segmentBytes = 64 << 20
  /// Batches between two snapshots taken on the way; 0 sets no limit.
  public var snapshotEvery: UInt64 = 50_000
  /// Commands between two snapshots taken on the way; 0 sets no limit.
  public var snapshotEveryCommands: UInt64 = 2_000_000
  /// Snapshots that are kept, at least 1.
  public var snapshotsKept = 3
  /// Whether an orderly shutdown takes a snapshot.
  public var snapshotAtShutdown = true
  /// Folder to which segments move that the oldest kept snapshot makes unnecessary for a start;
  /// without one they all stay. It may be on another disk.
  public var archive: String?
  /// Commands that may wait; more are refused with ``SequencerError/busy``.
  public var queueLimit = 65_536
  /// Bytes of commands after which a batch is closed although the disk is still busy with the one
  /// before; a group submitted together is never split and may exceed it.
  public var batchBytes = 1 << 20
  /// Batches that a subscriber may lag behind before it is dropped.
  public var subscriberLimit = 4096
  /// Bytes of batches that subscribers may leave unread together; above it the one that lags most is
  /// dropped.
  public var subscriberBytes = 256 << 20
  /// This writer's fencing token; `nil` continues that of the last batch. Below it nothing opens.
  public var term: UInt64?
  /// Asked about each durable batch before anybody is told of it.
  public var gate: CommitGate?
  /// Whether this process is still the only writer: asked before each write, and once more by whoever
  /// was answered, so that a process that slept in between tells nobody. What it throws ends the writer
  /// for good. It must be quick.
  public var stillPrimary: (@Sendable () throws(JournalError) -> Void)?
  /// Told how long each batch took to reach the medium; called on the journal's thread.
  public var written: (@Sendable (Duration) -> Void)?

  public init() {}
}

/// Why a command has no answer from the core.
public enum SequencerError: Error, Equatable, Sendable {
  /// Too many commands wait. Nothing happened; try again later.
  case busy
  /// The sequencer is shut down. Nothing happened.
  case stopped
  /// The commands together are larger than a batch may be. Nothing happened.
  case tooLarge(bytes: Int, limit: Int)
  /// The journal could not be written. Whether the command took effect is known only after the next
  /// start.
  case failed(JournalError)
}

extension SequencerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .busy: "too many commands wait"
    case .stopped: "the exchange is shutting down"
    case .tooLarge(let bytes, let limit): "\(bytes) bytes of commands are above \(limit)"
    case .failed(let error): "the journal failed: \(error)"
    }
  }
}

/// Commands that were submitted together, at their durable place in the journal.
public struct CommittedGroup: Sendable {
  /// The batch that holds them. Where none of them was a command, the last batch before.
  public let batch: UInt64
  /// When they took effect.
  public let time: Timestamp
  /// Commands that were carried out, refused ones included.
  public let count: Int
  /// Position in the group of the first record that was no command. It and what followed did nothing.
  public let malformed: Int?
  private let record: BatchRecord?
  private let first: Int

  init(
    batch: UInt64, time: Timestamp, count: Int, malformed: Int?, record: BatchRecord?, first: Int
  ) {
    self.batch = batch
    self.time = time
    self.count = count
    self.malformed = malformed
    self.record = record
    self.first = first
  }

  /// What command `index` of the group did, decoded now.
  public func events(of index: Int) -> [Event] {
    precondition((0..<count).contains(index), "no such command in the group")
    return record?.events(of: first + index) ?? []
  }

  /// Command `index` of the group.
  public subscript(index: Int) -> Committed { Committed(group: self, index: index) }
}

/// A command that took effect, or was refused, at a durable point of the journal.
public struct Committed: Equatable, Sendable {
  private let group: CommittedGroup
  private let index: Int

  init(group: CommittedGroup, index: Int) {
    self.group = group
    self.index = index
  }

  /// The batch that holds the command.
  public var batch: UInt64 { group.batch }
  public var time: Timestamp { group.time }
  /// What it did. Decoded at each call, by whoever asks.
  public var events: [Event] { group.events(of: index) }

  /// Why the core refused the command, if it did.
  public var refusal: Refusal? {
    for case .refused(let refusal) in events { return refusal }
    return nil
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.batch == b.batch && a.time == b.time && a.events == b.events
  }
}

/// A point of the journal and the state there.
public struct Checkpoint: Equatable, Sendable {
  public let sequence: UInt64
  public let hash: [UInt8]
  /// SHA-256 of the canonical state, as `holdfast journal verify` prints it.
  public let stateHash: [UInt8]
}
