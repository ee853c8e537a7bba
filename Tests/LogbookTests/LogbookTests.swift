import Foundation
import Logbook
import Structures
import Testing

@Suite struct LogbookTests {
  final class Folder {
    let path: String
    var book: String { path + "/book" }

    init() throws {
      path = FileManager.default.temporaryDirectory.path + "/logbook-" + UUID().uuidString
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func open() throws -> (records: [[UInt8]], position: LogbookPosition) {
      var records: [[UInt8]] = []
      let book = try Logbook(path: book, domain: "test") { records.append($0) }
      return (records, book.position)
    }

    func write(_ records: [[UInt8]]) throws {
      let book = try Logbook(path: book, domain: "test") { _ in }
      for record in records { try book.append(record) }
    }

    func bytes(_ suffix: String = "") throws -> [UInt8] {
      [UInt8](try Data(contentsOf: URL(fileURLWithPath: book + suffix)))
    }

    func replace(_ suffix: String = "", with bytes: [UInt8]) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: book + suffix))
    }
  }

  static let records: [[UInt8]] = [[1], [], [2, 3], [UInt8](repeating: 7, count: 5000)]

  @Test func `records written together count together, and the chain is as if each came alone`()
    throws
  {
    let (one, other) = (try Folder(), try Folder())
    try one.write(Self.records)
    let book = try Logbook(path: other.book, domain: "test") { _ in }
    try book.append(all: [])
    #expect(book.position.sequence == 0)
    try book.append(all: Self.records)
    #expect(book.position.sequence == UInt64(Self.records.count))
    #expect(try other.bytes() == one.bytes())
    #expect(try one.open().position == book.position)
    // One too long refuses all of them.
    #expect(throws: LogbookError.self) {
      try book.append(all: [[1], [UInt8](repeating: 0, count: Logbook.recordLimit + 1)])
    }
    #expect(book.position.sequence == UInt64(Self.records.count))
  }

  @Test func `the head never writes over the newest position, whatever the steps`() throws {
    let folder = try Folder()
    let path = folder.path + "/head"
    var head = Optional(try LogbookHead(path: path))
    for sequence: UInt64 in [2, 4, 8, 9, 11, 20] {
      let before = try head?.read()
      try head?.write(LogbookPosition(sequence: sequence, hash: [UInt8](repeating: 3, count: 32)))
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      head = nil
      head = try LogbookHead(path: path)
      #expect(try head?.read()?.sequence == sequence)
      guard let before else { continue }
      // Torn: the slot just written is spoilt, the one before is still there.
      let slot = [0, 64].first { at in
        bytes[at..<at + 8].elementsEqual(
          (0..<8).map { UInt8(truncatingIfNeeded: sequence >> UInt64(8 * $0)) })
      }
      var torn = bytes
      torn[try #require(slot) + 20] ^= 1
      head = nil
      try Data(torn).write(to: URL(fileURLWithPath: path + "-torn"))
      #expect(try LogbookHead(path: path + "-torn").read() == before)
      head = try LogbookHead(path: path)
    }
  }

  @Test func `a full disk refuses a record, and with room again the book goes on`() async {
    // In a process of its own: the limit on the size of files is the whole process's.
    await #expect(processExitsWith: .success) {
      let folder = try Folder()
      let book = try Logbook(path: folder.book, domain: "test") { _ in }
      try book.append([1])
      signal(SIGXFSZ, SIG_IGN)
      // The end of the file lies in the middle of the next record.
      var limit = rlimit(rlim_cur: 500, rlim_max: .max)
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let long = [UInt8](repeating: 2, count: 1000)
      for _ in 0..<2 { #expect(throws: LogbookError.self) { try book.append(long) } }
      #expect(book.position.sequence == 1)
      limit.rlim_cur = .max
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      try book.append(long)
      try book.append([3])
      #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.book))).count == 1110)
    }
  }

  @Test func `records come back after opening again, and more follow`() throws {
    let folder = try Folder()
    try folder.write(Self.records)
    #expect(try folder.open().records == Self.records)
    try folder.write([[9]])
    #expect(try folder.open().records == Self.records + [[9]])
    #expect(try folder.open().position.sequence == 5)
  }

  @Test(arguments: UInt64(0)..<60)
  func `any change of one byte is refused`(seed: UInt64) throws {
    let folder = try Folder()
    try folder.write(Self.records)
    var random = SplitMix64(seed: seed)
    var bytes = try folder.bytes()
    bytes[.random(in: bytes.indices, using: &random)] ^= .random(in: 1...255, using: &random)
    try folder.replace(with: bytes)
    #expect(throws: LogbookError.self) { try folder.open() }
  }

  @Test(arguments: UInt64(0)..<60)
  func `a file cut back is refused`(seed: UInt64) throws {
    let folder = try Folder()
    try folder.write(Self.records)
    var random = SplitMix64(seed: seed)
    let bytes = try folder.bytes()
    try folder.replace(with: Array(bytes.prefix(.random(in: 0..<bytes.count, using: &random))))
    #expect(throws: LogbookError.self) { try folder.open() }
  }

  @Test func `an older copy of the records beside a newer head is refused`() throws {
    let folder = try Folder()
    try folder.write(Self.records)
    let old = try folder.bytes()
    try folder.write([[9]])
    try folder.replace(with: old)
    #expect(throws: LogbookError.rolledBack(has: 4, remembered: 5)) { try folder.open() }
  }

  @Test func `both files put back are seen by whoever remembers the position`() throws {
    let folder = try Folder()
    try folder.write(Self.records)
    let (old, oldHead) = (try folder.bytes(), try folder.bytes(".head"))
    try folder.write([[9]])
    let seen = try folder.open().position
    try folder.replace(with: old)
    try folder.replace(".head", with: oldHead)
    let book = try Logbook(path: folder.book, domain: "test") { _ in }
    #expect(!book.contains(seen))
    try book.append([8])
    #expect(!book.contains(seen), "another record in its place is no substitute")
    #expect(book.contains(book.position))
  }

  @Test(arguments: [1, 3, 4, 5, 20, 40])
  func `a record torn before it counted is cut off`(kept: Int) throws {
    let folder = try Folder()
    try folder.write(Self.records)
    let (whole, head) = (try folder.bytes(), try folder.bytes(".head"))
    try folder.write([[9, 9, 9, 9, 9, 9, 9]])
    let torn = try folder.bytes()[..<(whole.count + kept)]
    try folder.replace(with: Array(torn))
    try folder.replace(".head", with: head)
    #expect(try folder.open().records == Self.records)
    #expect(try folder.bytes() == whole)
  }

  @Test func `a whole record that the head missed counts`() throws {
    let folder = try Folder()
    try folder.write(Self.records)
    let head = try folder.bytes(".head")
    try folder.write([[9]])
    try folder.replace(".head", with: head)
    #expect(try folder.open().records == Self.records + [[9]])
  }

  @Test func `a look at a book that somebody has open shows what counts, and changes nothing`()
    throws
  {
    let folder = try Folder()
    try folder.write(Self.records)
    let book = try Logbook(path: folder.book, domain: "test") { _ in }
    func look(_ domain: String = "test") throws -> [[UInt8]] {
      var records: [[UInt8]] = []
      try Logbook.read(path: folder.book, domain: domain) { records.append($0) }
      return records
    }
    #expect(try look() == Self.records)
    try book.append([9])
    #expect(try look() == Self.records + [[9]])
    let whole = try folder.bytes()
    try folder.replace(with: whole + [5, 0, 0, 0, 1])
    #expect(try look() == Self.records + [[9]])
    #expect(try folder.bytes() == whole + [5, 0, 0, 0, 1])
    #expect(throws: LogbookError.self) { try look("other") }
    try folder.replace(with: Array(whole.dropLast(37)))
    #expect(throws: LogbookError.self) { try look() }
    #expect(throws: LogbookError.self) {
      try Logbook.read(path: folder.book + "-none", domain: "test") { _ in }
    }
  }

  @Test func `a missing head, another domain and a second opener are refused`() throws {
    let folder = try Folder()
    try folder.write(Self.records)
    #expect(throws: LogbookError.self) { try Logbook(path: folder.book, domain: "other") { _ in } }
    do {
      let book = try Logbook(path: folder.book, domain: "test") { _ in }
      #expect(throws: LogbookError.inUse(path: folder.book)) { try folder.open() }
      #expect(book.position.sequence == 4)
    }
    try FileManager.default.removeItem(atPath: folder.book + ".head")
    #expect(throws: LogbookError.headMissing) { try folder.open() }
  }
}
