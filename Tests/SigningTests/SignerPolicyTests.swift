import Bitcoin
import Cryptography
import Foundation
import Money
import Policies
import SignerProtocol
import Signing
import Statements
import Testing
import Wire

/// A signer, and the people who may change its policy.
@Suite struct SignerPolicyTests {
  typealias F = SigningFixture

  static let hour: Int64 = 3_600_000
  static let dave = F.key(111), erin = F.key(112), carol = F.key(113)
  static let rules = ChangeRules(
    people: [
      .init(name: "dave", publicKey: dave.publicKey.bytes),
      .init(name: "erin", publicKey: erin.publicKey.bytes),
      .init(name: "carol", publicKey: carol.publicKey.bytes),
    ], signatures: 2, delay: 24 * hour)

  private let bench: SignerBench

  init() throws { bench = try SignerBench() }

  private var policy: SignerPolicy {
    var policy = F.policy
    policy.changing = Self.rules
    return policy
  }

  /// The policy after `previous`, whose signers' part is `change`d.
  private func next(
    after previous: PolicyStatement? = nil, _ change: (inout SignerTerms) -> Void = { _ in }
  ) -> PolicyStatement {
    var terms =
      previous?.signers
      ?? SignerTerms(
        perTransaction: F.limits.perTransaction, budgetHour: F.limits.budgetHour,
        budgetDay: F.limits.budgetDay, networkFee: F.limits.networkFee,
        feeRateSatsPerVByte: F.limits.feeRateSatsPerVByte, refusals: Int64(F.limits.refusals),
        approvals: [])
    change(&terms)
    return PolicyStatement(
      version: (previous?.version ?? 0) + 1, previous: previous?.hash ?? PolicyStatement.none,
      draftedAtMilliseconds: 0, asset: "BTC", chain: "BTC-Bitcoin",
      guardian: GuardTerms(
        perWithdrawal: 1, budgetHour: 1, budgetDay: 1, newAddress: 0, newKey: 0, lookAlike: 0,
        newContact: 0,
        sanctions: nil), signers: terms, changing: Self.rules)
  }

  @discardableResult
  private func give(
    _ statement: PolicyStatement, to signer: Signer, by keys: [UInt8] = [111, 112]
  ) throws -> SignerAnswer {
    var document = PolicyDocument(statement)
    for key in keys { _ = try document.sign(by: F.key(key)) }
    return signer.answer(.policy(document: document.bytes))
  }

  private func request(_ amount: Int64, _ number: UInt64, policy: PolicyName?) -> SigningRequest {
    var release = F.release(number, account: 7, amount: amount, to: F.address(1))
    release.policy = policy
    return F.request([F.payment(release)], coins: [UInt32(number)])
  }

  @Test func `a tightening is signed by at once, and a loosening not before its delay`() throws {
    let signer = try bench.signer(policy: policy)
    let first = next { $0.perTransaction = 310_000 }
    try give(first, to: signer)
    #expect(signer.refusal(request(400_000, 1, policy: first.name)) == .transactionLimit)
    #expect(signer.refusal(request(300_000, 2, policy: first.name)) == nil)
    let second = next(after: first) { $0.perTransaction = 500_000 }
    try give(second, to: signer)
    #expect(signer.policyState.inForce == first.name)
    #expect(signer.policyState.pending == second.name)
    bench.now = bench.now.advanced(byMilliseconds: 24 * Self.hour - 1)
    #expect(signer.refusal(request(400_000, 1, policy: second.name)) == .transactionLimit)
    bench.now = bench.now.advanced(byMilliseconds: 1)
    #expect(signer.refusal(request(400_000, 1, policy: second.name)) == nil)
    #expect(signer.policyState.inForce == second.name)
  }

