import ColdAddresses
import ColdStorage
import KeyHolders
import Policies
import Statements
import Wire

/// Everything that somebody signs; read as every kind, so that none passes for another.
enum StatementTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    [
      AddressStatement(
        account: 7, asset: "BTC", chain: "BTC-Bitcoin", address: "bcrt1qexample", nonce: 3
      ).bytes,
      Release(
        withdrawal: 11, account: 7, asset: "BTC", chain: "BTC-Bitcoin", address: "bcrt1qexample",
        amountUnits: 150_000, maximumNetworkFeeUnits: 2_000, releasedAtMilliseconds: 1,
        expiresAtMilliseconds: 2
      ).bytes,
      Release(
        withdrawal: 11, account: 7, asset: "BTC", chain: "BTC-Bitcoin", address: "bcrt1qexample",
        amountUnits: 150_000, maximumNetworkFeeUnits: 2_000, releasedAtMilliseconds: 1,
        expiresAtMilliseconds: 2,
        policy: PolicyName(version: 3, hash: [UInt8](repeating: 4, count: 32))
      ).bytes,
      EnrolmentStatement(account: 7, publicKey: [UInt8](repeating: 9, count: 32)).bytes,
      ReceiptStatement(
        operatorName: "dave", account: 7, asset: "USDT", amountUnits: 5, reference: "R-1"
      ).bytes,
      ReviewStatement(operatorName: "erin", withdrawal: 4, approves: false, reason: "not you")
        .bytes,
      AdjustmentStatement(
        operatorName: "dave", step: .propose, adjustment: 3, isReward: false, account: 7,
        asset: "USDT", wallet: 18, amountUnits: -25, reason: "charged twice"
      ).bytes,
      GuardOrder(counter: 5, command: [1, 2, 3]).bytes,
      WithdrawalStatement(
        account: 7, asset: "BTC", chain: "BTC-Bitcoin", address: "bcrt1qexample",
        amountUnits: 150_000, maximumFeeUnits: 2_000, nonce: 4, expiresAtMilliseconds: 9
      ).bytes,
      PasskeyStatement(account: 7).bytes,
      SanctionsStatement(issuedAtMilliseconds: 7, addresses: ["bcrt1qexample", "1elsewhere"]).bytes,
      PolicyTarget.first.bytes,
    ] + coldAddresses + holders
  }

  private static var coldAddresses: [[UInt8]] {
    guard let policy = SampleWallets.policies.last,
      let batch = try? ColdAddressBatch(
        following: nil, of: policy.descriptor, count: 2, addressCap: 1_000_000, epoch: 7,
        epochCap: 2_000_000)
    else { return [] }
    return [batch.bytes]
  }

  private static var holders: [[UInt8]] {
    [
      SampleHolders.enacted().beat(of: "alice").bytes, SampleHolders.roster(version: 1).bytes,
      Claim(
        number: 1, wallet: .hot, person: "alice", reason: .unreachable, claimant: "anna"
      ).bytes,
      Confirmation(claim: 1, person: "bob").bytes, Freeze(number: 1, person: "carol").bytes,
      Thaw(freeze: 1, person: "carol").bytes,
      SampleHolders.enacted().keyCheck(of: "alice", proof: [1]).bytes,
    ]
  }

  static func check(_ input: [UInt8]) {
    let kinds = [
      isRead(input, as: AddressStatement.self), isRead(input, as: Release.self),
      isRead(input, as: EnrolmentStatement.self), isRead(input, as: ReceiptStatement.self),
      isRead(input, as: ReviewStatement.self), isRead(input, as: AdjustmentStatement.self),
      isRead(input, as: WithdrawalStatement.self), isRead(input, as: PasskeyStatement.self),
      isRead(input, as: SanctionsStatement.self),
      isRead(input, as: GuardOrder.self), isRead(input, as: OperatorRequest.self),
      isRead(input, as: ConsolidationOrder.self), isRead(input, as: ColdAddressBatch.self),
      isRead(input, as: Roster.self), isRead(input, as: Heartbeat.self),
      isRead(input, as: KeyCheck.self), isRead(input, as: Claim.self),
      isRead(input, as: Confirmation.self), isRead(input, as: Freeze.self),
      isRead(input, as: Thaw.self), isRead(input, as: PolicyStatement.self),
    ]
    require(kinds.count { $0 } <= 1, "no statement is of two kinds")
  }

  private static func isRead<Kind: Statement>(_ input: [UInt8], as kind: Kind.Type) -> Bool {
    guard let statement = accepted({ () throws(WireError) in try Kind(bytes: input) }) else {
      return false
    }
    require(statement.bytes == input, "a statement is written as it was read")
    let signed = sure("a signed statement is read") { () throws(WireError) in
      try Signed<Kind>(bytes: [UInt8](repeating: 5, count: 64) + input)
    }
    require(signed.statement == statement, "a signature changes nothing")
    return true
  }
}
