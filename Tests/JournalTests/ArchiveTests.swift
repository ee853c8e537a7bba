import Engine
import Foundation
import Journal
import Structures
import Testing

@Suite struct ArchiveTests {
  /// A journal with many segments, three snapshots on the way, and an archive that the sequencer
  /// fills.
  private func archived(_ folder: TestFolder, _ archive: TestFolder) async throws -> Checkpoint {
    var options = SequencerOptions.small
    options.archive = archive.path
    let sequencer = try folder.open(options)
    for round in 0..<5 {
      try await Fixture.fill(sequencer, accounts: 40, name: "n\(round)")
      _ = try await sequencer.snapshot()
    }
    try await Fixture.fill(sequencer, accounts: 10, name: "tail")
    let point = try await sequencer.checkpoint()
    await sequencer.shutdown()
    return point
  }

  private func names(_ path: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  @Test func `segments move behind the oldest snapshot and nothing is lost`() async throws {
    let folder = TestFolder()
    let archive = TestFolder()
    let point = try await archived(folder, archive)
    let moved = try names(archive.path)
    let kept = try names(folder.segments.folder)
    #expect(moved.count > 2)
    #expect(!kept.isEmpty)
    #expect(Set(moved).isDisjoint(with: kept))
    // With the archive everything can be checked from the first batch on.
    let whole = JournalReader(directory: folder.path, archive: archive.path)
    let report = try whole.verify()
    #expect(report.start == 0)
    #expect(report.batches == point.sequence)
    #expect(report.stateHash == point.stateHash)
    #expect(try openedAccounts(whole).count == 210)
    #expect(try whole.rawBatches(after: 0, limitBytes: .max).count == Int(point.sequence))
    #expect(try whole.statistics().segments.count { $0.isArchived } == moved.count)
    // Without it, from the oldest snapshot on; and a start needs no more.
    let rest = try folder.reader.verify()
    #expect(rest.start > 0)
    #expect(rest.stateHash == point.stateHash)
    #expect(rest.snapshots.allSatisfy { $0.finding == .matches })
    let first = try folder.reader.statistics().first
    #expect(throws: JournalError.archived(before: first)) { try folder.reader.batches(after: 0) }
    let sequencer = try folder.open()
    #expect(try await sequencer.checkpoint() == point)
    await sequencer.shutdown()
  }

  @Test(arguments: ["", "/", "link"])
  func `the journal's own folder is no archive`(name: String) async throws {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 80)
    _ = try await sequencer.snapshot()
    let point = try await sequencer.checkpoint()
    await sequencer.shutdown()
    let before = try names(folder.segments.folder)
    var target = folder.segments.folder + name
    if name == "link" {
      target = folder.path + "/link"
      try FileManager.default.createSymbolicLink(
        atPath: target, withDestinationPath: folder.segments.folder)
    }
    #expect(throws: JournalError.self) { try folder.reader.archive(to: target) }
    #expect(try names(folder.segments.folder) == before)
    #expect(try folder.reader.verify().stateHash == point.stateHash)
  }

  @Test func `an archived segment of another journal is not written over`() async throws {
    let (folder, archive) = (TestFolder(), TestFolder())
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 80)
    _ = try await sequencer.snapshot()
    let point = try await sequencer.checkpoint()
    await sequencer.shutdown()
    // What a copy of the same journal archived before is no obstacle.
    let copy = try folder.copy()
    #expect(try !copy.reader.archive(to: archive.path).isEmpty)
    let other = archive.path + "/00000002.log"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: other)) + [1]
    try bytes.write(to: URL(fileURLWithPath: other))
    #expect(throws: JournalError.self) { try folder.reader.archive(to: archive.path) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == bytes)
    #expect(try !names(folder.segments.folder).contains("00000001.log"))
    #expect(try names(folder.segments.folder).contains("00000002.log"))
    #expect(try folder.reader.verify().stateHash == point.stateHash)
  }

  @Test func `segments that are put back serve again`() async throws {
    let folder = TestFolder()
    let archive = TestFolder()
    let point = try await archived(folder, archive)
    for name in try names(archive.path) {
      try FileManager.default.moveItem(
        atPath: archive.path + "/" + name, toPath: folder.segments.folder + "/" + name)
    }
    for path in try folder.snapshots() { try FileManager.default.removeItem(atPath: path) }
    let report = try folder.reader.verify()
    #expect(report.start == 0)
    #expect(report.stateHash == point.stateHash)
    let sequencer = try folder.open()
    #expect(try await sequencer.checkpoint() == point)
    await sequencer.shutdown()
  }

  @Test func `without a snapshot an incomplete journal does not open`() async throws {
    let folder = TestFolder()
    let archive = TestFolder()
    _ = try await archived(folder, archive)
    let first = try folder.reader.statistics().first
    for path in try folder.snapshots() { try FileManager.default.removeItem(atPath: path) }
    #expect(throws: JournalError.archived(before: first)) { try folder.open() }
    #expect(throws: JournalError.archived(before: first)) { try folder.reader.verify() }
  }

  @Test func `nothing moves behind a snapshot that is damaged`() async throws {
    let folder = TestFolder()
    let archive = TestFolder()
    let sequencer = try folder.open()
    for round in 0..<3 {
      try await Fixture.fill(sequencer, accounts: 40, name: "n\(round)")
      _ = try await sequencer.snapshot()
    }
    await sequencer.shutdown()
    let path = try #require(try folder.snapshots().first)
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    var bytes = whole
    bytes[bytes.count - 1] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(try folder.reader.archive(to: archive.path) == [])
    try Data(whole).write(to: URL(fileURLWithPath: path))
    #expect(try !folder.reader.archive(to: archive.path).isEmpty)
    #expect(
      try JournalReader(directory: folder.path, archive: archive.path).verify().start == 0)
  }

  @Test func `a damaged segment does not move and is named`() async throws {
    let folder = TestFolder()
    let archive = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 120)
    _ = try await sequencer.snapshot()
    await sequencer.shutdown()
    var bytes = try folder.bytes(of: 2)
    bytes[200] ^= 1
    try folder.replace(2, with: bytes)
    do throws(JournalError) {
      _ = try folder.reader.archive(to: archive.path)
      Issue.record("a damaged segment moved")
    } catch {
      guard case .damaged(let damage) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(damage.file == folder.segments.path(2))
    }
    #expect(try names(archive.path) == ["00000001.log"])
    #expect(try folder.bytes(of: 2) == bytes)
  }

  @Test func `a start reads the snapshot and the tail, not the segments before`() async throws {
    let folder = TestFolder()
    var sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 150)
    _ = try await sequencer.snapshot()
    try await Fixture.fill(sequencer, accounts: 3, name: "tail")
    let point = try await sequencer.checkpoint()
    await sequencer.shutdown()
    let range = try #require(try folder.segments.range())
    #expect(range.upperBound > 5)
    let storage = TroubledStorage()
    sequencer = try folder.open(on: storage)
    #expect(try await sequencer.checkpoint() == point)
    await sequencer.shutdown()
    for number in 1...(range.upperBound - 3) {
      #expect(
        storage.bytesRead("/\(folder.segments.path(number).split(separator: "/").last ?? "")") == 0)
    }
  }
}
