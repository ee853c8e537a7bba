import Policies

extension GuardPolicy {
  /// What the configuration says, as version 0 of the policy.
  var configured: PolicyStatement {
    PolicyStatement(
      version: 0, previous: PolicyStatement.none, draftedAtMilliseconds: 0, asset: asset,
      chain: chain,
      guardian: GuardTerms(
        perWithdrawal: limits.perWithdrawal, budgetHour: limits.budgetHour,
        budgetDay: limits.budgetDay, newAddress: delays.newAddress, newKey: delays.newKey,
        lookAlike: delays.lookAlike, newContact: delays.newContact,
        sanctions: sanctions.map { ListTerms(issuerKey: $0.key, maximumAge: $0.maximumAge) }),
      signers: nil, changing: changing)
  }

  /// Takes limits, delays and lists from the policy in force; a version 0 says what is there already.
  mutating func obey(_ statement: PolicyStatement) {
    guard statement.version > 0, let terms = statement.guardian else { return }
    limits = GuardLimits(
      perWithdrawal: terms.perWithdrawal, budgetHour: terms.budgetHour, budgetDay: terms.budgetDay)
    delays = GuardDelays(
      newAddress: terms.newAddress, newKey: terms.newKey, lookAlike: terms.lookAlike,
      newContact: terms.newContact)
    sanctions = terms.sanctions.map { SanctionsTerms(key: $0.issuerKey, maximumAge: $0.maximumAge) }
  }
}
