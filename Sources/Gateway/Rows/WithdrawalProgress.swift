import Engine
import Money
import Views

/// Where a withdrawal stands, for its owner: OKX's number, our name, a plain reason, who it waits for
/// and how to take it back.
struct WithdrawalProgress {
  /// OKX's number of the state.
  let code: String
  /// Our name of the state.
  let name: String
  let reason: String
  /// Who or what moves it on.
  let owner: String
  let isCancelable: Bool

  init(_ record: WithdrawalRecord, catalog: Catalog) {
    let findings = RiskText(catalog: catalog).text(record.hits, asset: record.asset)
    let confirmations = catalog.asset(record.asset)?.withdrawalConfirmations ?? 1
    let until = record.until.map { InstantText.text($0) } ?? ""
    switch record.state {
    case .delayed:
      (code, name, owner) = ("0", "delayed", "clock")
      reason = "\(findings) It goes on at \(until)."
    case .inReview:
      (code, name, owner) = ("4", "in_review", "operators")
      reason = "\(findings) Two operators decide."
    case .approved:
      (code, name, owner) = ("0", "approved", "guard")
      reason = "Passed the online rules; the guard judges it next."
    case .guardHeld:
      (code, name, owner) = ("0", "guard_held", "guard")
      reason = "The guard waits until \(until): \(record.reason)"
    case .released:
      (code, name, owner) = ("0", "released", "signers")
      reason = "Released by the guard; it goes into the next transaction."
    case .building:
      (code, name, owner) = ("1", "building", "signers")
      reason = "The transaction is being signed."
    case .broadcast:
      (code, name, owner) = ("1", "broadcast", "chain")
      reason = "The transaction is signed and waits for a block."
    case .mined:
      (code, name, owner) = ("1", "mined", "chain")
      reason = "In block \(record.height ?? 0); final after \(confirmations) confirmations."
    case .confirmed:
      (code, name, owner) = ("2", "confirmed", "")
      reason = ""
    case .refused:
      (code, name, owner) = ("-1", "refused", "")
      let why = record.reason
      let stop = why.isEmpty || why.hasSuffix(".") ? "" : "."
      reason = "\(why)\(stop) The money is back in your funding account."
    case .canceled:
      (code, name, owner) = ("-2", "canceled", "")
      reason = "Cancelled by you. The money is back in your funding account."
    }
    switch record.state {
    case .delayed, .inReview, .approved, .guardHeld, .released: isCancelable = true
    default: isCancelable = false
    }
  }
}
