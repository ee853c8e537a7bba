import Money

/// How often one customer may withdraw.
enum FrequencyRules {
  static func hits(_ figures: WithdrawalFigures, _ policy: WithdrawalPolicy) -> [RiskHit] {
    let count = Int64(figures.customerHourCount) + 1
    guard count > Int64(policy.countHour) else { return [] }
    return [
      RiskHit(
        rule: .frequency, outcome: .delay, measured: count, limit: Int64(policy.countHour),
        releaseAt: figures.now.advanced(byMilliseconds: policy.delayMilliseconds))
    ]
  }
}
