import Foundation
import Journal
import Money
import Operations
import Testing

@Suite struct SequencerServiceTests {
  @Test(.timeLimit(.minutes(1)))
  func `when another service fails the journal is closed and the process can end`() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/sequencer-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let clock: @Sendable () -> Timestamp = { Timestamp(milliseconds: 1) }
    let sequencer = try Sequencer.open(directory: folder, clock: clock)
    await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await SequencerService(sequencer: sequencer).run() }
      group.cancelAll()
    }
    await sequencer.shutdown()
    // Free again: the next process finds it closed.
    let next = try Sequencer.open(directory: folder, clock: clock)
    await next.shutdown()
  }
}