  @Test func `what was taken, and how long it has waited, survives a start`() throws {
    var signer: Signer? = try bench.signer(policy: policy)
    let first = next { $0.perTransaction = 310_000 }
    let second = next(after: first) { $0.perTransaction = 500_000 }
    try give(first, to: try #require(signer))
    try give(second, to: try #require(signer))
    let state = signer?.policyState
    bench.now = bench.now.advanced(byMilliseconds: 23 * Self.hour)
    signer = nil
    // The configuration has no word any more: neither its limits nor who may change them.
    var wide = F.policy
    wide.limits.perTransaction = 9_000_000
    signer = try bench.signer(policy: wide)
    #expect(signer?.policyState == state)
    #expect(signer?.refusal(request(400_000, 1, policy: second.name)) == .transactionLimit)
    bench.now = bench.now.advanced(byMilliseconds: Self.hour)
    #expect(signer?.refusal(request(400_000, 1, policy: second.name)) == nil)
    signer = nil
    signer = try bench.signer(policy: wide)
    #expect(signer?.policyState.inForce == second.name)
    #expect(signer?.status.perTransaction == 500_000)
    signer = nil
    let status = try Signer.policyStatus(wide, recordPath: bench.record + "0")
    #expect(status.version == 2 && status.pending == nil)
  }

  @Test func `a clock set back changes nothing about the instant from which a loosening holds`()
    throws
  {
    let signer = try bench.signer(policy: policy)
    let first = next()
    try give(first, to: signer)
    try give(next(after: first) { $0.perTransaction += 1 }, to: signer)
    let until = signer.policyState.effectiveAtMilliseconds
    bench.now = bench.now.advanced(byMilliseconds: -10 * Self.hour)
    _ = signer.answer(.hello)
    #expect(signer.policyState.effectiveAtMilliseconds == until)
    bench.now = Timestamp(milliseconds: until - 1)
    _ = signer.answer(.hello)
    #expect(signer.policyState.inForce == first.name)
    bench.now = Timestamp(milliseconds: until)
    _ = signer.answer(.hello)
    #expect(signer.policyState.inForce?.version == 2)
  }

  @Test func `where headers are followed a clock alone does not bring a loosening forward`() throws
  {
    typealias M = MadeUpHeaders
    var followed = policy
    followed.headers = M.terms
    let signer = try bench.signer(policy: followed)
    // The genesis is 10 000 s before the bench's clock: 17 blocks later they agree.
    var headers = M.chain(17)
    func bring(_ headers: [BlockHeader]) {
      _ = signer.answer(.headers(ChainNews(headers: headers.map(\.bytes))))
    }
    bring(headers)
    let first = next()
    try give(first, to: signer)
    let second = next(after: first) { $0.perTransaction += 1 }
    try give(second, to: signer)
    #expect(signer.policyState.pending == second.name)
    bench.now = bench.now.advanced(byMilliseconds: 24 * Self.hour)
    _ = signer.answer(.hello)
    #expect(signer.policyState.inForce == first.name)
    // A day of blocks later the chain says the same.
    headers = M.chain(after: headers[16], 145)
    bring(headers)
    _ = signer.answer(.hello)
    #expect(signer.policyState.inForce == second.name)
  }

  @Test func `an older version, a forged one and one that too few signed change nothing`() throws {
    let signer = try bench.signer(policy: policy)
    let first = next { $0.perTransaction = 310_000 }
    try give(first, to: signer)
    let second = next(after: first) { $0.perTransaction = 300_000 }
    try give(second, to: signer)
    let position = signer.status.position
    let tighter = next(after: second) { $0.perTransaction = 1 }
    let refused = [
      try give(next { $0.perTransaction = 900_000 }, to: signer),
      try give(tighter, to: signer, by: [111]), try give(tighter, to: signer, by: [111, 111]),
      try give(tighter, to: signer, by: [111, 99]), try give(tighter, to: signer, by: []),
    ]
    for answer in refused {
      guard case .refused(let refusal) = answer else {
        Issue.record("\(answer) is no refusal")
        continue
      }
      #expect(refusal.code == .policy && refusal.isTemporary)
    }
    // What is known already is no news, and no refusal.
    guard case .policyState(let state) = try give(first, to: signer) else {
      Issue.record("no state")
      return
    }
    #expect(state.inForce == second.name)
    #expect(signer.status.position == position)
  }

  @Test func `a guard that knows less is not believed, and one that knows more is`() throws {
    let signer = try bench.signer(policy: policy)
    let first = next()
    // While the configuration decides, whatever the guard has is right.
    #expect(signer.refusal(request(10_000, 1, policy: first.name)) == nil)
    try give(first, to: signer)
    let second = next(after: first) { $0.perTransaction -= 1 }
    try give(second, to: signer)
    let other = PolicyName(version: 2, hash: [UInt8](repeating: 7, count: 32))
    let later = PolicyName(version: 3, hash: [UInt8](repeating: 7, count: 32))
    #expect(signer.refusal(request(10_000, 2, policy: nil)) == .policy)
    #expect(signer.refusal(request(10_000, 2, policy: first.name)) == .policy)
    #expect(signer.refusal(request(10_000, 2, policy: other)) == .policy)
    #expect(signer.refusal(request(10_000, 2, policy: second.name)) == nil)
    #expect(signer.refusal(request(10_000, 3, policy: later)) == nil)
  }

  @Test func `a band for a signer without a terminal lets nothing above it out`() throws {
    let signer = try bench.signer(policy: policy)
    let own = signer.status.fingerprint
    let first = next {
      $0.approvals = [ApprovalBand(fingerprint: own, above: 100_000, timeout: 60_000)]
    }
    try give(first, to: signer)
    #expect(signer.refusal(request(150_000, 1, policy: first.name)) == .awaitsHolder)
    #expect(signer.refusal(request(50_000, 2, policy: first.name)) == nil)
  }

  @Test
  func `a document laid down at the signer's machine needs no guard, and the same signatures`()
    throws
  {
    let signer = try bench.signer(policy: policy)
    let path = bench.record + "0"
    #expect(signer.takePolicyFile() == nil)
    let first = next { $0.perTransaction = 310_000 }
    var document = PolicyDocument(first)
    _ = try document.sign(by: Self.dave)
    try PolicyDrop.write(document, forRecord: path)
    guard case .refused(let refusal)? = signer.takePolicyFile() else {
      Issue.record("one signature was enough")
      return
    }
    #expect(refusal.code == .policy)
    #expect(signer.takePolicyFile() == nil)
    _ = try document.sign(by: Self.erin)
    try PolicyDrop.write(document, forRecord: path)
    #expect(signer.takePolicyFile() == .policyState(signer.policyState))
    #expect(signer.policyState.inForce == first.name)
    #expect(signer.takePolicyFile() == nil)
    // A guard that was not given it gets nothing more signed.
    #expect(signer.refusal(request(10_000, 1, policy: nil)) == .policy)
  }

  @Test func `where nobody may change the policy documents are refused, and all else goes on`()
    throws
  {
    let signer = try bench.signer()
    guard case .refused(let refusal) = try give(next(), to: signer) else {
      Issue.record("it was taken")
      return
    }
    #expect(refusal.code == .policy)
    #expect(signer.refusal(request(300_000, 1, policy: nil)) == nil)
  }
}
