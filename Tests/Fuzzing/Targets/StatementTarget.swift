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
    ]
  }

  static func check(_ input: [UInt8]) {
    let kinds = [
      isRead(input, as: AddressStatement.self), isRead(input, as: Release.self),
      isRead(input, as: EnrolmentStatement.self), isRead(input, as: ReceiptStatement.self),
      isRead(input, as: ReviewStatement.self), isRead(input, as: AdjustmentStatement.self),
      isRead(input, as: GuardOrder.self), isRead(input, as: OperatorRequest.self),
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
