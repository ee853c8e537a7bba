import Engine
import Foundation
import Journal
import Money
import Structures
import Testing

@Suite struct SnapshotTests {
  private func filled(
    _ folder: TestFolder, accounts: Int, name: String = "customer", every: UInt64 = 0
  ) async throws -> Checkpoint {
    var options = SequencerOptions.small
    options.snapshotEvery = every
    options.snapshotAtShutdown = true
    let sequencer = try folder.open(options)
    try await Fixture.fill(sequencer, accounts: accounts, name: name)
    let point = try await sequencer.checkpoint()
    await sequencer.shutdown()
    return point
  }

  private func recovered(_ notes: Notes) -> (head: UInt64, snapshot: UInt64?, replayed: UInt64)? {
    for case .recovered(let head, let snapshot, let replayed) in notes.list {
      return (head, snapshot, replayed)
    }
    return nil
  }

  @Test(arguments: UInt64(0)..<12)
  func `a snapshot and the tail give the whole journal`(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let folder = TestFolder()
    var sequencer = try folder.open()
    var names = 0
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      try await Fixture.fill(
        sequencer, accounts: Int.random(in: 0...20, using: &random), name: "n\(names)")
      names += 1
      // A refusal moves time without a batch; the snapshot must not depend on it.
      if Bool.random(using: &random) { _ = try await sequencer.submit(.openAccount(name: "")) }
      _ = try await sequencer.snapshot()
    }
    try await Fixture.fill(
      sequencer, accounts: Int.random(in: 0...20, using: &random), name: "tail")
    let point = try await sequencer.checkpoint()
    await sequencer.shutdown()

    let notes = Notes()
    sequencer = try folder.open(notes: notes)
    #expect(recovered(notes)?.snapshot != nil)
    #expect(try await sequencer.checkpoint() == point)
    await sequencer.shutdown()
    for path in try folder.snapshots() { try FileManager.default.removeItem(atPath: path) }
    let whole = Notes()
    sequencer = try folder.open(notes: whole)
    #expect(recovered(whole)?.snapshot == nil)
    #expect(try await sequencer.checkpoint() == point)
    await sequencer.shutdown()
    #expect(try folder.reader.verify().stateHash == point.stateHash)
  }

  @Test func `snapshots are taken on the way and old ones removed`() async throws {
    let folder = TestFolder()
    let point = try await filled(folder, accounts: 60, every: 5)
    let report = try folder.reader.verify()
    #expect(report.snapshots.count <= 3)
    #expect(report.snapshots.last?.sequence == point.sequence)
    #expect(report.snapshots.allSatisfy { $0.finding == .matches })
    #expect(report.stateHash == point.stateHash)
  }

  @Test func `a damaged snapshot falls back to an older one and then to the journal`() async throws
  {
    let folder = TestFolder()
    var sequencer = try folder.open()
    for round in 0..<3 {
      try await Fixture.fill(sequencer, accounts: 5, name: "n\(round)")
      _ = try await sequencer.snapshot()
    }
    let point = try await sequencer.checkpoint()
    await sequencer.shutdown()
    let paths = try folder.snapshots()
    #expect(paths.count == 3)
    for (damaged, path) in paths.reversed().enumerated() {
      var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      bytes[bytes.count / 2] ^= 4
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let notes = Notes()
      sequencer = try folder.open(notes: notes)
      #expect(try await sequencer.checkpoint() == point)
      await sequencer.shutdown()
      let unusable = notes.list.count { if case .snapshotUnusable = $0 { true } else { false } }
      #expect(unusable == damaged + 1)
      #expect(recovered(notes)?.snapshot == (damaged < 2 ? UInt64(11 - damaged * 5) : nil))
    }
    let report = try folder.reader.verify()
    #expect(report.snapshots.map { $0.finding } == [.damaged, .damaged, .damaged])
  }

  @Test func `every flipped byte of a snapshot is noticed`() async throws {
    let folder = TestFolder()
    let point = try await filled(folder, accounts: 2)
    let path = try #require(try folder.snapshots().first)
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    for index in whole.indices {
      var bytes = whole
      bytes[index] ^= 1
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let report = try folder.reader.verify()
      #expect(report.snapshots.map { $0.finding } == [.damaged], "byte \(index)")
      #expect(report.stateHash == point.stateHash)
    }
  }

  @Test func `a snapshot of another journal is not used`() async throws {
    let folder = TestFolder()
    let other = TestFolder()
    let point = try await filled(folder, accounts: 4)
    _ = try await filled(other, accounts: 3, name: "other")
    let foreign = try #require(try other.snapshots().first)
    let own = try #require(try folder.snapshots().first)
    try FileManager.default.removeItem(atPath: own)
    try FileManager.default.copyItem(
      atPath: foreign, toPath: folder.path + "/snapshots/" + (foreign as NSString).lastPathComponent
    )
    let notes = Notes()
    let sequencer = try folder.open(notes: notes)
    #expect(notes.list.contains { if case .snapshotUnusable = $0 { true } else { false } })
    #expect(recovered(notes)?.snapshot == nil)
    #expect(try await sequencer.checkpoint() == point)
    await sequencer.shutdown()
    #expect(try folder.reader.verify().snapshots.map { $0.finding } == [.differs])
  }

  @Test func `a journal that lost batches a snapshot has seen is refused`() async throws {
    let folder = TestFolder()
    let point = try await filled(folder, accounts: 4)
    let bytes = try folder.bytes(of: 1)
    var cursor = JournalCursor(segments: folder.segments)
    var end = 0
    while let frame = try cursor.next() {
      if frame.sequence == point.sequence - 1 { end = cursor.offset }
    }
    try folder.replace(1, with: Array(bytes.prefix(end)))
    let expected = JournalError.behindSnapshot(
      head: point.sequence - 1, snapshot: point.sequence)
    #expect(throws: expected) { try folder.open() }
    #expect(throws: expected) { try folder.reader.verify() }
  }

  @Test func `a snapshot whose writing was interrupted is not seen and goes away`() async throws {
    let folder = TestFolder()
    _ = try await filled(folder, accounts: 2)
    let left = folder.path + "/snapshots/00000000000000000009.snapshot.writing"
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: left))
    let notes = Notes()
    let sequencer = try folder.open(notes: notes)
    #expect(recovered(notes)?.snapshot == 3)
    _ = try await sequencer.snapshot()
    #expect(!FileManager.default.fileExists(atPath: left))
    await sequencer.shutdown()
  }

  @Test func `no snapshot is taken where it cannot be written, and nothing else suffers`()
    async throws
  {
    let folder = TestFolder()
    let notes = Notes()
    let sequencer = try folder.open(notes: notes)
    try await Fixture.fill(sequencer, accounts: 1)
    // A file where the folder should be.
    try Data().write(to: URL(fileURLWithPath: folder.path + "/snapshots"))
    _ = try await sequencer.snapshot()
    #expect(notes.list.contains { if case .snapshotFailed = $0 { true } else { false } })
    try await Fixture.fill(sequencer, accounts: 1, name: "later")
    await sequencer.shutdown()
    try FileManager.default.removeItem(atPath: folder.path + "/snapshots")
    #expect(try openedAccounts(folder.reader) == ["customer-0", "later-0"])
  }
}
