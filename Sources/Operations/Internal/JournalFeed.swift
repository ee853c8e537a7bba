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

  /// The reader stands where this journal does not: one of the two is of a past that did not go on.
  public enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
    case ahead(reader: UInt64, head: UInt64)
    case forked(at: UInt64)

    public var description: String {
      switch self {
      case .ahead(let reader, let head):
        "the reader has batch \(reader), the journal ends at batch \(head)"
      case .forked(let at): "the reader has another batch \(at) than the journal"
      }
    }
  }

  /// Confirms that batch `sequence`, with the hash `hash`, is in this journal.
  ///
  /// - Throws: ``Refusal``, or `JournalError`.
  public func confirm(_ sequence: UInt64, hash: [UInt8]) throws {
    let head = sequencer.head.sequence
    guard sequence > 0 else { return }
    guard sequence <= head else { throw Refusal.ahead(reader: sequence, head: head) }
    guard try reader.hash(of: sequence) == hash else { throw Refusal.forked(at: sequence) }
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
