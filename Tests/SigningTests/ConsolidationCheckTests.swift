// swift-format-ignore-file: NeverUseForceTry
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Cryptography
import Money
import SignerProtocol
import Signing
import Statements
import Testing

@Suite struct ConsolidationCheckTests {
  typealias F = SigningFixture

  /// Three coins into one, with the guard's order for it.
  private func gather(
    fee: Int64 = 2_000, by key: Ed25519.PrivateKey = F.guardKey,
    _ change: (inout ConsolidationOrder) -> Void = { _ in }
  ) throws -> SigningRequest {
    var request = F.request([], coins: [0, 1, 2], fee: fee)
    var order = ConsolidationOrder(
      asset: "BTC", chain: "BTC-Bitcoin",
      transaction: try Transaction(parsing: request.transaction).id.bytes,
      maximumNetworkFeeUnits: 100_000, orderedAtMilliseconds: F.now.milliseconds - 1000,
      expiresAtMilliseconds: F.now.milliseconds + 3_600_000)
    change(&order)
    request.consolidation = try Signed(order, by: key)
    return request
  }

  @Test func `coins are gathered on the guard's word for this very transaction`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    #expect(signer.refusal(F.request([], coins: [0, 1, 2])) == .unexplainedOutput, "no order")
    let rows: [(SigningRequest, SignerRefusal.Code)] = [
      (try gather(by: F.alice), .releaseSignature),
      (try gather { $0.asset = "LTC" }, .releaseTerms),
      (try gather { $0.chain = "BTC-Lightning" }, .releaseTerms),
      (try gather { $0.transaction[0] ^= 1 }, .releaseTerms),
      (try gather { $0.expiresAtMilliseconds = F.now.milliseconds }, .releaseTerms),
      (try gather { $0.orderedAtMilliseconds += 3_600_000 }, .releaseTerms),
      (try gather { $0.maximumNetworkFeeUnits = 1_999 }, .feeTooHigh),
    ]
    for (request, code) in rows { #expect(signer.refusal(request) == code) }
    #expect(signer.refusal(try gather()) == nil)
    #expect(signer.status.budgetHour == F.limits.budgetHour - 2_000, "its fee counts")
    // The coins are promised now.
    #expect(signer.refusal(F.usual) == .alreadyPaid)
  }

  @Test func `gathering never costs more than a hundredth of the coins`() throws {
    var generous = F.policy
    generous.limits.networkFee = 1_000_000
    generous.limits.feeRateSatsPerVByte = 10_000
    let bench = try SignerBench()
    let signer = try bench.signer(policy: generous)
    // Three coins of 1 000 000.
    #expect(signer.refusal(try gather(fee: 30_001)) == .feeTooHigh)
    #expect(signer.refusal(try gather(fee: 30_000)) == nil)
  }

  @Test func `a payment is never hidden in what gathers coins`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    var request = F.usual
    request.consolidation = try gather().consolidation
    #expect(signer.refusal(request) == .unexplainedOutput)
    var stolen = try gather()
    var transaction = try Transaction(parsing: stolen.transaction)
    transaction.outputs[0].script = Script.payToWitness(
      version: 0, program: [UInt8](repeating: 6, count: 20))
    stolen.transaction = transaction.bytes
    stolen.consolidation = try gather { $0.transaction = transaction.id.bytes }.consolidation
    #expect(signer.refusal(stolen) == .foreignChange)
  }
}
