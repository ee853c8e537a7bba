import Engine
import Foundation
import Guard
import Journal
import Money
import Statements
import Structures
import Testing

@Suite struct GuardRuleTests {
  typealias K = GuardKeys

  @Test func `an address new to the guard waits by the guard's clock`() async throws {
    let world = try await GuardWorld(delays: GuardDelays(newAddress: 60_000, newKey: 0))
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    try await world.round()
    let until = world.clock.now.advanced(byMilliseconds: 60_000)
    #expect(
      try await world.state(id)
        == .guardHeld(until: until, reason: "the address is new to the guard"))
    // Held once, not again at every look.
    let head = world.sequencer.head.sequence
    try await world.round()
    #expect(world.sequencer.head.sequence == head)
    world.clock.advance(59_999)
    try world.restartGuard()
    try await world.round()
    guard case .guardHeld = try await world.state(id) else {
      Issue.record("a restart shortened the delay")
      return
    }
    world.clock.advance(1)
    try await world.round()
    #expect(try await world.state(id) == .broadcast)
  }

  @Test func `an amount above the guard's limit is refused`() async throws {
    let world = try await GuardWorld(
      limits: GuardLimits(perWithdrawal: 299_999, budgetHour: 900_000, budgetDay: 900_000))
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    try await world.round()
    #expect(
      try await world.state(id)
        == .refused(reason: "the amount is above what the guard releases at once"))
  }

  @Test func `the hour's budget holds until enough has left it, also over a restart`() async throws
  {
    let world = try await GuardWorld(
      limits: GuardLimits(perWithdrawal: 500_000, budgetHour: 700_000, budgetDay: 5_000_000))
    try await world.openAlice()
    let first = try await world.withdraw(400_000)
    try await world.round()
    #expect(try await world.state(first) == .broadcast)
    let until = world.clock.now.advanced(byMilliseconds: 3_600_000)
    world.clock.advance(600_000)
    let second = try await world.withdraw(400_000)
    try world.restartGuard()
    try await world.round()
    #expect(
      try await world.state(second)
        == .guardHeld(until: until, reason: "the guard's limit for one hour is reached"))
    world.clock.advance(3_000_000)
    try await world.round()
    #expect(try await world.state(second) != .approved)
    try await world.mine([try await world.signedTransaction()])
    try await world.mine()
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(second) == .broadcast)
  }

  @Test func `what a customer takes back does not use up the hour's budget`() async throws {
    let world = try await GuardWorld(
      limits: GuardLimits(perWithdrawal: 500_000, budgetHour: 700_000, budgetDay: 5_000_000))
    try await world.openAlice()
    let signers = world.signers
    world.signers = [nil, nil, nil]
    let first = try await world.withdraw(400_000)
    try await world.round()
    #expect(try await world.state(first) == .released)
    try await world.submit(.cancelWithdrawal(account: GuardWorld.alice, withdrawal: first))
    world.signers = signers
    try world.restartGuard()
    let second = try await world.withdraw(400_000)
    try await world.round()
    #expect(try await world.state(second) == .broadcast)
    let third = try await world.withdraw(400_000)
    try await world.round()
    guard case .guardHeld = try await world.state(third) else {
      Issue.record("what was paid does not count")
      return
    }
  }

  @Test func `a withdrawal taken back while its payout is built does not delay the others`()
    async throws
  {
    let world = try await GuardWorld()
    try await world.openAlice()
    let first = try await world.withdraw(100_000)
    let second = try await world.withdraw(200_000)
    try await world.release()
    let built = try #require(try world.buildPayout().get())
    try await world.submit(.cancelWithdrawal(account: GuardWorld.alice, withdrawal: first))
    #expect(try await world.sequencer.submit(built).refusal == .notReleasable)
    world.core.orderRefused(built)
    try await world.round()
    #expect(try await world.state(second) == .broadcast)
  }

  @Test func `coins missing on the guard's own node hold everything`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    try world.look()
    var short = try #require(world.chain.reserves)
    short.onChain -= 1
    world.core.learn(short)
    let commands = try world.core.decide(signers: world.statuses)
    guard case .guardHeld(id, _, "the chain shows less than is owed")? = commands.first else {
      Issue.record("\(commands)")
      return
    }
  }

  @Test func `a journal that was cut back or exchanged halts the guard`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    try world.follow()
    let batches = try world.sequencer.reader.batches(after: 0)
    try world.restartGuard()
    try world.core.follow(Array(batches.dropLast()))
    #expect(!world.core.isCaughtUp)
    #expect(try world.core.decide(signers: world.statuses).isEmpty)
    try world.core.reachedEndOfFeed()
    #expect(world.core.halted?.hasPrefix("the journal ends at batch") == true)

    let other = try await GuardWorld()
    other.clock.advance(1)
    try await other.submit(.openAccount(name: "mallory"))
    try await other.submit(.openAccount(name: "bob"))
    let replaced = try other.sequencer.reader.batches(after: 0)
    let third = try await GuardWorld()
    try await third.submit(.openAccount(name: "alice"), .openAccount(name: "bob"))
    try third.follow()
    try third.restartGuard()
    try third.core.follow(replaced)
    #expect(third.core.halted == "batch 3 is not the one that the guard followed before")
  }

  @Test func `a batch out of order or altered halts the guard`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    let batches = try world.sequencer.reader.batches(after: 0)
    try world.core.follow([batches[1]])
    #expect(world.core.halted?.hasPrefix("the journal cannot be trusted") == true)
    var bytes = batches[1].bytes
    bytes[bytes.count / 2] ^= 1
    #expect(throws: BatchProblem.self) { try JournalBatch(decoding: bytes) }
  }

  @Test func `order numbers grow over restarts`() async throws {
    let world = try await GuardWorld()
    var last: UInt64 = 0
    for _ in 0..<3 {
      for _ in 0..<2 {
        let order = try world.core.order(.tick)
        #expect(order.statement.counter > last)
        last = order.statement.counter
      }
      try world.restartGuard()
    }
  }

  @Test func `a person can resume a halted guard`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    try world.core.halt("drill")
    let id = try await world.withdraw(300_000)
    try await world.round()
    #expect(try await world.state(id) == .approved)
    try world.core.resume()
    try await world.round()
    #expect(try await world.state(id) == .broadcast)
  }
}
