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
    for _ in 0..<4 {
      words = try signers.indices.map { index in
        try word(signers[index], words.enumerated().filter { $0.offset != index }.map(\.element))
      }
    }
  }

  private static func payment(_ number: UInt64, coin: UInt32? = nil) -> SigningRequest {
    SigningFixture.request(
      [
        SigningFixture.payment(
          SigningFixture.release(
            number, account: 7, amount: 100_000, to: SigningFixture.address(1)))
      ], coins: [coin ?? UInt32(number)])
  }

  /// The files of a signer's memory.
  private static func files(_ bench: SignerBench, _ number: Int) -> [String] {
    ["", ".head", ".others", ".others.head"].map { bench.record + "\(number)" + $0 }
  }

  private static func copies(_ files: [String]) throws -> [Data] {
    try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
  }

  private static func put(_ copies: [Data], back files: [String]) throws {
    for (file, bytes) in zip(files, copies) { try bytes.write(to: URL(fileURLWithPath: file)) }
  }

  @Test func `one record put back is noticed though its only witness is not heard`() throws {
    let bench = try SignerBench()
    let (b, c) = (
      try bench.signer(1, policy: Self.policy(1)), try bench.signer(2, policy: Self.policy(1))
    )
    var a = Optional(try bench.signer(policy: Self.policy(1)))
    try Self.meet([try #require(a), b, c])
    let files = Self.files(bench, 0)
    let old = try Self.copies(files)
    // From here on any two are enough.
    for signer in [try #require(a), b] {
      #expect(signer.refusal(Self.payment(1)) == .unvouched)
    }
    try Self.meet([try #require(a), b])
    for signer in [try #require(a), b] { #expect(signer.refusal(Self.payment(1)) == nil) }
    a = nil
    try Self.put(old, back: files)
    let again = try bench.signer(policy: Self.policy(1))
    // The same withdrawal from another coin: both would confirm.
    let second = Self.payment(1, coin: 9)
    for signer in [again, c] { #expect(signer.refusal(second) == .unvouched) }
    for _ in 0..<3 {
      try Self.meet([again, c])
      #expect(again.refusal(second) == .unvouched)
    }
    #expect(c.refusal(second) == nil, "it never heard of the first")
    try Self.meet([again, b, c])
    #expect(again.refusal(second) == .rolledBack)
  }

  @Test func `a record put back is noticed also when it has grown beyond what was seen of it`()
    throws
  {
    let bench = try SignerBench()
    let others = try (1..<3).map { try bench.signer($0, policy: Self.policy(0)) }
    let files = Self.files(bench, 0)
    var signer = Optional(try bench.signer(policy: Self.policy(2)))
    try Self.meet([try #require(signer)] + others)
    let old = try Self.copies(files)
    #expect(signer?.refusal(Self.payment(1)) == .unvouched)
    try Self.meet([try #require(signer)] + others)
    #expect(signer?.refusal(Self.payment(1)) == nil)
    let seen = try #require(signer?.status.position.sequence)
    signer = nil
    try Self.put(old, back: files)
    let again = try bench.signer(policy: Self.policy(2))
    while again.status.position.sequence <= seen {
      let id = [UInt8](repeating: UInt8(again.status.position.sequence), count: 32)
      _ = again.answer(.withdraw(transaction: id))
    }
    // The others hear of the longer record before its signer hears of them.
    for other in others {
      let challenge = try Self.word(other).challenge
      _ = try Self.word(other, [try Self.word(again, answering: [challenge])])
    }
    let second = Self.payment(1, coin: 9)
    #expect(again.refusal(second) == .unvouched)
    try Self.meet([again] + others)
    #expect(again.refusal(second) == .rolledBack)
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
    let files = Self.files(bench, 0)
    func meet() throws { try Self.meet([try #require(signer)] + others) }
    func pay(_ number: UInt64) throws -> SignerRefusal.Code? {
      #expect(signer?.refusal(Self.payment(number)) == .unvouched)
      try meet()
      return signer?.refusal(Self.payment(number))
    }
    #expect(try pay(1) == nil)
    signer = nil
    let old = try Self.copies(files)
    signer = try bench.signer(policy: Self.policy(2))
    #expect(try pay(2) == nil)
    signer = nil
    // A start alone does no harm.
    signer = try bench.signer(policy: Self.policy(2))
    try meet()
    #expect(signer?.refusal(Self.payment(2)) == nil)
    signer = nil
    try Self.put(old, back: files)
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
    let third = try bench.signer(2, policy: Self.policy(0))
    var other = Optional(try bench.signer(1, policy: Self.policy(0)))
    let files = ["", ".head"].map { bench.record + "1" + $0 }
    let old = try Self.copies(files)
    #expect(other?.refusal(SigningFixture.usual) == nil)
    #expect(signer.refusal(SigningFixture.usual) == .unvouched)
    try Self.meet([signer, try #require(other), third])
    #expect(signer.refusal(SigningFixture.usual) == nil)
    other = nil
    try Self.put(old, back: files)
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
