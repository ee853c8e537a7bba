import Money

/// Where the money goes.
enum DestinationRules {
  static func hits(_ figures: WithdrawalFigures, _ policy: WithdrawalPolicy) -> [RiskHit] {
    guard !figures.addressUsedBefore, policy.firstUseMilliseconds > 0 else { return [] }
    return [
      RiskHit(
        rule: .firstUse, outcome: .delay, measured: 0, limit: policy.firstUseMilliseconds,
        releaseAt: figures.now.advanced(byMilliseconds: policy.firstUseMilliseconds))
    ]
  }
}
