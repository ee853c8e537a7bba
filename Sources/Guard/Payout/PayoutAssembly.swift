import Bitcoin
import Descriptors
import Engine
import SignerProtocol

/// Makes the final transaction from the signers' signatures.
struct PayoutAssembly {
  let plan: PayoutPlan
  let previous: [Transaction]
  let descriptor: Descriptor

  /// Returns the transaction when every input has enough valid signatures and the script rules
  /// accept it.
  func transaction(from answers: [SigningAnswer]) -> Transaction? {
    var spent: [TransactionOutput] = []
    for (input, previous) in zip(plan.transaction.inputs, previous) {
      guard Int(input.outpoint.index) < previous.outputs.count else { return nil }
      spent.append(previous.outputs[Int(input.outpoint.index)])
    }
    guard spent.count == plan.transaction.inputs.count else { return nil }
    var transaction = plan.transaction
    for index in plan.transaction.inputs.indices {
      let place = plan.coins[index].script
      guard
        let path = try? descriptor.script(branch: Int(place.branch.rawValue), index: place.index)
          .spendingPath()
      else { return nil }
      let digest = path.digest(of: plan.transaction, input: index, spentOutputs: spent)
      var signatures: [DerivedKey: [UInt8]] = [:]
      for key in path.quorum.keys {
        signatures[key] = signature(of: key, input: index, path, digest, answers)
      }
      guard let witness = path.witness(signatures) else { return nil }
      transaction.inputs[index].witness = witness
    }
    let spending = SpendingTransaction(transaction, spending: spent)
    guard (try? spending.verify(flags: .standard)) != nil else { return nil }
    return transaction
  }

  private func signature(
    of key: DerivedKey, input: Int, _ path: SpendingPath, _ digest: [UInt8],
    _ answers: [SigningAnswer]
  ) -> [UInt8]? {
    for answer in answers where answer.transaction == plan.payout.transaction {
      guard input < answer.signatures.count, answer.signatures[input].publicKey == key.publicKey
      else { continue }
      let signature = answer.signatures[input].signature
      if path.isValid(signature, by: key, over: digest) { return signature }
    }
    return nil
  }
}
