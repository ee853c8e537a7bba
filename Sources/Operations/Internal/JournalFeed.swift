import Engine
public import Journal
import Wire

/// Hands the journal's batches to a follower exactly as they stand on disk.
public struct JournalFeed: Sendable {
  /// Longest time a follower may wait for news, in milliseconds.
  public static let waitLimitMilliseconds: Int64 = 30_000

  private let sequencer: Sequencer
  private let reader: JournalReader

  /// Creates a feed of the sequencer's journal.
  public init(sequencer: Sequencer) {
    self.sequencer = sequencer
    reader = sequencer.reader
  }

  /// Returns the batches after `sequence`, each behind its length as 32 bits little-endian; waits
  /// for news at most `waitMilliseconds`, and returns nothing when there were none.
  public func batches(
    after sequence: UInt64, waitMilliseconds: Int64
  ) async throws -> [UInt8] {
    if sequencer.head.sequence <= sequence, waitMilliseconds > 0 {
      await waitForNews(
        after: sequence, milliseconds: min(waitMilliseconds, Self.waitLimitMilliseconds))
    }
    var writer = ByteWriter()
    for batch in try reader.rawBatches(after: sequence) { writer.write(batch) }
    return writer.bytes
  }

  private func waitForNews(after sequence: UInt64, milliseconds: Int64) async {
    let news = sequencer.subscribe()
    guard sequencer.head.sequence <= sequence else { return }
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await batch in news where batch.sequence > sequence { return }
      }
      group.addTask { try? await Task.sleep(for: .milliseconds(milliseconds)) }
      await group.next()
      group.cancelAll()
    }
  }
}
