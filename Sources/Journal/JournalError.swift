// Journal owns the durable order of commands: segments on disk, their hash chain, group commit,
// recovery and snapshots, and the one thread that owns the exchange. It refuses to know what a
// command means, who sent it and over which interface.

/// Why bytes are not the batch that belongs in their place.
public enum BatchProblem: Error, Equatable, Sendable {
  /// The bytes end before the batch does.
  case truncated
  /// The first bytes of a batch are missing.
  case noMagic
  /// A version this program does not read.
  case unknownVersion(UInt16)
  /// The header does not match its checksum.
  case headerChecksum
  /// The payload is longer than any batch that was ever written.
  case payloadTooLong(Int)
  /// The commands were changed: they do not match the batch's hash.
  case payload
  /// The digest of the events was changed.
  case eventsDigest
  /// The hash was changed.
  case hash
  /// The checksums or the end mark behind the hash were changed.
  case endMark
  /// A batch of another place in the chain.
  case sequence(expected: UInt64, found: UInt64)
  /// A batch of a writer that was already replaced.
  case term(atLeast: UInt64, found: UInt64)
  /// The batch does not continue the chain: its previous hash is not that of the batch before.
  case previousHash
  /// An entry that is not a canonical command, counted from 0.
  case entry(Int)
  /// Bytes after the last entry.
  case trailingBytes
  /// Something other than zeros follows the last batch of a segment that is not the last.
  case bytesAfterLastBatch
  /// A later batch is whole, so this one was damaged after it had been written.
  case damagedBefore(later: UInt64)
  /// The first bytes of the segment are not as they were written, or are those of another one.
  case segmentHeader
  /// A segment between the first and the last is missing.
  case segmentMissing
  /// The journal ends although a later batch was reported durable.
  case endsBefore(UInt64)
}

/// Where the journal is damaged, and how.
public struct JournalDamage: Error, Equatable, Sendable {
  /// Path of the segment.
  public let file: String
  /// Sequence of the batch that is missing or damaged.
  public let batch: UInt64
  /// Position in the segment where that batch begins, in bytes.
  public let offset: Int
  public let problem: BatchProblem

  public init(file: String, batch: UInt64, offset: Int, problem: BatchProblem) {
    self.file = file
    self.batch = batch
    self.offset = offset
    self.problem = problem
  }
}

/// Why a journal cannot be opened, read or extended.
public enum JournalError: Error, Equatable, Sendable {
  /// The operating system refused; `code` is its `errno`.
  case io(operation: String, path: String, code: Int32)
  /// Another process writes this journal.
  case locked(path: String)
  case damaged(JournalDamage)
  /// Executing the batch again gave other events than its writer saw.
  case diverged(batch: UInt64)
  /// A snapshot proves that batches existed which the journal no longer has.
  case behindSnapshot(head: UInt64, snapshot: UInt64)
  /// A batch larger than the format allows.
  case batchTooLarge(bytes: Int, limit: Int)
  /// The batches before this one are not here and no snapshot holds their state: they were archived.
  case archived(before: UInt64)
  /// Another machine was promoted under this term, so this one must never answer again.
  case fenced(term: UInt64)
  /// No standby confirmed a batch in time, and answers without one are not allowed.
  case standbyGone(batch: UInt64, afterMilliseconds: UInt64)
  /// The operating system gave no thread.
  case noThread(code: Int32)
}

extension BatchProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated: "the bytes end inside the batch"
    case .noMagic: "no batch begins here"
    case .unknownVersion(let version): "version \(version) is not known to this program"
    case .headerChecksum: "the header does not match its checksum"
    case .payloadTooLong(let count): "a payload of \(count) bytes is above the limit"
    case .payload: "the commands do not match the batch's hash"
    case .eventsDigest: "the digest of the events does not match its checksum"
    case .hash: "the hash does not match its checksum"
    case .endMark: "the checksums or the end mark behind the hash are damaged"
    case .sequence(let expected, let found): "batch \(found) where \(expected) belongs"
    case .term(let least, let found): "a batch of term \(found) behind one of term \(least)"
    case .previousHash: "the previous hash is not that of the batch before"
    case .entry(let index): "entry \(index) is not a canonical command"
    case .trailingBytes: "bytes follow the last entry"
    case .bytesAfterLastBatch: "bytes follow the last batch of a finished segment"
    case .damagedBefore(let later): "the batch is damaged, yet the later batch \(later) is whole"
    case .segmentHeader: "the segment's own header is damaged or that of another segment"
    case .segmentMissing: "the segment is missing"
    case .endsBefore(let durable): "the journal ends here, yet batch \(durable) was durable"
    }
  }
}

extension JournalDamage: CustomStringConvertible {
  public var description: String { "\(file): batch \(batch) at offset \(offset): \(problem)" }
}

extension JournalError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .io(let operation, let path, let code):
      "\(path): \(operation) failed: \(systemMessage(code))"
    case .locked(let path): "\(path): another process is writing this journal"
    case .damaged(let damage): "the journal is damaged: \(damage)"
    case .diverged(let batch):
      "batch \(batch): executing it again gives other events than were recorded"
    case .behindSnapshot(let head, let snapshot):
      "the journal ends at batch \(head), but a snapshot was taken at batch \(snapshot)"
    case .batchTooLarge(let bytes, let limit):
      "a batch of \(bytes) bytes is above the limit of \(limit)"
    case .archived(let batch):
      "the batches before \(batch) are not here: name the archive folder, or put them back"
    case .fenced(let term): "another machine was promoted under term \(term); this one stops"
    case .standbyGone(let batch, let milliseconds):
      "no standby confirmed batch \(batch) within \(milliseconds) ms, and the configuration allows no "
        + "answer without one"
    case .noThread(let code): "no thread could be started: \(systemMessage(code))"
    }
  }
}
