import Money

/// What a single withdrawal may be.
enum AmountRules {
  static func hits(_ figures: WithdrawalFigures, _ policy: WithdrawalPolicy) -> [RiskHit] {
    var hits: [RiskHit] = []
    if figures.amount > policy.refuseAbove {
      hits.append(
        RiskHit(
          rule: .amountRefused, outcome: .refuse, measured: figures.amount.units,
          limit: policy.refuseAbove.units, releaseAt: nil))
    }
    if figures.amount > policy.reviewAbove {
      hits.append(
        RiskHit(
          rule: .amountReviewed, outcome: .review, measured: figures.amount.units,
          limit: policy.reviewAbove.units, releaseAt: nil))
    }
    if figures.amount > policy.delayAbove {
      hits.append(
        RiskHit(
          rule: .amountDelayed, outcome: .delay, measured: figures.amount.units,
          limit: policy.delayAbove.units,
          releaseAt: figures.now.advanced(byMilliseconds: policy.delayMilliseconds)))
    }
    return hits
  }
}
