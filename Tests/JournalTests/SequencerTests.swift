import Cryptography
import Dispatch
import Engine
import Journal
import Money
import Structures
import Testing

@Suite struct SequencerTests {
  @Test func `what was answered is there after a restart`() async throws {
    let folder = TestFolder()
    var sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 40)
    let before = try await sequencer.checkpoint()
    await sequencer.shutdown()
    sequencer = try folder.open()
    #expect(try await sequencer.checkpoint() == before)
    #expect(sequencer.head.sequence == before.sequence)
    #expect(sequencer.head.hash == before.hash)
    let names = try openedAccounts(folder.reader)
    #expect(names == (0..<40).map { "customer-\($0)" })
    #expect(try await sequencer.read { $0.accountID(name: "customer-39") } != nil)
    await sequencer.shutdown()
  }

  @Test func `a refused command is answered and journaled, and changes nothing else`() async throws
  {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 1)
    let head = sequencer.head.sequence
    let refused = try await sequencer.submit(.openAccount(name: "customer-0"))
    #expect(refused.refusal != nil)
    #expect(refused.batch == head + 1)
    #expect(sequencer.head.sequence == head + 1)
    let mixed = try await sequencer.submit([
      .openAccount(name: "customer-0"), .openAccount(name: "bob"), .openAccount(name: "bob"),
    ])
    #expect(mixed.map { $0.refusal != nil } == [true, false, true])
    await sequencer.shutdown()
    let report = try folder.reader.verify()
    #expect(report.batches == head + 2)
    #expect(report.commands == head + 4)
    #expect(try openedAccounts(folder.reader) == ["customer-0", "bob"])
  }

  @Test func `a checkpoint is what a replay reaches, refusals or not`() async throws {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 3)
    _ = try await sequencer.submit(.openAccount(name: "customer-0"))
    _ = try await sequencer.submit(.tick)
    let point = try await sequencer.checkpoint()
    let report = try folder.reader.verify()
    #expect(report.stateHash == point.stateHash)
    #expect(report.headHash == point.hash)
    #expect(report.batches == point.sequence)
    await sequencer.shutdown()
    #expect(try folder.reader.verify().stateHash == point.stateHash)
  }

  @Test func `commands submitted together are adjacent in one batch`() async throws {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          for round in 0..<10 {
            let commands = (0..<5).map { Command.openAccount(name: "\(writer)-\(round)-\($0)") }
            let committed = try await sequencer.submit(commands)
            #expect(committed.count == 5)
            #expect(Set(committed.map { $0.batch }).count == 1)
          }
        }
      }
      try await group.waitForAll()
    }
    await sequencer.shutdown()
    let names = try openedAccounts(folder.reader)
    #expect(names.count == 400)
    for index in stride(from: 0, to: names.count, by: 5) {
      let prefix = names[index].dropLast(1)
      #expect(Array(names[index..<(index + 5)]) == (0..<5).map { "\(prefix)\($0)" })
    }
  }

  @Test func `concurrent submitters are each answered once and journaled once`() async throws {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 0)
    let answered = Locked<[String: UInt64]>([:])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<32 {
        group.addTask {
          for round in 0..<25 {
            let name = "\(writer)-\(round)"
            let committed = try await sequencer.submit(.openAccount(name: name))
            guard case .accountOpened(let account)? = committed.events.first else {
              Issue.record("\(committed)")
              continue
            }
            #expect(account.name == name)
            answered.withLock { #expect($0.updateValue(committed.batch, forKey: name) == nil) }
          }
        }
      }
      try await group.waitForAll()
    }
    await sequencer.shutdown()
    let batches = Locked<[String: UInt64]>([:])
    let replica = try folder.reader.replay { (batch: CommittedBatch) throws(JournalError) in
      for entry in batch.entries {
        guard case .openAccount(let name) = entry.command else { continue }
        batches.withLock { #expect($0.updateValue(batch.sequence, forKey: name) == nil) }
      }
    }
    #expect(batches.withLock { $0 } == answered.withLock { $0 })
    #expect(answered.withLock { $0.count } == 800)
    // Commits were shared.
    #expect(replica.sequence < 800)
  }

  @Test func `a full queue answers busy and what waits is still done`() async throws {
    let folder = TestFolder()
    var options = SequencerOptions.small
    options.queueLimit = 4
    let sequencer = try folder.open(options)
    try await Fixture.fill(sequencer, accounts: 0)
    let entered = DispatchSemaphore(value: 0)
    let release = DispatchSemaphore(value: 0)
    async let blocker: Void = sequencer.read { _ in
      entered.signal()
      release.wait()
    }
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        entered.wait()
        continuation.resume()
      }
    }
    // The thread is inside the read: nothing is taken from the queue until it is released.
    let results = Locked<(done: Int, busy: Int)>((0, 0))
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<20 {
        group.addTask {
          do {
            _ = try await sequencer.submit(.openAccount(name: "queued-\(index)"))
            results.withLock { $0.done += 1 }
          } catch SequencerError.busy {
            // All but the four that fit are refused at once; the last refusal lets the thread go on.
            let last = results.withLock { state in
              state.busy += 1
              return state.busy == 16
            }
            if last { release.signal() }
          } catch {
            Issue.record(error)
          }
        }
      }
    }
    try await blocker
    #expect(results.withLock { $0.done } == 4)
    #expect(results.withLock { $0.busy } == 16)
    await sequencer.shutdown()
    #expect(try openedAccounts(folder.reader).count == 4)
  }

  @Test func `a clock that goes backwards is lifted`() async throws {
    let folder = TestFolder()
    let clock = TestClock(5_000)
    let sequencer = try folder.open(clock: clock)
    try await Fixture.fill(sequencer, accounts: 2)
    clock.set(1_000)
    let committed = try await sequencer.submit(.openAccount(name: "alice"))
    #expect(committed.time.milliseconds >= 5_000)
    await sequencer.shutdown()
    var last = Timestamp(milliseconds: 0)
    _ = try folder.reader.replay { (batch: CommittedBatch) throws(JournalError) in
      for entry in batch.entries {
        #expect(entry.time >= last)
        last = entry.time
      }
    }
  }

  @Test func `a second writer is turned away until the first is done`() async throws {
    let folder = TestFolder()
    let first = try folder.open()
    #expect(throws: JournalError.locked(path: folder.path)) { try folder.open() }
    await first.shutdown()
    let second = try folder.open()
    await second.shutdown()
  }

  @Test func `shutdown answers everything that waits`() async throws {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 0)
    let accepted = Locked<Set<String>>([])
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<200 {
        group.addTask {
          do {
            _ = try await sequencer.submit(.openAccount(name: "n-\(index)"))
            accepted.withLock { _ = $0.insert("n-\(index)") }
          } catch {
            #expect(error as? SequencerError == .stopped)
          }
        }
        if index == 100 { group.addTask { await sequencer.shutdown() } }
      }
    }
    #expect(Set(try openedAccounts(folder.reader)) == accepted.withLock { $0 })
    await #expect(throws: SequencerError.stopped) { try await sequencer.submit(.tick) }
    await #expect(throws: SequencerError.stopped) { try await sequencer.read { $0.time } }
    try await sequencer.waitUntilStopped()
  }

  @Test func `a subscriber sees every batch with its events, as replay gives them`() async throws {
    let folder = TestFolder()
    let sequencer = try folder.open()
    let stream = sequencer.subscribe()
    try await Fixture.fill(sequencer, accounts: 30)
    await sequencer.shutdown()
    var live: [CommittedBatch] = []
    for await batch in stream { live.append(batch) }
    let replayed = Locked<[CommittedBatch]>([])
    _ = try folder.reader.replay { (batch: CommittedBatch) throws(JournalError) in
      replayed.withLock { $0.append(batch) }
    }
    #expect(live == replayed.withLock { $0 })
    #expect(live.count == 31)
  }

  @Test func `a subscriber that lags is ended without a gap and resumes from disk`() async throws {
    let folder = TestFolder()
    var options = SequencerOptions.small
    options.subscriberLimit = 8
    let sequencer = try folder.open(options)
    let stream = sequencer.subscribe()
    try await Fixture.fill(sequencer, accounts: 30)
    var seen: [UInt64] = []
    for await batch in stream { seen.append(batch.sequence) }
    #expect(seen == Array(1...8))
    let rest = try sequencer.reader.batches(after: 8)
    #expect(rest.map { $0.sequence } == Array(9...31))
    await sequencer.shutdown()
  }

  @Test func `a subscriber that leaves too much unread is ended, one that keeps up is not`()
    async throws
  {
    let folder = TestFolder()
    var options = SequencerOptions.small
    options.subscriberBytes = 4000
    let sequencer = try folder.open(options)
    let lagging = sequencer.subscribe()
    let prompt = sequencer.subscribe()
    var reader = prompt.makeAsyncIterator()
    for index in 0..<30 {
      try await Fixture.fill(sequencer, accounts: 1, name: "n-\(index)")
      if index == 0 { _ = await reader.next() }
      #expect(await reader.next()?.sequence == UInt64(index + 2))
    }
    var seen: [UInt64] = []
    for await batch in lagging { seen.append(batch.sequence) }
    #expect(!seen.isEmpty)
    #expect(seen.count < 31)
    #expect(seen == Array(1...UInt64(seen.count)))
    await sequencer.shutdown()
  }

  @Test func `commands above the limit of a batch are refused before anything happens`()
    async throws
  {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 0)
    let head = sequencer.head.sequence
    let huge = Command.payoutSigned(
      payout: PayoutID(1), transaction: [UInt8](repeating: 0, count: 1 << 25))
    await #expect(throws: SequencerError.self) { try await sequencer.submit(huge) }
    #expect(sequencer.head.sequence == head)
    await sequencer.shutdown()
  }
}
