import Cryptography
import Engine
import Foundation
import Guard
import Money
import Policies
import SignerProtocol
import Signing
import Statements
import Structures
import Testing

@Suite struct GuardPolicyTests {
  typealias K = GuardKeys

  private static let day: Int64 = 86_400_000
  private static let rules = ChangeRules(
    people: [
      .init(name: "dave", publicKey: K.dave.publicKey.bytes),
      .init(name: "erin", publicKey: K.erin.publicKey.bytes),
    ], signatures: 2, delay: day)

  /// The policy after `previous`, which says what the world's configuration does but for `change`.
  private static func next(
    after previous: PolicyStatement? = nil, _ change: (inout PolicyStatement) -> Void = { _ in }
  ) -> PolicyStatement {
    var statement =
      previous
      ?? PolicyStatement(
        version: 0, previous: PolicyStatement.none, draftedAtMilliseconds: 0, asset: "BTC",
        chain: "BTC-Bitcoin",
        guardian: GuardTerms(
          perWithdrawal: 2_000_000, budgetHour: 3_000_000, budgetDay: 6_000_000, newAddress: 0,
          newKey: 0, lookAlike: 259_200_000, newContact: 259_200_000, sanctions: nil),
        signers: SignerTerms(
          perTransaction: 10_000_000, budgetHour: 20_000_000, budgetDay: 40_000_000,
          networkFee: 100_000, feeRateSatsPerVByte: 100, refusals: 100, approvals: []),
        changing: rules)
    statement.previous = statement.hash
    statement.version += 1
    change(&statement)
    return statement
  }

  private static func document(_ statement: PolicyStatement) throws -> PolicyDocument {
    var document = PolicyDocument(statement)
    for key in [K.dave, K.erin] { _ = try document.sign(by: key) }
    return document
  }

  /// Gives guard and signers what the guard has.
  private func carry(_ world: GuardWorld) {
    for document in world.core.policyDocuments {
      for signer in world.signers { _ = signer?.answer(.policy(document: document.bytes)) }
    }
  }

  private func take(_ statement: PolicyStatement, in world: GuardWorld) throws {
    #expect(try world.core.take(Self.document(statement)) == nil)
    carry(world)
  }

  @Test func `a withdrawal is judged by the policy in force, and a loosening waits`() async throws {
    let world = try await GuardWorld(changing: Self.rules)
    try await world.openAlice()
    let first = Self.next { $0.guardian?.perWithdrawal = 250_000 }
    try take(first, in: world)
    let second = Self.next(after: first) { $0.guardian?.perWithdrawal = 350_000 }
    try take(second, in: world)
    let early = try await world.withdraw(300_000)
    try await world.round()
    #expect(
      try await world.state(early)
        == .refused(reason: "the amount is above what the guard releases at once"))
    world.clock.advance(Self.day - 1)
    try world.restartGuard()
    try world.core.enforcePolicy()
    #expect(world.core.policyStatus.version == 1)
    #expect(world.core.policyStatus.pending?.version == 2)
    world.clock.advance(1)
    try world.core.enforcePolicy()
    #expect(world.core.policyStatus.version == 2)
    try world.restartGuard()
    #expect(world.core.policyStatus.version == 2)
    let late = try await world.withdraw(300_000)
    try await world.round()
    #expect(try await world.state(late) == .broadcast)
  }

  @Test func `what is being paid while the policy changes is paid`() async throws {
    let world = try await GuardWorld(changing: Self.rules)
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    // Released and built under the configuration; no signer is there.
    let signers = world.signers
    let statuses = world.statuses
    world.signers = [nil, nil, nil]
    try await world.round()
    if let command = try world.buildPayout(signers: statuses).get() {
      try await world.give(command)
    }
    try world.follow()
    #expect(try await world.state(id) != .broadcast)
    world.signers = signers
    try take(Self.next { $0.guardian?.perWithdrawal = 1 }, in: world)
    try await world.round()
    try await world.round()
    #expect(try await world.state(id) == .broadcast)
  }

  @Test func `a guard whose record was put back to before the policy gets no signature`()
    async throws
  {
    let world = try await GuardWorld(changing: Self.rules)
    try await world.openAlice()
    let first = Self.next { $0.guardian?.perWithdrawal = 250_000 }
    // The signers learn of it from another guard, so to say: this one never does.
    for signer in world.signers {
      _ = signer?.answer(.policy(document: try Self.document(first).bytes))
    }
    let id = try await world.withdraw(300_000)
    try await world.round()
    #expect(world.lastRefusals.map(\.code) == [.policy, .policy, .policy])
    #expect(try await world.state(id) != .broadcast)
    // Given the policy, it goes on; what it released stays released.
    #expect(try world.core.take(Self.document(first)) == nil)
    try await world.round()
    #expect(try await world.state(id) == .broadcast)
  }

  @Test func `an older or foreign policy is refused, and none leaves the guard as it was`()
    async throws
  {
    let world = try await GuardWorld(changing: Self.rules)
    let first = Self.next()
    let second = Self.next(after: first) { $0.guardian?.budgetDay -= 1 }
    try take(first, in: world)
    try take(second, in: world)
    #expect(try world.core.take(Self.document(first)) == nil)
    #expect(world.core.policyStatus.version == 2)
    let other = Self.next(after: first) { $0.guardian?.budgetDay += 1 }
    #expect(
      try world.core.take(Self.document(other)) == .rolledBack(version: 2, newest: 2))
    var lonely = PolicyDocument(Self.next(after: second))
    _ = try lonely.sign(by: K.dave)
    #expect(try world.core.take(lonely) == .tooFewSignatures(have: 1, need: 2))
    #expect(world.core.policyStatus.version == 2)
    let read = try GuardCore.policyStatus(world.policy, recordPath: world.folder + "/guard")
    #expect(read == world.core.policyStatus)
  }

  @Test func `another issuer of lists makes the old list count no more`() async throws {
    let terms = SanctionsTerms(key: K.dave.publicKey.bytes, maximumAge: Self.day)
    let world = try await GuardWorld(sanctions: terms, changing: Self.rules)
    let list = SanctionsStatement(
      issuedAtMilliseconds: world.clock.now.milliseconds, addresses: ["1elsewhere"])
    world.core.learn(
      try SanctionsList(
        bytes: Signed(list, by: K.dave).bytes, under: terms, network: K.network))
    #expect(world.core.sanctions != nil)
    let first = Self.next {
      $0.guardian?.sanctions = ListTerms(issuerKey: K.erin.publicKey.bytes, maximumAge: Self.day)
    }
    try take(first, in: world)
    #expect(world.core.sanctions != nil)
    world.clock.advance(Self.day)
    try world.core.enforcePolicy()
    #expect(world.core.sanctionsTerms?.key == K.erin.publicKey.bytes)
    #expect(world.core.sanctions == nil)
  }
}
