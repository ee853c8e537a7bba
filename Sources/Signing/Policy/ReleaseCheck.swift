import Money
import SignerProtocol
import Statements

/// Every payment carries a release that the guard signed, for this asset and chain, in force now.
enum ReleaseCheck {
  /// How far the guard's clock may run ahead of ours.
  static let clockToleranceMilliseconds: Int64 = 10 * 60_000

  static func check(
    _ proposal: SigningProposal, _ policy: SignerPolicy
  ) throws(SignerRefusal) {
    for payment in proposal.request.payments {
      let release = payment.release.statement
      let name = "the release of withdrawal \(release.withdrawal)"
      guard payment.release.isSigned(by: policy.guardKey) else {
        throw SignerRefusal(.releaseSignature, "\(name) is not signed by the guard")
      }
      guard release.asset == policy.asset, release.chain == policy.chain else {
        throw SignerRefusal(.releaseTerms, "\(name) is for another asset or chain")
      }
      guard release.amountUnits > 0, release.maximumNetworkFeeUnits >= 0 else {
        throw SignerRefusal(.releaseTerms, "\(name) has an amount that is not positive")
      }
      let now = proposal.now.milliseconds
      guard release.releasedAtMilliseconds <= now + clockToleranceMilliseconds else {
        throw SignerRefusal(.releaseTerms, "\(name) is from the future")
      }
      guard now < release.expiresAtMilliseconds else {
        throw SignerRefusal(.releaseTerms, "\(name) has expired")
      }
    }
  }
}
