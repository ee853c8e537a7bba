import Engine
import Foundation
import Journal
import Replication
import Testing

@Suite struct StandbyTests {
  /// All batches in a data folder, as they stand on disk.
  private func batches(_ directory: String) throws -> [[UInt8]] {
    try JournalReader(directory: directory).rawBatches(after: 0, limitBytes: .max)
  }

  @Test func `the standby's journal is the primary's, byte by byte, also after restarts`()
    async throws
  {
    let folder = TestFolder()
    let (first, second) = (folder.path("a"), folder.path("b"))
    let primary = try TestPrimary(first)
    try await primary.open(20, name: "alice")
    var standby = TestStandby(of: first, in: second)
    try await primary.open(20, name: "bob")
    try await standby.wait(for: primary.sequencer.head.sequence)
    try await standby.end()
    try await primary.open(300, name: "carol")
    standby = TestStandby(of: first, in: second)
    try await standby.wait(for: primary.sequencer.head.sequence)
    #expect(try batches(second) == batches(first))
    let ours = try await primary.sequencer.checkpoint()
    try await standby.end()
    let theirs = try JournalReader(directory: second).replay()
    #expect(theirs.sequence == ours.sequence)
    #expect(theirs.stateHash == ours.stateHash)
    await primary.end()
  }

  @Test func `a primary that is stopped leaves its standbys with everything`() async throws {
    let folder = TestFolder()
    let primary = try TestPrimary(folder.path("a"))
    try await primary.open(1, name: "alice")
    let standbys = ["b", "c"].map { TestStandby(of: folder.path("a"), in: folder.path($0)) }
    for standby in standbys { try await standby.wait(for: 2) }
    try await primary.open(200, name: "bob")
    await primary.end()
    for (standby, name) in zip(standbys, ["b", "c"]) {
      try await standby.end()
      #expect(try batches(folder.path(name)) == batches(folder.path("a")))
    }
  }

  @Test func `both compare their state hashes at the primary's snapshots`() async throws {
    let folder = TestFolder()
    let primary = try TestPrimary(folder.path("a"))
    try await primary.open(10, name: "alice")
    let standby = TestStandby(of: folder.path("a"), in: folder.path("b"))
    try await standby.wait(for: 11)
    let snapshot = try await primary.sequencer.snapshot()
    primary.door.publish(stateHash: snapshot.stateHash, after: snapshot.sequence)
    try await eventually { standby.status?.statesAgreeAt == snapshot.sequence }
    // One that it cannot have yet is compared when it gets there.
    primary.door.publish(stateHash: [UInt8](repeating: 9, count: 32), after: 15)
    try await primary.open(3, name: "bob")
    try await standby.wait(for: 14)
    try await primary.open(1, name: "carol")
    #expect(try await standby.failure() == .statesDiffer(at: 15))
    await primary.end()
  }

  @Test func `a standby of another exchange, and of a past that did not go on, is refused`()
    async throws
  {
    let folder = TestFolder()
    let a = try TestPrimary(folder.path("a"))
    try await a.open(5, name: "alice")
    let standby = TestStandby(of: folder.path("a"), in: folder.path("b"))
    try await standby.wait(for: 6)
    try await standby.end()
    await a.end()
    // The primary's disk is put back to what it was, and goes on differently.
    try FileManager.default.removeItem(atPath: folder.path("a"))
    try FileManager.default.removeItem(atPath: folder.path("a.fence"))
    let again = try TestPrimary(folder.path("a"))
    let other = TestStandby(of: folder.path("a"), in: folder.path("b"))
    #expect(try await other.failure() == .refused(.otherJournal))
    try await again.open(9, name: "bob")
    let forked = TestStandby(of: folder.path("a"), in: folder.path("b"))
    let failure = try await forked.failure()
    // The first batch, which names the journal, is the configuration: the same bytes at the same time.
    #expect(failure == .refused(.forked(at: 6)) || failure == .refused(.otherJournal))
    await again.end()
  }

  @Test func `the primary's own folder cannot follow`() async throws {
    let folder = TestFolder()
    let primary = try TestPrimary(folder.path("a"))
    try await primary.open(1, name: "alice")
    await primary.end()
    let standby = TestStandby(of: folder.path("a"), in: folder.path("a"))
    #expect(try await standby.failure() == .isPrimary(folder: folder.path("a"), term: 1))
  }

  @Test func `an answer waits for the standby, and says when there is none`() async throws {
    let folder = TestFolder()
    let primary = try TestPrimary(
      folder.path("a"), rule: .standby(patienceMilliseconds: 10_000, withoutStandby: .degrade))
    try await primary.open(3, name: "alice")
    #expect(primary.gate.acknowledgement == .degraded)
    let standby = TestStandby(of: folder.path("a"), in: folder.path("b"))
    try await standby.wait(for: 4)
    try await primary.open(50, name: "bob")
    #expect(primary.gate.acknowledgement == .standby)
    // Confirmed before it was answered: nothing to wait for here.
    #expect(try batches(folder.path("b")).count == 54)
    try await standby.end()
    try await primary.open(2, name: "carol")
    #expect(primary.gate.acknowledgement == .degraded)
    await primary.end()
  }

  @Test func `where no answer is allowed without a standby, the primary stops`() async throws {
    let folder = TestFolder()
    let primary = try TestPrimary(
      folder.path("a"), rule: .standby(patienceMilliseconds: 100, withoutStandby: .stop))
    await #expect(throws: SequencerError.self) {
      try await primary.sequencer.submit(.configure(Fixture.configuration))
    }
    await #expect(throws: JournalError.self) { try await primary.sequencer.waitUntilStopped() }
    await primary.end()
  }

  @Test func `a follower that takes nothing holds up nobody`() async throws {
    let folder = TestFolder()
    let primary = try TestPrimary(folder.path("a"))
    try await primary.open(1, name: "alice")
    let standby = TestStandby(of: folder.path("a"), in: folder.path("b"))
    try await standby.wait(for: 2)
    // Says hello with all credit there is, and then never reads.
    let idle = try IdleFollower(socket: folder.path("a") + "/" + FollowerDoor.fileName)
    try await eventually { primary.door.followers.count == 2 }
    try await primary.open(300, name: "bob")
    try await standby.wait(for: 302)
    #expect(primary.door.followers.map(\.name).sorted() == ["idle", "standby"])
    idle.close()
    try await eventually { primary.door.followers.map(\.name) == ["standby"] }
    try await standby.end()
    await primary.end()
  }
}
