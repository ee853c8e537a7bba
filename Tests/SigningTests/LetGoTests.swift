import Bitcoin
import SignerProtocol
import Signing
import Testing

/// Of three signers one has signed, and the other two promise that they never will.
@Suite struct LetGoTests {
  private let bench: SignerBench
  private let signers: [Signer]
  private let request = SettlementTests.pay(coins: [0])
  private let id: [UInt8]

  init() throws {
    bench = try SignerBench()
    signers = try [
      bench.signer(policy: SettlementTests.policy()),
      bench.signer(1, policy: SettlementTests.policy()),
      bench.signer(2, policy: SettlementTests.policy()),
    ]
    id = try Transaction(parsing: request.transaction).id.bytes
    #expect(signers[0].refusal(request) == nil)
  }

  private func promise(_ signer: Int, on id: [UInt8]) throws -> NeverSigned {
    guard case .promised(let word) = signers[signer].answer(.withdraw(transaction: id)) else {
      throw NoPromise()
    }
    return word
  }

  private struct NoPromise: Error {}

  private func code(_ promises: [NeverSigned]) -> SignerRefusal.Code? {
    guard
      case .refused(let refusal) = signers[0].answer(.letGo(transaction: id, promises: promises))
    else { return nil }
    return refusal.code
  }

  @Test func `who signed alone lets go, pays anew, and never signs the first again`() throws {
    let promises = [try promise(1, on: id), try promise(2, on: id)]
    let anew = SettlementTests.pay(coins: [1])
    #expect(signers[0].refusal(anew) == .alreadyPaid)
    #expect(code(promises) == nil)
    let position = signers[0].status.position
    #expect(code(promises) == nil)
    #expect(signers[0].status.position == position, "it is written down once")
    for signer in signers { #expect(signer.refusal(request) == .withdrawn) }
    for signer in signers { #expect(signer.refusal(anew) == nil) }
  }

  @Test func `that it let go survives a restart`() throws {
    let other = try SignerBench()
    var signer: Signer? = try other.signer(policy: SettlementTests.policy())
    #expect(signer?.refusal(request) == nil)
    let promises = [try promise(1, on: id), try promise(2, on: id)]
    _ = signer?.answer(.letGo(transaction: id, promises: promises))
    signer = nil
    let again = try opened { try other.signer(policy: SettlementTests.policy()) }
    #expect(again.refusal(request) == .withdrawn)
    #expect(again.refusal(SettlementTests.pay(coins: [1])) == nil)
  }

  @Test func `too few promises, and what is none, frees nothing`() throws {
    let (first, second) = (try promise(1, on: id), try promise(2, on: id))
    let other = try promise(2, on: [UInt8](repeating: 7, count: 32))
    var moved = other
    moved.transaction = id
    var borrowed = first
    borrowed.fingerprint = second.fingerprint
    var own = second
    own.fingerprint = signers[0].status.fingerprint
    var stranger = second
    stranger.fingerprint = [1, 2, 3, 4]
    var bent = second
    bent.signature[63] ^= 1
    for wrong in [
      [], [first], [first, first], [first, other], [first, moved], [first, borrowed],
      [first, own], [first, stranger], [first, bent],
    ] {
      #expect(code(wrong) == .alreadySigned, "\(wrong)")
    }
    #expect(signers[0].refusal(SettlementTests.pay(coins: [1])) == .alreadyPaid)
    #expect(signers[0].refusal(request) == nil, "the same signature again")
    #expect(code([first, bent, second]) == nil)
  }

  @Test func `who signed and let go promises nothing to others`() throws {
    #expect(code([try promise(1, on: id), try promise(2, on: id)]) == nil)
    #expect(throws: NoPromise.self) { try promise(0, on: id) }
    #expect(signers[0].answer(.withdraw(transaction: id)) == .status(signers[0].status))
  }

  @Test func `a frozen signer cannot promise for others to see, and lets go all the same`() throws {
    let promises = [try promise(1, on: id), try promise(2, on: id)]
    for signer in signers { try signer.freeze(reason: "a drill") }
    #expect(throws: NoPromise.self) { try promise(1, on: id) }
    #expect(code(promises) == nil)
    #expect(signers[0].answer(.withdraw(transaction: id)) == .status(signers[0].status))
  }

  @Test func `what was never signed need not be let go of`() throws {
    let position = signers[1].status.position
    #expect(
      signers[1].answer(.letGo(transaction: id, promises: [])) == .status(signers[1].status))
    #expect(signers[1].status.position == position)
    guard case .refused(let refusal) = signers[1].answer(.letGo(transaction: [1], promises: []))
    else {
      Issue.record("taken")
      return
    }
    #expect(refusal.code == .malformedRequest)
  }
}
