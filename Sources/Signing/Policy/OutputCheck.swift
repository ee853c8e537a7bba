import Bitcoin
import Descriptors
import SignerProtocol
import Statements

/// Every output is a released withdrawal, a cold address (see ``ColdPaymentCheck``) or the wallet's own
/// change, every release is paid exactly once, and no place of the change branch is used twice.
///
/// Scripts are derived here: from the address text that the customer signed, and from the wallet's
/// own descriptor.
enum OutputCheck {
  /// Change outputs of one transaction: more would be paid for in fees only.
  static let changeLimit = 16
  /// How far change may run ahead of what this signer has seen: it is not asked for every
  /// transaction, so ten thousand may pass it by, and change too far out would not be found when the
  /// wallet is recovered.
  static let changeGap = 10_000 * UInt32(changeLimit)

  static func check(
    _ proposal: SigningProposal, _ policy: SignerPolicy, _ record: SigningRecord
  ) throws(SignerRefusal) {
    let payments = proposal.request.payments
    guard Set(payments.map(\.release.statement.withdrawal)).count == payments.count else {
      throw SignerRefusal(.unexplainedOutput, "a withdrawal is named twice")
    }
    var paid: Set<UInt32> = []
    var places: Set<UInt32> = []
    for (index, output) in proposal.transaction.outputs.enumerated() {
      switch proposal.request.outputs[index] {
      case .payment(let position):
        guard Int(position) < payments.count, paid.insert(position).inserted else {
          throw SignerRefusal(.unexplainedOutput, "output \(index) has no release of its own")
        }
        try check(output, at: index, pays: payments[Int(position)], policy)
      case .cold: break
      case .change(let place):
        guard places.insert(place).inserted, places.count <= changeLimit else {
          throw SignerRefusal(
            .unexplainedOutput,
            "output \(index) is change to a place that has some, or more than \(changeLimit)")
        }
        guard place < record.changeEnd + changeGap else {
          throw SignerRefusal(
            .foreignChange,
            "change index \(place) is too far; allowed below \(record.changeEnd + changeGap)")
        }
        guard let own = try? policy.descriptor.script(branch: 1, index: place),
          own.scriptPubKey == output.script
        else {
          throw SignerRefusal(.foreignChange, "output \(index) does not come back to the wallet")
        }
      }
    }
    guard paid.count == payments.count else {
      throw SignerRefusal(.unexplainedOutput, "a release is not paid by any output")
    }
  }

  private static func check(
    _ output: TransactionOutput, at index: Int, pays payment: SigningRequest.Payment,
    _ policy: SignerPolicy
  ) throws(SignerRefusal) {
    let release = payment.release.statement
    let script: Script
    do { script = try Address.parse(release.address, network: policy.network) } catch {
      throw SignerRefusal(.unexplainedOutput, "the released address cannot be paid: \(error)")
    }
    guard output.script == script, output.value == release.amountUnits else {
      throw SignerRefusal(
        .unexplainedOutput,
        "output \(index) is not what withdrawal \(release.withdrawal) is released for")
    }
  }
}
