import Engine
import Foundation
import Journal
import Money
import Structures
import Testing

@Suite struct ReaderTests {
  @Test func `batches of every size are read, and stay as they are while others follow`()
    async throws
  {
    let folder = TestFolder()
    var options = SequencerOptions.small
    options.segmentBytes = 1 << 20
    let sequencer = try folder.open(options)
    try await Fixture.fill(sequencer, accounts: 1)
    let first = sequencer.head.sequence
    var submitted: [UInt64: [Command]] = [:]
    // Some are larger than what a reader reads at once, and some fill a segment.
    for (index, count) in [1, 9000, 20_000, 2, 9500, 9000, 70_000, 1, 8000, 12_000].enumerated() {
      let commands =
        [Command.openAccount(name: "batch-\(index)")] + Array(repeating: Command.tick, count: count)
      let committed = try await sequencer.submit(commands)
      submitted[committed[0].batch] = commands
    }
    let point = try await sequencer.checkpoint()
    await sequencer.shutdown()
    var batches: [CommittedBatch] = []
    let replica = try folder.reader.replay { (batch: CommittedBatch) throws(JournalError) in
      batches.append(batch)
    }
    #expect(replica.stateHash == point.stateHash)
    #expect(UInt64(batches.count) == first + UInt64(submitted.count))
    for batch in batches where batch.sequence > first {
      #expect(batch.entries.map(\.command) == submitted[batch.sequence])
    }
    #expect(try folder.reader.replay(after: .max - 1).stateHash == point.stateHash)
    #expect(try folder.reader.verify().stateHash == point.stateHash)
    #expect(
      try folder.reader.batches(after: first, limitBytes: .max).map { $0.entries.map(\.command) }
        == submitted.sorted { $0.key < $1.key }.map(\.value))
    let again = try folder.open(options)
    #expect(try await again.checkpoint().stateHash == point.stateHash)
    await again.shutdown()
  }

  @Test func `behind the last number there is no batch`() async throws {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 2)
    for sequence: UInt64 in [.max, .max - 1, 1_000_000] {
      #expect(try sequencer.reader.rawBatches(after: sequence).isEmpty)
    }
  }

  @Test(arguments: [true, false])
  func `a reader beside a live writer sees whole batches in order and nothing else`(
    inProcess: Bool
  ) async throws {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 0)
    let isDone = Locked(false)
    async let written: Void = {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<3 {
          group.addTask {
            for index in 0..<150 {
              _ = try await sequencer.submit(.openAccount(name: "\(writer)-\(index)"))
            }
          }
        }
        try await group.waitForAll()
      }
      isDone.withLock { $0 = true }
    }()
    let reader = inProcess ? sequencer.reader : folder.reader
    var replica = Replica()
    while true {
      let last = isDone.withLock { $0 }
      let batches = try reader.rawBatches(after: replica.sequence, limitBytes: 2000)
      for bytes in batches {
        let batch = try JournalBatch(decoding: bytes)
        _ = try replica.apply(batch)
        if inProcess { #expect(batch.sequence <= sequencer.head.sequence) }
      }
      if last, batches.isEmpty { break }
      await Task.yield()
    }
    try await written
    let point = try await sequencer.checkpoint()
    for batch in try reader.batches(after: replica.sequence) { _ = try replica.apply(batch) }
    #expect(replica.sequence == point.sequence)
    #expect(replica.stateHash == point.stateHash)
    await sequencer.shutdown()
  }

  @Test func `verifying beside a live writer finds no damage`() async throws {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 0)
    let isDone = Locked(false)
    async let written: Void = {
      try await Fixture.fill(sequencer, accounts: 300)
      isDone.withLock { $0 = true }
    }()
    var last: UInt64 = 0
    while !isDone.withLock({ $0 }) {
      let report = try folder.reader.verify()
      #expect(report.batches >= last)
      last = report.batches
      await Task.yield()
    }
    try await written
    #expect(try folder.reader.verify().batches == 301)
    await sequencer.shutdown()
  }

  @Test func `batches are found from any place`() async throws {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 80)
    await sequencer.shutdown()
    let all = try folder.reader.batches(after: 0, limitBytes: .max)
    #expect(all.map { $0.sequence } == Array(1...81))
    #expect(try #require(try folder.segments.range()).upperBound > 2)
    for after in UInt64(0)...81 {
      let raw = try folder.reader.rawBatches(after: after, limitBytes: 500)
      #expect(raw.isEmpty == (after == 81))
      for (offset, bytes) in raw.enumerated() {
        #expect(bytes == all[Int(after) + offset].bytes)
      }
    }
    #expect(try folder.reader.rawBatches(after: 82).isEmpty)
  }

  @Test func `replay hands over what comes after a batch, with or without snapshots`()
    async throws
  {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 10)
    _ = try await sequencer.snapshot()
    try await Fixture.fill(sequencer, accounts: 10, name: "second")
    let point = try await sequencer.checkpoint()
    await sequencer.shutdown()
    for withSnapshots in [true, false] {
      if !withSnapshots {
        for path in try folder.snapshots() { try FileManager.default.removeItem(atPath: path) }
      }
      for after in UInt64(0)...21 {
        var seen: [UInt64] = []
        let replica = try folder.reader.replay(after: after) {
          (batch: CommittedBatch) throws(JournalError) in
          seen.append(batch.sequence)
        }
        #expect(seen == Array(after..<21).map { $0 + 1 })
        #expect(replica.stateHash == point.stateHash)
      }
      #expect(try folder.reader.replay(through: 5).sequence == 5)
    }
  }

  @Test func `a journal that never was has nothing`() throws {
    let folder = TestFolder()
    #expect(!folder.reader.exists)
    #expect(try folder.reader.rawBatches(after: 0).isEmpty)
    let report = try folder.reader.verify()
    #expect(report.batches == 0)
    #expect(report.headHash == [UInt8](repeating: 0, count: 32))
    #expect(report.stateHash == Replica().stateHash)
  }

  @Test func `statistics agree with verification`() async throws {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 50)
    _ = try await sequencer.snapshot()
    await sequencer.shutdown()
    let report = try folder.reader.verify()
    let statistics = try folder.reader.statistics()
    #expect(statistics.batches == report.batches)
    #expect(statistics.entries == report.commands)
    #expect(statistics.headHash == report.headHash)
    #expect(statistics.segments.count == report.segments)
    let headers = statistics.segments.count * SegmentHeader.count
    #expect(statistics.segments.reduce(0) { $0 + $1.usedBytes } == Int(report.bytes) + headers)
    #expect(statistics.segments.first?.first == 1)
    #expect(statistics.snapshots == [51])
  }
}

