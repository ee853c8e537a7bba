import Journal
import Testing

/// Journals whose chain is whole, and whose batches say of their events what executing them does not give.
@Suite struct DivergenceTests {
  private static let lie = [UInt8](repeating: 5, count: BatchFrame.digestCount)
  private static let noCommand: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0, 0, 0, 0, 0, 0, 0]

  /// A journal of 401 batches in one segment, sealed anew after some were changed.
  private func journal(
    lyingAt lies: Set<UInt64>, withoutCommandAt bad: UInt64? = nil
  ) async throws -> TestFolder {
    let folder = TestFolder()
    var options = SequencerOptions.small
    options.segmentBytes = 1 << 20
    let sequencer = try folder.open(options)
    try await Fixture.fill(sequencer, accounts: 400)
    await sequencer.shutdown()
    let batches = try folder.reader.batches(after: 0)
    var bytes = Array(try folder.bytes(of: 1).prefix(SegmentHeader.count))
    var previous = BatchHeader.genesis
    for batch in batches {
      let frame = try BatchFrame(batch.bytes)
      let isBad = frame.sequence == bad
      let sealed = BatchFrame(
        sequence: frame.sequence, previous: previous,
        entryCount: isBad ? 1 : frame.header.entryCount,
        payload: isBad ? Self.noCommand : Array(frame.bytes[frame.payload]),
        eventsDigest: lies.contains(frame.sequence) ? Self.lie : frame.eventsDigest)
      bytes += sealed.bytes
      previous = sealed.hash
    }
    try folder.replace(1, with: bytes)
    return folder
  }

  @Test(arguments: [1, 2, 77, 400, 401] as [UInt64])
  func `the batch that gives other events is named, by whoever executes the journal`(
    sequence: UInt64
  ) async throws {
    let folder = try await journal(lyingAt: [sequence])
    let diverged = JournalError.diverged(batch: sequence)
    #expect(throws: diverged) { try folder.open() }
    #expect(throws: diverged) { try folder.reader.replay(after: .max - 1) }
    #expect(throws: diverged) { try folder.reader.replay() }
    #expect(throws: diverged) { try folder.reader.verify() }
    var last: UInt64 = 0
    #expect(throws: diverged) {
      try folder.reader.replay(after: 50) { (batch: CommittedBatch) throws(JournalError) in
        last = batch.sequence
      }
    }
    #expect(last == (sequence > 51 ? sequence - 1 : 0))
  }

  @Test func `what went wrong first is what is named`() async throws {
    let folder = try await journal(lyingAt: [60, 90], withoutCommandAt: 91)
    for _ in 0..<20 {
      #expect(throws: JournalError.diverged(batch: 60)) {
        try folder.reader.replay(after: .max - 1)
      }
    }
    let other = try await journal(lyingAt: [92], withoutCommandAt: 91)
    #expect {
      try other.reader.replay(after: .max - 1)
    } throws: { error in
      guard case .damaged(let damage) = error as? JournalError else { return false }
      return damage.batch == 91 && damage.problem == .entry(0)
    }
  }

  @Test func `the digest goes on from batches that are not handed over to those that are`()
    async throws
  {
    let folder = try await journal(lyingAt: [])
    let whole = try folder.reader.replay()
    for sequence in [0, 1, 200, 400, 401, 900] as [UInt64] {
      let replica = try folder.reader.replay(after: sequence)
      #expect(replica.eventsDigest == whole.eventsDigest)
      #expect(replica.hash == whole.hash)
      #expect(replica.stateHash == whole.stateHash)
    }
    let part = try folder.reader.replay(after: .max - 1, through: 200)
    #expect(part.sequence == 200)
    #expect(part.eventsDigest == (try folder.reader.replay(through: 200)).eventsDigest)
  }
}
