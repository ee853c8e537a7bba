import Bitcoin
import Cryptography
import Descriptors
import Engine
import Foundation
import Guard
import Journal
import Money
import SignerProtocol
import Signing
import Statements
import Structures
import Testing

@Suite struct PayoutPathTests {
  typealias K = GuardKeys

  @Test(arguments: K.wallets, [[], [0], [1], [2]])
  func `a withdrawal is released, signed by two of three and final`(
    wallet: Descriptor, down: [Int]
  ) async throws {
    try await K.$descriptor.withValue(wallet) {
      let world = try await GuardWorld()
      try await world.openAlice()
      for index in down { world.signers[index] = nil }
      let id = try await world.withdraw(300_000)
      try await world.round()
      #expect(try await world.state(id) == .broadcast)
      let release = try Signed<Release>(bytes: try #require(try await world.withdrawal(id).release))
      #expect(release.isSigned(by: K.guardKey.publicKey.bytes))
      #expect(release.statement.amountUnits == 300_000)
      #expect(release.statement.address == K.address(1))

      let transaction = try await world.signedTransaction()
      let spent = try transaction.inputs.map {
        try #require(world.chain.transaction($0.outpoint.transaction))
          .outputs[Int($0.outpoint.index)]
      }
      try SpendingTransaction(transaction, spending: spent).verify(flags: .standard)
      #expect(transaction.outputs[0].value == 300_000)
      // The wanted rate of 10, and no more than the signatures' odd bytes above it.
      let fee = spent.reduce(0) { $0 + $1.value } - transaction.outputs.reduce(0) { $0 + $1.value }
      #expect(fee >= 10 * Int64(transaction.virtualSize))
      #expect(fee <= 10 * Int64(transaction.virtualSize + 6))

      try await world.mine([transaction])
      try await world.mine()
      guard case .confirmed = try await world.state(id) else {
        Issue.record("not confirmed")
        return
      }
      try await world.round()
      #expect(world.core.halted == nil)
    }
  }

  @Test func `with one signer left withdrawals wait, and flow when another returns`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    world.signers[1] = nil
    world.signers[2] = nil
    let id = try await world.withdraw(300_000)
    try await world.round()
    #expect(try await world.state(id) == .released, "not built: the customer can still cancel")
    let suspensions = try await world.sequencer.read { $0.suspensions }
    #expect(suspensions.map(\.reason) == [.signersUnavailable(reachable: 1, threshold: 2)])
    world.signers[2] = try world.signer(2)
    try await world.round()
    #expect(try await world.state(id) == .broadcast)
    try await world.round()
    #expect(try await world.sequencer.read { $0.suspensions }.isEmpty)
  }

  @Test func `signers lost after building only delay the signatures`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    try await world.release()
    let built = try world.buildPayout().get()
    try await world.give(try #require(built))
    world.signers[0] = nil
    world.signers[1] = nil
    try await world.round()
    #expect(try await world.state(id) == .building)
    world.signers[1] = try world.signer(1)
    try await world.round()
    #expect(try await world.state(id) == .broadcast)
  }

