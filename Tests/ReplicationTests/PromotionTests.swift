import Engine
import Foundation
import Journal
import Replication
import Testing

@Suite struct PromotionTests {
  /// A primary at `a` with a standby at `b`, both at batch `batches`.
  private func pair(_ folder: TestFolder, batches: UInt64) async throws -> (
    TestPrimary, TestStandby
  ) {
    let primary = try TestPrimary(folder.path("a"))
    try await primary.open(Int(batches) - 1, name: "alice")
    let standby = TestStandby(of: folder.path("a"), in: folder.path("b"))
    try await standby.wait(for: batches)
    return (primary, standby)
  }

  @Test func `the promoted standby goes on with all that the old primary's disk holds`()
    async throws
  {
    let folder = TestFolder()
    let (old, standby) = try await pair(folder, batches: 8)
    try await standby.end()
    try await old.open(40, name: "bob")
    let head = old.sequencer.head
    // The old primary is still there, and finds out at its next command.
    let report = try Promotion(directory: folder.path("b"), old: nil, readsOldDisk: true).run()
    #expect(report.term == 2)
    #expect(report.head == head.sequence)
    #expect(report.hash == head.hash)
    #expect(report.fetched == 40)
    await #expect(throws: SequencerError.failed(.fenced(term: 2))) {
      try await old.sequencer.submit(.openAccount(name: "carol"))
    }
    await #expect(throws: JournalError.fenced(term: 2)) {
      try await old.sequencer.waitUntilStopped()
    }
    await old.end()
    #expect(throws: PrimacyError.self) {
      try Primacy.claim(directory: folder.path("a"), fence: nil)
    }
    let new = try TestPrimary(folder.path("b"))
    #expect(new.gate.term == 2)
    try await new.open(1, name: "carol")
    let last = try JournalReader(directory: folder.path("b")).batches(after: head.sequence)
    #expect(last.map(\.term) == [2])
    await new.end()
  }

  @Test func `a running standby makes room for its promotion`() async throws {
    let folder = TestFolder()
    let (old, standby) = try await pair(folder, batches: 8)
    let report = try Promotion(directory: folder.path("b"), old: nil, readsOldDisk: true).run()
    #expect(report.fetched == 0)
    #expect(try await standby.failure() == .promoting)
    await old.end()
  }

  @Test func `without the old disk the standby goes on with what it has`() async throws {
    let folder = TestFolder()
    let (old, standby) = try await pair(folder, batches: 8)
    try await standby.end()
    try await old.open(3, name: "bob")
    await old.end()
    try FileManager.default.removeItem(atPath: folder.path("a"))
    let refused = Promotion(directory: folder.path("b"), old: nil, readsOldDisk: true)
    #expect(throws: PromotionError.self) { try refused.run() }
    // A promotion that could not begin changes nothing.
    #expect(try FolderRole.read(folder.path("b"))?.part == .standby)
    #expect(try Fence(path: folder.path("a.fence")).term == 1)
    let report = try Promotion(directory: folder.path("b"), old: nil, readsOldDisk: false).run()
    #expect(report.head == 8)
    #expect(report.fetched == nil)
  }

  @Test func `a promotion that was interrupted is run again`() async throws {
    let folder = TestFolder()
    let (old, standby) = try await pair(folder, batches: 8)
    try await standby.end()
    await old.end()
    var role = try #require(try FolderRole.read(folder.path("b")))
    role.part = .promoting
    try role.write(to: folder.path("b"))
    _ = try Fence(path: role.fence).raise(above: 1)
    let begun = TestStandby(of: folder.path("a"), in: folder.path("b"))
    #expect(try await begun.failure() == .promoting)
    #expect(throws: PrimacyError.isPromoting(folder: folder.path("b"))) {
      try Primacy.claim(directory: folder.path("b"), fence: nil)
    }
    let report = try Promotion(directory: folder.path("b"), old: nil, readsOldDisk: true).run()
    #expect(report.term == 3)
    #expect(try Primacy.claim(directory: folder.path("b"), fence: nil).term == 3)
  }

  @Test func `only a standby is promoted, and only from the journal it followed`() async throws {
    let folder = TestFolder()
    let (old, standby) = try await pair(folder, batches: 8)
    try await standby.end()
    await old.end()
    #expect(throws: PromotionError.notAStandby(folder: folder.path("a"))) {
      try Promotion(directory: folder.path("a"), old: nil, readsOldDisk: true).run()
    }
    let other = try TestPrimary(folder.path("c"))
    try await other.open(12, name: "carol")
    await other.end()
    #expect(throws: PromotionError.oldDiskForeign(folder: folder.path("c"), batch: 8)) {
      try Promotion(directory: folder.path("b"), old: folder.path("c"), readsOldDisk: true).run()
    }
  }

  @Test(arguments: [2, 12])
  func `a mistyped old folder stops nobody`(batches: Int) async throws {
    let folder = TestFolder()
    let (old, standby) = try await pair(folder, batches: 8)
    try await standby.end()
    let other = try TestPrimary(folder.path("c"))
    try await other.open(batches, name: "carol")
    await other.end()
    #expect(throws: PromotionError.self) {
      try Promotion(directory: folder.path("b"), old: folder.path("c"), readsOldDisk: true).run()
    }
    #expect(try FolderRole.read(folder.path("b"))?.part == .standby)
    try await old.open(1, name: "bob")
    await old.end()
  }

  @Test func `an old disk that is damaged before its end is not taken for a shorter one`()
    async throws
  {
    let folder = TestFolder()
    let (old, standby) = try await pair(folder, batches: 8)
    try await standby.end()
    try await old.open(40, name: "bob")
    let segment = try JournalReader(directory: folder.path("a")).statistics().segments[0]
    // In place: the server goes on writing to this very file.
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: segment.path))
    try file.seek(toOffset: UInt64(segment.usedBytes * 3 / 4))
    let byte = try #require(try file.read(upToCount: 1))
    try file.seek(toOffset: UInt64(segment.usedBytes * 3 / 4))
    try file.write(contentsOf: Data([byte[0] ^ 1]))
    try file.close()
    #expect(throws: PromotionError.self) {
      try Promotion(directory: folder.path("b"), old: nil, readsOldDisk: true).run()
    }
    // The old primary, which has its state in memory, was not stopped for that.
    #expect(try FolderRole.read(folder.path("b"))?.part == .standby)
    try await old.open(1, name: "carol")
    await old.end()
    #expect(throws: PromotionError.self) {
      try Promotion(directory: folder.path("b"), old: nil, readsOldDisk: true).run()
    }
    let report = try Promotion(directory: folder.path("b"), old: nil, readsOldDisk: false).run()
    #expect(report.head > 8)
  }

  @Test func `a promotion whose fence is not there changes nothing`() async throws {
    let folder = TestFolder()
    let (old, standby) = try await pair(folder, batches: 8)
    try await standby.end()
    await old.end()
    let fence = folder.path("a.fence")
    try FileManager.default.moveItem(atPath: fence, toPath: fence + ".away")
    #expect(throws: PromotionError.fence(.missing(path: fence))) {
      try Promotion(directory: folder.path("b"), old: nil, readsOldDisk: true).run()
    }
    #expect(try FolderRole.read(folder.path("b"))?.part == .standby)
  }

  @Test func `an old disk whose first segments were archived is read`() async throws {
    let folder = TestFolder()
    let (old, standby) = try await pair(folder, batches: 8)
    try await old.open(600, name: "bob")
    try await standby.wait(for: old.sequencer.head.sequence)
    try await standby.end()
    _ = try await old.sequencer.snapshot()
    try await old.open(3, name: "carol")
    await old.end()
    let reader = JournalReader(directory: folder.path("a"))
    #expect(try !reader.archive(to: folder.path("archive")).isEmpty)
    let report = try Promotion(directory: folder.path("b"), old: nil, readsOldDisk: true).run()
    #expect(report.fetched == 3)
  }

  @Test func `what must come along does so before the folder may be served`() async throws {
    let folder = TestFolder()
    let (old, standby) = try await pair(folder, batches: 8)
    try await standby.end()
    await old.end()
    var seen: (source: String, part: FolderRole.Part?)?
    _ = try Promotion(directory: folder.path("b"), old: nil, readsOldDisk: true).run(
      bring: { seen = ($0, try? FolderRole.read(folder.path("b"))?.part) })
    #expect(seen?.source == folder.path("a"))
    #expect(seen?.part == .promoting)
  }

  @Test func `a folder without a role and a fence goes on above the term of its journal`()
    async throws
  {
    let folder = TestFolder()
    let (old, standby) = try await pair(folder, batches: 8)
    try await standby.end()
    await old.end()
    for _ in 0..<3 { _ = try Fence(path: folder.path("a.fence")).raise(above: 1) }
    _ = try Promotion(directory: folder.path("b"), old: nil, readsOldDisk: true).run()
    let new = try TestPrimary(folder.path("b"))
    #expect(new.gate.term == 5)
    try await new.open(1, name: "bob")
    await new.end()
    for name in ["a.fence", "b/role"] {
      try FileManager.default.removeItem(atPath: folder.path(name))
    }
    let again = try TestPrimary(folder.path("b"))
    #expect(again.gate.term == 6)
    try await again.open(1, name: "carol")
    await again.end()
  }

  @Test func `a second standby, and the old primary, follow the new one`() async throws {
    let folder = TestFolder()
    let (old, standby) = try await pair(folder, batches: 8)
    let second = TestStandby(of: folder.path("a"), in: folder.path("c"))
    try await second.wait(for: 8)
    try await second.end()
    try await standby.end()
    try await old.open(2, name: "bob")
    await old.end()
    _ = try Promotion(directory: folder.path("b"), old: nil, readsOldDisk: true).run()
    let new = try TestPrimary(folder.path("b"))
    try await new.open(5, name: "carol")
    let followers = ["a", "c"].map {
      TestStandby(of: folder.path("b"), in: folder.path($0))
    }
    for follower in followers {
      try await follower.wait(for: new.sequencer.head.sequence)
      #expect(follower.status?.term == 2)
      try await follower.end()
    }
    await new.end()
  }

  @Test func `a standby that knows the new term does not go back to the old primary`() async throws
  {
    let folder = TestFolder()
    let (old, standby) = try await pair(folder, batches: 8)
    try await standby.end()
    var role = try #require(try FolderRole.read(folder.path("b")))
    role.term = 4
    try role.write(to: folder.path("b"))
    let again = TestStandby(of: folder.path("a"), in: folder.path("b"))
    #expect(try await again.failure() == .refused(.higherTerm(follower: 4, own: 1)))
    await old.end()
  }
}
