import Bitcoin
import Cryptography
import Descriptors
import Engine
import SignerProtocol

/// Makes the final transaction from the signers' signatures.
struct PayoutAssembly {
  let plan: PayoutPlan
  let previous: [Transaction]
  let descriptor: Descriptor

  /// Returns the transaction when every input has `threshold` valid signatures and the script rules
  /// accept it.
  func transaction(from answers: [SigningAnswer], threshold: Int) -> Transaction? {
    var transaction = plan.transaction
    var spent: [TransactionOutput] = []
    for (index, input) in plan.transaction.inputs.enumerated() {
      let place = plan.coins[index].script
      guard Int(input.outpoint.index) < previous[index].outputs.count,
        let script = try? descriptor.script(
          branch: Int(place.branch.rawValue), index: place.index),
        let witnessScript = script.witnessScript
      else { return nil }
      let output = previous[index].outputs[Int(input.outpoint.index)]
      spent.append(output)
      let digest = Sighash.segwitV0(
        plan.transaction, input: index, scriptCode: witnessScript, value: output.value,
        type: UInt32(SighashType.all.rawValue))
      let signatures = script.keys.compactMap { key in
        signature(of: key.publicKey, input: index, digest: digest, answers)
      }
      guard signatures.count >= threshold else { return nil }
      transaction.inputs[index].witness =
        [[]] + signatures.prefix(threshold) + [witnessScript.bytes]
    }
    let spending = SpendingTransaction(transaction, spending: spent)
    guard (try? spending.verify(flags: .standard)) != nil else { return nil }
    return transaction
  }

  private func signature(
    of key: [UInt8], input: Int, digest: [UInt8], _ answers: [SigningAnswer]
  ) -> [UInt8]? {
    for answer in answers where answer.transaction == plan.payout.transaction {
      guard input < answer.signatures.count, answer.signatures[input].publicKey == key,
        answer.signatures[input].signature.last == SighashType.all.rawValue
      else { continue }
      let signature = answer.signatures[input].signature
      if Secp256k1.verifyStrictECDSA(
        Array(signature.dropLast()), digest: digest, publicKey: key)
      {
        return signature
      }
    }
    return nil
  }
}
