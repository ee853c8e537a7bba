import Policies
import Testing

/// One field made different, and what that is.
struct FieldCase: Sendable, CustomTestStringConvertible {
  let field: String
  let effect: PolicyChange.Effect
  let change: @Sendable (inout PolicyStatement) -> Void

  init(
    _ field: String, _ effect: PolicyChange.Effect,
    _ change: @escaping @Sendable (inout PolicyStatement) -> Void
  ) {
    self.field = field
    self.effect = effect
    self.change = change
  }

  var testDescription: String { "\(field) \(effect)" }
}

@Suite struct ChangeClassTests {
  static let cases: [FieldCase] = [
    .init("guard.limits.perWithdrawal", .tighter) { $0.guardian?.perWithdrawal -= 1 },
    .init("guard.limits.perWithdrawal", .looser) { $0.guardian?.perWithdrawal += 1 },
    .init("guard.limits.budgetHour", .tighter) { $0.guardian?.budgetHour -= 1 },
    .init("guard.limits.budgetHour", .looser) { $0.guardian?.budgetHour += 1 },
    .init("guard.limits.budgetDay", .tighter) { $0.guardian?.budgetDay -= 1 },
    .init("guard.limits.budgetDay", .looser) { $0.guardian?.budgetDay += 1 },
    .init("guard.delays.newAddress", .tighter) { $0.guardian?.newAddress += 1 },
    .init("guard.delays.newAddress", .looser) { $0.guardian?.newAddress -= 1 },
    .init("guard.delays.newKey", .tighter) { $0.guardian?.newKey += 1 },
    .init("guard.delays.newKey", .looser) { $0.guardian?.newKey -= 1 },
    .init("guard.delays.lookAlike", .tighter) { $0.guardian?.lookAlike += 1 },
    .init("guard.delays.lookAlike", .looser) { $0.guardian?.lookAlike -= 1 },
    .init("guard.delays.newContact", .tighter) { $0.guardian?.newContact += 1 },
    .init("guard.delays.newContact", .looser) { $0.guardian?.newContact -= 1 },
    .init("guard.sanctions.maximumAge", .tighter) { $0.guardian?.sanctions?.maximumAge -= 1 },
    .init("guard.sanctions.maximumAge", .looser) { $0.guardian?.sanctions?.maximumAge += 1 },
    .init("guard.sanctions", .looser) { $0.guardian?.sanctions = nil },
    .init("guard.sanctions", .other) { $0.guardian?.sanctions?.issuerKey[0] += 1 },
    .init("signers.limits.perTransaction", .tighter) { $0.signers?.perTransaction -= 1 },
    .init("signers.limits.perTransaction", .looser) { $0.signers?.perTransaction += 1 },
    .init("signers.limits.budgetHour", .tighter) { $0.signers?.budgetHour -= 1 },
    .init("signers.limits.budgetHour", .looser) { $0.signers?.budgetHour += 1 },
    .init("signers.limits.budgetDay", .tighter) { $0.signers?.budgetDay -= 1 },
    .init("signers.limits.budgetDay", .looser) { $0.signers?.budgetDay += 1 },
    .init("signers.limits.networkFee", .tighter) { $0.signers?.networkFee -= 1 },
    .init("signers.limits.networkFee", .looser) { $0.signers?.networkFee += 1 },
    .init("signers.limits.feeRateSatsPerVByte", .tighter) { $0.signers?.feeRateSatsPerVByte -= 1 },
    .init("signers.limits.feeRateSatsPerVByte", .looser) { $0.signers?.feeRateSatsPerVByte += 1 },
    .init("signers.limits.refusals", .tighter) { $0.signers?.refusals -= 1 },
    .init("signers.limits.refusals", .looser) { $0.signers?.refusals += 1 },
    .init("signers.approvals[01020304].above", .tighter) { $0.signers?.approvals[0].above -= 1 },
    .init("signers.approvals[01020304].above", .looser) { $0.signers?.approvals[0].above += 1 },
    .init("signers.approvals[01020304].timeout", .tighter) {
      $0.signers?.approvals[0].timeout -= 1
    },
    .init("signers.approvals[01020304].timeout", .looser) {
      $0.signers?.approvals[0].timeout += 1
    },
    .init("signers.approvals[01020304]", .looser) { $0.signers?.approvals = [] },
    .init("signers.approvals[05060708]", .tighter) {
      $0.signers?.approvals.append(
        ApprovalBand(fingerprint: [5, 6, 7, 8], above: 1, timeout: 1_000))
    },
    .init("policy.delay", .other) { $0.changing.delay += 1 },
    .init("policy.delay", .other) { $0.changing.delay -= 1 },
    .init("policy.signatures", .other) { $0.changing.signatures += 1 },
    .init("policy.people", .other) { $0.changing.people.removeLast() },
    .init("policy.people", .other) { $0.changing.people[0].publicKey[0] += 1 },
  ]

  @Test(arguments: cases)
  func `a change of one field is said to be what it is`(_ each: FieldCase) {
    var next = Sample.configured
    each.change(&next)
    let changes = Sample.configured.changes(to: next)
    #expect(changes.map(\.field) == [each.field])
    #expect(changes.map(\.effect) == [each.effect])
  }

  @Test(arguments: cases)
  func `only what is tighter takes effect at once`(_ each: FieldCase) throws {
    let chain = PolicyChain(configured: Sample.configured)
    let document = Sample.document(Sample.next { each.change(&$0) })
    #expect(try chain.wait(for: document) == (each.effect == .tighter ? 0 : 86_400_000))
  }

  @Test func `every number of a document is compared`() {
    let named = Set(Sample.configured.fields.map(\.name)).subtracting(["guard.sanctions"])
    let compared = Set(Self.cases.map(\.field))
    #expect(named.isSubset(of: compared))
  }

  @Test func `what is tighter in one field and looser in another waits`() throws {
    let chain = PolicyChain(configured: Sample.configured)
    let next = Sample.next {
      $0.guardian?.budgetDay -= 100
      $0.signers?.networkFee += 1
    }
    #expect(try chain.wait(for: Sample.document(next)) == 86_400_000)
  }

  @Test func `a list where there was none is tighter`() {
    var old = Sample.configured
    old.guardian?.sanctions = nil
    #expect(old.changes(to: Sample.configured).map(\.effect) == [.tighter])
  }

  @Test func `a machine compares the first document with the part that it has`() throws {
    var own = Sample.configured
    own.guardian = nil
    let chain = PolicyChain(configured: own)
    let next = Sample.next { $0.guardian?.budgetDay += 100 }
    #expect(try chain.wait(for: Sample.document(next)) == 0)
  }
}
