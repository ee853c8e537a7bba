import Bitcoin
import Engine
import Guard
import Journal
import Money
import Signing
import Testing

/// What is built cannot be taken back, so it must be what the signers sign.
@Suite struct SignerCapacityTests {
  static func limits(
    perTransaction: Int64 = 10_000_000, budgetHour: Int64 = 20_000_000, networkFee: Int64 = 100_000
  ) -> SigningLimits {
    SigningLimits(
      perTransaction: perTransaction, budgetHour: budgetHour, budgetDay: 40_000_000,
      networkFee: networkFee, feeRateSatsPerVByte: 100)
  }

  /// Lets the guard work until nothing is left to build, with a block after each transaction.
  static func drain(_ world: GuardWorld) async throws {
    for _ in 0..<8 {
      try await world.round()
      let signed = try await world.sequencer.read { exchange in
        exchange.openPayouts.filter { $0.state == .signed }.compactMap(\.signed)
      }
      #expect(world.lastRefusals.isEmpty)
      try await world.mine(try signed.map { try Transaction(parsing: $0) })
      try await world.mine()
    }
  }

  @Test func `more than one transaction may take is paid by several`() async throws {
    let world = try await GuardWorld(signerLimits: Self.limits(perTransaction: 450_000))
    try await world.openAlice()
    var ids: [WithdrawalID] = []
    for _ in 0..<5 { ids.append(try await world.withdraw(200_000)) }
    try await Self.drain(world)
    for id in ids { #expect(try await world.state(id).isConfirmed) }
  }

  @Test func `a fee above the signers' ceiling makes smaller transactions`() async throws {
    let world = try await GuardWorld(signerLimits: Self.limits(networkFee: 2_700))
    try await world.openAlice()
    var ids: [WithdrawalID] = []
    for _ in 0..<6 { ids.append(try await world.withdraw(200_000)) }
    try await Self.drain(world)
    for id in ids { #expect(try await world.state(id).isConfirmed) }
  }

  @Test func `beyond the signers' budget withdrawals wait with a reason and can be cancelled`()
    async throws
  {
    let world = try await GuardWorld(signerLimits: Self.limits(budgetHour: 650_000))
    try await world.openAlice()
    var ids: [WithdrawalID] = []
    for _ in 0..<5 { ids.append(try await world.withdraw(200_000)) }
    try await Self.drain(world)
    for id in ids[..<3] { #expect(try await world.state(id).isConfirmed) }
    for id in ids[3...] {
      guard case .guardHeld(let until, let reason) = try await world.state(id) else {
        Issue.record("\(try await world.state(id))")
        return
      }
      #expect(reason == "the key holders' limit is reached for now")
      #expect(until > world.clock.now)
    }
    try await world.submit(.cancelWithdrawal(account: GuardWorld.alice, withdrawal: ids[4]))
    world.clock.advance(3_600_001)
    try await Self.drain(world)
    #expect(try await world.state(ids[3]).isConfirmed)
    #expect(try await world.state(ids[4]) == .canceled)
  }

  @Test func `one that no transaction may take does not hold up the others`() async throws {
    let world = try await GuardWorld(signerLimits: Self.limits(perTransaction: 450_000))
    try await world.openAlice()
    let large = try await world.withdraw(600_000)
    let small = try await world.withdraw(200_000)
    try await Self.drain(world)
    guard case .guardHeld(_, let reason) = try await world.state(large) else {
      Issue.record("not held")
      return
    }
    #expect(reason == "the amount is above what the key holders sign at once")
    #expect(try await world.state(small).isConfirmed)
  }
}

extension Withdrawal.State {
  fileprivate var isConfirmed: Bool {
    if case .confirmed = self { true } else { false }
  }
}
