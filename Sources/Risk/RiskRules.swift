import Money

/// All online rules together.
public enum RiskRules {
  /// Judges one withdrawal: every rule speaks, the strictest outcome stands, and the latest release
  /// time that any rule asks for is kept, also beside a review.
  public static func evaluate(
    _ figures: WithdrawalFigures, under policy: WithdrawalPolicy
  ) -> RiskDecision {
    let hits =
      AmountRules.hits(figures, policy) + TotalRules.hits(figures, policy)
      + FrequencyRules.hits(figures, policy) + DestinationRules.hits(figures, policy)
      + CredentialRules.hits(figures, policy)
    return RiskDecision(
      outcome: hits.map(\.outcome).max() ?? .allow, releaseAt: hits.compactMap(\.releaseAt).max(),
      hits: hits)
  }
}
