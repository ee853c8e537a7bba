public import Engine
public import Money

/// How a sequencer does its work.
public struct SequencerOptions: Sendable {
  /// Size of a segment in bytes, reserved in advance. A batch above it gets a segment of its own.
  public var segmentBytes = 64 << 20
  /// Batches between two snapshots taken on the way; 0 takes none.
  public var snapshotEvery: UInt64 = 50_000
  /// Snapshots that are kept, at least 1.
  public var snapshotsKept = 3
  /// Whether an orderly shutdown takes a snapshot.
  public var snapshotAtShutdown = true
  /// Commands that may wait; more are refused with ``SequencerError/busy``.
  public var queueLimit = 65_536
  /// Commands in one batch; a group submitted together is never split and may exceed it.
  public var batchCommands = 1024
  /// Batches that a subscriber may lag behind before it is dropped.
  public var subscriberLimit = 4096
  /// Told how long each batch took to reach the medium; called on the sequencer's thread.
  public var written: (@Sendable (Duration) -> Void)?
  /// Asked around each write whether it may be made and told; nobody by default.
  public var gate: (any CommitGate)?

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

/// A command that took effect, or was refused, at a durable point of the journal.
public struct Committed: Equatable, Sendable {
  /// The batch that holds the command. For a refused command, which is not journaled, the last batch
  /// that it could see.
  public let batch: UInt64
  public let time: Timestamp
  public let events: [Event]

  /// Why the core refused the command, if it did.
  public var refusal: Refusal? {
    for case .refused(let refusal) in events { return refusal }
    return nil
  }
}

/// A point of the journal and the state there.
public struct Checkpoint: Equatable, Sendable {
  public let sequence: UInt64
  public let hash: [UInt8]
  /// SHA-256 of the canonical state, as `holdfast journal verify` prints it.
  public let stateHash: [UInt8]
}
