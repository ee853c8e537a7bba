import Bitcoin
import ColdAddresses
import Descriptors
import SignerProtocol
import Statements

/// What goes to cold storage goes to addresses of the wallet that this signer knows, that the offline
/// device gave out under its signature, each once and within the caps of address and epoch.
///
/// The scripts are derived here. A batch comes with the request, since its signature is all that it
/// needs; what the epoch has got is counted from this signer's own record.
enum ColdPaymentCheck {
  static func check(
    _ proposal: SigningProposal, _ policy: SignerPolicy, _ record: SigningRecord
  ) throws(SignerRefusal) {
    let payments = try payments(of: proposal, policy)
    guard let first = payments.first else { return }
    guard proposal.request.payments.isEmpty else {
      throw SignerRefusal(.unexplainedOutput, "what pays customers does not go to cold storage")
    }
    guard Set(payments.map(\.index)).count == payments.count else {
      throw SignerRefusal(.unexplainedOutput, "a cold address is named twice")
    }
    guard payments.allSatisfy({ $0.epoch == first.epoch }) else {
      throw SignerRefusal(.unexplainedOutput, "cold addresses of two epochs are paid together")
    }
    let inputs = Set(proposal.transaction.inputs.map(\.outpoint))
    for payment in payments {
      for earlier in record.transactions(fundingCold: payment.index)
      where inputs.isDisjoint(with: earlier.inputs) || !earlier.cold.contains(payment) {
        throw SignerRefusal(
          .alreadyPaid, "cold address \(payment.index) is paid by \(earlier.id) already")
      }
    }
    let fresh = payments.filter { record.transactions(fundingCold: $0.index).isEmpty }
    var total = record.coldTotal(inEpoch: first.epoch)
    for payment in fresh { total += payment.amount }
    let cap = try epochCap(of: first.epoch, in: proposal)
    guard total <= cap else {
      throw SignerRefusal(
        .unexplainedOutput, "\(total) satoshi in epoch \(first.epoch); the cap is \(cap)")
    }
  }

  /// The cold payments of a proposal, each to the script that its place has, within its own cap.
  static func payments(
    of proposal: SigningProposal, _ policy: SignerPolicy
  ) throws(SignerRefusal) -> [SigningEntry.Signed.ColdPayment] {
    var payments: [SigningEntry.Signed.ColdPayment] = []
    for (position, output) in proposal.transaction.outputs.enumerated() {
      guard case .cold(let index) = proposal.request.outputs[position] else { continue }
      guard let cold = policy.cold else {
        throw SignerRefusal(.unexplainedOutput, "this signer knows no cold wallet")
      }
      guard
        let signed = proposal.request.coldBatches.first(where: {
          $0.statement.contains(index)
        }), signed.isSigned(by: cold.issuerKey),
        signed.statement.policyID == cold.descriptor.policyID
      else {
        throw SignerRefusal(
          .unexplainedOutput, "the offline device did not give out cold address \(index)")
      }
      let batch = signed.statement
      guard output.value <= batch.addressCap else {
        throw SignerRefusal(
          .unexplainedOutput,
          "\(output.value) satoshi for cold address \(index); its cap is \(batch.addressCap)")
      }
      guard let own = try? cold.descriptor.script(branch: 0, index: index),
        own.scriptPubKey == output.script
      else {
        throw SignerRefusal(.foreignChange, "output \(position) is not cold address \(index)")
      }
      payments.append(.init(index: index, amount: output.value, epoch: batch.epoch))
    }
    return payments
  }

  /// The strictest cap that a batch of the epoch names.
  private static func epochCap(
    of epoch: UInt32, in proposal: SigningProposal
  ) throws(SignerRefusal) -> Int64 {
    let caps = proposal.request.coldBatches.map(\.statement).filter { $0.epoch == epoch }
    return caps.map(\.epochCap).min() ?? 0
  }
}
