import Bitcoin
import Devnet
import Foundation
import JSON
import Testing
import Wire

@Suite struct StoreTests {
  private func folder() throws -> String {
    let path = NSTemporaryDirectory() + "devnet-store-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// A node with a reorganisation and a waiting payment behind it, and the records of all that.
  private func history() throws -> (node: Fixture, records: [StoreRecord]) {
    var fixture = try Fixture(coins: 2)
    _ = try fixture.send(try fixture.payment(1_000_000))
    let block = try fixture.mine(1)[0]
    _ = try fixture.call("invalidateblock", .string(block))
    try fixture.mine(2)
    _ = try fixture.call("reconsiderblock", .string(block))
    _ = try fixture.send(try fixture.payment(1_000_000, of: 2))
    return (fixture, fixture.node.takeRecords())
  }

  @Test func `a node comes back from its history as it was`() throws {
    let path = try folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    var (fixture, records) = try history()
    do {
      let store = try Store(folder: path)
      #expect(store.records.isEmpty)
      store.append(records)
      try store.flush()
    }
    let store = try Store(folder: path)
    #expect(store.records == records)
    #expect(store.cutByteCount == 0)
    var again = fixture
    again.node = try DevnetNode(replaying: store.records, startTime: fixture.now)
    for method in ["getblockchaininfo", "gettxoutsetinfo", "getrawmempool"] {
      #expect(try again.call(method) == fixture.call(method))
    }
    #expect(try again.call("getrawmempool", true) == fixture.call("getrawmempool", true))
  }

  @Test(arguments: UInt64(0)..<24)
  func `a history cut anywhere loses nothing but its last records`(seed: UInt64) throws {
    let path = try folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (_, records) = try history()
    do {
      let store = try Store(folder: path)
      store.append(records)
      try store.flush()
    }
    let file = URL(fileURLWithPath: path + "/history.dat")
    let whole = try Data(contentsOf: file)
    let cut = whole.count * Int(seed + 1) / 25 + Int(seed)
    try whole.prefix(cut).write(to: file)
    let count: Int
    do {
      let store = try Store(folder: path)
      count = store.records.count
      #expect(store.records == Array(records.prefix(count)))
      #expect(store.cutByteCount < 8 + records[count].bytes.count)
      // What was lost is written again behind what is left.
      store.append(Array(records[count...]))
      try store.flush()
    }
    #expect(try Store(folder: path).records == records)
    #expect(count < records.count)
  }

  @Test func `damage before the end is reported with its place`() throws {
    let path = try folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (_, records) = try history()
    do {
      let store = try Store(folder: path)
      store.append(records)
      try store.flush()
    }
    let file = URL(fileURLWithPath: path + "/history.dat")
    var bytes = try Data(contentsOf: file)
    let second = 8 + records[0].bytes.count
    bytes[second + 20] ^= 1
    try bytes.write(to: file)
    #expect(throws: StoreError.damaged(path: path + "/history.dat", offset: second)) {
      _ = try Store(folder: path)
    }
    #expect(try Data(contentsOf: file) == bytes)
  }

  @Test func `a folder has one owner`() throws {
    let path = try folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let store = try Store(folder: path)
    #expect(throws: StoreError.inUse(path: path)) { _ = try Store(folder: path) }
    withExtendedLifetime(store) {}
    _ = try? Store(folder: path)
  }
}
