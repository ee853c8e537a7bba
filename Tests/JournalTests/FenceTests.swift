import Engine
import Journal
import Synchronization
import Testing

@Suite struct FenceTests {
  @Test func `a gate that refuses stops the sequencer before anybody is told`() async throws {
    let folder = TestFolder()
    var options = SequencerOptions.single
    options.term = 4
    options.gate = { (batch: DurableBatch) throws(JournalError) in
      #expect(batch.term == 4)
      if batch.sequence == 4 { throw .fenced(term: 5) }
    }
    let sequencer = try folder.open(options)
    let stream = sequencer.subscribe()
    try await Fixture.fill(sequencer, accounts: 2)
    await #expect(throws: SequencerError.failed(.fenced(term: 5))) {
      try await sequencer.submit(.openAccount(name: "too late"))
    }
    await #expect(throws: JournalError.fenced(term: 5)) { try await sequencer.waitUntilStopped() }
    #expect(sequencer.head.sequence == 3)
    var published: [UInt64] = []
    for await batch in stream { published.append(batch.sequence) }
    #expect(published == [1, 2, 3])
  }

  @Test func `a gate is shown each batch as it stands on disk`() async throws {
    let folder = TestFolder()
    let shown = Locked<[[UInt8]]>([])
    var options = SequencerOptions.small
    options.gate = { (batch: DurableBatch) throws(JournalError) in
      let bytes = batch.bytes
      shown.withLock { $0.append(bytes) }
    }
    let sequencer = try folder.open(options)
    try await Fixture.fill(sequencer, accounts: 40)
    await sequencer.shutdown()
    #expect(try folder.reader.rawBatches(after: 0, limitBytes: .max) == shown.withLock { $0 })
  }

  @Test func `terms never go back`() async throws {
    let folder = TestFolder()
    var options = SequencerOptions.small
    options.term = 7
    let first = try folder.open(options)
    try await Fixture.fill(first, accounts: 2)
    await first.shutdown()
    options.term = 6
    #expect(throws: JournalError.fenced(term: 7)) { try folder.open(options) }
    options.term = nil
    let second = try folder.open(options)
    try await Fixture.fill(second, accounts: 1, name: "second")
    await second.shutdown()
    options.term = 9
    let third = try folder.open(options)
    try await Fixture.fill(third, accounts: 1, name: "third")
    await third.shutdown()
    let batches = try folder.reader.batches(after: 0, limitBytes: .max)
    #expect(batches.map(\.term) == [7, 7, 7, 7, 9])
    #expect(try folder.reader.statistics().term == 9)
  }

  @Test func `a batch of an older term is damage to a cursor and refused by a replica`() throws {
    let folder = TestFolder()
    let writer = try JournalWriter(
      segments: folder.segments, at: JournalPosition(), last: nil, segmentSize: 4096)
    try writer.append([], digest: [UInt8](repeating: 0, count: 16), term: 3)
    let stale = BatchFrame(
      sequence: 2, term: 2, previous: writer.headHash, entryCount: 0, payload: [],
      eventsDigest: [UInt8](repeating: 0, count: 16))
    let offset = writer.position.offset
    #expect(
      throws: JournalError.damaged(
        JournalDamage(
          file: folder.segments.path(1), batch: 2, offset: offset,
          problem: .term(atLeast: 3, found: 2)))
    ) { try writer.append(copyOf: stale) }
    // Nothing was written.
    #expect(try folder.reader.statistics().batches == 1)
  }

  @Test func `a copy of a journal is the same to the last byte of each batch`() async throws {
    let folder = TestFolder()
    let other = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 30)
    let point = try await sequencer.checkpoint()
    await sequencer.shutdown()
    let writer = try JournalWriter(
      segments: other.segments, at: JournalPosition(), last: nil, segmentSize: 1 << 14)
    for bytes in try folder.reader.rawBatches(after: 0, limitBytes: .max) {
      try writer.append(copyOf: BatchFrame(bytes))
    }
    writer.close()
    let report = try other.reader.verify()
    #expect(report.headHash == point.hash)
    #expect(report.stateHash == point.stateHash)
  }

  @Test func `of batches that are taken over together each is durable before the next`()
    async throws
  {
    let (folder, other, storage) = (TestFolder(), TestFolder(), TroubledStorage())
    let sequencer = try folder.open(.single)
    try await Fixture.fill(sequencer, accounts: 6)
    await sequencer.shutdown()
    let frames = try folder.reader.rawBatches(after: 0, limitBytes: .max).map { bytes in
      try BatchFrame(bytes)
    }
    let writer = try JournalWriter(
      segments: Segments(directory: other.path, storage: storage), at: JournalPosition(), last: nil,
      segmentSize: 1 << 16, preparesAhead: false)
    // Two batches that are torn at once could not be told from damage.
    storage.fail("sync", after: 2)
    #expect(throws: JournalError.self) { try writer.append(copiesOf: frames) }
    #expect(writer.head == 2)
  }
}
