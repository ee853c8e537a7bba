import SignerProtocol
import Statements

/// The customer himself signed for every payment or its destination, with the key that this signer knows for him.
///
/// The key is remembered at the first payment of an account; only a person at the signer can make it
/// forget one. So a guard and a server that are both broken into cannot redirect a customer whom
/// this signer has paid before.
enum CustomerCheck {
  static func check(
    _ proposal: SigningProposal, _ record: SigningRecord
  ) throws(SignerRefusal) {
    var keys: [UInt64: [UInt8]] = [:]
    var intents: [CustomerNonce: UInt64] = [:]
    for payment in proposal.request.payments {
      let account = payment.release.statement.account
      guard payment.isSignedByCustomer else {
        throw SignerRefusal(
          .customerSignature, "account \(account) did not sign for this destination")
      }
      try IntentCheck.check(payment, &intents, record, now: proposal.now)
      let known = record.customerKeys[account] ?? keys[account] ?? payment.customerKey
      guard known == payment.customerKey else {
        throw SignerRefusal(
          .customerKeyChanged, "account \(account) signed with another key than before")
      }
      keys[account] = known
    }
  }
}