  @Test(arguments: 0..<4)
  func `a guard stopped at any point goes on and pays once`(point: Int) async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    // Go as far as `point`, and lose the process with what it had not carried out.
    try world.look()
    let decisions = try world.core.decide(signers: world.statuses)
    #expect(decisions.count == 1)
    if point >= 1 {
      for command in decisions { try await world.give(command) }
      try world.follow()
    }
    if point >= 2 {
      let built = try world.buildPayout().get()
      try await world.give(try #require(built))
      try world.follow()
    }
    if point >= 3 {
      let plan = try #require(try world.core.payoutsToSign().first)
      _ = try #require(try world.sign(plan))
    }
    try world.restartGuard()
    for _ in 0..<3 { try await world.round() }
    #expect(try await world.state(id) == .broadcast)
    #expect(try await world.sequencer.read { $0.openPayouts.count } == 1)
    #expect(world.lastRefusals.isEmpty)
    try await world.mine([try await world.signedTransaction()])
    try await world.mine()
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.sequencer.read { $0.openPayouts.isEmpty })
    #expect(world.core.halted == nil)
  }

  @Test func `many withdrawals are paid by one transaction`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    var ids: [WithdrawalID] = []
    for _ in 0..<5 { ids.append(try await world.withdraw(100_000)) }
    try await world.round()
    let transaction = try await world.signedTransaction()
    #expect(transaction.outputs.count == 6)
    for id in ids { #expect(try await world.state(id) == .broadcast) }
  }

  @Test func `what the signers would refuse as one transaction is paid in several`() async throws {
    let world = try await GuardWorld(
      signerLimits: SigningLimits(
        perTransaction: 350_000, budgetHour: 500_000, budgetDay: 5_000_000, networkFee: 100_000,
        feeRateSatsPerVByte: 100))
    try await world.openAlice()
    // They queue while the signers are away.
    let signers = world.signers
    world.signers = [nil, nil, nil]
    var ids: [WithdrawalID] = []
    for units in [200_000, 400_000, 200_000, 100_000] as [Int64] {
      ids.append(try await world.withdraw(units))
    }
    try await world.round()
    world.signers = signers
    try await world.round()
    #expect(world.lastRefusals.isEmpty)
    #expect(try await world.state(ids[0]) == .broadcast)
    #expect(try await world.state(ids[3]) == .broadcast, "the rest of the room goes to a later one")
    // Above what the signers ever sign: nothing is built, so the customer may still take it back.
    #expect(try await world.state(ids[1]) == .released)
    try await world.mine([try await world.signedTransaction()])
    try await world.mine()
    try await world.round()
    // The hour's budget is used up: it waits unbuilt.
    #expect(try await world.state(ids[2]) == .released)
    world.clock.advance(3_600_000)
    try await world.round()
    #expect(try await world.state(ids[2]) == .broadcast)
    try await world.submit(.cancelWithdrawal(account: GuardWorld.alice, withdrawal: ids[1]))
    #expect(world.lastRefusals.isEmpty)
  }

  @Test func `a fee above the signers' ceiling lowers the rate`() async throws {
    let world = try await GuardWorld(
      signerLimits: SigningLimits(
        perTransaction: 10_000_000, budgetHour: 20_000_000, budgetDay: 40_000_000,
        networkFee: 1_200, feeRateSatsPerVByte: 100))
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    try await world.round()
    #expect(world.lastRefusals.isEmpty)
    #expect(try await world.state(id) == .broadcast)
  }

  @Test func `a signer that lies about its limits stops nobody`() async throws {
    let all: [WritableKeyPath<SignerStatus, Int64>] = [
      \.perTransaction, \.budgetHour, \.budgetDay, \.networkFee, \.feeRateSatsPerVByte,
    ]
    let world = try await GuardWorld()
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    let signers = world.signers
    world.signers = [nil, nil, nil]
    try await world.round()
    world.signers = signers
    for lie in [Int64.min, -1, 0, .max] {
      // About everything, and about one thing while it boasts of the rest.
      for subject in all.map({ [$0] }) + [all] {
        var statuses = world.statuses
        for limit in all { statuses[0][keyPath: limit] = .max }
        for limit in subject { statuses[0][keyPath: limit] = lie }
        let built = try #require(try world.buildPayout(signers: statuses).get())
        guard case .payoutBuilt(let payout) = built else {
          Issue.record("\(built) is built after \(lie) for \(subject)")
          continue
        }
        #expect(payout.withdrawals == [id])
        #expect(payout.networkFee.units <= world.signerLimits.networkFee)
        // Not given, so that the next one is built anew.
        world.core.orderRefused(built)
      }
    }
  }

  @Test func `change that came back is spent again`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    for units in [300_000, 200_000] as [Int64] {
      let id = try await world.withdraw(units)
      try await world.round()
      try await world.mine([try await world.signedTransaction()])
      try await world.mine()
      guard case .confirmed = try await world.state(id) else {
        Issue.record("not confirmed")
        return
      }
    }
    #expect(world.core.halted == nil)
  }

  @Test func `a coin that a reorganisation takes out delays its payout and stops nothing`()
    async throws
  {
    let world = try await GuardWorld()
    try await world.openAlice()
    try await world.withdraw(300_000)
    try await world.round()
    let block = world.chain.mine([try await world.signedTransaction()])
    try await world.submit(.connectBlock(block))
    // The second payout spends the change of the first, and nobody has signed it yet.
    let id = try await world.withdraw(200_000)
    try world.follow()
    world.core.learn(try #require(world.chain.reserves))
    for command in try world.core.decide(signers: world.statuses) { try await world.give(command) }
    try world.follow()
    try await world.give(try #require(try world.buildPayout().get()))
    try await world.submit(.disconnectBlock(block.point))
    for _ in 0..<2 { try await world.round() }
    #expect(world.core.halted == nil)
    #expect(try await world.state(id) == .building)
    try await world.submit(.connectBlock(block))
    try await world.round()
    #expect(try await world.state(id) == .broadcast)
  }

  @Test func `a rolled back signer is not asked to forget`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    try await world.withdraw(300_000)
    try await world.round()
    try await world.mine([try await world.signedTransaction()])
    try await world.mine()
    world.signers[0] = nil
    for suffix in ["", ".head"] {
      try FileManager.default.removeItem(atPath: world.folder + "/signer0" + suffix)
    }
    world.signers[0] = try world.signer(0)
    let id = try await world.withdraw(200_000)
    try await world.round()
    #expect(world.lastRefusals.map(\.code) == [.rolledBack])
    #expect(try await world.state(id) == .broadcast, "the other two are enough")
  }
}
