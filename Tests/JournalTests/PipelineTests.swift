import Engine
import Glibc
import Journal
import Money
import Structures
import Synchronization
import Testing

@Suite struct PipelineTests {
  @Test func `commands are carried out while the disk is busy and share the next batch`()
    async throws
  {
    let folder = TestFolder()
    let storage = TroubledStorage()
    let sequencer = try folder.open(on: storage, .single)
    try await Fixture.fill(sequencer, accounts: 0)
    storage.gate.hold()
    async let first = sequencer.submit(.openAccount(name: "first"))
    await storage.gate.waitForArrival()
    // The disk is inside its sync; these are carried out meanwhile.
    let committed = Locked<[Committed]>([])
    let carriedOut = Locked(0)
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<50 {
        group.addTask {
          guard let one = try? await sequencer.submit(.openAccount(name: "later-\(index)")) else {
            return
          }
          committed.withLock { $0.append(one) }
        }
      }
      group.addTask {
        // Once a read has seen all of them, they are in the open batch, and nobody was answered.
        while carriedOut.withLock({ $0 }) < 51 {
          // It is not answered before the gate opens, so nobody waits for it here.
          Task {
            try await sequencer.read { exchange in
              let seen = exchange.accounts.count
              carriedOut.withLock { $0 = seen }
            }
          }
          try? await Task.sleep(for: .milliseconds(2))
        }
        #expect(committed.withLock { $0.isEmpty })
        #expect(sequencer.head.sequence == 1)
        storage.gate.open()
      }
    }
    #expect(try await first.batch == 2)
    #expect(committed.withLock { $0.count } == 50)
    #expect(Set(committed.withLock { $0.map(\.batch) }) == [3])
    await sequencer.shutdown()
    #expect(try folder.reader.verify().batches == 3)
  }

  @Test func `a read is answered only when everything that it saw is durable`() async throws {
    let folder = TestFolder()
    let storage = TroubledStorage()
    let sequencer = try folder.open(on: storage, .single)
    try await Fixture.fill(sequencer, accounts: 1)
    storage.gate.hold()
    async let second = sequencer.submit(.openAccount(name: "second"))
    await storage.gate.waitForArrival()
    let answered = Locked<[String: UInt64]>([:])
    async let early: Void = {
      let found = try await sequencer.read { $0.accountID(name: "second") }
      #expect(found != nil)
      let durable = sequencer.head.sequence
      answered.withLock { $0["read"] = durable }
    }()
    async let point: Void = {
      let point = try await sequencer.checkpoint()
      answered.withLock { $0["checkpoint"] = point.sequence }
    }()
    // Both have nothing to wait for but the disk.
    for _ in 0..<200 { await Task.yield() }
    #expect(answered.withLock { $0.isEmpty })
    storage.gate.open()
    _ = try await (second, early, point)
    #expect(answered.withLock { $0 } == ["read": 3, "checkpoint": 3])
    await sequencer.shutdown()
  }

  @Test(arguments: ["write", "sync"])
  func `a disk that fails ends the journal, and nothing of the batch is acknowledged`(
    operation: String
  ) async throws {
    let folder = TestFolder()
    let storage = TroubledStorage()
    let sequencer = try folder.open(on: storage, .single)
    try await Fixture.fill(sequencer, accounts: 5)
    storage.fail(operation)
    let expected = JournalError.io(
      operation: operation, path: folder.segments.path(1), code: EIO)
    let outcomes = Locked<[SequencerError?]>([])
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<20 {
        group.addTask {
          do throws(SequencerError) {
            _ = try await sequencer.submit(.openAccount(name: "lost-\(index)"))
            outcomes.withLock { $0.append(nil) }
          } catch {
            outcomes.withLock { $0.append(error) }
          }
        }
        group.addTask {
          // Reads may still see what was durable, but never what was lost.
          let seen = try? await sequencer.read { $0.accounts.count }
          #expect(seen == nil || seen == 5)
        }
      }
    }
    #expect(outcomes.withLock { $0 } == Array(repeating: .failed(expected), count: 20))
    await #expect(throws: expected) { try await sequencer.waitUntilStopped() }
    await #expect(throws: SequencerError.failed(expected)) {
      try await sequencer.submit(.tick)
    }
    #expect(sequencer.head.sequence == 6)
    #expect(try folder.reader.verify().batches == 6)
    storage.heal()
    let again = try folder.open(on: storage, .single)
    try await Fixture.fill(again, accounts: 1, name: "after")
    await again.shutdown()
    #expect(try folder.reader.verify().batches == 7)
  }

  @Test(arguments: ["open", "reserve", "write", "sync", "rename", "syncFolder"])
  func `a next segment that cannot be prepared stops nothing before it is needed`(
    operation: String
  ) async throws {
    let folder = TestFolder()
    let storage = TroubledStorage()
    let sequencer = try folder.open(on: storage)
    try await Fixture.fill(sequencer, accounts: 1)
    storage.fail(operation, on: operation == "syncFolder" ? "/journal" : ".preparing", code: ENOSPC)
    var accepted = 1
    do throws(SequencerError) {
      while accepted < 1000 {
        _ = try await sequencer.submit(.openAccount(name: "n-\(accepted)"))
        accepted += 1
      }
      Issue.record("the segment never ended")
    } catch {
      guard case .failed(.io(let failed, _, ENOSPC)) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(failed == operation)
    }
    // The first segment was used to its end.
    #expect(accepted > 10)
    await #expect(throws: JournalError.self) { try await sequencer.waitUntilStopped() }
    #expect(try openedAccounts(folder.reader).count == accepted)
    storage.heal()
    let again = try folder.open(on: storage)
    try await Fixture.fill(again, accounts: 20, name: "after")
    await again.shutdown()
    #expect(try openedAccounts(folder.reader).count == accepted + 20)
  }

  @Test func `records that are no commands do nothing and are named`() async throws {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 0)
    var records = CommandRecords([.openAccount(name: "alice")])
    records.append(encoded: [0xFF, 1, 2])
    records.append(.openAccount(name: "bob"))
    let group = try await sequencer.submit(records)
    #expect(group.count == 1)
    #expect(group.malformed == 1)
    #expect(group[0].refusal == nil)
    var nothing = CommandRecords()
    nothing.append(encoded: [])
    let none = try await sequencer.submit(nothing)
    #expect(none.count == 0)
    #expect(none.malformed == 0)
    #expect(none.batch == group.batch)
    #expect(sequencer.head.sequence == group.batch)
    await sequencer.shutdown()
    #expect(try openedAccounts(folder.reader) == ["alice"])
  }

  @Test func `encoded commands are answered on the journal's thread when they are durable`()
    async throws
  {
    let folder = TestFolder()
    let sequencer = try folder.open()
    try await Fixture.fill(sequencer, accounts: 0)
    let names = (0..<300).map { "n-\($0)" }
    let answers = await withCheckedContinuation { continuation in
      let all = Mutex<[Result<CommittedGroup, SequencerError>]>([])
      for start in stride(from: 0, to: 300, by: 3) {
        var records = CommandRecords()
        for name in names[start..<(start + 3)] { records.append(.openAccount(name: name)) }
        sequencer.submit(records) { result in
          let found = all.withLock { all in
            all.append(result)
            return all
          }
          if found.count == 100 { continuation.resume(returning: found) }
        }
      }
    }
    var opened: [String] = []
    for answer in answers {
      let group = try answer.get()
      #expect(group.batch <= sequencer.head.sequence)
      for index in 0..<group.count {
        for case .accountOpened(let account) in group.events(of: index) {
          opened.append(account.name)
        }
      }
    }
    #expect(opened == names)
    await sequencer.shutdown()
    #expect(try openedAccounts(folder.reader) == names)
  }

  @Test func `memory that batches share never changes under a reader`() async throws {
    let folder = TestFolder()
    let sequencer = try folder.open(.single)
    try await Fixture.fill(sequencer, accounts: 0)
    // Held back until much later batches have used the same memory, had it been given out again.
    var held: [(name: String, committed: Committed)] = []
    for index in 0..<200 {
      let name = "n-\(index)"
      let committed = try await sequencer.submit(.openAccount(name: name))
      if index.isMultiple(of: 7) { held.append((name, committed)) }
    }
    for (name, committed) in held {
      guard case .accountOpened(let account)? = committed.events.first else {
        Issue.record("\(committed)")
        continue
      }
      #expect(account.name == name)
    }
    await sequencer.shutdown()
  }
}