@Suite struct ReplicaTests {
  private func frames(_ folder: TestFolder) async throws -> [JournalBatch] {
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 3)
    await sequencer.shutdown()
    return try folder.reader.batches(after: 0)
  }

  /// The batch with something exchanged and a hash that fits again.
  private func forged(
    _ batch: JournalBatch, previous: [UInt8]? = nil, digest: [UInt8]? = nil
  ) throws -> JournalBatch {
    let frame = try BatchFrame(batch.bytes)
    let changed = BatchFrame(
      sequence: frame.sequence, previous: previous ?? frame.header.previous,
      entryCount: frame.header.entryCount, payload: Array(frame.bytes[frame.payload]),
      eventsDigest: digest ?? frame.eventsDigest)
    return try JournalBatch(decoding: changed.bytes)
  }

  @Test func `batches in order are accepted, others not`() async throws {
    let batches = try await frames(TestFolder())
    var replica = Replica()
    #expect(throws: ReplicaError.sequence(expected: 1, found: 2)) {
      try replica.apply(batches[1])
    }
    _ = try replica.apply(batches[0])
    #expect(throws: ReplicaError.sequence(expected: 2, found: 1)) {
      try replica.apply(batches[0])
    }
    _ = try replica.apply(batches[1])
    #expect(replica.hash == batches[1].hash)
  }

  @Test func `a batch of another chain is refused`() async throws {
    let batches = try await frames(TestFolder())
    var replica = Replica()
    _ = try replica.apply(batches[0])
    let foreign = try forged(batches[1], previous: [UInt8](repeating: 5, count: 32))
    #expect(throws: ReplicaError.previousHash(batch: 2)) { try replica.apply(foreign) }
  }

  @Test func `events other than recorded are noticed`() async throws {
    let batches = try await frames(TestFolder())
    var replica = Replica()
    let lie = try forged(batches[0], digest: [UInt8](repeating: 5, count: 16))
    #expect(throws: ReplicaError.diverged(batch: 1)) { try replica.apply(lie) }
  }

  @Test func `a payload that is no command is named with its entry`() throws {
    let frame = BatchFrame(
      sequence: 1, previous: BatchHeader.genesis, entryCount: 1,
      payload: [1, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0, 0, 0, 0, 0, 0, 0],
      eventsDigest: [UInt8](repeating: 0, count: 16))
    #expect(throws: BatchProblem.entry(0)) { try JournalBatch(decoding: frame.bytes) }
  }
}
