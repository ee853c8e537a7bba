import Engine
import Guard
import Money
import Wire

extension Command {
  /// What a log line says of an order.
  var summary: String {
    switch self {
    case .guardHeld(let withdrawal, _, let reason): "hold withdrawal \(withdrawal): \(reason.text)"
    case .guardRefused(let withdrawal, let reason): "refuse withdrawal \(withdrawal): \(reason)"
    case .guardReleased(let withdrawal, _): "release withdrawal \(withdrawal)"
    case .payoutBuilt(let built):
      "payout of \(built.withdrawals.count) withdrawals"
        + (built.cold.isEmpty ? "" : " and \(built.cold.count) cold addresses") + ", transaction "
        + Hex.text(built.transaction.reversed())
    case .payoutSigned(let payout, _): "payout \(payout) is signed"
    case .payoutReplaced(let payout, let built):
      "replace payout \(payout) at a fee of \(built.networkFee.units), transaction "
        + Hex.text(built.transaction.reversed())
    case .payoutLost(let payout, .unsigned): "give up payout \(payout), which nobody signs"
    case .payoutLost(let payout, .conflict(let transaction, _)):
      "give up payout \(payout), lost to transaction " + Hex.text(transaction.reversed())
    case .planFloat(let plan):
      plan.refill.map { "refill of \($0.amount.units) from cold storage" } ?? "no refill needed"
    case .keyHoldersReported(let report):
      "\(report.live) of \(report.seats) key holders live, \(report.threshold) are needed"
        + (report.frozen ? ", frozen" : "")
    case .reopeningChecked(let check):
      "checks before reopening: keys \(check.keysProved) of \(check.keysNeeded), counters "
        + "\(check.countersEqual) of \(check.countersNeeded), judged "
        + (check.judged.map { "\($0)" } ?? "not yet")
    case .noticeGiven(let notice):
      "account \(notice.account) was told of change \(notice.change)"
    case .cancelChange(let cancel):
      "the owner of account \(cancel.account) took change \(cancel.change) back"
    case .guardReported(let report):
      "report \(report.signersReachable) of \(report.signersTotal) signers"
        + (report.halted.map { ", halted: \($0)" } ?? "")
    default: "another command"
    }
  }
}
