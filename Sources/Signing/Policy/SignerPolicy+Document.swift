import Policies

extension SignerPolicy {
  /// What the configuration says, as version 0 of the policy.
  ///
  /// - Parameter fingerprint: This signer's own, 4 bytes.
  func configured(for fingerprint: [UInt8]) -> PolicyStatement {
    let band = approval.map {
      ApprovalBand(fingerprint: fingerprint, above: $0.above, timeout: $0.timeoutMilliseconds)
    }
    return PolicyStatement(
      version: 0, previous: PolicyStatement.none, draftedAtMilliseconds: 0, asset: asset,
      chain: chain, guardian: nil,
      signers: SignerTerms(
        perTransaction: limits.perTransaction, budgetHour: limits.budgetHour,
        budgetDay: limits.budgetDay, networkFee: limits.networkFee,
        feeRateSatsPerVByte: limits.feeRateSatsPerVByte, refusals: Int64(limits.refusals),
        approvals: [band].compactMap { $0 }), changing: changing)
  }

  /// Takes limits and band from the policy in force; a version 0 says what is there already.
  mutating func obey(_ statement: PolicyStatement, as fingerprint: [UInt8]) {
    guard statement.version > 0, let terms = statement.signers else { return }
    limits = SigningLimits(
      perTransaction: terms.perTransaction, budgetHour: terms.budgetHour,
      budgetDay: terms.budgetDay, networkFee: terms.networkFee,
      feeRateSatsPerVByte: terms.feeRateSatsPerVByte, refusals: Int(terms.refusals))
    approval = terms.approvals.first { $0.fingerprint == fingerprint }.map {
      ApprovalTerms(above: $0.above, timeoutMilliseconds: $0.timeout)
    }
  }
}
