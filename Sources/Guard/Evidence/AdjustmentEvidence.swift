import Engine
import Money
import Statements
import Structures

/// The operators' signatures under adjustments: money that moves between a customer and the house needs
/// one who proposed it and another one who approved it.
struct AdjustmentEvidence {
  /// Proposals whose signature was verified, before the core has given them a number.
  private var proposals: [AdjustmentStatement] = []
  /// Those that wait, and whether the proposal was signed.
  private var waiting: [AdjustmentID: (adjustment: Adjustment, isSigned: Bool)] = [:]
  /// Who approved with a signature of his own.
  private var approvals: [AdjustmentID: String] = [:]

  /// Takes in a proposal that the core accepted.
  mutating func take(_ proposal: ProposeAdjustment, policy: GuardPolicy, exchange: Exchange) {
    guard let asset = exchange.asset(proposal.asset),
      let key = policy.operators[proposal.operatorName]
    else { return }
    let statement = AdjustmentStatement(
      operatorName: proposal.operatorName, step: .propose, adjustment: 0,
      isReward: proposal.kind == .reward, account: proposal.account.raw, asset: asset.code,
      wallet: proposal.wallet.rawValue, amountUnits: proposal.amount.units,
      reason: proposal.reason)
    if statement.verify(signature: proposal.signature, key: key) { proposals.append(statement) }
  }

  /// Takes in a decision that the core accepted.
  mutating func take(_ decision: DecideAdjustment, policy: GuardPolicy, exchange: Exchange) {
    guard decision.approves, let (adjustment, _) = waiting[decision.adjustment],
      let key = policy.operators[decision.operatorName],
      Self.statement(
        adjustment, by: decision.operatorName, .approve, number: adjustment.id.raw, exchange)?
        .verify(signature: decision.signature, key: key) ?? false
    else { return }
    approvals[decision.adjustment] = decision.operatorName
  }

  /// Takes in what became of an adjustment.
  ///
  /// - Returns: Why the journal cannot be honest, if it cannot.
  mutating func take(_ adjustment: Adjustment, exchange: Exchange) -> String? {
    guard adjustment.state != .proposed else {
      let proposal = Self.statement(
        adjustment, by: adjustment.proposedBy, .propose, number: 0, exchange)
      let signed = proposals.firstIndex { $0 == proposal }
      if let signed { proposals.remove(at: signed) }
      waiting[adjustment.id] = (adjustment, signed != nil)
      return nil
    }
    let isSigned = waiting.removeValue(forKey: adjustment.id)?.isSigned ?? false
    let approver = approvals.removeValue(forKey: adjustment.id)
    guard adjustment.state == .applied else { return nil }
    guard isSigned, let approver, approver != adjustment.proposedBy else {
      return "adjustment \(adjustment.id) is applied without the signatures of two operators"
    }
    return nil
  }

  private static func statement(
    _ adjustment: Adjustment, by operatorName: String, _ step: AdjustmentStatement.Step,
    number: UInt64, _ exchange: Exchange
  ) -> AdjustmentStatement? {
    exchange.asset(adjustment.asset).map { asset in
      AdjustmentStatement(
        operatorName: operatorName, step: step, adjustment: number,
        isReward: adjustment.kind == .reward, account: adjustment.account.raw, asset: asset.code,
        wallet: adjustment.wallet.rawValue, amountUnits: adjustment.amount.units,
        reason: adjustment.reason)
    }
  }
}
