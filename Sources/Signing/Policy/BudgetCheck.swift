import Money
import SignerProtocol
import Statements

/// What leaves the wallet stays below the ceiling of one transaction and the budgets of the sliding
/// hour and day, counted from this signer's own record by its own clock.
enum BudgetCheck {
  static let hour: Int64 = 3_600_000
  static let day: Int64 = 24 * hour

  /// What signing `proposal` adds to the windows: its fee, and every payment not counted before
  /// for a transaction that can still be.
  static func charge(of proposal: SigningProposal, _ record: SigningRecord) -> Int64 {
    let fresh = proposal.request.payments.map(\.release.statement).filter {
      record.transactions(paying: $0.withdrawal).allSatisfy(record.isDead)
    }
    return fresh.reduce(proposal.networkFee) { $0 + $1.amountUnits }
  }

  static func check(
    _ proposal: SigningProposal, _ policy: SignerPolicy, _ record: SigningRecord
  ) throws(SignerRefusal) {
    let total = proposal.paid + proposal.networkFee
    guard total <= policy.limits.perTransaction else {
      throw SignerRefusal(
        .transactionLimit,
        "\(total) satoshi; one transaction may take \(policy.limits.perTransaction)")
    }
    let charge = charge(of: proposal, record)
    let left = record.budgets(policy.limits, at: proposal.now)
    guard charge <= left.hour else {
      throw SignerRefusal(
        .budgetExceeded, "\(charge) satoshi; the hour's budget has \(left.hour) left")
    }
    guard charge <= left.day else {
      throw SignerRefusal(
        .budgetExceeded, "\(charge) satoshi; the day's budget has \(left.day) left")
    }
  }
}
