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
  /// Hash of the first batch, which names the journal; zeros while it is not here.
  public private(set) var identity: [UInt8]
  private let lock: any StorageLock
  private let writer: JournalWriter
  private let snapshots: Snapshotter
  private let options: SequencerOptions
  private var events = BatchEvents(keepsEvents: false)
  private var batches: UInt64 = 0
  private var isClosed = false

  /// Opens or creates the journal in the data folder `directory` and rebuilds the state.
  public init(
    directory: String, options: SequencerOptions = SequencerOptions(),
    note: @escaping @Sendable (JournalNote) -> Void = { _ in }
  ) throws(JournalError) {
    let storage = DiskStorage()
    try storage.createFolder(directory)
    guard let lock = try storage.lock(directory + "/lock") else { throw .locked(path: directory) }
    let segments = Segments(directory: directory, archive: options.archive, storage: storage)
    let recovery = try Recovery(segments, snapshots: directory)
    for found in recovery.notes { note(found) }
    writer = try JournalWriter(
      segments: segments, at: recovery.position, last: recovery.last,
      segmentSize: options.segmentBytes)
    let reader = JournalReader(directory: directory, segments: segments, durable: nil)
    // Archived with the first segment: then the hash of the last batch has to do.
    identity = (try? reader.hash(of: 1)) ?? BatchHeader.genesis
    snapshots = Snapshotter(
      segments: segments, folder: SnapshotFolder(directory: directory, storage: storage),
      keeping: options.snapshotsKept, note: note)
    replica = recovery.replica
    self.lock = lock
    self.directory = directory
    self.options = options
  }

  deinit { close() }

  /// Checks, executes and keeps batches, and returns when all of them are durable.
  ///
  /// - Parameter batches: In order behind the last one kept, each exactly as it stands on the writer's
  ///   disk. When they are not, nothing was changed.
  public func keep(_ batches: [[UInt8]]) throws(FollowerError) {
    let frames = try chain(batches)
    guard let first = frames.first else { return }
    for frame in frames {
      do throws(ReplicaError) {
        try replica.execute(frame, into: &events)
      } catch {
        throw .replica(error)
      }
    }
    do throws(JournalError) {
      try writer.append(copiesOf: frames)
    } catch {
      throw .journal(error)
    }
    if first.sequence == 1 { identity = first.hash }
    self.batches += UInt64(frames.count)
    guard options.snapshotEvery > 0, self.batches >= options.snapshotEvery else { return }
    self.batches = 0
    snapshots.request(at: replica.sequence)
  }

  /// Reads batches and confirms that they follow each other and the last one kept.
  private func chain(_ batches: [[UInt8]]) throws(FollowerError) -> [BatchFrame] {
    var frames: [BatchFrame] = []
    var position = writer.position
    for bytes in batches {
      let frame: BatchFrame
      do throws(BatchProblem) {
        frame = try BatchFrame(bytes)
      } catch {
        throw .malformed(after: position.expected - 1, error)
      }
      switch position.problem(of: frame) {
      case .sequence(let expected, let found):
        throw .replica(.sequence(expected: expected, found: found))
      case .term(let least, let found): throw .replica(.term(atLeast: least, found: found))
      case .some: throw .replica(.previousHash(batch: frame.sequence))
      case nil: frames.append(frame)
      }
      position = position.advanced(over: frame)
    }
    return frames
  }

  /// Takes a snapshot at a batch that is kept, by executing the journal again beside everything else, and
  /// tells the state hash there.
  ///
  /// - Parameter answer: Called on another thread; with `nil` when there is none.
  public func stateHash(at sequence: UInt64, _ answer: @escaping @Sendable ([UInt8]?) -> Void) {
    precondition(sequence <= replica.sequence, "a batch that is not kept yet")
    snapshots.request(at: sequence) { answer((try? $0.get())?.stateHash) }
  }

  /// Writes a last snapshot, so that the next start is quick, and waits for what runs beside.
  public func closeWithSnapshot() {
    let place = writer.place
    close()
    snapshots.write(replica, at: place)
  }

  private func close() {
    guard !isClosed else { return }
    isClosed = true
    snapshots.stop()
    writer.close()
  }
}
