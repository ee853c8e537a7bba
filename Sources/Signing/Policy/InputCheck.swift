import Bitcoin
import Descriptors
import SignerProtocol

/// Every input spends a coin of the wallet, whose amount the whole previous transaction proves.
///
/// A signature of witness version 0 covers the amount only of its own input, so a wrong amount
/// elsewhere would burn coins as fee; one of version 1 covers what all inputs spend. Nothing of that
/// is taken on the guard's word.
enum InputCheck {
  static func coins(
    of transaction: Transaction, in request: SigningRequest, policy: SignerPolicy
  ) throws(SignerRefusal) -> [SigningProposal.Coin] {
    var coins: [SigningProposal.Coin] = []
    for (index, input) in transaction.inputs.enumerated() {
      let evidence = request.inputs[index]
      let previous: Transaction
      do { previous = try Transaction(parsing: evidence.previousTransaction) } catch {
        throw SignerRefusal(.previousTransaction, "that of input \(index) does not parse")
      }
      guard previous.id == input.outpoint.transaction,
        Int(input.outpoint.index) < previous.outputs.count
      else {
        throw SignerRefusal(
          .previousTransaction, "that of input \(index) is not the one the input spends")
      }
      let output = previous.outputs[Int(input.outpoint.index)]
      guard (0...Consensus.maximumMoney).contains(output.value) else {
        throw SignerRefusal(.previousTransaction, "the amount of input \(index) is impossible")
      }
      guard evidence.branch <= 1,
        let script = try? policy.descriptor.script(
          branch: Int(evidence.branch), index: evidence.index),
        script.scriptPubKey == output.script, let path = try? script.spendingPath()
      else { throw SignerRefusal(.foreignInput, "input \(index) is not a coin of the wallet") }
      coins.append(SigningProposal.Coin(output: output, path: path))
    }
    return coins
  }
}
