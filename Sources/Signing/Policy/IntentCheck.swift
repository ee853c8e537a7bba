import Money
import SignerProtocol
import Statements

/// What a customer signed for one withdrawal pays one withdrawal, within the fee that he allowed and not
/// long after it expired.
enum IntentCheck {
  /// - Parameter intents: The withdrawals that the signatures before this one in the request pay.
  static func check(
    _ payment: SigningRequest.Payment, _ intents: inout [CustomerNonce: UInt64],
    _ record: SigningRecord, now: Timestamp
  ) throws(SignerRefusal) {
    guard case .withdrawal(let maximumFee, let nonce, let expiresAt) = payment.authority else {
      return
    }
    let release = payment.release.statement
    guard release.maximumNetworkFeeUnits <= maximumFee else {
      throw SignerRefusal(
        .customerSignature,
        "withdrawal \(release.withdrawal) may cost \(release.maximumNetworkFeeUnits) satoshi; "
          + "the customer signed for \(maximumFee)")
    }
    guard now.milliseconds - WithdrawalStatement.grace < expiresAt else {
      throw SignerRefusal(
        .customerSignature, "the customer's signature for withdrawal \(release.withdrawal) expired")
    }
    let name = CustomerNonce(account: release.account, nonce: nonce)
    let known = record.intents[name] ?? intents[name] ?? release.withdrawal
    guard known == release.withdrawal else {
      throw SignerRefusal(
        .alreadyPaid, "withdrawal \(known) was paid on the signature for \(release.withdrawal)")
    }
    intents[name] = known
  }
}

/// Names what a customer signed: no two statements of his carry the same number.
struct CustomerNonce: Hashable, Sendable {
  var account: UInt64
  var nonce: UInt64
}
