import Bitcoin
import ColdStorage
import Descriptors
import PSBT

/// What the offline machine says about a request before anybody signs it.
enum ColdReviewTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    guard let cold = SampleWallets.policies.last,
      let place = try? cold.descriptor.script(branch: 0, index: 0),
      let change = try? cold.descriptor.script(branch: 1, index: 0)
    else { return [] }
    let previous = Transaction(
      inputs: [TransactionInput(outpoint: Outpoint(transaction: .zero, index: 0))],
      outputs: [TransactionOutput(value: 1_000_000, script: place.scriptPubKey)])
    let transaction = Transaction(
      inputs: [TransactionInput(outpoint: Outpoint(transaction: previous.id, index: 0))],
      outputs: [TransactionOutput(value: 990_000, script: change.scriptPubKey)])
    guard let unsigned = UnsignedTransaction(transaction) else { return [] }
    return [PSBT.Version.v0, .v2].compactMap { version in
      var psbt = PSBT(creating: unsigned, version: version)
      do {
        try psbt.setPreviousTransaction(previous, forInput: 0)
        try psbt.update(input: 0, from: place)
        try psbt.update(output: 0, from: change)
      } catch { return nil }
      return psbt.bytes
    }
  }

  static func check(_ input: [UInt8]) {
    let register = SampleWallets.register
    guard let psbt = accepted({ () throws(PSBTError) in try PSBT(parsing: input) }),
      let cold = register.policies.last
    else { return }
    let review = Review(
      of: psbt, spending: cold, register: register, limits: Review.Limits(lookahead: 2))
    require(
      review.inputs.count == psbt.inputs.count && review.outputs.count == psbt.outputs.count,
      "nothing of a request is left out")
    let text = review.text(words: cold.words)
    for refusal in review.refusals { require(!refusal.description.isEmpty, "a refusal says why") }
    guard review.refusals.isEmpty else { return }
    require(review.fee.map { $0 > 0 } ?? false, "what may be signed has a fee")
    require(
      review.outputs.allSatisfy { $0.place != nil } && review.inputs.allSatisfy { $0.place != nil },
      "coins go from the cold wallet to registered ones")
    require(!text.isEmpty, "a request is put into words")
  }
}
