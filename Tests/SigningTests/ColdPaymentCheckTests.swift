// swift-format-ignore-file: NeverUseForceTry, NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import ColdAddresses
import Cryptography
import Descriptors
import Money
import SignerProtocol
import Signing
import Statements
import Testing

@Suite struct ColdPaymentCheckTests {
  typealias F = SigningFixture
  private static let issuer = F.key(120)

  private static func wallet(_ seeds: ClosedRange<UInt8>) -> Descriptor {
    let keys = seeds.map { seed in
      let root = try! ExtendedPrivateKey(
        seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)), network: F.network)
      return "\(root.publicKey.text)/<0;1>/*"
    }
    return try! Descriptor(
      parsing: "wsh(sortedmulti(2,\(keys.joined(separator: ","))))", network: F.network)
  }

  private static let cold = wallet(41...43)
  private static let batch = try! ColdAddressBatch(
    following: nil, of: cold, count: 4, addressCap: 900_000, epoch: 1, epochCap: 1_500_000)
  private static let signed = try! Signed(batch, by: issuer)

  private static var policy: SignerPolicy {
    var policy = F.policy
    policy.cold = ColdDestination(descriptor: cold, issuerKey: issuer.publicKey.bytes)
    return policy
  }

  /// Coins to cold addresses, the rest back less a fee of 2 000, with the guard's order for it.
  private func sweep(
    _ payments: [(index: UInt32, amount: Int64)], coins: [UInt32] = [0, 1],
    to wallet: Descriptor = cold, under batches: [Signed<ColdAddressBatch>] = [signed]
  ) throws -> SigningRequest {
    var request = F.request([], coins: coins)
    var transaction = try Transaction(parsing: request.transaction)
    for payment in payments {
      transaction.outputs[0].value -= payment.amount
      transaction.outputs.append(
        TransactionOutput(
          value: payment.amount,
          script: try wallet.script(branch: 0, index: payment.index).scriptPubKey))
      request.outputs.append(.cold(payment.index))
    }
    request.transaction = transaction.bytes
    request.coldBatches = batches
    request.consolidation = try Signed(
      ConsolidationOrder(
        asset: "BTC", chain: "BTC-Bitcoin", transaction: transaction.id.bytes,
        maximumNetworkFeeUnits: 100_000, orderedAtMilliseconds: F.now.milliseconds - 1000,
        expiresAtMilliseconds: F.now.milliseconds + 3_600_000), by: F.guardKey)
    return request
  }

  @Test func `a sweep to addresses that the offline device gave out is signed`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer(policy: Self.policy)
    #expect(signer.refusal(try sweep([(0, 900_000), (1, 500_000)])) == nil)
    #expect(
      signer.status.budgetHour == F.limits.budgetHour - 2_000, "what stays ours is no payment")
  }

  @Test func `no address that nobody gave out, none of another wallet, none above its cap`() throws
  {
    let bench = try SignerBench()
    let signer = try bench.signer(policy: Self.policy)
    let forged = try Signed(Self.batch, by: F.alice)
    let foreign = Self.wallet(44...46)
    let other = try Signed(
      try ColdAddressBatch(
        following: nil, of: foreign, count: 4, addressCap: 900_000, epoch: 1,
        epochCap: 1_500_000), by: Self.issuer)
    let rows: [(SigningRequest, SignerRefusal.Code)] = [
      (try sweep([(0, 900_001)]), .unexplainedOutput),
      (try sweep([(4, 1_000)]), .unexplainedOutput),
      (try sweep([(0, 1_000)], under: []), .unexplainedOutput),
      (try sweep([(0, 1_000)], under: [forged]), .unexplainedOutput),
      (try sweep([(0, 1_000)], to: foreign), .foreignChange),
      (try sweep([(0, 1_000)], to: foreign, under: [other]), .unexplainedOutput),
      (try sweep([(0, 1_000), (0, 1_000)]), .unexplainedOutput),
      (try sweep([(0, 800_000), (1, 700_001)]), .unexplainedOutput),
    ]
    for (row, (request, code)) in rows.enumerated() {
      #expect(signer.refusal(request) == code, "row \(row)")
    }
    let without = try bench.signer(1)
    #expect(without.refusal(try sweep([(0, 1_000)])) == .unexplainedOutput, "no cold wallet here")
    // Nothing was used up by what was refused.
    #expect(signer.refusal(try sweep([(0, 900_000), (1, 600_000)])) == nil)
  }

  @Test func `an address is used once and an epoch has one cap, also after a restart`() throws {
    let bench = try SignerBench()
    do {
      let signer = try bench.signer(policy: Self.policy)
      #expect(signer.refusal(try sweep([(0, 900_000)])) == nil)
    }
    let signer = try bench.signer(policy: Self.policy)
    #expect(signer.refusal(try sweep([(0, 900_000)])) == nil, "the same transaction again")
    #expect(signer.refusal(try sweep([(0, 1_000)], coins: [2, 3])) == .alreadyPaid)
    #expect(signer.refusal(try sweep([(0, 800_000)])) == .alreadyPaid, "another amount")
    #expect(
      signer.refusal(try sweep([(1, 600_001)], coins: [2, 3])) == .unexplainedOutput,
      "900 000 of 1 500 000 are used")
    #expect(signer.refusal(try sweep([(1, 600_000)], coins: [2, 3])) == nil)
  }
}
