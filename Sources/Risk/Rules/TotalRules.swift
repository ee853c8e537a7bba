import Money

/// What one customer, and all together, may withdraw in a sliding hour and day.
enum TotalRules {
  static func hits(_ figures: WithdrawalFigures, _ policy: WithdrawalPolicy) -> [RiskHit] {
    let delayedUntil = figures.now.advanced(byMilliseconds: policy.delayMilliseconds)
    return [
      hit(.customerHour, .review, figures.customerHour + figures.amount, policy.customerHour),
      hit(.customerDay, .refuse, figures.customerDay + figures.amount, policy.customerDay),
      hit(
        .assetHour, .delay, figures.assetHour + figures.amount, policy.assetHour,
        releaseAt: delayedUntil),
      hit(.assetDay, .review, figures.assetDay + figures.amount, policy.assetDay),
    ].compactMap(\.self)
  }

  private static func hit(
    _ rule: RiskRule, _ outcome: RiskOutcome, _ total: Amount, _ limit: Amount,
    releaseAt: Timestamp? = nil
  ) -> RiskHit? {
    guard total > limit else { return nil }
    return RiskHit(
      rule: rule, outcome: outcome, measured: total.units, limit: limit.units,
      releaseAt: releaseAt)
  }
}
