import Bitcoin
import Engine
import Guard
import Journal
import Money
import SignerProtocol
import Signing
import Testing

/// Whichever signer is lost, and at whatever moment: nobody waits longer for it.
@Suite struct LostSignerTests {
  /// How far a withdrawal has come when the power goes.
  enum Stage: CaseIterable {
    case requested, released, built
    /// Every signer has signed, and no answer has arrived.
    case answersLost
    /// One signer has signed, whose answer is lost with him.
    case oneAnswerLost
    case signed
  }

  /// The power goes at all signers and at the guard; all but one come back, from their records alone.
  private func cutPower(_ world: GuardWorld, losing lost: Int) throws {
    for index in world.signers.indices {
      world.signers[index] = nil
      if index != lost { world.signers[index] = try world.signer(index) }
    }
    try world.restartGuard()
    try world.follow()
  }

  /// Lets guard and signers work until the withdrawal is at `stage`.
  private func advance(_ world: GuardWorld, to stage: Stage, losing lost: Int) async throws {
    guard stage != .requested else { return }
    guard stage != .signed else { return try await world.round() }
    try await world.release()
    guard stage != .released else { return }
    try await world.give(try #require(try world.buildPayout().get()))
    try world.follow()
    guard stage != .built else { return }
    let plan = try #require(try world.core.payoutsToSign().first)
    if stage == .oneAnswerLost {
      for index in world.signers.indices where index != lost { world.signers[index] = nil }
    }
    // What they sign is in their records, and goes nowhere.
    _ = try world.sign(plan)
  }

  @Test(arguments: Stage.allCases, 0..<3)
  func `a signer lost at any stage, with a power cut for all, delays no withdrawal`(
    stage: Stage, lost: Int
  ) async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    let begin = world.clock.now
    let id = try await world.withdraw(300_000)
    try await advance(world, to: stage, losing: lost)
    try cutPower(world, losing: lost)
    // A round that only takes up what there is, and one that does the rest.
    for _ in 0..<2 { try await world.round() }
    #expect(world.lastRefusals.isEmpty)
    try await world.mine([try await world.signedTransaction()])
    try await world.mine()
    guard case .confirmed = try await world.state(id) else {
      Issue.record("\(stage), without signer \(lost): \(try await world.state(id))")
      return
    }
    // And the next one, from its request on.
    let next = try await world.withdraw(200_000)
    for _ in 0..<2 { try await world.round() }
    try await world.mine([try await world.signedTransaction()])
    try await world.mine()
    guard case .confirmed = try await world.state(next) else {
      Issue.record("\(stage), without signer \(lost): \(try await world.state(next))")
      return
    }
    #expect(world.clock.now == begin)
  }
}
