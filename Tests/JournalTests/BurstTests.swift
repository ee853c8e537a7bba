import Engine
import Glibc
import Journal
import Money
import Structures
import Synchronization
import Testing

/// Few commands are carried out by the journal's thread on its way, many by the core's thread beside it.
@Suite struct BurstTests {
  @Test(.timeLimit(.minutes(30)), arguments: UInt64(0)..<4)
  func `bursts of every size are answered in their order, whichever thread carries them out`(
    seed: UInt64
  ) async throws {
    let folder = TestFolder()
    let sequencer = try folder.open(.single)
    try await Fixture.fill(sequencer, accounts: 0)
    var random = SplitMix64(seed: seed)
    var names: [String] = []
    var answered: [String] = []
    for _ in 0..<150 {
      let burst = Burst(
        count: Int.random(in: 1...[1, 5, 70, 300].randomElement(using: &random)!, using: &random))
      let first = names.count
      for index in 0..<burst.count { names.append("n-\(first + index)") }
      let pauses = Bool.random(using: &random)
      answered += try await withCheckedContinuation { continuation in
        for name in names[first...] {
          sequencer.submit(CommandRecords([.openAccount(name: name)])) { result in
            if let all = burst.add(result) { continuation.resume(returning: all) }
          }
          // Long enough for the journal's thread to have taken what came before.
          if pauses, Int.random(in: 0..<8, using: &random) == 0 { usleep(50) }
        }
      }.flatMap { result in
        let group = try result.get()
        return (0..<group.count).flatMap { group.events(of: $0) }.compactMap { event in
          if case .accountOpened(let account) = event { account.name } else { nil }
        }
      }
      #expect(try await sequencer.read { $0.accounts.count } == names.count)
    }
    #expect(answered == names, "seed \(seed)")
    let point = try await sequencer.checkpoint()
    await sequencer.shutdown()
    #expect(try openedAccounts(folder.reader) == names)
    #expect(try folder.reader.replay().stateHash == point.stateHash)
  }

  @Test(.timeLimit(.minutes(30)))
  func `what was accepted before the end is answered, by whichever thread`() async throws {
    for count in [1, 3, 63, 64, 65, 500] {
      let folder = TestFolder()
      let sequencer = try folder.open(.single)
      try await Fixture.fill(sequencer, accounts: 0)
      let burst = Burst(count: count)
      async let all = withCheckedContinuation { continuation in
        for index in 0..<count {
          sequencer.submit(CommandRecords([.openAccount(name: "n-\(index)")])) { result in
            if let all = burst.add(result) { continuation.resume(returning: all) }
          }
        }
      }
      let results = await all
      // A second burst, which nobody waits for before the end.
      let last = Burst(count: count)
      for index in 0..<count {
        sequencer.submit(CommandRecords([.openAccount(name: "m-\(index)")])) { _ = last.add($0) }
      }
      await sequencer.shutdown()
      #expect(results.count == count)
      #expect(last.results.count == count)
      #expect(last.results.allSatisfy { (try? $0.get()) != nil })
      #expect(try openedAccounts(folder.reader).count == 2 * count)
    }
  }
}

/// Answers, in the order in which they are given.
private final class Burst: Sendable {
  typealias Answer = Result<CommittedGroup, SequencerError>

  let count: Int
  private let answers = Mutex<[Answer]>([])

  init(count: Int) { self.count = count }

  var results: [Answer] { answers.withLock { $0 } }

  /// Returns all answers with the last one.
  func add(_ answer: Answer) -> [Answer]? {
    answers.withLock { answers in
      answers.append(answer)
      return answers.count == count ? answers : nil
    }
  }
}
