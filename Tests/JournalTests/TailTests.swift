import Engine
import Foundation
import Journal
import Money
import Structures
import Testing

/// A journal of raw payloads, and what a start finds in it.
private struct Files {
  let folder = TestFolder()
  /// Where each batch begins in its segment, and the segment.
  var starts: [(segment: Int, offset: Int)] = []
  var ends: [Int] = []

  init(seed: UInt64, batches: Int, segmentSize: Int) throws {
    var random = SplitMix64(seed: seed)
    let segments = folder.segments
    let writer = try JournalWriter(
      segments: segments, at: JournalPosition(), last: nil, segmentSize: segmentSize)
    for _ in 0..<batches {
      let count = Int.random(in: 0...700, using: &random)
      let payload = (0..<count & ~7).map { _ in UInt8.random(in: 0...255, using: &random) }
      try writer.append(
        payload, digest: (0..<16).map { _ in UInt8.random(in: 1...255, using: &random) })
    }
    var cursor = JournalCursor(segments: segments)
    while let frame = try cursor.next() {
      starts.append((cursor.segment, cursor.offset - frame.bytes.count))
      ends.append(cursor.offset)
    }
  }

  /// Batches that a start keeps, and what it cuts.
  func recover() throws -> (batches: Int, tail: TornTail?) {
    let segments = folder.segments
    _ = try segments.range()
    var cursor = JournalCursor(segments: segments)
    var batches = 0
    while try cursor.next() != nil { batches += 1 }
    return (batches, try TornTail(after: cursor, in: segments))
  }
}

@Suite struct TailTests {
  /// How the end of a write that was interrupted can look.
  enum Remainder: CaseIterable { case nothing, zeros }

  @Test(arguments: Remainder.allCases)
  func `a journal cut anywhere recovers to the last whole batch`(remainder: Remainder) throws {
    let files = try Files(seed: 1, batches: 6, segmentSize: 1 << 13)
    let whole = try files.folder.bytes(of: 1)
    let end = try #require(files.ends.last)
    for cut in SegmentHeader.count...end {
      var bytes = Array(whole.prefix(cut))
      if remainder == .zeros { bytes += [UInt8](repeating: 0, count: whole.count - cut) }
      try files.folder.replace(1, with: bytes)
      let expected = files.ends.count { $0 <= cut }
      let lastEnd = expected == 0 ? SegmentHeader.count : files.ends[expected - 1]
      let found = try files.recover()
      #expect(found.batches == expected, "cut at \(cut)")
      // What is left of a batch is reported, unless all that is left of it is zeros.
      if whole[lastEnd..<cut].contains(where: { $0 != 0 }) {
        #expect(found.tail?.offset == lastEnd, "cut at \(cut)")
        #expect(found.tail?.batch == UInt64(expected + 1), "cut at \(cut)")
      } else {
        #expect(found.tail == nil, "cut at \(cut)")
      }
    }
  }

