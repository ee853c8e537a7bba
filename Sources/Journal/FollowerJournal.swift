import Engine

/// Why a follower does not keep what it was given.
public enum FollowerError: Error, Equatable, Sendable {
  /// Bytes that are no batch, where batch `after + 1` belongs.
  case malformed(after: UInt64, BatchProblem)
  /// A batch that does not follow, or that does something else when it is executed.
  case replica(ReplicaError)
  /// The own journal cannot be written or read.
  case journal(JournalError)
}

extension FollowerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let after, let problem): "what follows batch \(after) is no batch: \(problem)"
    case .replica(let error): "\(error)"
    case .journal(let error): "\(error)"
    }
  }
}

/// A copy of another machine's journal on an own disk, made of the very same bytes, and the exchange that
/// executing it gives.
///
/// One owner at a time uses it. After an error of execution or of the disk it must be opened anew.
public final class FollowerJournal {
  public let directory: String
  public private(set) var replica: Replica
  /// Hash of the first batch, which names the journal; zeros while there is none.
  public private(set) var identity: [UInt8]
  private let lock: DurableFile
  private let writer: JournalWriter
  private let snapshots: SnapshotTaker
  private let options: SequencerOptions

  /// Opens or creates the journal in the data folder `directory` and rebuilds the state.
  public init(
    directory: String, options: SequencerOptions = SequencerOptions(),
    note: @escaping @Sendable (JournalNote) -> Void = { _ in }
  ) throws(JournalError) {
    try Directory.create(directory)
    lock = try DurableFile(path: directory + "/lock", mode: .readWrite)
    guard try lock.lock(patienceMilliseconds: 1000) else { throw .locked(path: directory) }
    let recovery = try Recovery(directory: directory)
    for found in recovery.notes { note(found) }
    let segments = Segments(directory: directory)
    writer = try JournalWriter(
      segments: segments, at: recovery.position, last: recovery.last,
      segmentSize: options.segmentBytes)
    replica = recovery.replica
    var cursor = JournalCursor(segments: segments)
    identity = try cursor.next()?.hash ?? BatchHeader.genesis
    snapshots = SnapshotTaker(
      folder: SnapshotFolder(directory: directory), keeping: options.snapshotsKept, note: note)
    self.directory = directory
    self.options = options
  }

  /// Checks, executes and keeps batches, and returns when all of them are durable.
  ///
  /// - Parameters:
  ///   - batches: In order behind the last one kept, each exactly as it stands on the writer's disk.
  ///     When they are not, nothing was changed.
  ///   - reached: Called behind each batch at which the writer takes a snapshot too.
  public func keep(
    _ batches: [[UInt8]], reached: (borrowing Replica) -> Void = { _ in }
  ) throws(FollowerError) {
    let frames = try chain(batches)
    var snapshot: Replica?
    for frame in frames {
      try execute(frame)
      if options.snapshotEvery > 0, replica.sequence.isMultiple(of: options.snapshotEvery) {
        reached(replica)
        snapshot = replica
      }
    }
    guard let first = frames.first else { return }
    do throws(JournalError) {
      try writer.append(sealed: frames)
    } catch {
      throw .journal(error)
    }
    if first.sequence == 1 { identity = first.hash }
    // Behind the sync: a snapshot must not know more than the journal.
    if let snapshot { snapshots.takeBeside(snapshot) }
  }

  /// Reads batches and confirms that they follow each other and the last one kept.
  private func chain(_ batches: [[UInt8]]) throws(FollowerError) -> [BatchFrame] {
    var frames: [BatchFrame] = []
    var (sequence, hash) = (replica.sequence, replica.hash)
    for bytes in batches {
      let frame: BatchFrame
      do throws(BatchProblem) {
        frame = try BatchFrame(bytes)
      } catch {
        throw .malformed(after: sequence, error)
      }
      guard frame.sequence == sequence + 1 else {
        throw .replica(.sequence(expected: sequence + 1, found: frame.sequence))
      }
      guard frame.header.previous == hash else {
        throw .replica(.previousHash(batch: frame.sequence))
      }
      frames.append(frame)
      (sequence, hash) = (frame.sequence, frame.hash)
    }
    return frames
  }

  private func execute(_ frame: BatchFrame) throws(FollowerError) {
    let batch: JournalBatch
    do throws(BatchProblem) {
      batch = try JournalBatch(frame)
    } catch {
      throw .malformed(after: replica.sequence, error)
    }
    do throws(ReplicaError) {
      _ = try replica.apply(batch)
    } catch {
      throw .replica(error)
    }
  }

  /// Writes a snapshot of the present state, so that the next start is quick.
  public func takeSnapshot() {
    if replica.sequence > 0 { snapshots.take(replica) }
  }

  /// Waits for a snapshot that is being written.
  public func finish() { snapshots.finish() }
}
