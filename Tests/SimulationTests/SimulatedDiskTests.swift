import Journal
import Simulation
import Structures
import Testing

@Suite struct SimulatedDiskTests {
  private let disk = SimulatedDisk(random: SplitMix64(seed: 1))

  private func write(_ text: String, to path: String, syncs: Bool = true) throws {
    let file = try disk.open(path, .readWrite)
    try file.write(Array(text.utf8), at: 0)
    if syncs { try file.sync() }
  }

  private func text(_ path: String) throws -> String {
    let file = try disk.open(path, .read)
    return String(decoding: try file.read(at: 0, count: 1000), as: UTF8.self)
  }

  @Test func `what was synced survives the loss of power`() throws {
    try write("kept", to: "a/1")
    try disk.syncFolder("a")
    disk.crash(.powerLosesAll)
    #expect(try text("a/1") == "kept")
  }

  @Test func `what was not synced does not`() throws {
    try write("kept", to: "a/1")
    try disk.syncFolder("a")
    try write("lost", to: "a/1", syncs: false)
    #expect(try text("a/1") == "lost")
    disk.crash(.powerLosesAll)
    #expect(try text("a/1") == "kept")
  }

  @Test func `a name needs a sync of its folder`() throws {
    try write("text", to: "a/1")
    disk.crash(.powerLosesAll)
    #expect(!disk.exists("a/1"))
  }

  @Test func `a rename that was not synced is taken back`() throws {
    try write("text", to: "a/1")
    try disk.syncFolder("a")
    try disk.rename("a/1", to: "a/2")
    disk.crash(.powerLosesAll)
    #expect(disk.exists("a/1") && !disk.exists("a/2"))
  }

  @Test func `the death of the process alone loses nothing`() throws {
    try write("text", to: "a/1", syncs: false)
    disk.crash(.process)
    #expect(try text("a/1") == "text")
  }

  @Test func `a failed sync is not made good by the next one`() throws {
    try write("text", to: "a/1", syncs: false)
    try disk.syncFolder("a")
    disk.failsNextSync = true
    let file = try disk.open("a/1", .readWrite)
    #expect(throws: JournalError.self) { try file.sync() }
    try file.sync()
    #expect(try text("a/1") == "text")
    disk.crash(.powerLosesAll)
    #expect(try text("a/1") != "text")
  }

  @Test func `sectors tear one by one`() throws {
    let count = 64
    let file = try disk.open("a/1", .readWrite)
    try file.reserve(count * SimulatedDisk.sectorSize)
    try file.sync()
    try disk.syncFolder("a")
    try file.write(
      [UInt8](repeating: 1, count: count * SimulatedDisk.sectorSize), at: 0)
    disk.crash(.powerTears)
    let bytes = try disk.open("a/1", .read).read(at: 0, count: count * SimulatedDisk.sectorSize)
    let sectors = stride(from: 0, to: bytes.count, by: SimulatedDisk.sectorSize).map {
      Set(bytes[$0..<($0 + SimulatedDisk.sectorSize)])
    }
    #expect(sectors.allSatisfy { $0.count == 1 })
    #expect(Set(sectors) == [[0], [1]])
  }

  @Test func `a dead process can do nothing more`() throws {
    disk.die(after: 1)
    _ = try disk.open("a/1", .readWrite)
    #expect(throws: JournalError.self) { try disk.createFolder("b") }
    #expect(disk.isDead)
    #expect(throws: JournalError.self) { try disk.open("a/1", .read) }
    disk.crash(.process)
    _ = try disk.open("a/1", .read)
  }
}
