import Policies
import SignerProtocol
import Statements

/// A release comes from a guard that knows the newest policy that this signer has taken.
///
/// A guard whose policies were put back, or that was never given them, decides by other limits than
/// people have set. One that is ahead has what this signer could not take yet. What the signer allows
/// are its own limits in any case.
enum PolicyCheck {
  static func check(_ proposal: SigningProposal, _ record: SigningRecord) throws(SignerRefusal) {
    guard let own = record.policies.newest.name else { return }
    for payment in proposal.request.payments {
      let release = payment.release.statement
      let other = release.policy
      guard let other, other == own || other.version > own.version else {
        throw SignerRefusal(
          .policy,
          "withdrawal \(release.withdrawal) was released under policy \(other?.version ?? 0); "
            + "the newest here is \(own.version)")
      }
    }
  }
}
