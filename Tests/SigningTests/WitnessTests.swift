import Foundation
import SignerProtocol
import Signing
import Testing

/// Three signers of one wallet, who hear of one another through somebody they do not trust.
@Suite struct WitnessTests {
  private static func policy(_ needed: Int) -> SignerPolicy {
    var policy = SigningFixture.policy
    policy.witnesses = needed
    return policy
  }

  private static func word(
    _ signer: Signer, _ others: [Attestation] = [], answering challenges: [[UInt8]]? = nil
  ) throws -> Attestation {
    let news = WitnessNews(
      attestations: others, challenges: challenges ?? others.map(\.challenge))
    guard case .attested(let word) = signer.answer(.witness(news)) else {
      throw SignerRefusal(.internalFault, "no word")
    }
    return word
  }

  /// Lets the signers hear of one another until they have answered one another's challenges.
  private static func meet(_ signers: [Signer]) throws {
    var words = try signers.map { try word($0) }
    for _ in 0..<3 {
      words = try signers.indices.map { index in
        try word(signers[index], words.enumerated().filter { $0.offset != index }.map(\.element))
      }
    }
  }

  private static func payment(_ number: UInt64) -> SigningRequest {
    SigningFixture.request(
      [
        SigningFixture.payment(
          SigningFixture.release(
            number, account: 7, amount: 100_000, to: SigningFixture.address(1)))
      ], coins: [UInt32(number)])
  }

  @Test func `a signature is given when the others have seen its entry, and not before`() throws {
    let bench = try SignerBench()
    let signers = try (0..<3).map { try bench.signer($0, policy: Self.policy(2)) }
    // Written down at the first request, signed at a later one, and counted once.
    for signer in signers { #expect(signer.refusal(SigningFixture.usual) == .unvouched) }
    let budgets = signers.map(\.status.budgetHour)
    try Self.meet(Array(signers[..<2]))
    #expect(signers[0].refusal(SigningFixture.usual) == .unvouched)
    try Self.meet(signers)
    for signer in signers { #expect(signer.refusal(SigningFixture.usual) == nil) }
    #expect(signers.map(\.status.budgetHour) == budgets)
    // Every one needs that anew.
    #expect(signers[0].refusal(Self.payment(2)) == .unvouched)
    try Self.meet(signers)
    #expect(signers[0].refusal(Self.payment(2)) == nil)
  }

  @Test func `a record and its head put back together are noticed by what the others have seen`()
    throws
  {
    let bench = try SignerBench()
    let others = try (1..<3).map { try bench.signer($0, policy: Self.policy(0)) }
    var signer = Optional(try bench.signer(policy: Self.policy(2)))
    let files = ["", ".head", ".others", ".others.head"].map { bench.record + "0" + $0 }
    func meet() throws { try Self.meet([try #require(signer)] + others) }
    func pay(_ number: UInt64) throws -> SignerRefusal.Code? {
      #expect(signer?.refusal(Self.payment(number)) == .unvouched)
      try meet()
      return signer?.refusal(Self.payment(number))
    }
    #expect(try pay(1) == nil)
    signer = nil
    let old = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    signer = try bench.signer(policy: Self.policy(2))
    #expect(try pay(2) == nil)
    signer = nil
    // A start alone does no harm.
    signer = try bench.signer(policy: Self.policy(2))
    try meet()
    #expect(signer?.refusal(Self.payment(2)) == nil)
    signer = nil
    for (file, bytes) in zip(files, old) { try bytes.write(to: URL(fileURLWithPath: file)) }
    signer = try bench.signer(policy: Self.policy(2))
    #expect(signer?.refusal(Self.payment(3)) == .unvouched)
    try meet()
    #expect(signer?.refusal(Self.payment(3)) == .rolledBack)
  }

  @Test func `words played again, of strangers and of others' positions made up, count nothing`()
    throws
  {
    let bench = try SignerBench()
    var signers = try (0..<3).map { try bench.signer($0, policy: Self.policy(0)) }
    try Self.meet(signers)
    let challenge = try Self.word(signers[0]).challenge
    let recorded = try Self.word(signers[1], answering: [challenge])
    signers.removeFirst()
    let signer = try bench.signer(policy: Self.policy(1))
    #expect(signer.refusal(SigningFixture.usual) == .unvouched)
    // Said to the signer before its start.
    _ = try Self.word(signer, [recorded])
    #expect(signer.refusal(SigningFixture.usual) == .unvouched)
    let fresh = try Self.word(signer).challenge
    var bent = try Self.word(signers[0], answering: [fresh])
    bent.own.position.sequence += 1
    _ = try Self.word(signer, [bent])
    #expect(signer.refusal(SigningFixture.usual) == .unvouched)
    // What one says that another has seen needs that other's own signature.
    var loud = try Self.word(signers[0], answering: [fresh])
    loud.seen = loud.seen.map { seen in
      var seen = seen
      seen.position.sequence += 1000
      return seen
    }
    _ = try Self.word(signer, [loud])
    #expect(signer.refusal(SigningFixture.usual) == .unvouched)
    try Self.meet([signer] + signers)
    #expect(signer.refusal(SigningFixture.usual) == nil)
  }

  @Test func `who went back himself is no witness`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer(policy: Self.policy(1))
    var other = Optional(try bench.signer(1, policy: Self.policy(0)))
    let files = ["", ".head"].map { bench.record + "1" + $0 }
    let old = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    #expect(other?.refusal(SigningFixture.usual) == nil)
    #expect(signer.refusal(SigningFixture.usual) == .unvouched)
    try Self.meet([signer, try #require(other)])
    #expect(signer.refusal(SigningFixture.usual) == nil)
    other = nil
    for (file, bytes) in zip(files, old) { try bytes.write(to: URL(fileURLWithPath: file)) }
    other = try bench.signer(1, policy: Self.policy(0))
    #expect(signer.refusal(Self.payment(2)) == .unvouched)
    try Self.meet([signer, try #require(other)])
    #expect(signer.refusal(Self.payment(2)) == .unvouched)
  }

  @Test func `a frozen signer has no word to give`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    try signer.freeze(reason: "drill")
    guard case .refused = signer.answer(.witness(WitnessNews(attestations: [], challenges: [])))
    else {
      Issue.record("it spoke")
      return
    }
  }
}