  @Test(arguments: UInt64(0)..<32)
  func `garbage behind the last batch is cut`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let files = try Files(seed: seed, batches: 3, segmentSize: 1 << 13)
    var bytes = try files.folder.bytes(of: 1)
    let end = try #require(files.ends.last)
    let count = Int.random(in: 1...(bytes.count - end), using: &random)
    for index in end..<(end + count) { bytes[index] = UInt8.random(in: 1...255, using: &random) }
    try files.folder.replace(1, with: bytes)
    let found = try files.recover()
    #expect(found.batches == 3)
    #expect(found.tail?.offset == end)
    #expect(found.tail?.count == count)
  }

  @Test(arguments: UInt64(0)..<64)
  func `a batch of which sectors are missing is cut`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let files = try Files(seed: seed, batches: 5, segmentSize: 1 << 13)
    var bytes = try files.folder.bytes(of: 1)
    let start = files.starts[4].offset
    let end = files.ends[4]
    let sectors = Array((start / 512)...((end - 1) / 512))
    let lost = try #require(sectors.randomElement(using: &random))
    for index in max(start, lost * 512)..<min(end, lost * 512 + 512) { bytes[index] = 0 }
    try files.folder.replace(1, with: bytes)
    let found = try files.recover()
    #expect(found.batches == 4)
    if sectors.count > 1 { #expect(found.tail?.batch == 5) }
  }

  @Test func `every flipped byte is located`() throws {
    let files = try Files(seed: 2, batches: 6, segmentSize: 1 << 13)
    let whole = try files.folder.bytes(of: 1)
    var random = SplitMix64(seed: 3)
    for index in SegmentHeader.count..<(try #require(files.ends.last)) {
      var bytes = whole
      bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
      try files.folder.replace(1, with: bytes)
      let batch = try #require(files.ends.firstIndex { index < $0 })
      let offset = files.starts[batch].offset
      do {
        let found = try files.recover()
        // Only of the last batch can a crash be the cause, and then it is reported as such.
        #expect(batch == 5, "byte \(index)")
        #expect(found.batches == 5)
        #expect(found.tail?.batch == 6)
        #expect(found.tail?.offset == offset)
      } catch JournalError.damaged(let damage) {
        #expect(damage.batch == UInt64(batch + 1), "byte \(index)")
        #expect(damage.offset == offset, "byte \(index)")
        #expect(damage.file == files.folder.segments.path(1))
      }
    }
  }

  @Test func `every flipped byte of a segment's own header is located`() throws {
    let files = try Files(seed: 2, batches: 20, segmentSize: 2048)
    for segment in 1...3 {
      let whole = try files.folder.bytes(of: segment)
      let first = try #require(files.starts.firstIndex { $0.segment == segment })
      for index in 0..<SegmentHeader.count {
        var bytes = whole
        bytes[index] ^= 0x10
        try files.folder.replace(segment, with: bytes)
        #expect(
          throws: JournalError.damaged(
            JournalDamage(
              file: files.folder.segments.path(segment), batch: UInt64(first + 1), offset: 0,
              problem: .segmentHeader)), "byte \(index)"
        ) { try files.recover() }
      }
      try files.folder.replace(segment, with: whole)
    }
    #expect(try files.recover().batches == 20)
  }

  @Test(arguments: UInt64(0)..<48)
  func `a flipped byte in any of many segments is located`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let files = try Files(seed: seed, batches: 20, segmentSize: 2048)
    let batch = Int.random(in: 0..<19, using: &random)
    let start = files.starts[batch]
    var bytes = try files.folder.bytes(of: start.segment)
    bytes[Int.random(in: start.offset..<files.ends[batch], using: &random)] ^= 1
    try files.folder.replace(start.segment, with: bytes)
    let damage = try #require(throws: JournalError.self) { try files.recover() }
    guard case .damaged(let place) = damage else {
      Issue.record("\(damage)")
      return
    }
    #expect(place.batch == UInt64(batch + 1))
    #expect(place.offset == start.offset)
    #expect(place.file == files.folder.segments.path(start.segment))
  }

  @Test(arguments: [1, 2, 3])
  func `a missing segment is named`(missing: Int) throws {
    let files = try Files(seed: 4, batches: 20, segmentSize: 2048)
    #expect(try #require(try files.folder.segments.range()).upperBound > 4)
    try FileManager.default.removeItem(atPath: files.folder.segments.path(missing))
    let first = try #require(files.starts.firstIndex { $0.segment == missing })
    #expect(
      throws: JournalError.damaged(
        JournalDamage(
          file: files.folder.segments.path(missing), batch: UInt64(first + 1), offset: 0,
          problem: .segmentMissing))
    ) { try files.recover() }
  }

  @Test func `bytes behind the last batch of a finished segment are damage`() throws {
    let files = try Files(seed: 5, batches: 20, segmentSize: 2048)
    try files.folder.replace(2, with: try files.folder.bytes(of: 2) + [0, 0, 1])
    let next = try #require(files.starts.firstIndex { $0.segment == 3 })
    let damage = try #require(throws: JournalError.self) { try files.recover() }
    guard case .damaged(let place) = damage else {
      Issue.record("\(damage)")
      return
    }
    #expect(place.batch == UInt64(next + 1))
    #expect(place.file == files.folder.segments.path(2))
  }

  @Test func `segments that changed places are damage`() throws {
    let files = try Files(seed: 6, batches: 20, segmentSize: 2048)
    let second = try files.folder.bytes(of: 2)
    try files.folder.replace(2, with: try files.folder.bytes(of: 3))
    try files.folder.replace(3, with: second)
    let damage = try #require(throws: JournalError.self) { try files.recover() }
    guard case .damaged(let place) = damage, case .segmentHeader = place.problem else {
      Issue.record("\(damage)")
      return
    }
    #expect(place.file == files.folder.segments.path(2))
    #expect(place.offset == 0)
  }

  @Test func `a batch of another journal does not continue the chain`() throws {
    let files = try Files(seed: 7, batches: 3, segmentSize: 1 << 13)
    let other = try Files(seed: 8, batches: 3, segmentSize: 1 << 13)
    let own = try files.folder.bytes(of: 1)
    let foreign = try other.folder.bytes(of: 1)
    let joined = own[..<files.ends[1]] + foreign[other.starts[2].offset..<other.ends[2]]
    try files.folder.replace(1, with: Array(joined))
    #expect(
      throws: JournalError.damaged(
        JournalDamage(
          file: files.folder.segments.path(1), batch: 3, offset: files.ends[1],
          problem: .previousHash))
    ) { try files.recover() }
  }

  @Test func `a batch larger than a segment has a segment of its own`() throws {
    let folder = TestFolder()
    let writer = try JournalWriter(
      segments: folder.segments, at: JournalPosition(), last: nil, segmentSize: 1024)
    let sizes = [8, 5000, 16, 1200, 800, 8]
    for size in sizes {
      try writer.append([UInt8](repeating: 9, count: size), digest: [UInt8](1...16))
    }
    var cursor = JournalCursor(segments: folder.segments)
    var read: [Int] = []
    while let frame = try cursor.next() { read.append(frame.payload.count) }
    #expect(read == sizes)
    #expect(cursor.position.previous == writer.headHash)
    #expect(cursor.segment == 6)
  }
}
