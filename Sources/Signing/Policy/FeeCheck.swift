import Bitcoin
import Descriptors
import SignerProtocol
import Statements

/// The network fee is not negative, and below every ceiling: absolute, per virtual byte, and what the
/// releases allow together.
enum FeeCheck {
  static func check(
    _ proposal: SigningProposal, _ policy: SignerPolicy
  ) throws(SignerRefusal) {
    let fee = proposal.networkFee
    guard fee >= 0 else {
      throw SignerRefusal(.transactionForm, "more goes out than in")
    }
    guard fee <= policy.limits.networkFee else {
      throw SignerRefusal(
        .feeTooHigh, "\(fee) satoshi; allowed at most \(policy.limits.networkFee)")
    }
    let size = Int64(signedSize(of: proposal))
    guard fee <= policy.limits.feeRateSatsPerVByte * size else {
      throw SignerRefusal(
        .feeTooHigh,
        "\(fee) satoshi for \(size) vbytes; allowed at most "
          + "\(policy.limits.feeRateSatsPerVByte) per vbyte")
    }
    // What gathers coins has a ceiling of its own.
    guard !proposal.request.payments.isEmpty else { return }
    var allowed: Int64 = 0
    for payment in proposal.request.payments {
      let (sum, overflow) = allowed.addingReportingOverflow(
        payment.release.statement.maximumNetworkFeeUnits)
      allowed = overflow ? .max : sum
    }
    guard fee <= allowed else {
      throw SignerRefusal(.feeTooHigh, "\(fee) satoshi; the releases allow \(allowed)")
    }
  }

  /// Virtual bytes once enough holders have signed, with the shortest usual signatures.
  static func signedSize(of proposal: SigningProposal) -> Int {
    var transaction = proposal.transaction
    for (index, coin) in proposal.coins.enumerated() {
      transaction.inputs[index].witness = coin.path.blankWitness(
        signatureByteCount: coin.path.usualSignatureByteCount)
    }
    return transaction.virtualSize
  }
}
