import Bitcoin

/// Runs the scripts of a transaction.
enum ScriptRules {
  /// - Parameters:
  ///   - outputs: What the inputs spend, one for each.
  ///   - flags: The rules to enforce.
  ///   - failure: Bitcoin Core's reject reason for a script that fails under these rules.
  ///   - kind: What a failure means.
  static func check(
    _ transaction: Transaction, spending outputs: [TransactionOutput], flags: ScriptFlags,
    failure: String, kind: Rejection.Kind
  ) throws(Rejection) {
    let spending = SpendingTransaction(transaction, spending: outputs)
    for (index, input) in transaction.inputs.enumerated() {
      do throws(ScriptError) {
        try spending.verify(input: index, flags: flags)
      } catch {
        throw Rejection(
          kind, "\(failure) (\(error.message))",
          "input \(index) of \(transaction.id.hex) (wtxid \(transaction.witnessID.hex)), "
            + "spending \(input.outpoint)")
      }
    }
  }
}
