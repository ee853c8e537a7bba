import Money

/// Whether the customer is still the customer: fresh credentials wait.
enum CredentialRules {
  static func hits(_ figures: WithdrawalFigures, _ policy: WithdrawalPolicy) -> [RiskHit] {
    guard let changedAt = figures.credentialsChangedAt else { return [] }
    let age = figures.now.milliseconds - changedAt.milliseconds
    guard age < policy.credentialHoldMilliseconds else { return [] }
    return [
      RiskHit(
        rule: .credentialChange, outcome: .delay, measured: age,
        limit: policy.credentialHoldMilliseconds,
        releaseAt: changedAt.advanced(byMilliseconds: policy.credentialHoldMilliseconds))
    ]
  }
}
