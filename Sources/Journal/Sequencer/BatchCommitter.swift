import Engine

/// Makes sealed batches durable, one after the other: the half of the sequencer that waits for the
/// disk. Each batch is on the medium before the next one is written.
package struct BatchCommitter: ~Copyable {
  /// What became of a batch.
  package struct Commit: Sendable {
    package let point: DurablePoint
    /// `nil` when the batch had no commands and was not written.
    package let record: BatchRecord?
  }

  package let writer: JournalWriter
  private var eventsDigest: [UInt8]
  private let term: UInt64
  private let pool: BatchPool
  private let gate: CommitGate?

  /// - Parameters:
  ///   - term: Written into every batch; not below that of the last one.
  ///   - gate: Asked about each durable batch before anybody is told of it.
  package init(
    _ writer: JournalWriter, after replica: Replica, term: UInt64, pool: BatchPool,
    gate: CommitGate? = nil
  ) {
    self.writer = writer
    self.term = term
    self.pool = pool
    self.gate = gate
    eventsDigest = replica.eventsDigest
  }

  /// The state after the last batch, when `exchange` has executed nothing else.
  func replica(_ exchange: borrowing Exchange) -> Replica {
    Replica(
      exchange: copy exchange, sequence: writer.head, hash: writer.headHash,
      eventsDigest: eventsDigest, term: writer.term)
  }

  /// Bytes of the batches that somebody still holds.
  var heldBytes: Int { pool.heldBytes }

  /// Where the last batch begins.
  var place: (segment: Int, offset: Int) { writer.place }

  /// Seals the batch into the chain, writes it and waits until it is durable.
  ///
  /// - Throws: After an error nothing more may be committed, and nobody of this batch may be told
  ///   anything but the error.
  package mutating func commit(_ batch: SealedBatch) throws(JournalError) -> Commit {
    guard batch.count > 0 else {
      return Commit(
        point: DurablePoint(sequence: writer.head, hash: writer.headHash), record: nil)
    }
    let digest = batch.memory.events.digest(after: eventsDigest)
    let hash = try writer.append(
      &batch.memory.bytes, entryCount: UInt32(batch.count), eventsDigest: digest, term: term)
    eventsDigest = digest
    let record = BatchRecord(
      sequence: writer.head, hash: hash, memory: batch.memory, pool: pool)
    if let gate { try gate(DurableBatch(record: record, term: term)) }
    return Commit(point: DurablePoint(sequence: writer.head, hash: hash), record: record)
  }
}

/// Asked on the journal's thread about each batch that is durable here, before it is published and
/// before anybody is answered. It may wait, for a standby's acknowledgement or for a fence; when it
/// throws, the sequencer stops for good, and nobody of the batch is told that it succeeded.
public typealias CommitGate = @Sendable (DurableBatch) throws(JournalError) -> Void

/// A batch that is on this machine's disk and that nobody was told of yet.
public struct DurableBatch: Sendable {
  let record: BatchRecord
  /// The writer's fencing token.
  public let term: UInt64

  public var sequence: UInt64 { record.sequence }
  public var hash: [UInt8] { record.hash }
  /// The batch exactly as it stands on disk.
  public var bytes: [UInt8] { record.bytes }
}
