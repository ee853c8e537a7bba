public import Bitcoin
public import Descriptors

/// Virtual bytes of the parts of a payout, rounded up, for signatures of the usual greatest length.
public struct PayoutSize: Equatable, Sendable {
  /// The transaction with its payments, without inputs and change.
  public let base: Int64
  /// One more input.
  public let input: Int64
  /// The change output.
  public let changeOutput: Int64

  /// Measures transactions that pay `payments` from the wallet that `change` belongs to.
  ///
  /// - Parameter change: Any place of the wallet: all its scripts have the same form.
  /// - Throws: ``DescriptorError/noQuorum(_:)`` when it cannot be spent from at once.
  public init(
    payments: [TransactionOutput], change: DerivedScript
  ) throws(DescriptorError) {
    let path = try change.spendingPath()
    let witness = path.blankWitness(signatureByteCount: path.signatureByteCount)
    func size(inputs: Int, outputs: [TransactionOutput]) -> Int {
      let input = TransactionInput(outpoint: .null, witness: witness)
      return Transaction(inputs: Array(repeating: input, count: inputs), outputs: outputs)
        .virtualSize
    }
    let empty = size(inputs: 0, outputs: payments)
    let output = TransactionOutput(value: 0, script: change.scriptPubKey)
    changeOutput = Int64(size(inputs: 0, outputs: payments + [output]) - empty)
    // Ten at once, so that the quarter bytes of one input are not lost; marker, flag and a count of
    // more than 252 inputs are in the base.
    let ten = size(inputs: 10, outputs: payments)
    input = Int64((ten - empty + 9) / 10)
    base = Int64(empty + 3)
  }
}
