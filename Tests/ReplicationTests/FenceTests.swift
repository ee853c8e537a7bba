import Engine
import Foundation
import Journal
import Replication
import Testing

@Suite struct FenceTests {
  @Test func `a raised term is seen at once by everybody who has the file open`() throws {
    let folder = TestFolder()
    let path = folder.path("fence")
    try Fence.create(path: path, term: 1)
    let (old, new) = (try Fence(path: path), try Fence(path: path))
    try old.check(1)
    #expect(try new.raise(above: 1) == 2)
    #expect(old.term == 2)
    #expect(throws: FenceError.fenced(path: path, own: 1, raised: 2)) { try old.check(1) }
    try new.check(2)
    #expect(try Fence(path: path).term == 2)
  }

  @Test func `a fence that is there is not created anew`() throws {
    let folder = TestFolder()
    let path = folder.path("fence")
    try Fence.create(path: path, term: 4)
    try Fence.create(path: path, term: 9)
    #expect(try Fence(path: path).term == 4)
  }

  @Test func `many who raise get a term each`() async throws {
    let folder = TestFolder()
    let path = folder.path("fence")
    try Fence.create(path: path, term: 0)
    let terms = try await withThrowingTaskGroup(of: [UInt64].self) { group in
      for _ in 0..<8 {
        group.addTask {
          let fence = try Fence(path: path)
          return try (0..<10).map { _ in try fence.raise(above: 0) }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(terms.sorted() == Array(1...80))
  }

  @Test func `a raise that was interrupted counts`() throws {
    let folder = TestFolder()
    let path = folder.path("fence")
    try Fence.create(path: path, term: 1)
    try folder.change(path) { $0[8] = 2 }
    #expect(try Fence(path: path).term == 2)
    #expect(try Fence(path: path).term == 2)
  }

  @Test(arguments: [0, 7, 16, 20])
  func `a damaged fence is refused`(byte: Int) throws {
    let folder = TestFolder()
    let path = folder.path("fence")
    try Fence.create(path: path, term: 1)
    // In the magic, or in the copy, which then claims a higher term than the term itself.
    try folder.change(path) { $0[byte] ^= byte < 8 ? 1 : 0x80 }
    #expect(throws: FenceError.self) { try Fence(path: path) }
  }

  @Test func `what is no fence is refused`() throws {
    let folder = TestFolder()
    #expect(throws: FenceError.missing(path: folder.path("none"))) {
      try Fence(path: folder.path("none"))
    }
    try Data("term 7".utf8).write(to: URL(fileURLWithPath: folder.path("text")))
    #expect(throws: FenceError.self) { try Fence(path: folder.path("text")) }
  }
}

@Suite struct PrimacyTests {
  @Test func `a fresh folder gets a fence beside it and keeps its term`() throws {
    let folder = TestFolder()
    let data = folder.path("data")
    let (fence, term) = try Primacy.claim(directory: data, fence: nil)
    #expect(fence.path == data + ".fence")
    #expect(term == 1)
    #expect(try Primacy.claim(directory: data, fence: nil).term == 1)
    #expect(try FolderRole.read(data)?.part == .primary)
  }

  @Test func `a replaced primary does not begin again`() throws {
    let folder = TestFolder()
    let data = folder.path("data")
    let (fence, _) = try Primacy.claim(directory: data, fence: nil)
    _ = try fence.raise(above: 1)
    #expect(
      throws: PrimacyError.fence(.fenced(path: fence.path, own: 1, raised: 2))
    ) { try Primacy.claim(directory: data, fence: nil) }
  }

  @Test(arguments: [FolderRole.Part.standby, .promoting])
  func `a standby's folder is not served`(part: FolderRole.Part) throws {
    let folder = TestFolder()
    let data = folder.path("data")
    try FolderRole(part: part, term: 1, fence: "/fence", source: "/old").write(to: data)
    let expected: PrimacyError =
      part == .standby ? .isStandby(folder: data) : .isPromoting(folder: data)
    #expect(throws: expected) { try Primacy.claim(directory: data, fence: nil) }
  }

  @Test func `a folder whose fence is gone is not served`() throws {
    let folder = TestFolder()
    let data = folder.path("data")
    let path = try Primacy.claim(directory: data, fence: nil).fence.path
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: PrimacyError.fence(.missing(path: path))) {
      try Primacy.claim(directory: data, fence: nil)
    }
  }

