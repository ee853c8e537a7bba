import Bitcoin
import SignerProtocol
import Statements

/// No withdrawal can be paid twice: a second transaction for it must conflict with every earlier one
/// by spending a same coin, and must pay it the same.
enum PaidOnceCheck {
  static func check(
    _ proposal: SigningProposal, _ record: SigningRecord
  ) throws(SignerRefusal) {
    let inputs = Set(proposal.transaction.inputs.map(\.outpoint))
    for payment in proposal.request.payments {
      let release = payment.release.statement
      for earlier in record.transactions(paying: release.withdrawal) {
        guard !inputs.isDisjoint(with: earlier.inputs) else {
          throw SignerRefusal(
            .alreadyPaid,
            "withdrawal \(release.withdrawal) is paid by \(earlier.id), which could confirm beside "
              + "this one")
        }
        guard
          earlier.payments.contains(where: {
            $0.withdrawal == release.withdrawal && $0.account == release.account
              && $0.amount == release.amountUnits && $0.address == release.address
          })
        else {
          throw SignerRefusal(
            .alreadyPaid, "withdrawal \(release.withdrawal) was released differently before")
        }
      }
    }
  }
}
