import Journal
import Logging
import Views

/// Keeps the history views in step with the journal: what is missing is read from disk, then every
/// new batch is written as it comes. A writer that falls too far behind begins again from disk.
struct HistoryWriter: Sendable {
  /// Batches that go into one transaction while catching up.
  private static let group = 500

  let sequencer: Sequencer
  let views: Views
  let progress: HistoryProgress
  let logger: Logger
  let metrics: @Sendable (GatewayMetric) -> Void

  /// Writes what the journal has and the views do not, and returns the last batch written.
  @discardableResult
  func catchUp() async throws -> UInt64 {
    try await discardForeign()
    var written = try views.checkpoint()
    while written < sequencer.head.sequence {
      let last = min(written + 50_000, sequencer.head.sequence)
      let first = written
      // Executing the journal is work, not waiting: it has a thread of its own.
      let batches = try await OwnThreadWork.run { [sequencer] in
        var found: [ViewBatch] = []
        _ = try sequencer.reader.replay(after: first, through: last) {
          (batch: CommittedBatch) throws(JournalError) in
          found.append(ViewBatch(batch))
        }
        return found
      }
      guard !batches.isEmpty else { break }
      for start in stride(from: 0, to: batches.count, by: Self.group) {
        try await views.write(Array(batches[start..<min(start + Self.group, batches.count)]))
      }
      written = batches.last?.sequence ?? written
      note(written)
    }
    return written
  }

  /// Empties views that were written from another journal, or from a part of this one that is gone:
  /// a backup was put back. They are then written anew.
  private func discardForeign() async throws {
    let written = try views.checkpoint()
    guard written > 0 else { return }
    let hash = try views.checkpointHash()
    if written <= sequencer.head.sequence,
      try sequencer.reader.batches(after: written - 1).first?.hash == hash
    {
      return
    }
    logger.warning(
      "the history views are of another journal and are written anew",
      metadata: ["batch": "\(written)"])
    try await views.clear()
  }

  /// Follows the journal until the task is cancelled or the sequencer stops.
  func follow() async throws {
    while !Task.isCancelled {
      let stream = sequencer.subscribe()
      let written = try await catchUp()
      for await batch in stream where batch.sequence > written {
        try await views.write([ViewBatch(batch)])
        note(batch.sequence)
      }
      if Task.isCancelled { break }
      logger.notice("the history views fell behind and go on from disk")
      // A sequencer that is shut down ends every stream at once.
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  private func note(_ sequence: UInt64) {
    progress.advance(to: sequence)
    metrics(.historyWritten(batch: sequence))
  }
}

extension ViewBatch {
  init(_ batch: CommittedBatch) {
    self.init(sequence: batch.sequence, hash: batch.hash, entries: batch.entries.map(\.events))
  }
}