  @Test func `an empty folder beside a fence that was raised is not served`() throws {
    let folder = TestFolder()
    let data = folder.path("data")
    let path = try Primacy.claim(directory: data, fence: nil).fence.path
    // As when the disk with the data is not mounted.
    try FileManager.default.removeItem(atPath: data)
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    #expect(throws: PrimacyError.journalMissing(folder: data, fence: path, term: 1)) {
      try Primacy.claim(directory: data, fence: nil)
    }
    #expect(try Fence(path: path).term == 1)
    #expect(try FolderRole.read(data) == nil)
  }

  @Test func `a first start that was interrupted goes on`() throws {
    let folder = TestFolder()
    let data = folder.path("data")
    try Fence.create(path: data + ".fence", term: 0)
    #expect(try Primacy.claim(directory: data, fence: nil).term == 1)
    #expect(try Fence(path: data + ".fence").term == 1)
  }

  @Test func `a primary whose fence was put back as another file ends`() async throws {
    let folder = TestFolder()
    let primary = try TestPrimary(folder.path("a"))
    try await primary.open(1, name: "alice")
    let path = folder.path("a.fence")
    try FileManager.default.copyItem(atPath: path, toPath: path + ".copy")
    try FileManager.default.removeItem(atPath: path)
    // Missing alone stops nobody: without the file there is no promotion.
    primary.gate.observe()
    try await primary.open(1, name: "bob")
    try FileManager.default.moveItem(atPath: path + ".copy", toPath: path)
    _ = try Fence(path: path).raise(above: 1)
    await #expect(throws: SequencerError.self) {
      try await primary.sequencer.submit(.openAccount(name: "carol"))
    }
    #expect(throws: JournalError.self) { try primary.gate.check() }
    await primary.end()
  }

  @Test func `an older term that is written over the fence does not stay`() async throws {
    let folder = TestFolder()
    try Fence.create(path: folder.path("a.fence"), term: 5)
    try FolderRole(part: .primary, term: 5, fence: folder.path("a.fence")).write(
      to: folder.path("a"))
    let primary = try TestPrimary(folder.path("a"))
    try Fence.create(path: folder.path("old"), term: 4)
    let old = try Data(contentsOf: URL(fileURLWithPath: folder.path("old")))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path("a.fence")))
    try file.write(contentsOf: old)
    try file.close()
    primary.gate.observe()
    #expect(try Fence(path: folder.path("a.fence")).term == 5)
    try primary.gate.check()
    await primary.end()
  }

  @Test func `a primary that is idle notices that too`() async throws {
    let folder = TestFolder()
    let primary = try TestPrimary(folder.path("a"))
    let path = folder.path("a.fence")
    try folder.change(path) { _ in }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try FileManager.default.removeItem(atPath: path)
    try bytes.write(to: URL(fileURLWithPath: path))
    primary.gate.observe()
    #expect(throws: JournalError.self) { try primary.gate.check() }
    await primary.end()
  }

  @Test func `a fence from an older copy is brought up to the folder it guards`() throws {
    let folder = TestFolder()
    let (data, path) = (folder.path("data"), folder.path("fence"))
    try Fence.create(path: path, term: 2)
    try FolderRole(part: .primary, term: 5, fence: path).write(to: data)
    #expect(try Primacy.claim(directory: data, fence: nil).term == 5)
    #expect(try Fence(path: path).term == 5)
  }

  @Test func `another exchange's fence is not taken`() throws {
    let folder = TestFolder()
    let path = folder.path("fence")
    try Fence.create(path: path, term: 3)
    let data = folder.path("data")
    #expect(throws: PrimacyError.unknownFence(folder: data, fence: path)) {
      try Primacy.claim(directory: data, fence: path)
    }
    #expect(try Fence(path: path).term == 3)
  }

  @Test func `a role that is no role is refused`() throws {
    let folder = TestFolder()
    let data = folder.path("data")
    try FolderRole(part: .primary, term: 1, fence: "/fence").write(to: data)
    try Data("primary\nseven\n/fence\n\n".utf8).write(to: URL(fileURLWithPath: data + "/role"))
    #expect(throws: JournalError.self) { try FolderRole.read(data) }
  }
}
