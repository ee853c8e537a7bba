import Engine

/// What executing a whole journal again has shown.
public struct VerificationReport: Equatable, Sendable {
  /// Whether a snapshot says what the journal says.
  public enum SnapshotFinding: String, Equatable, Sendable {
    case matches
    /// The file is damaged; it will not be used.
    case damaged
    /// The file is whole but holds another state. This must never be.
    case differs
  }

  /// The batch of the snapshot that was started from, because the segments before it are not here; 0
  /// when every batch was executed.
  public var start: UInt64
  /// Sequence of the last batch.
  public var batches: UInt64
  /// Commands that were executed.
  public var commands: UInt64
  public var bytes: UInt64
  public var segments: Int
  /// Hash of the last batch, 32 bytes; zeros when there is none.
  public var headHash: [UInt8]
  /// SHA-256 of the canonical state after the last batch.
  public var stateHash: [UInt8]
  /// An unfinished batch behind the last whole one, which the next start will cut off.
  public var tornTail: TornTail?
  /// By the batch of the snapshot, oldest first.
  public var snapshots: [(sequence: UInt64, finding: SnapshotFinding)]

  public static func == (a: Self, b: Self) -> Bool {
    a.start == b.start && a.batches == b.batches && a.commands == b.commands && a.bytes == b.bytes
      && a.segments == b.segments && a.headHash == b.headHash && a.stateHash == b.stateHash
      && a.tornTail == b.tornTail && a.snapshots.elementsEqual(b.snapshots) { $0 == $1 }
  }
}

/// How far a verification has come.
public struct VerificationProgress: Equatable, Sendable {
  public var batches: UInt64
  public var commands: UInt64
  /// Bytes read so far and bytes that the segments take on disk.
  public var bytes: UInt64
  public var totalBytes: UInt64
}

extension JournalReader {
  /// Executes the journal from the first batch on, without trusting any snapshot unless the segments
  /// before it are not here: checks the chain of
  /// hashes, each batch's digest of events, and each snapshot against the state reached.
  ///
  /// - Parameter progress: Called after each batch.
  /// - Throws: ``JournalError/damaged(_:)`` with the place, ``JournalError/diverged(batch:)`` when
  ///   this program gives other events, ``JournalError/behindSnapshot(head:snapshot:)``.
  public func verify(
    progress: (VerificationProgress) -> Void = { _ in }
  ) throws(JournalError) -> VerificationReport {
    let folder = snapshots
    var waiting = Array(try folder.sequences().reversed())
    var findings: [(sequence: UInt64, finding: VerificationReport.SnapshotFinding)] = []
    var state = VerificationProgress(
      batches: 0, commands: 0, bytes: 0, totalBytes: try totalBytes())
    let first = try firstPosition()
    var cursor = JournalCursor(segments: segments, at: first)
    var replica = Replica()
    var start: UInt64 = 0
    if first.expected > 1 {
      (replica, start) = try begin(&cursor, &findings, &waiting, &state)
    }
    var events = BatchEvents(keepsEvents: false)
    var tail: TornTail?
    while let frame = try nextOrTail(&cursor, &tail) {
      try replica.execute(frame, from: cursor, into: &events)
      state.batches += 1
      state.commands += UInt64(frame.header.entryCount)
      state.bytes += UInt64(frame.bytes.count)
      while let sequence = waiting.first, sequence <= frame.sequence {
        waiting.removeFirst()
        if let finding = try compare(folder, sequence, with: replica) {
          findings.append((sequence, finding))
        }
      }
      progress(state)
    }
    for sequence in waiting {
      // A snapshot ahead of the journal means that batches are gone, unless it is itself damaged.
      // One that appeared after the last batch was read is none of this pass's business.
      guard case .failure = try folder.load(sequence) else {
        throw .behindSnapshot(head: replica.sequence, snapshot: sequence)
      }
      findings.append((sequence, .damaged))
    }
    return VerificationReport(
      start: start, batches: replica.sequence, commands: state.commands, bytes: state.bytes,
      segments: cursor.segment, headHash: replica.hash, stateHash: replica.stateHash,
      tornTail: tail, snapshots: findings)
  }

  /// Goes to the oldest snapshot that serves, checking the chain of the batches before it.
  private func begin(
    _ cursor: inout JournalCursor,
    _ findings: inout [(sequence: UInt64, finding: VerificationReport.SnapshotFinding)],
    _ waiting: inout [UInt64], _ state: inout VerificationProgress
  ) throws(JournalError) -> (Replica, UInt64) {
    let first = cursor.expected
    while let sequence = waiting.first {
      waiting.removeFirst()
      guard case .success(let snapshot) = try snapshots.load(sequence),
        let replica = try? snapshot.replica(), sequence >= first
      else {
        findings.append((sequence, .damaged))
        continue
      }
      while cursor.expected <= sequence, let frame = try cursor.next() {
        state.bytes += UInt64(frame.bytes.count)
      }
      if cursor.expected == sequence + 1, cursor.previous == snapshot.hash {
        findings.append((sequence, .matches))
        return (replica, sequence)
      }
      findings.append((sequence, .differs))
    }
    throw .archived(before: first)
  }

  /// `nil` when a live writer has removed the snapshot meanwhile.
  private func compare(
    _ folder: SnapshotFolder, _ sequence: UInt64, with replica: Replica
  ) throws(JournalError) -> VerificationReport.SnapshotFinding? {
    let loaded: Result<Snapshot, Snapshot.Problem>
    do throws(JournalError) {
      loaded = try folder.load(sequence)
    } catch {
      guard folder.exists(sequence) else { return nil }
      throw error
    }
    guard case .success(let snapshot) = loaded else { return .damaged }
    let same =
      sequence == replica.sequence && snapshot.hash == replica.hash
      && snapshot.eventsDigest == replica.eventsDigest
      && snapshot.state == replica.exchange.encode()
    return same ? .matches : .differs
  }

  /// The next batch, or what stands in its place. A live writer may be in the middle of it: only what
  /// stays as it is for a while is called damage.
  func nextOrTail(
    _ cursor: inout JournalCursor, _ tail: inout TornTail?
  ) throws(JournalError) -> BatchFrame? {
    var attempt = 0
    while true {
      if let frame = try cursor.next() { return frame }
      do throws(JournalError) {
        tail = try TornTail(after: cursor, in: segments)
        return nil
      } catch {
        attempt += 1
        if attempt == 20 { throw error }
        pause(milliseconds: 10)
      }
    }
  }
}
