import Engine
import Guard
import Journal
import Money
import Structures
import Testing

/// While the guard's node and the other one differ, nothing leaves.
@Suite struct NodesAgreementTests {
  @Test func `nothing is released while the nodes differ for a moment`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    world.core.learn(ChainDoubt.unsettled)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(id) == .approved)
    world.core.learn(ChainDoubt?.none)
    try await world.round()
    #expect(try await world.state(id) == .broadcast)
  }

  @Test func `an alarm holds withdrawals with a reason, is public, and ends with the difference`()
    async throws
  {
    let world = try await GuardWorld()
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    world.core.learn(.alarm("the nodes are on two branches, 2 blocks deep"))
    try await world.round()
    guard case .guardHeld(let until, let reason) = try await world.state(id) else {
      Issue.record("the withdrawal is \(try await world.state(id))")
      return
    }
    #expect(until == world.clock.now.advanced(byMilliseconds: 600_000))
    #expect(reason == "the guard's nodes do not show the same chain")
    let suspensions = try await world.sequencer.read { $0.suspensions }
    #expect(
      suspensions.map(\.reason) == [
        .guardHalted("the guard's nodes differ: the nodes are on two branches, 2 blocks deep")
      ])
    #expect(suspensions.map(\.closes) == [false])

    world.core.learn(ChainDoubt?.none)
    try await world.round()
    #expect(try await world.state(id) == .broadcast)
    #expect(try await world.sequencer.read { $0.suspensions }.isEmpty)
    #expect(world.core.halted == nil)
  }

  @Test func `what is released or built when the nodes begin to differ is not built or signed`()
    async throws
  {
    let world = try await GuardWorld()
    try await world.openAlice()
    let released = try await world.withdraw(300_000)
    let signers = world.signers
    world.signers = [nil, nil, nil]
    try await world.round()
    #expect(try await world.state(released) == .released)
    world.signers = signers
    world.core.learn(.unsettled)
    try await world.round()
    #expect(try await world.state(released) == .released)

    world.core.learn(ChainDoubt?.none)
    try await world.give(try #require(try world.buildPayout().get()))
    try world.follow()
    #expect(try await world.state(released) == .building)
    world.core.learn(.unsettled)
    #expect(try world.core.payoutsToSign().isEmpty)
    world.core.learn(ChainDoubt?.none)
    #expect(try world.core.payoutsToSign().count == 1)
  }
}
