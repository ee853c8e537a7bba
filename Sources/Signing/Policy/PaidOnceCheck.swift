import Bitcoin
import SignerProtocol
import Statements

/// No withdrawal can be paid twice: a second transaction for it must conflict with every earlier one
/// by spending a same coin, and must pay it the same. And a coin that was promised to some payments
/// is spent again only by a replacement that makes all of them and no others.
///
/// A transaction that can never be in the chain, as a proof has shown, pays nobody and keeps no coin. But
/// what it would have paid stays what was released.
enum PaidOnceCheck {
  static func check(
    _ proposal: SigningProposal, _ record: SigningRecord
  ) throws(SignerRefusal) {
    let inputs = Set(proposal.transaction.inputs.map(\.outpoint))
    let paid = Set(proposal.request.payments.map(\.release.statement.withdrawal))
    for input in proposal.transaction.inputs {
      for earlier in record.transactions(spending: input.outpoint)
      where Set(earlier.payments.map(\.withdrawal)) != paid && !record.isDead(earlier) {
        // Of those that are paid by both, the check below says more.
        guard paid.isDisjoint(with: earlier.payments.map(\.withdrawal)) else { continue }
        throw SignerRefusal(
          .alreadyPaid, "a coin is promised to \(earlier.id), which makes other payments")
      }
    }
    for payment in proposal.request.payments {
      let release = payment.release.statement
      for earlier in record.transactions(paying: release.withdrawal) {
        guard
          earlier.payments.contains(where: {
            $0.withdrawal == release.withdrawal && $0.account == release.account
              && $0.amount == release.amountUnits && $0.address == release.address
          })
        else {
          throw SignerRefusal(
            .alreadyPaid, "withdrawal \(release.withdrawal) was released differently before")
        }
        guard !record.isDead(earlier) else { continue }
        guard !inputs.isDisjoint(with: earlier.inputs) else {
          throw SignerRefusal(
            .alreadyPaid,
            "withdrawal \(release.withdrawal) is paid by \(earlier.id), which could confirm beside "
              + "this one")
        }
        guard Set(earlier.payments.map(\.withdrawal)) == paid else {
          throw SignerRefusal(
            .alreadyPaid,
            "\(earlier.id) makes other payments beside withdrawal "
              + "\(release.withdrawal); a replacement makes all of them and no others")
        }
      }
    }
  }
}
